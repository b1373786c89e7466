"""Calling back whoever was not served: one click, the line's number, attempts that are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident
from telephony.pbx import render

from .conftest import Desk, agent_voice, callbacks

Make = Callable[..., Resident]
ALONE = "0559990004"


def asks(centre: Stage, desk: Desk, caller: Resident) -> int:
    """A resident finds nobody on a line without seats, and is listed; the row of the list. The agent is away meanwhile."""
    desk.page.click("#go-away")
    desk.presence("away")
    known = {row.id for row in callbacks(centre)}
    caller.calls(ALONE)
    centre.wait(lambda: caller.heard_so_far().size > 8000, 20, "the call is not answered")
    caller.hangs_up()
    caller.waits("idle")
    found = centre.wait(lambda: {row.id for row in callbacks(centre)} - known, 10, "nobody is listed")
    return int(found.pop())


def click(desk: Desk, callback: int, what: str) -> None:
    desk.page.click(f"#callbacks button[data-callback='{callback}'][data-does={what}]")


@pytest.mark.requirement("IZ-02", "NB-13")
def test_calling_back_is_one_click_and_shows_the_lines_number(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311110201")
    callback = asks(centre, desk, caller)
    click(desk, callback, "call")
    assert caller.picks_up() == ALONE
    desk.page.wait_for_selector("body[data-phone=talking]")
    desk.presence("on_contact")
    desk.page.get_by_text("0311110201").wait_for()
    said = load(agent_voice(centre))
    centre.wait(lambda: likeness(said, caller.heard_so_far()) > HEARD, 20, "the resident does not hear the agent")
    centre.wait(lambda: callback not in {row.id for row in callbacks(centre)}, 5, "still on the list")
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    # The agent was away before the call, and is again.
    desk.presence("away")
    with centre.house.database.reading() as session:
        row = session.scalars(select(Contact).where(Contact.callback_id == callback)).one()
        asked = session.get_one(Contact, row.first_id)
    assert (row.outgoing, row.state, row.outcome) == (True, "closed", "faq")
    assert asked.unserved == "overflowed"


def test_whoever_does_not_answer_stays_on_the_list_with_the_attempt(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311110202")
    callback = asks(centre, desk, caller)
    click(desk, callback, "call")
    caller.waits("ringing")
    desk.page.get_by_text("呼び出しています").first.wait_for()
    caller.hangs_up()
    desk.page.get_by_text("不通 1").wait_for()
    desk.presence("away")
    assert [row.attempts for row in callbacks(centre) if row.id == callback] == [1]


def test_an_agent_who_hangs_up_before_the_answer_has_tried(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311110203")
    callback = asks(centre, desk, caller)
    click(desk, callback, "call")
    caller.waits("ringing")
    desk.page.get_by_text("呼び出しています").first.wait_for()
    desk.page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("away")
    assert [row.attempts for row in callbacks(centre) if row.id == callback] == [1]


def test_two_agents_do_not_call_the_same_resident_at_once(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311110204")
    callback = asks(centre, desk, caller)
    click(desk, callback, "call")
    caller.waits("ringing")
    click(desk, callback, "call")
    desk.page.get_by_text("この方には、今かけているか、順番が来るとかかります。").wait_for()
    caller.hangs_up()
    desk.presence("away")


@pytest.mark.requirement("IZ-02")
def test_whoever_presses_1_keeps_the_place_and_is_called_when_their_turn_comes(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    listed = {row.id for row in callbacks(centre)}
    first, second = resident("0311110301"), resident("0311110302")
    first.calls()
    desk.sees_waiting(1)
    second.calls()
    desk.sees_waiting(2)
    first.presses("1")
    asked = lambda: [row.how for row in callbacks(centre) if row.id not in listed] == ["callback_asked"]  # noqa: E731
    centre.wait(asked, 10, "the key is not known")
    first.hangs_up()
    first.waits("idle")
    # What waits in the resident's place is one of those who wait.
    desk.sees_waiting(2)
    centre.wait(lambda: "1. Local/" in render.console(centre.house, "queue show main"), 15, "the place is not kept")
    desk.page.click("#go-available")
    desk.rings()
    desk.page.get_by_text("0311110301").wait_for()
    # The agent knows that F4 dials, and greets nobody who is not there yet.
    desk.page.get_by_text("折り返しの順番です。F4で相手にかけます。").wait_for()
    desk.answers()
    desk.page.get_by_text("呼び出しています").first.wait_for()
    assert first.picks_up() == "0559990001"
    said = load(agent_voice(centre))
    centre.wait(lambda: likeness(said, first.heard_so_far()) > HEARD, 20, "the resident does not hear the agent")
    first.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.rings()
    desk.page.get_by_text("0311110302").wait_for()
    second.hangs_up()
    desk.presence("available")
    # Whoever was reached is off the list and does not come back to it; only the second, who gave up, is new.
    assert [row.how for row in callbacks(centre) if row.id not in listed] == ["abandoned"]


def test_nobody_is_called_back_at_a_number_that_seats_may_not_dial(centre: Stage, desk: Desk, resident: Make) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    desk.sees_waiting(0)
    known = {row.id for row in callbacks(centre)}
    caller = resident("0099912345")
    caller.calls()
    desk.sees_waiting(1)
    caller.presses("1")
    centre.wait(lambda: "1. Local/" in render.console(centre.house, "queue show main"), 10, "the place is not kept")
    caller.hangs_up()
    caller.waits("idle")
    desk.page.click("#go-available")
    desk.rings()
    desk.page.keyboard.press("F4")
    # The carrier, which would find this telephone, is never asked.
    tried = lambda: [row.attempts for row in callbacks(centre) if row.id not in known] == [1]  # noqa: E731
    centre.wait(tried, 20, "the attempt is not kept")
    desk.presence("available")
    assert not caller.rang


def test_a_wrap_up_is_extended_by_key_and_shows_as_overdue_to_the_supervisor(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident("0311110303")
    desk.serves(caller)
    desk.page.keyboard.press("Alt+e")
    desk.page.locator("#extend[hidden]").wait_for(state="attached")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
