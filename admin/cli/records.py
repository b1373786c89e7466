"""What is recorded: the database, events and figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from admin.cli.context import Context
from contact_center.clock import day_of
from contact_center.errors import NotFound
from contact_center.house import migrations


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(context: Context) -> None:
    """Bring the schema to head."""
    from contact_center.database.schema import upgrade

    house = context.house()
    upgrade(house.database, migrations(house.features))
    house.audit.create()
    context.show({"head": True}, "データベースは最新です。")


@db.command("directory")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def db_directory(context: Context, file: Path) -> None:
    """Load a directory file: cities, calendars, lines, seats. What is there is replaced, the rest stays."""
    from contact_center.audit import Act
    from contact_center.directory import load_file

    house = context.house()
    house.audit.record(Act("operator", "directory.load", f"file:{file.name}", {}))
    with house.database.session_scope() as session:
        parts = load_file(session, house.log, file, "operator")
        house.seats.keep(session, [(s.id, s.name, s.pools) for s in parts.seats])
    context.show({"lines": len(parts.lines)}, f"回線 {len(parts.lines)}、席 {len(parts.seats)} を読み込みました。")


@click.command()
@click.pass_obj
def requirements(context: Context) -> None:
    """Which requirements of the cities are proven by which tests."""
    from admin.requirements import requirements

    rows = requirements()
    context.table(
        [{"id": row.id, "tests": row.tests} for row in rows],
        ("要件", "内容", "試験"),
        [(row.id, row.words, "\n".join(row.tests) or "-") for row in rows],
    )


@click.command()
@click.option("--since", default=0, type=click.IntRange(min=0), help="Only events after this id.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="At most so many.")
@click.pass_obj
def events(context: Context, since: int, limit: int) -> None:
    """The log of events."""
    house = context.house()
    with house.database.reading() as session:
        start = since or max(0, house.log.last_id(session) - limit)
        recorded = house.log.since(session, start, limit)
    rows = [{"id": r.id, "at": r.at, "event": type(r.event).__name__, **r.event.__dict__} for r in recorded]
    cells = [(r["id"], f"{r['at']:%H:%M:%S.%f}", r["event"], r["contact"] or "") for r in rows]
    context.table(rows, ("番号", "時刻", "できごと", "応対"), cells)


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="2026-11-21; today where it is left out.")
@click.option("--city", "cities", multiple=True, help="Only these cities.")
@click.pass_obj
def report(context: Context, day: datetime | None, cities: tuple[str, ...]) -> None:
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


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "  ".join(f"{category}/{outcome}: {count}" for category, outcome, count in value)
    return str(value)
