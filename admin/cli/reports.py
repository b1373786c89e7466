"""Figures of a day, and reports for the cities."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from admin.cli.context import Context
from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.errors import NotFound

_CITY = click.option("--city", required=True, help="Of which city.")
_PLACE = click.Path(path_type=Path, file_okay=False, exists=True)
_FOLDER = click.option("--to", "folder", default=".", type=_PLACE, help="Where the files go.")


@click.group()
def report() -> None:
    """Figures and reports."""


@report.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="2026-11-21; today where it is left out.")
@click.option("--city", "cities", multiple=True, help="Only these cities.")
@click.pass_obj
def day(context: Context, day: datetime | None, cities: tuple[str, ...]) -> None:
    """The figures of a day, from the fold and from the tables; they must agree."""
    from contact_center.reports.board import figures_as_words
    from contact_center.reports.figures import counted, folded
    from contact_center.settings import SERVICE_LEVEL

    house = context.house()
    at = day.date() if day else day_of(house.clock.now())
    house.fold.catch_up()
    with house.database.reading() as session:
        known = frozenset(city.id for city in house.directory.cities(session))
        wanted = frozenset(cities) or known
        if wanted - known:
            raise NotFound("知らない市です: %(unknown)s", unknown=", ".join(sorted(wanted - known)))
        fold = folded(session, at, at, wanted)
        tables = counted(session, at, at, wanted, house.settings[SERVICE_LEVEL])
    result = {"day": at.isoformat(), "agrees": fold == tables, **figures_as_words(fold)}
    context.table(result, ("数字", "値"), [(name, _cell(value)) for name, value in result.items()])
    if fold != tables:
        raise SystemExit(1)


@report.command()
@click.argument("period")
@_CITY
@_FOLDER
@click.pass_obj
def monthly(context: Context, period: str, city: str, folder: Path) -> None:
    """The monthly report of a city (PERIOD: 2026-11): as it was signed off, else as a draft."""
    _write(context, "monthly", period, city, folder)


@report.command()
@click.argument("period")
@_CITY
@_FOLDER
@click.pass_obj
def yearly(context: Context, period: str, city: str, folder: Path) -> None:
    """The completion report of a fiscal year (PERIOD: 2026 for April 2026 to March 2027)."""
    _write(context, "yearly", period, city, folder)


def _write(context: Context, kind: str, period: str, city: str, folder: Path) -> None:
    from admin.model import Report
    from admin.reports.contents import compile_report, drafted, scope_of
    from admin.reports.service import Reports

    house = context.house()
    house.audit.record(Act("operator", "report.write", f"city:{city}", {"period": period}))
    scope, reports = scope_of(kind, city, period), Reports(house)
    house.fold.catch_up()
    with house.database.reading() as session:
        written_before = reports.all(session, [city], drafts=True)
        row = next((one for one in written_before if (one.kind, one.first) == (kind, scope.days.first)), None)
        if row is None:
            # Nobody has begun it yet: it is written as it would begin.
            analysis = drafted(compile_report(house, session, kind, scope))
            row = Report(city=city, kind=kind, first=scope.days.first, last=scope.days.last, version=1, analysis=analysis, marks={})
        written = []
        for ending in ("xlsx", "pdf", "form"):
            try:
                name, data = reports.file(session, row, ending)
            except NotFound:
                continue
            (folder / name).write_bytes(data)
            written.append(str(folder / name))
    context.show({"files": written, "signed": row.signed_at is not None}, "\n".join(written))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "  ".join(f"{category}/{outcome}: {count}" for category, outcome, count in value)
    return str(value)
