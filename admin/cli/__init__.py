"""`madoguchi`, the command line. Results go to standard output, talk to standard error; the exit codes are in docs/operate."""

from __future__ import annotations

import os
from pathlib import Path

import click

from admin.cli.audit import audit
from admin.cli.backup import backup, drill, restore
from admin.cli.context import Context, Group
from admin.cli.erasing import erase
from admin.cli.lines import announce, asterisk_group, close, hours
from admin.cli.people import agent, device
from admin.cli.records import db, events, requirements
from admin.cli.reports import report
from admin.cli.running import bench, caller, demo, doctor, softphone, up
from contact_center.errors import NotAllowed
from contact_center.features import load_features, resolve

_SETTINGS = "The settings file; else MADOGUCHI_SETTINGS, else ./madoguchi.toml."


@click.group(cls=Group)
@click.option("--settings", "path", type=click.Path(path_type=Path), envvar="MADOGUCHI_SETTINGS", help=_SETTINGS)
@click.option("--json", "as_json", is_flag=True, help="Results as JSON.")
@click.pass_context
def main(ctx: click.Context, path: Path | None, as_json: bool) -> None:
    """Madoguchi (窓口): the contact centre of a city."""
    if os.geteuid() == 0:
        raise NotAllowed("rootでは動かしません。deploy/as_user.sh madoguchi … のように、センターの利用者で実行してください。")
    if path is None and Path("madoguchi.toml").exists():
        path = Path("madoguchi.toml")
    ctx.obj = Context(path, as_json)


_OURS = (
    up, demo, caller, doctor, db, agent, device, hours, close, announce, events, report, requirements, asterisk_group, softphone,
    audit, backup, restore, drill, erase, bench,
)  # fmt: skip
for _command in _OURS:
    main.add_command(_command)
for _feature in load_features():
    for _declared in _feature.commands:
        main.add_command(resolve(_declared.function), _declared.name)
