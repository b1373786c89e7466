"""Asking somebody, handing over, three together, passing on: by one agent with a seat, an office and the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from telephony.demo import Resident, voice
from telephony.softphone.hearing import HEARD, likeness, load

from .conftest import Desk, agent_voice, sit_down

Make = Callable[..., Resident]
OFFICE = "0559990100"
OFFICE_SAYS = "市民課の田中でございます。ご用件をどうぞ。"


@pytest.fixture
def office(centre: Stage) -> Iterator[Resident]:
    """The citizens' office at its telephone."""
    one = Resident(centre, OFFICE)
    one.says(voice(centre.home / "tmp", "office", OFFICE_SAYS))
    yield one
    one.leaves()


@pytest.fixture
def colleague(centre: Stage, browser: Any) -> Iterator[Desk]:
    """The supervisor, at seat 2; away, so that the queue rings seat 1."""
    made = sit_down(centre, browser, "supervisor", "seat-2")
    made.page.click("#go-away")
    made.presence("away")
    yield made
    made.leaves()


def talks(centre: Stage, desk: Desk, caller: Resident) -> int:
    """A conversation has begun; the contact's id."""
    caller.calls()
    desk.rings()
    desk.answers()
    with centre.house.database.reading() as session:
        return int(centre.house.seats.get(session, "seat-1").contact_id or 0)


def contact(centre: Stage, id: int) -> Contact:
    with centre.house.database.reading() as session:
        return session.get_one(Contact, id)


def hears(centre: Stage, who: Resident, said: Any) -> None:
    """From now on somebody hears what is said."""
    start = who.heard_so_far().size
    centre.wait(lambda: likeness(load(said), who.heard_so_far()[start:]) > HEARD, 20, "it is not heard")


def picks(desk: Desk, text: str, key: str = "Enter") -> None:
    desk.page.keyboard.press("F6")
    desk.page.wait_for_selector("#picker:not([hidden])")
    desk.page.keyboard.type(text)
    desk.page.keyboard.press(key)


def test_an_office_is_asked_while_the_resident_hears_music_and_then_takes_the_call(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller = resident("0311120001")
    id = talks(centre, desk, caller)
    picks(desk, "しみ")
    desk.page.get_by_text("市民課を呼んでいます").wait_for()
    assert office.picks_up() == "0559990001"
    desk.page.get_by_text("市民課と相談中").wait_for()
    hears(centre, office, agent_voice(centre))
    desk.page.keyboard.press("Alt+g")
    desk.presence("wrapping")
    hears(centre, caller, voice(centre.home / "tmp", "office", OFFICE_SAYS))
    caller.hangs_up()
    office.waits("idle")
    assert contact(centre, id).passed_to == "department:citizens"
    desk.classifies(outcome="department")
    desk.finishes()
    desk.presence("available")


def test_whoever_is_asked_no_more_the_resident_is_there_again(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller = resident("0311120002")
    talks(centre, desk, caller)
    picks(desk, "ci")
    office.picks_up()
    desk.page.get_by_text("市民課と相談中").wait_for()
    desk.page.keyboard.press("Alt+b")
    office.waits("idle")
    hears(centre, caller, agent_voice(centre))
    # Hold works as before.
    desk.page.keyboard.press("F9")
    desk.page.wait_for_selector("body[data-phone=held]")
    desk.page.keyboard.press("F9")
    hears(centre, caller, agent_voice(centre))
    caller.hangs_up()
    desk.presence("wrapping")


def test_three_talk_together_and_when_the_office_leaves_two_go_on(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller = resident("0311120003")
    talks(centre, desk, caller)
    picks(desk, "市民")
    office.picks_up()
    desk.page.get_by_text("市民課と相談中").wait_for()
    desk.page.keyboard.press("Alt+j")
    desk.page.get_by_text("市民課と三者で通話中").wait_for()
    hears(centre, caller, agent_voice(centre))
    hears(centre, caller, voice(centre.home / "tmp", "office", OFFICE_SAYS))
    office.hangs_up()
    desk.page.locator("#transfer:not([hidden])").wait_for()
    hears(centre, caller, agent_voice(centre))
    desk.page.keyboard.press("F9")
    desk.page.wait_for_selector("body[data-phone=held]")
    desk.page.keyboard.press("F9")
    desk.page.wait_for_selector("body[data-phone=talking]")
    desk.page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
