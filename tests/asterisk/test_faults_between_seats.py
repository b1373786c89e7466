"""Faults, made for real, while a call is on hold, somebody is asked, three talk, a call back runs, a resident is passed on, a
supervisor listens; and a flood from the carrier, silent calls, an Asterisk that restarts in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from threading import Thread
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from contact_center.errors import Unavailable
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident, voice
from telephony.pbx import render

from .conftest import OFFICE, OFFICE_SAYS, Desk, agent_voice, callbacks, picks, sit_down
from .test_faults import kill_and_settle, no_ghosts, notice_is_gone
from .test_more_than_one_seat import talks

Make = Callable[..., Resident]


class Scene:
    """One agent, a supervisor at another seat, a resident and an office, in the middle of something."""

    def __init__(self, centre: Stage, desk: Desk, boss: Desk, caller: Resident, office: Resident) -> None:
        self.centre, self.desk, self.boss, self.caller, self.office = centre, desk, boss, caller, office
        self.id = 0

    def hears(self, who: Resident, said: Any) -> None:
        start = who.heard_so_far().size
        self.centre.wait(lambda: likeness(load(said), who.heard_so_far()[start:]) > HEARD, 20, "it is not heard")

    def hears_the_agent(self) -> None:
        self.hears(self.caller, agent_voice(self.centre))

    def contact(self) -> Contact:
        with self.centre.house.database.reading() as session:
            return session.get_one(Contact, self.id)

    # -- how each begins ----------------------------------------------------------------------------------------------

    def held(self) -> None:
        self.id = talks(self.centre, self.desk, self.caller)
        self.desk.page.keyboard.press("F9")
        self.centre.wait(lambda: self.contact().state == "held", 5, "not held")

    def consulting(self) -> None:
        self.id = talks(self.centre, self.desk, self.caller)
        picks(self.desk, "しみ")
        self.office.picks_up()
        self.desk.page.get_by_text("市民課と相談中").wait_for()

    def three(self) -> None:
        self.consulting()
        self.desk.page.keyboard.press("Alt+j")
        self.desk.page.get_by_text("市民課と三者で通話中").wait_for()

    def called(self) -> None:
        self.desk.page.click("#go-away")
        self.desk.presence("away")
        self.desk.page.keyboard.press("Alt+d")
        self.desk.page.keyboard.type(self.caller.number)
        self.desk.page.keyboard.press("Enter")
        self.caller.picks_up()
        self.desk.presence("on_contact")
        with self.centre.house.database.reading() as session:
            self.id = int(self.centre.house.seats.get(session, "seat-1").contact_id or 0)
        self.centre.wait(lambda: self.contact().state == "talking", 5, "not reached")

    def passed_on(self) -> None:
        self.id = talks(self.centre, self.desk, self.caller)
        picks(self.desk, "しみ", "Shift+Enter")
        self.office.waits("ringing")
        self.desk.presence("wrapping")

    def supervised(self) -> None:
        self.id = talks(self.centre, self.desk, self.caller)
        self.boss.page.click("#seats button[data-supervise=seat-1][data-how=listen]")
        self.boss.page.wait_for_selector("body[data-phone=talking]")

    # -- how each goes on ---------------------------------------------------------------------------------------------

    def goes_on(self, what: str) -> None:
        page = self.desk.page
        if what == "held":
            page.keyboard.press("F9")
            page.wait_for_selector("body[data-phone=talking]")
            self.hears_the_agent()
        elif what == "consulting":
            page.get_by_text("市民課と相談中").wait_for()
            page.keyboard.press("Alt+b")
            self.office.waits("idle")
            self.hears_the_agent()
        elif what == "three":
            page.get_by_text("市民課と三者で通話中").wait_for()
            self.hears(self.caller, voice(self.centre.home / "tmp", "office", OFFICE_SAYS))
            page.keyboard.press("Alt+g")
            self.desk.presence("wrapping")
            self.hears(self.caller, voice(self.centre.home / "tmp", "office", OFFICE_SAYS))
        elif what == "passed_on":
            self.office.hangs_up()
            self.centre.wait(lambda: self.contact().state in ("queued", "offered"), 20, "the resident is lost")
        elif what == "supervised":
            page.get_by_text("鈴木 一郎が聞いています").first.wait_for()
            self.boss.page.keyboard.press("Alt+l")
            self.boss.presence("away")
            self.hears_the_agent()
        else:
            self.hears_the_agent()
        self.caller.hangs_up()
        self.caller.waits("idle")
        self.desk.presence("wrapping")
        self.desk.classifies()
        self.desk.finishes()


@pytest.fixture
def scene(centre: Stage, desk: Desk, browser: Any, resident: Callable[..., Resident]) -> Iterator[Scene]:
    """Everybody at their places."""
    boss = sit_down(centre, browser, "supervisor", "seat-2")
    boss.page.select_option("#away-reason", "paperwork")
    boss.page.click("#go-away")
    boss.presence("away")
    office = Resident(centre, OFFICE)
    office.says(voice(centre.home / "tmp", "office", OFFICE_SAYS))
    yield Scene(centre, desk, boss, resident(f"03111510{next(SERIAL):02}"), office)
    office.leaves()
    boss.leaves()


SERIAL = count()
STATES = ("held", "consulting", "three", "called", "passed_on", "supervised")


@pytest.mark.parametrize("state", STATES)
def test_what_is_going_on_goes_on_when_hub_web_and_switchboard_are_killed(scene: Scene, state: str) -> None:
    getattr(scene, state)()
    kill_and_settle(scene.centre, "hub", "web", "switchboard")
    notice_is_gone(scene.desk)
    scene.goes_on(state)
    no_ghosts(scene.centre)


@pytest.mark.parametrize("state", ["consulting", "three", "supervised"])
def test_when_asterisk_is_killed_the_resident_is_listed_and_every_seat_is_free_again(scene: Scene, state: str) -> None:
    listed = {row.id for row in callbacks(scene.centre)}
    getattr(scene, state)()
    kill_and_settle(scene.centre, "asterisk")
    found = scene.centre.wait(lambda: {row.id for row in callbacks(scene.centre)} - listed, 20, "nobody is listed")
    assert len(found) == 1
    scene.desk.presence("wrapping", 20)
    scene.boss.presence("away", 20)
    scene.desk.page.wait_for_selector("body[data-phone=registered]", timeout=30000)
    scene.desk.classifies(outcome="broken_off")
    scene.desk.finishes()
    no_ghosts(scene.centre)


def restart_in_order(centre: Stage) -> None:
    """Asterisk's console answers only once it is over."""
    with suppress(Unavailable):
        render.console(centre.house, "core restart gracefully")


def test_an_asterisk_that_restarts_in_order_lets_the_conversation_end_first(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident("0311150010")
    talks(centre, desk, caller)
    log = centre.home / "log" / "switchboard.log"
    since = log.stat().st_size
    Thread(target=restart_in_order, args=(centre,), daemon=True).start()
    scene_heard = caller.heard_so_far().size
    centre.wait(
        lambda: likeness(load(agent_voice(centre)), caller.heard_so_far()[scene_heard:]) > HEARD, 20, "the conversation was cut"
    )
    caller.hangs_up()
    desk.presence("wrapping")
    centre.wait(lambda: "Settled with Asterisk" in log.read_text("utf-8", "replace")[since:], 40, "Asterisk does not come back")
    desk.classifies()
    desk.finishes()
    desk.page.wait_for_selector("body[data-phone=registered]", timeout=30000)
    desk.presence("available", 20)
    no_ghosts(centre)
