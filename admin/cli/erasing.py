"""Erasing for good."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import Context


@click.command()
@click.option("--contact", type=int, help="What is kept of this contact.")
@click.option("--city", help="What is kept of all contacts of this city.")
@click.option("--reason", required=True, help="Why, for the report.")
@click.option("--witness", required=True, help="Who is there when it is done, for the report.")
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where the report is written (PDF).")
@click.pass_obj
def erase(context: Context, contact: int | None, city: str | None, reason: str, witness: str, file: Path | None) -> None:
    """Erase personal values for good, copies and backups included."""
    from admin.erasure.paper import paper
    from admin.erasure.service import Erasures

    house = context.house()
    erasures = Erasures(house)
    id = erasures.erase("operator", reason, witness, contact, city)
    with house.database.reading() as session:
        row = erasures.get(session, id)
        name = next(one.name for one in house.directory.cities(session) if one.id == row.city)
        if file is not None:
            file.write_bytes(paper(row, name, "operator"))
        said = {"id": id, "values": sum(row.counts.values()), "keys": row.keys, "done": row.done_at is not None}
    ends = "完了しました。" if said["done"] else "今日の鍵は、明日破棄します。"
    context.show(said, f"{said['values']}件の個人情報を消しました。{ends}")
