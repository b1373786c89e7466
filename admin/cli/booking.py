"""`madoguchi booking …`."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import click

from admin.cli.context import Context
from contact_center.house import read_settings

_FILE = click.Path(path_type=Path)


@click.group()
def booking() -> None:
    """Profiles of reservation sites: read them, walk them."""


@booking.command("lint")
@click.argument("profiles", nargs=-1, required=True, type=_FILE)
@click.pass_obj
def lint(context: Context, profiles: tuple[Path, ...]) -> None:
    """Read profiles and say what is wrong in them, with file and line. No site is touched."""
    from booking_agent.profiles import read

    found = [(path, read(path)) for path in profiles]
    text = "\n".join(
        f"{path}: {one.title}（{len(path.read_text('utf-8').splitlines())}行）に誤りはありません。" for path, one in found
    )
    context.show([{"path": str(path), "site": one.site} for path, one in found], text)


@booking.command("check")
@click.argument("profile", type=_FILE)
@click.option("--headed", is_flag=True, help="Show the browser's window.")
@click.option("--values", type=_FILE, help="What a made-up person would type (JSON): on to the last button.")
@click.option("--pictures", type=_FILE, help="A folder for masked pictures of the pages.")
@click.pass_obj
def check(context: Context, profile: Path, headed: bool, values: Path | None, pictures: Path | None) -> None:
    """Walk a site by its profile and say what was read. The last button is not pressed.

    A site that goes on from a mail to the desk, or that the city's staff sign in to, needs the centre's --settings.
    """
    from booking_agent.checking import check_site
    from booking_agent.driver.chromium import Chromium
    from booking_agent.driver.mailbox import desk_mailbox
    from booking_agent.profiles import read
    from booking_agent.staff import staff_sign_in
    from contact_center.clock import SystemClock
    from contact_center.mailbox import address_of

    chromium = Chromium(headed=headed)
    given = json.loads(values.read_text("utf-8")) if values is not None else {}
    known = read(profile)
    mailbox = None
    if context.path is not None and given:
        settings = read_settings(context.path)
        if known.mailbox == "desk":
            given["mail"] = address_of(settings, f"check-{secrets.token_hex(4)}")
            mailbox = desk_mailbox(settings, given["mail"], SystemClock())
        if known.mailbox == "staff":
            given |= staff_sign_in(settings, known.site)
    try:
        report = check_site(chromium, known, SystemClock(), given, pictures, profile, mailbox)
    finally:
        chromium.close()
    context.show(report.as_dict(), report.told())
    if not report.good:
        raise SystemExit(1)


@booking.command("rehearsal")
@click.argument("folder", type=_FILE)
@click.option("--url", default="http://127.0.0.1:8391/", show_default=True, help="Where the practice city listens.")
@click.pass_obj
def rehearsal(context: Context, folder: Path, url: str) -> None:
    """Put the profiles of the practice city into a folder."""
    from booking_agent.rehearsal import write_profiles

    paths = [str(path) for path in write_profiles(folder, url)]
    context.show(paths, "\n".join(paths))
