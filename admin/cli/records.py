"""What is recorded: the database and events."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import Context
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
