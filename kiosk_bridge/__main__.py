"""`madoguchi-kiosk`: enrols a kiosk, and runs it."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import click

from contact_center.clock import SystemClock
from contact_center.errors import BadInput, MadoguchiError, NotSignedIn, Unavailable
from kiosk_bridge import system
from kiosk_bridge.bridge import Bridge
from kiosk_bridge.centre import trust
from kiosk_bridge.config import Config, read_config

CONFIG = click.option(
    "--config", "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("/etc/madoguchi-kiosk/kiosk.toml"),
    show_default=True, help="The kiosk's file.",
)  # fmt: skip


@click.group()
def main() -> None:
    """The kiosk at a counter."""


@main.command()
@CONFIG
@click.option("--code", required=True, help="The code that `madoguchi device enrol --counter …` has printed.")
def enrol(path: Path, code: str) -> None:
    """Make this machine the kiosk of its counter."""
    _told(lambda: _enrol(read_config(path), code))


@main.command()
@CONFIG
def run(path: Path) -> None:
    """Serve residents until ended."""
    _told(lambda: asyncio.run(_run(path)))


def enrol_kiosk(config: Config, code: str) -> None:
    """Exchange a code for this kiosk's token and keep it where only this user reads it.

    :raises BadInput: where the centre refuses the code.
    :raises Unavailable: where it cannot be reached.
    """
    asked = urllib.request.Request(  # noqa: S310 - https only, as read_config has made sure.
        f"{config.centre}/kiosk/enrol", json.dumps({"code": code}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(asked, timeout=15, context=trust(config)) as answer:  # noqa: S310
            token = json.load(answer)["token"]
    except urllib.error.HTTPError as error:
        said = ""
        with suppress(ValueError, AttributeError):
            # A proxy before a centre that is just starting answers in another way.
            said = json.loads(error.read()).get("sentence", "")
        raise BadInput("%(said)s", said=said or "センターがコードを受け付けません。") from error
    except (OSError, ssl.SSLError, ValueError) as error:
        raise Unavailable("センターにつながりません。centre と authority を確かめてください。") from error
    Path(config.home).mkdir(mode=0o700, parents=True, exist_ok=True)
    config.token_file.touch(0o600)
    config.token_file.write_text(token)


def _enrol(config: Config, code: str) -> None:
    enrol_kiosk(config, code)
    click.echo("この端末を登録しました。madoguchi-kiosk run で始めてください。")


async def _run(path: Path) -> None:
    config = read_config(path)
    bridge = Bridge(config, path.absolute(), config.token(), SystemClock())
    running = asyncio.ensure_future(bridge.run())
    system.on_end(asyncio.get_running_loop(), running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return


def _told(work: object) -> None:
    try:
        work()  # type: ignore[operator]
    except NotSignedIn as error:
        click.echo(error.sentence(), err=True)
        sys.exit(3)
    except MadoguchiError as error:
        click.echo(error.sentence(), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
