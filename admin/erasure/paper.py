"""The erasure report as PDF: when, who, before whom, what, by which method (TO-08, KQ-09)."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader

from admin.erasure.register import NAMES
from admin.model import Erasure
from contact_center.clock import TOKYO

_PAGES = Environment(loader=PackageLoader("admin", "pages"), autoescape=True)


def paper(row: Erasure, city: str, person: str) -> bytes:
    """The report of one erasure."""
    from weasyprint import HTML

    what: list[tuple[str, int]] = [(NAMES.get(kind, kind), count) for kind, count in sorted(row.counts.items())]
    said: dict[str, Any] = {
        "row": row, "city": city, "person": person, "what": what, "at": f"{row.at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}",
        "done": f"{row.done_at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}" if row.done_at else "",
    }  # fmt: skip
    return bytes(HTML(string=_PAGES.get_template("erasure.html").render(said)).write_pdf() or b"")
