"""Waiting: places, keys, temporary announcements, callers without a number or a voice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident
from telephony.pbx import render
from telephony.prompts.make import spoken

from .conftest import Desk, callbacks, events, last_event

Make = Callable[..., Resident]
PLACES = "0559990007"


def prompt(centre: Stage, name: str, folder: str = "places") -> Any:
    return load(centre.home / "asterisk" / "prompts" / folder / f"{name}.wav")


def hears(centre: Stage, caller: Resident, name: str, folder: str = "places", seconds: float = 20) -> None:
    """Wait until the caller has heard an announcement; the recording goes on."""
    wanted = prompt(centre, name, folder)
    centre.wait(lambda: likeness(wanted, caller.heard_so_far()) > HEARD, seconds, f"{name} is not heard")


def unserved(centre: Stage, since: int) -> list[str]:
    return [r.event.how for r in events(centre, since) if type(r.event).__name__ == "ContactUnserved"]


def places(centre: Stage) -> set[str]:
    """The places on which callers stand, as Asterisk itself knows them."""
    said = render.console(centre.house, "group show channels")
    return {word for line in said.splitlines() for word in line.split() if word.startswith("places1_")}


@pytest.mark.requirement("IZ-02")
def test_past_the_conversations_of_a_line_callers_stand_in_line_in_their_order(centre: Stage, desk: Desk, resident: Make) -> None:
    talks, first, second, third = (resident(f"031111770{n}") for n in range(4))
    talks.calls(PLACES)
    desk.rings()
    desk.answers()
    before = last_event(centre)
    first.calls(PLACES)
    centre.wait(lambda: places(centre) == {"places1_1"}, 20, "nobody stands in line")
    second.calls(PLACES)
    centre.wait(lambda: places(centre) == {"places1_1", "places1_2"}, 20, "nobody stands behind")
    hears(centre, second, "2")
    desk.sees_waiting(2, "places1")
    third.calls(PLACES)
    third.waits("talking")
    third.waits("idle", 60)
    centre.wait(lambda: unserved(centre, before) == ["overflowed"], 5, "the fourth is not on the list")
    first.hangs_up()
    centre.wait(lambda: places(centre) == {"places1_1"}, 5, "nobody steps forward")
    talks.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.rings()
    desk.page.get_by_text("0311117702").wait_for()
    assert places(centre) == set()
    second.hangs_up()
    desk.presence("available")


@pytest.mark.requirement("IZ-02")
def test_whoever_stood_before_a_full_line_is_served_before_those_of_other_lines_who_came_later(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    talks, stands, later = (resident(f"031111771{n}") for n in range(3))
    talks.calls(PLACES)
    desk.rings()
    desk.answers()
    stands.calls(PLACES)
    centre.wait(lambda: places(centre) == {"places1_1"}, 20, "nobody stands in line")
    later.calls("0559990001")
    centre.wait(lambda: "1. PJSIP/" in render.console(centre.house, "queue show main"), 20, "nobody is in the queue")
    talks.hangs_up()
    desk.presence("wrapping")
    centre.wait(lambda: "2. PJSIP/" in render.console(centre.house, "queue show main"), 25, "nobody is let in")
    desk.classifies()
    desk.finishes()
    desk.rings()
    desk.page.get_by_text("0311117711").wait_for()
    stands.hangs_up()
    later.hangs_up()
    desk.presence("available")


@pytest.mark.requirement("IZ-02")
@pytest.mark.parametrize(("line", "standing"), [(PLACES, True), ("0559990001", False)])
def test_a_key_counts_while_the_place_is_being_told(
    centre: Stage, desk: Desk, resident: Make, line: str, standing: bool
) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    first, second = resident(f"03111172{int(standing)}1"), resident(f"03111172{int(standing)}2")
    first.calls(line)
    centre.wait(lambda: "1. PJSIP/" in render.console(centre.house, "queue show main"), 20, "nobody waits")
    second.calls(line)
    before = last_event(centre)
    hears(centre, second, "2", seconds=50)
    second.presses("1")
    centre.wait(lambda: unserved(centre, before) == ["callback_asked"], 5, "the key was lost")
    first.hangs_up()


@pytest.mark.requirement("IZ-02")
def test_who_waits_may_press_1_and_is_on_the_list_as_one_who_must_be_called(centre: Stage, resident: Make, desk: Desk) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    caller = resident("0311118801")
    caller.calls()
    desk.sees_waiting(1)
    before, known = last_event(centre), {row.id for row in callbacks(centre)}
    caller.presses("1")
    caller.waits("idle", 60)
    assert likeness(prompt(centre, "callback", "line1"), caller.heard()) > HEARD
    centre.wait(lambda: unserved(centre, before) == ["callback_asked"], 5, "not known")
    assert [(row.how, row.urgency) for row in callbacks(centre) if row.id not in known] == [("callback_asked", "must")]
    # The call that waits in their place goes with the last seat; the list keeps them.
    desk.page.click("#leave-seat")
    desk.sees_waiting(0)
    assert [(row.how, row.urgency) for row in callbacks(centre) if row.id not in known] == [("callback_asked", "must")]


def test_who_waits_may_hear_their_place_again_more_slowly_and_keeps_it(centre: Stage, resident: Make, desk: Desk) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    first, second = resident("0311118802"), resident("0311118803")
    first.calls()
    desk.sees_waiting(1)
    second.calls()
    desk.sees_waiting(2)
    first.presses("2")
    hears(centre, first, "slow-1")
    desk.page.click("#go-available")
    desk.rings()
    desk.page.get_by_text("0311118802").wait_for()
    first.hangs_up()
    desk.page.get_by_text("0311118803").wait_for()
    second.hangs_up()
    desk.presence("available")


def test_a_seat_that_rings_is_silent_when_the_caller_presses_a_key_and_rings_again(
    centre: Stage, resident: Make, desk: Desk
) -> None:
    caller = resident("0311118804")
    caller.calls()
    desk.rings()
    before = last_event(centre)
    caller.presses("2")
    centre.wait(lambda: any(type(r.event).__name__ == "ContactQueued" for r in events(centre, before)), 5, "it rings on")
    centre.wait(lambda: any(type(r.event).__name__ == "ContactOffered" for r in events(centre, before)), 15, "no second ring")
    desk.rings()
    desk.answers()
    caller.hangs_up()
    desk.presence("wrapping")


def test_who_withholds_the_number_is_told_that_nobody_can_call_back_and_waits_on(centre: Stage, resident: Make, desk: Desk) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    caller = resident("anonymous")
    caller.calls()
    desk.sees_waiting(1)
    caller.presses("1")
    hears(centre, caller, "withheld", "line1")
    desk.page.click("#go-available")
    desk.rings()
    caller.hangs_up()
    desk.presence("available")


def test_a_temporary_announcement_is_heard_by_the_next_caller_until_it_is_withdrawn(
    centre: Stage, resident: Make, desk: Desk
) -> None:
    text = "ただいま、全国のシステムが止まっています。お手続きには時間がかかります。"
    house = centre.house
    with house.database.session_scope() as session:
        house.notices.say(session, "line1", text, house.clock.now() + timedelta(hours=1), "operator")
    centre.wait(lambda: _notice(centre) is not None and _notice(centre).in_force_at is not None, 60, "not in force")
    caller = resident("0311118805")
    caller.calls()
    desk.rings()
    folder = centre.home / "tmp" / "notice.wav"
    folder.write_bytes(spoken(text))
    centre.wait(lambda: likeness(load(folder), caller.heard_so_far()) > HEARD, 20, "it is not heard")
    caller.hangs_up()
    desk.presence("available")
    with house.database.session_scope() as session:
        house.notices.withdraw(session, "line1", "operator")
    notices = centre.home / "asterisk" / "etc" / "notices.conf"
    centre.wait(lambda: "Playback" not in notices.read_text(), 10, "it stays")


def _notice(centre: Stage) -> Any:
    with centre.house.database.reading() as session:
        return centre.house.notices.of(session, "line1")


def test_where_everybody_leaves_those_who_wait_are_told_and_listed(centre: Stage, resident: Make, desk: Desk) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    caller = resident("0311118806")
    caller.calls()
    desk.sees_waiting(1)
    before = last_event(centre)
    desk.page.click("#leave-seat")
    caller.waits("idle", 60)
    assert likeness(prompt(centre, "nobody", "line1"), caller.heard()) > HEARD
    centre.wait(lambda: unserved(centre, before) == ["overflowed"], 5, "not listed")
