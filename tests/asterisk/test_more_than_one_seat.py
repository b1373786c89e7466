"""Asking somebody, handing over, three together, passing on: by one agent with a seat, an office and the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from admin.demo.stage import Stage
from contact_center.audit.trail import AuditRow
from contact_center.contacts import Contact
from contact_center.database import Database
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident, voice
from telephony.pbx import render

from .conftest import OFFICE_SAYS, Desk, agent_voice, picks, sit_down

Make = Callable[..., Resident]


@pytest.fixture
def colleague(centre: Stage, browser: Any) -> Iterator[Desk]:
    """The supervisor, at seat 2; away, so that the queue rings seat 1."""
    made = sit_down(centre, browser, "supervisor", "seat-2")
    made.page.select_option("#away-reason", "paperwork")
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


def test_an_office_is_asked_while_the_resident_hears_music_and_then_takes_the_call(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller = resident("0311120001")
    id = talks(centre, desk, caller)
    # Two letters are enough, in kana or with a keyboard whose kana are off.
    picks(desk, "sh")
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


def test_a_colleague_is_asked_and_takes_the_contact_with_its_note(
    centre: Stage, desk: Desk, colleague: Desk, resident: Make
) -> None:
    caller = resident("0311120004")
    id = talks(centre, desk, caller)
    desk.page.fill("#note", "受取日を変えたい")
    desk.page.get_by_text("保存しました").wait_for()
    picks(desk, "鈴木")
    colleague.page.get_by_text("から相談の着信です").wait_for()
    colleague.page.keyboard.press("F4")
    desk.page.get_by_text("と相談中").wait_for()
    colleague.page.get_by_text("相談を受けています").wait_for()
    desk.page.keyboard.press("Alt+g")
    # Who has handed over is free; the contact is the colleague's, note and all.
    desk.presence("available")
    colleague.page.wait_for_selector("#note:not([readonly])")
    assert colleague.page.input_value("#note") == "受取日を変えたい"
    hears(centre, caller, agent_voice(centre))
    caller.hangs_up()
    colleague.presence("wrapping")
    row = contact(centre, id)
    assert (row.seat_id, row.third) == ("seat-2", "")
    colleague.classifies()
    colleague.finishes()
    colleague.presence("away")


def test_a_colleague_who_does_not_answer_is_free_again_and_the_resident_is_back(
    centre: Stage, desk: Desk, colleague: Desk, resident: Make
) -> None:
    caller = resident("0311120005")
    talks(centre, desk, caller)
    picks(desk, "責任")
    colleague.presence("ringing")
    desk.page.keyboard.press("Alt+b")
    colleague.presence("away")
    hears(centre, caller, agent_voice(centre))
    caller.hangs_up()
    desk.presence("wrapping")


def test_a_resident_passed_on_to_an_office_that_answers_is_written_up_here(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller = resident("0311120006")
    id = talks(centre, desk, caller)
    picks(desk, "市民", "Shift+Enter")
    desk.presence("wrapping")
    row = contact(centre, id)
    assert (row.state, row.third, row.passed_to, row.cut) == ("transferring", "department:citizens", "", False)
    office.picks_up()
    centre.wait(lambda: contact(centre, id).state == "wrapping", 10, "still being passed on")
    assert contact(centre, id).passed_to == "department:citizens"
    hears(centre, caller, voice(centre.home / "tmp", "office", OFFICE_SAYS))
    office.hangs_up()
    caller.waits("idle")


def test_a_resident_whom_the_office_does_not_answer_waits_before_all_others(
    centre: Stage, desk: Desk, resident: Make, office: Resident
) -> None:
    caller, other = resident("0311120007"), resident("0311120008")
    id = talks(centre, desk, caller)
    other.calls()
    desk.sees_waiting(1)
    desk.page.click("#go-away")
    picks(desk, "市民", "Shift+Enter")
    office.waits("ringing")
    office.hangs_up()
    centre.wait(lambda: contact(centre, id).state == "queued", 20, "the resident does not wait")
    desk.presence("away")
    desk.page.click("#go-available")
    desk.rings()
    desk.page.get_by_text("0311120007").wait_for()
    desk.answers()
    hears(centre, caller, agent_voice(centre))
    caller.hangs_up()
    desk.presence("wrapping")
    other.hangs_up()
    assert contact(centre, id).unserved is None


def test_an_office_that_may_not_be_transferred_to_is_shown_with_its_number_only(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident("0311120009")
    id = talks(centre, desk, caller)
    picks(desk, "ぶん")
    desk.page.get_by_text("つなげません（0559990101を案内）").wait_for()
    assert contact(centre, id).third == ""
    desk.page.keyboard.press("Escape")
    caller.hangs_up()
    desk.presence("wrapping")


def test_a_hand_is_raised_and_the_supervisor_listens_whispers_and_joins(
    centre: Stage, desk: Desk, colleague: Desk, resident: Make
) -> None:
    caller = resident("0311120010")
    id = talks(centre, desk, caller)
    desk.page.keyboard.press("Alt+h")
    colleague.page.get_by_text("手を挙げています").wait_for()
    colleague.page.click("#seats button[data-supervise=seat-1][data-how=listen]")
    colleague.page.wait_for_selector("body[data-phone=talking]")
    desk.page.get_by_text("鈴木 一郎が聞いています").first.wait_for()
    # Who only listens is not heard; who joins is.
    colleague.page.click("#seats button[data-supervise=seat-1][data-how=join]")
    desk.page.get_by_text("鈴木 一郎が加わっています").first.wait_for()
    desk.page.keyboard.press("F10")
    hears(centre, caller, agent_voice(centre))
    # The supervisor has no card for this call, and none is missed.
    assert not colleague.page.locator("#notice").is_visible()
    colleague.page.keyboard.press("Alt+l")
    colleague.presence("away")
    desk.page.locator("#supervised").wait_for(state="hidden")
    caller.hangs_up()
    desk.presence("wrapping")
    with Database(f"sqlite:///{centre.home}/audit/audit.sqlite").reading() as session:
        acts = set(session.scalars(select(AuditRow.act).where(AuditRow.subject == f"contact:{id}")))
    assert {"supervise.listen", "supervise.join"} <= acts


def test_an_agent_calls_out_within_the_dial_rules_with_the_lines_number(
    centre: Stage, desk: Desk, office: Resident, resident: Make
) -> None:
    for number in ("0081355551234", "0570064738", "110"):
        desk.page.keyboard.press("Alt+d")
        desk.page.keyboard.type(number)
        desk.page.keyboard.press("Enter")
        desk.page.get_by_text("この番号にはかけられません").wait_for()
        desk.page.get_by_text("この番号にはかけられません").wait_for(state="hidden")
    desk.page.keyboard.press("Alt+d")
    desk.page.keyboard.type("055-999-0100")
    desk.page.keyboard.press("Enter")
    assert office.picks_up() == "0559990001"
    desk.presence("on_contact")
    hears(centre, office, agent_voice(centre))
    # The office's own menu is worked with number keys.
    desk.page.keyboard.press("Alt+k")
    desk.page.keyboard.type("12#")
    desk.page.keyboard.press("Enter")
    centre.wait(lambda: office.keys_heard() == "12#", 10, "the keys do not arrive")
    desk.page.keyboard.press("F8")
    office.waits("idle")
    desk.presence("wrapping")


def test_a_resident_of_another_city_is_given_its_number(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311120011")
    id = talks(centre, desk, caller)
    desk.page.keyboard.press("Alt+t")
    desk.page.keyboard.type("トナ")
    desk.page.get_by_text("となり市 0558880001").wait_for()
    desk.page.keyboard.press("Enter")
    caller.hangs_up()
    desk.presence("wrapping")
    centre.wait(lambda: contact(centre, id).outcome == "other_city", 5, "not kept")
    assert contact(centre, id).category == "elsewhere"


def test_a_nuisance_call_brings_the_supervisor_and_the_closing_words_and_a_relay_call_never_is_one(
    centre: Stage, desk: Desk, colleague: Desk, resident: Make
) -> None:
    caller = resident("05012345678")
    talks(centre, desk, caller)
    desk.page.locator("#nuisance:not([hidden])").wait_for()
    for _ in range(2):
        desk.page.keyboard.press("Alt+m")
    desk.page.get_by_text("050の電話は電話リレーサービスのことがあり").wait_for()
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    other = resident("0311120012")
    id = talks(centre, desk, other)
    desk.page.locator("#nuisance:not([hidden])").wait_for()
    for _ in range(2):
        desk.page.keyboard.press("Alt+m")
    desk.page.get_by_text("終話の言葉").wait_for()
    colleague.page.locator("#seats").get_by_text("迷惑電話").wait_for()
    row = contact(centre, id)
    assert (row.nuisance, row.outcome) == (True, "harassment")
    desk.page.keyboard.press("F8")
    other.waits("idle")


def test_a_page_that_is_reloaded_in_a_conversation_finds_the_same_resident_again(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller, other = resident("0311120013"), resident("0311120014")
    id = talks(centre, desk, caller)
    other.calls()
    desk.sees_waiting(1)
    desk.page.once("dialog", lambda dialog: dialog.accept())
    desk.page.reload()
    desk.rings()
    desk.page.get_by_text("0311120013").wait_for()
    desk.answers()
    hears(centre, caller, agent_voice(centre))
    assert contact(centre, id).state == "talking"
    # It ends as every conversation ends, and nobody need be called back.
    desk.page.click("#go-away")
    desk.page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    assert not contact(centre, id).cut
    other.hangs_up()


@pytest.mark.timeout(400)
def test_a_resident_whose_agent_does_not_come_back_is_the_first_whom_another_serves(
    centre: Stage, desk: Desk, colleague: Desk, resident: Make
) -> None:
    caller, other = resident("0311120015"), resident("0311120016")
    id = talks(centre, desk, caller)
    other.calls()
    desk.sees_waiting(1)
    desk.page.context.close()
    # Nobody hears of it from the page: the sound has stopped for as long as Asterisk waits for it.
    centre.wait(lambda: contact(centre, id).state == "queued", 60, "the resident is not looked after")
    centre.wait(lambda: "2. PJSIP/" in render.console(centre.house, "queue show main"), 30, "the resident waits for nobody else")
    colleague.page.click("#go-available")
    colleague.rings()
    colleague.page.get_by_text("0311120015").wait_for()
    colleague.answers()
    hears(centre, caller, agent_voice(centre))
    caller.hangs_up()
    colleague.presence("wrapping")
    other.hangs_up()
