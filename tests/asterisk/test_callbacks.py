"""Calling back whoever was not served: one click, the line's number, attempts that are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from telephony.demo import Resident
from telephony.softphone.hearing import HEARD, likeness, load

from .conftest import Desk, agent_voice, callbacks

Make = Callable[..., Resident]


def asks(centre: Stage, desk: Desk, caller: Resident) -> int:
    """A resident phones while the agent is away, and asks to be called back; the row of the list."""
    desk.page.click("#go-away")
    desk.presence("away")
    known = {row.id for row in callbacks(centre)}
    caller.calls()
    desk.page.get_by_text("待ち 1人").wait_for()
    caller.presses("1")
    found = centre.wait(lambda: {row.id for row in callbacks(centre)} - known, 10, "nobody is listed")
    caller.hangs_up()
    caller.waits("idle")
    return int(found.pop())


def click(desk: Desk, callback: int, what: str) -> None:
    desk.page.click(f"#callbacks button[data-callback='{callback}'][data-does={what}]")


@pytest.mark.requirement("IZ-02", "NB-13")
def test_calling_back_is_one_click_and_shows_the_lines_number(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311110201")
    callback = asks(centre, desk, caller)
    click(desk, callback, "call")
    assert caller.picks_up() == "0559990001"
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
    assert asked.unserved == "callback_asked"


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
    desk.page.get_by_text("今、ほかの人がこの方にかけています。").wait_for()
    caller.hangs_up()
    desk.presence("away")
