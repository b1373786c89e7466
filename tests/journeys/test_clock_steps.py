"""The clock of every process of a centre steps by five minutes, and over midnight, while people talk; the machine's clock stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from admin.demo.stage import Stage, temporary_home
from contact_center.clock import TOKYO, day_of
from contact_center.contacts import Contact
from contact_center.reports import folded
from contact_center.reports.figures import counted
from contact_center.settings import SERVICE_LEVEL
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import RESIDENT_SAYS, Resident, voice
from tests.asterisk.conftest import Desk, agent_voice, sit_down
from tests.asterisk.test_faults import no_ghosts
from tests.conftest import CLONE, MORE, short_greetings

MIHON = frozenset({"mihon"})
BEFORE_MIDNIGHT = 600
"""Seconds to midnight, by the centre's clock, when it begins."""



class SetStage(Stage):
    """A stage whose centre has a clock that can be set."""

    keeper = "tests.journeys.clock_keeper"
    ahead = timedelta()
    evening = date.min

    def to_midnight(self) -> float:
        """The step that would make it midnight just now, in seconds."""
        midnight = datetime.combine(self.evening + timedelta(days=1), datetime.min.time(), TOKYO)
        return (midnight - datetime.now(TOKYO) - self.ahead).total_seconds()

    def sets_clock(self, seconds: float) -> None:
        """From now on it is so many seconds later than when the centre began, and as long after that as it really is; wait until
        every process has seen it.
        """
        (self.home / "clock").write_text(f"{self.ahead.total_seconds() + seconds:+.0f}\n")
        began = self.clock.monotonic()
        self.wait(lambda: self.clock.monotonic() - began > 1.2, 3, "")


@pytest.fixture
def centre() -> Iterator[SetStage]:
    """A centre with a clock of its own."""
    home = temporary_home()
    short_greetings(home)
    made = SetStage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=MORE)
    now = datetime.now(TOKYO)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), TOKYO)
    made.ahead, made.evening = midnight - now - timedelta(seconds=BEFORE_MIDNIGHT), now.date()
    (home / "clock").write_text(f"{made.ahead.total_seconds():+.0f}\n")
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
    """Arrived on the evening's day and on the next, as the fold and the independent batch both have it."""
    house = centre.house
    house.fold.catch_up()
    found = []
    for day in (centre.evening, centre.evening + timedelta(days=1)):
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


def answers(centre: SetStage, desk: Desk) -> None:
    """Asterisk rings by the time of day: to a clock that jumps ahead the agent has not answered, and is put away; the resident
    waits on, and rings anew.
    """
    def over() -> str | None:
        state = desk.page.get_attribute("body", "data-phone")
        if state == "ringing":
            # It may ring anew in the very moment of the key.
            desk.page.keyboard.press("F4")
        put_away = desk.page.locator("#presence", has_text="応答なし").is_visible()
        return "talking" if state == "talking" else "away" if put_away else None

    if centre.wait(over, 20, "neither a talk nor put away") == "away":
        desk.page.click("#go-available")
        desk.rings()
        desk.answers()


@pytest.mark.timeout(400)
def test_a_clock_that_steps_cuts_nobody_off_and_counts_nothing_twice(centre: SetStage) -> None:
    browser = centre.browser(agent_voice(centre))
    desk = sit_down(centre, browser)
    caller = Resident(centre, "0311170001")
    caller.says(voice(centre.home / "tmp", "resident", RESIDENT_SAYS))
    try:
        # While it rings, and while people talk; ahead and back.
        for while_it_rings, while_they_talk in ((300, 0), (0, 300), (300, 0)):
            caller.calls()
            desk.rings()
            centre.sets_clock(while_it_rings)
            answers(centre, desk)
            centre.sets_clock(while_they_talk)
            hears(centre, caller)
            caller.hangs_up()
            caller.waits("idle")
            writes_up(desk)
        # A call that begins some seconds before midnight, and is written up after it.
        centre.sets_clock(centre.to_midnight() - 40)
        desk.presence("available", 20)
        desk.page.wait_for_selector("body[data-phone=registered]", timeout=30000)
        caller.calls()
        desk.rings()
        desk.answers()
        centre.sets_clock(centre.to_midnight() + 5)
        hears(centre, caller)
        caller.hangs_up()
        caller.waits("idle")
        writes_up(desk)
        assert figures_agree(centre) == [4, 0]
        with centre.house.database.reading() as session:
            last = session.get_one(Contact, 4)
            assert last.closed_at is not None
            assert day_of(last.closed_at) - day_of(last.arrived_at) == timedelta(days=1)
        no_ghosts(centre)
    finally:
        caller.leaves()
