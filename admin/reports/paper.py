"""A report as PDF, A4."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader

from admin.reports.words import cell, part

_PAGES = Environment(loader=PackageLoader("admin", "pages"), autoescape=True)
_PAGES.filters.update(cell=cell, part=part)


def paper(contents: dict[str, Any], analysis: str, version: int, signed: str = "") -> bytes:
    """The report as PDF.

    :param signed: who has signed it off, and when; empty: a draft, which says so on every page.
    """
    # WeasyPrint is heavy and only needed here.
    from weasyprint import HTML

    page = _PAGES.get_template("report.html").render(contents=contents, analysis=analysis, version=version, signed=signed)
    return bytes(HTML(string=page).write_pdf() or b"")
