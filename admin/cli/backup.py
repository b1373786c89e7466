"""Backups: made, restored, rehearsed."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import Context
from contact_center.clock import SystemClock

WITHIN = 600.0
"""Seconds within which a restore is to be done; the tender allows thirty minutes (NB-17j)."""


@click.command()
@click.pass_obj
def backup(context: Context) -> None:
    """Make a backup now."""
    from admin.backup.backups import Backups

    backups = Backups(context.house())
    made = backups.make("operator")
    place = backups.folder / made.name
    words = f"{place} に書きました（{made.size / 1e6:.1f} MB、{sum(made.tables.values())} 行）。"
    context.show({"file": str(place), "size": made.size, "sha256": made.sha256, "tables": made.tables}, words)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--keys", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="Folder of the keys.")
@click.option("--to", "home", type=click.Path(path_type=Path), required=True, help="An empty folder, the new home.")
@click.option("--database", default="", help="URL of an empty PostgreSQL database for the main database.")
@click.option("--audit", "trail", default="", help="URL of an empty PostgreSQL database for the audit trail.")
@click.pass_obj
def restore(context: Context, file: Path, keys: Path, home: Path, database: str, trail: str) -> None:
    """Bring a backup back into an empty place; exit code 1 where anything is missing."""
    from admin.backup.restore import restore as bring_back

    _tell(context, bring_back(file, keys, home.absolute(), SystemClock(), (database, trail)), str(home))


@click.command()
@click.pass_obj
def drill(context: Context) -> None:
    """Rehearse: restore the newest backup into an empty place and check it; exit code 1 where not all is there."""
    from admin.backup.restore import drill as rehearse

    made, done = rehearse(context.house(), "operator")
    _tell(context, done, f"訓練（{made.name}）")


def _tell(context: Context, done: object, where: str) -> None:
    from admin.backup.restore import Restored

    assert isinstance(done, Restored)
    if done.all:
        speed = "" if done.seconds <= WITHIN else "目標の10分を超えました。"
        words = f"{where}: {done.at} の {done.rows} 行と監査の記録 {done.acts} 件を、{done.seconds} 秒で元に戻しました。{speed}"
    else:
        trouble = [f"行数が違う表: {', '.join(done.missing)}。"] if done.missing else []
        trouble += [f"監査の記録は {done.broken} 番で壊れています。"] if done.broken is not None else []
        words = f"{where}: 元どおりではありません。{''.join(trouble)}"
    context.show({**vars(done), "all": done.all}, words)
    if not done.all:
        raise SystemExit(1)
