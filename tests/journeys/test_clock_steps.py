"""The clock of every process of a centre steps by five minutes, and over midnight, while people talk; the machine's clock stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from admin.demo.stage import Stage, temporary_home
from contact_center.clock import TOKYO, day_of
from contact_center.contacts import Contact
from contact_center.reports import folded
from contact_center.reports.figures import counted
from contact_center.settings import SERVICE_LEVEL
from telephony.demo import RESIDENT_SAYS, Resident, voice
from telephony.softphone.hearing import HEARD, likeness, load
from tests.asterisk.conftest import Desk, agent_voice, sit_down
from tests.asterisk.test_faults import no_ghosts
from tests.conftest import CLONE, MORE, short_greetings

MIHON = frozenset({"mihon"})


class SetStage(Stage):
    """A stage whose centre has a clock that can be set."""

    keeper = "tests.journeys.clock_keeper"

    def steps(self, seconds: float) -> None:
        """From now on the centre's clock is so many seconds before the machine's; wait until every process has seen it."""
        (self.home / "clock").write_text(f"{seconds:+.0f}\n")
        self.offset = timedelta(seconds=seconds)
        began = self.clock.monotonic()
        self.wait(lambda: self.clock.monotonic() - began > 1.2, 3, "")


@pytest.fixture
def centre() -> Iterator[SetStage]:
    """A centre with a clock of its own."""
    home = temporary_home()
    short_greetings(home)
    made = SetStage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=MORE)
    (home / "clock").write_text("+0\n")
    try:
        made.open()
        yield made
    finally:
        made.close()
        shutil.rmtree(home, ignore_errors=True)


def hears(centre: Stage, caller: Resident) -> None:
    start = caller.heard_so_far().size
    centre.wait(lambda: likeness(load(agent_voice(centre)), caller.heard_so_far()[start:]) > HEARD, 20, "the talk has stopped")


def figures_agree(centre: SetStage) -> list[int]:
    """Arrived on each of yesterday, today and tomorrow, as the fold and the independent batch both have it."""
    house = centre.house
    house.fold.catch_up()
    found = []
    for days in (-1, 0, 1):
        day = day_of(house.clock.now()) + timedelta(days=days)
        with house.database.reading() as session:
            fold = folded(session, day, day, MIHON)
            assert fold == counted(session, day, day, MIHON, house.settings[SERVICE_LEVEL])
        found.append(fold.arrived)
    return found


def writes_up(desk: Desk) -> None:
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available", 20)


def test_a_clock_that_steps_cuts_nobody_off_and_counts_nothing_twice(centre: SetStage) -> None:
    browser = centre.browser(agent_voice(centre))
    desk = sit_down(centre, browser)
    caller = Resident(centre, "0311170001")
    caller.says(voice(centre.home / "tmp", "resident", RESIDENT_SAYS))
    try:
        for step in (300, 0, -300):
            caller.calls()
            desk.rings()
            centre.steps(step)
            desk.answers()
            centre.steps(step + 300)
            hears(centre, caller)
            caller.hangs_up()
            caller.waits("idle")
            writes_up(desk)
        assert sum(figures_agree(centre)) == 3
        # A call that begins ten seconds before midnight, and is written up after it.
        now = datetime.now(TOKYO)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), TOKYO)
        centre.steps((midnight - now).total_seconds() - 10)
        caller.calls()
        desk.rings()
        desk.answers()
        centre.steps((midnight - now).total_seconds() + 5)
        hears(centre, caller)
        caller.hangs_up()
        caller.waits("idle")
        writes_up(desk)
        arrived = figures_agree(centre)
        assert arrived[0] + arrived[1] == 4
        with centre.house.database.reading() as session:
            last = session.get_one(Contact, 4)
            assert last.closed_at is not None
            assert (day_of(last.arrived_at), day_of(last.closed_at)) == (now.date(), midnight.date())
        no_ghosts(centre)
    finally:
        caller.leaves()
