"""The supervisor's pages: announcements, questions to the city, corrections, contacts by hand, figures, handover, wallboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from admin.demo.stage import Stage
from contact_center.contacts import Contact, Escalation
from telephony.demo import Resident

from .conftest import Desk

Make = Callable[..., Resident]


@pytest.fixture
def office(centre: Stage, browser: Any) -> Iterator[Any]:
    """The supervisor's page, in a browser of its own; nobody holds a seat there."""
    page = centre.page(browser)
    centre.sign_in(page, "supervisor")
    page.goto(centre.url + "/supervise")
    page.wait_for_selector("#lines li")
    yield page
    page.context.close()


def last(centre: Stage) -> Contact:
    with centre.house.database.reading() as session:
        found = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
    assert found is not None
    return found


@pytest.mark.requirement("IZ-02")
def test_what_the_supervisor_types_is_heard_by_the_next_caller_until_it_is_taken_back(
    centre: Stage, office: Any, resident: Make
) -> None:
    office.click("[data-notice=alone1]")
    office.fill("#notice-text", "全国のシステムが止まっています。")
    office.click("#notice-form button.strong")
    office.get_by_text("から流れています").wait_for()
    prompt = next((centre.home / "asterisk" / "prompts" / "notices").glob("*.wav"))
    assert prompt.stat().st_size > 8000
    office.click("[data-withdraw=alone1]")
    office.get_by_text("から流れています").wait_for(state="detached")


@pytest.mark.requirement("IZ-04", "IZ-17")
def test_a_question_goes_to_the_city_and_the_resident_is_called_with_its_answer(
    centre: Stage, desk: Desk, office: Any, resident: Make
) -> None:
    caller = resident("0311130001")
    desk.serves(caller)
    desk.page.keyboard.press("Alt+q")
    desk.page.select_option("#hand-on-to", "city:citizens")
    desk.page.fill("#hand-on-text", "通知書の発送日を確認してほしい。番号は123456789012とのこと")
    desk.page.click("#hand-on-form button.strong")
    row = office.locator("#escalations li", has_text="市民課").last
    row.get_by_text("受領待ち").wait_for()
    row.get_by_text("受領した").click()
    row.get_by_text("受領済み・回答待ち").wait_for()
    row.get_by_text("内容と回答").click()
    office.locator("#answer-question", has_text="番号は［番号は記録しません］とのこと").wait_for()
    office.get_by_text("電話番号 0311130001").wait_for()
    office.fill("#answer-text", "11月20日に発送しました")
    office.click("#answer-keep")
    # The answer puts the resident on the list of who must be called.
    told = desk.page.locator("#callbacks li", has_text="回答を伝える")
    told.wait_for()
    desk.classifies(outcome="reported")
    desk.finishes()
    desk.presence("available")
    told.get_by_text("かける").click()
    caller.picks_up()
    desk.page.wait_for_selector("body[data-phone=talking]")
    told.wait_for(state="detached")
    row.get_by_text("住民に連絡済み").wait_for()
    caller.hangs_up()
    desk.presence("wrapping")
    row.get_by_text("完了にする").click()
    row.wait_for(state="detached")
    with centre.house.database.reading() as session:
        kept = session.scalars(select(Escalation).order_by(Escalation.id.desc())).first()
    assert kept is not None
    assert kept.told_at is not None
    assert kept.closed_at is not None


@pytest.mark.requirement("IZ-17", "NB-14")
def test_a_wrong_number_is_taken_out_of_the_figures_and_a_correction_brings_it_back(
    centre: Stage, desk: Desk, office: Any, resident: Make
) -> None:
    def figures() -> tuple[str, ...]:
        office.goto(centre.url + "/figures")
        return tuple(office.locator("table.figures tbody tr").first.locator("td").all_inner_texts())

    before = figures()
    caller = resident("0311130002")
    desk.serves(caller)
    desk.page.keyboard.press("Alt+a")
    desk.page.keyboard.type("ci")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#sources button", has_text="市民課").wait_for()
    desk.classifies("excluded", "broken_off")
    desk.finishes()
    desk.presence("available")
    contact = last(centre)
    assert contact.sources == ["department:citizens"]
    arrived, answered, closed = 0, 1, 13
    excluded = figures()
    assert [excluded[n] for n in (arrived, answered, closed)] == [before[n] for n in (arrived, answered, closed)]
    office.goto(centre.url + "/corrections")
    office.select_option(f"select[name=category][form=row-{contact.id}]", "pin")
    office.select_option(f"select[name=outcome][form=row-{contact.id}]", "faq")
    office.click(f"#row-{contact.id} button")
    office.get_by_text("訂正しました。").wait_for()
    after = figures()
    assert [int(after[n]) - int(before[n]) for n in (arrived, answered, closed)] == [1, 1, 1]


@pytest.mark.requirement("NB-13")
def test_a_contact_of_the_fallback_line_is_entered_by_hand(centre: Stage, office: Any) -> None:
    office.goto(centre.url + "/enter")
    office.select_option("#channel", "fallback")
    office.select_option("#category", "booking")
    office.select_option("#outcome", "faq")
    office.fill("#note", "予備回線で受けた")
    office.click("button.strong")
    office.get_by_text("記録しました").wait_for()
    row = last(centre)
    assert (row.channel, row.state, row.category, row.outcome) == ("fallback", "closed", "booking", "faq")


@pytest.mark.requirement("IZ-02")
def test_who_must_be_called_back_stands_on_the_handover_and_on_the_wallboard(
    centre: Stage, office: Any, resident: Make
) -> None:
    caller = resident("0311130003")
    caller.calls("0559990004")
    centre.wait(lambda: caller.heard_so_far().size > 8000, 20, "the call is not answered")
    caller.hangs_up()
    caller.waits("idle")
    office.locator("#callbacks li", has_text="席のない回線").first.wait_for()
    office.goto(centre.url + "/handover")
    office.locator("tr", has_text="席のない回線").first.wait_for()
    office.goto(centre.url + "/wallboard")
    office.wait_for_selector("#board div[data-key=callbacks][data-state=bad]")
    assert office.locator("#board .value").count() == 6


def test_the_check_at_the_start_of_a_day_plays_the_ring_and_the_agents_own_voice(desk: Desk) -> None:
    desk.page.keyboard.press("Alt+s")
    desk.page.get_by_text("点検が終わりました。").wait_for()
    told = desk.page.locator("#check-list li").all_inner_texts()
    assert all(line.startswith("✓") for line in told), told
    assert len(told) == 4


def test_an_agent_sees_earlier_contacts_of_the_same_number(desk: Desk, resident: Make) -> None:
    caller = resident("0311130004")
    desk.serves(caller)
    desk.classifies("pin", "faq")
    desk.finishes()
    desk.presence("available")
    desk.serves(caller)
    desk.page.keyboard.press("Alt+p")
    desk.page.locator("#earlier-list li", has_text="暗証番号").wait_for()


def test_pages_of_the_supervisor_are_closed_to_agents(centre: Stage, desk: Desk) -> None:
    for path in ("/supervise", "/corrections", "/figures", "/handover", "/wallboard"):
        assert desk.page.request.get(centre.url + path).status == 403, path
