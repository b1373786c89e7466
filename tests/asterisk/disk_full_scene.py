"""A scene for `test_disk_full.py`, played in a mount namespace of its own: argument 1 is a small disk that is to be filled."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from admin.demo.stage import Stage
from telephony.demo import Resident
from tests.asterisk.conftest import agent_voice, events, last_event, sit_down
from tests.conftest import CLONE, MORE, short_greetings

NOTE = "ディスクが一杯の間に書いた"
KINDS = ("ContactArrived", "ContactAnswered", "ContactWrapping", "ContactUnserved")


def fill(ballast: Path) -> None:
    """Take every byte that is left."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


def play(centre: Stage) -> None:
    """Fill the disk, answer a call, lose a call, make room, and look for what was not written."""
    desk = sit_down(centre, centre.browser(agent_voice(centre)))
    desk.is_open()
    before = last_event(centre)
    ballast = centre.home / "ballast"
    fill(ballast)

    first = Resident(centre, "0322227777")
    first.calls()
    desk.picks_up()
    first.waits("talking")
    assert events(centre, before) == [], "the disk was not full"
    first.hangs_up()
    first.waits("idle")
    second = Resident(centre, "0322228888")
    second.calls()
    second.waits("talking")
    started = centre.clock.monotonic()
    centre.wait(lambda: centre.clock.monotonic() - started > 2, 5, "")
    second.hangs_up()
    second.waits("idle")
    ballast.unlink()

    def caught_up() -> bool:
        kinds = [type(recorded.event).__name__ for recorded in events(centre, before)]
        return [kinds.count(kind) for kind in KINDS] == [2, 1, 1, 1]

    centre.wait(caught_up, 30, "not everything was caught up with")
    desk.presence("wrapping", 20)
    desk.page.fill("#note", NOTE)
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    for resident in (first, second):
        resident.leaves()


def main() -> None:
    """Play on the disk that is named."""
    home = Path(sys.argv[1]) / "home"
    short_greetings(home)
    centre = Stage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=MORE)
    try:
        centre.open()
        play(centre)
    finally:
        centre.close()


if __name__ == "__main__":
    main()
