"""Calls, with real SIP and real sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident, first_call
from telephony.pbx import render
from telephony.pbx.translate import from_queue_log
from telephony.prompts.make import TEXTS, spoken

from .conftest import Desk, callbacks, events, last_event

Make = Callable[..., Resident]


def announcement(centre: Stage, line: str, name: str) -> Any:
    return load(centre.home / "asterisk" / "prompts" / line / f"{name}.wav")


def unserved(centre: Stage, since: int) -> list[str]:
    return [r.event.how for r in events(centre, since) if type(r.event).__name__ == "ContactUnserved"]


def test_a_residents_call_is_answered_heard_on_both_sides_noted_and_counted(centre: Stage) -> None:
    first_call(centre)


@pytest.mark.requirement("IZ-03")
def test_out_of_hours_the_caller_hears_so_and_is_counted_but_not_listed(centre: Stage, resident: Make) -> None:
    before, listed = last_event(centre), len(callbacks(centre))
    caller = resident("0311112222")
    caller.calls("0559990002")
    caller.waits("talking")
    caller.waits("idle", 60)
    assert likeness(announcement(centre, "closed1", "closed"), caller.heard()) > HEARD
    centre.wait(lambda: unserved(centre, before) == ["out_of_hours"], 5, "not counted")
    assert len(callbacks(centre)) == listed


@pytest.mark.requirement("IZ-02")
def test_the_caller_past_the_lines_capacity_hears_so_and_is_called_back(centre: Stage, desk: Desk, resident: Make) -> None:
    first, second = resident("0311113333"), resident("0311114444")
    first.calls("0559990003")
    desk.rings()
    desk.answers()
    before, listed = last_event(centre), {row.id for row in callbacks(centre)}
    second.calls("0559990003")
    second.waits("talking")
    second.waits("idle", 60)
    assert likeness(announcement(centre, "narrow1", "busy"), second.heard()) > HEARD
    centre.wait(lambda: unserved(centre, before) == ["overflowed"], 5, "not listed")
    new = [row for row in callbacks(centre) if row.id not in listed]
    assert [(row.how, row.line_id, row.urgency) for row in new] == [("overflowed", "narrow1", "must")]
    desk.page.wait_for_selector(f"#callbacks li[data-key='{new[0].id}'] .must")
    first.hangs_up()
    desk.presence("wrapping")


@pytest.mark.requirement("NB-13")
def test_where_nobody_is_signed_in_the_caller_is_listed(centre: Stage, resident: Make) -> None:
    before = last_event(centre)
    caller = resident("0311115555")
    caller.calls("0559990004")
    caller.waits("talking")
    caller.waits("idle", 60)
    centre.wait(lambda: unserved(centre, before) == ["overflowed"], 5, "not listed")
    assert any(row.line_id == "alone1" for row in callbacks(centre))


@pytest.mark.requirement("NB-13")
def test_where_nobody_is_signed_in_a_line_with_a_fallback_number_is_forwarded_and_nobody_is_listed(
    centre: Stage, resident: Make
) -> None:
    before, listed = last_event(centre), len(callbacks(centre))
    caller = resident("0311118888")
    caller.calls("0559990006")
    legs = "core show channels concise"
    centre.wait(lambda: render.console(centre.house, legs).count("!Up!") == 2, 10, "the fallback number does not answer")
    caller.hangs_up()
    centre.wait(lambda: unserved(centre, before) == ["forwarded"], 5, "not known as forwarded")
    assert len(callbacks(centre)) == listed


def test_who_gives_up_after_waiting_may_be_called_back_and_the_seat_is_open_again(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident("0311116666")
    caller.calls()
    desk.rings()
    before, listed = last_event(centre), {row.id for row in callbacks(centre)}
    centre.wait(lambda: desk.page.inner_text("#contact-wait") >= "2", 10, "time stands still")
    caller.hangs_up()
    centre.wait(lambda: unserved(centre, before) == ["abandoned"], 5, "not noticed")
    desk.presence("available")
    assert [(row.how, row.urgency) for row in callbacks(centre) if row.id not in listed] == [("abandoned", "may")]


def test_a_withheld_number_is_said_to_be_withheld(desk: Desk, resident: Make) -> None:
    caller = resident("anonymous")
    caller.calls()
    desk.rings()
    desk.page.get_by_text("非通知", exact=True).wait_for()
    caller.hangs_up()
    desk.presence("available")


def test_hold_and_mute_are_heard(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.keyboard.press("F9")
    desk.page.wait_for_selector("#hold[aria-pressed=true]")
    desk.page.get_by_text("保留中", exact=True).wait_for()
    desk.page.keyboard.press("F9")
    desk.page.wait_for_selector("#hold[aria-pressed=false]")
    desk.page.keyboard.press("F10")
    desk.page.wait_for_selector("#mute[aria-pressed=true]")
    desk.page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")


def test_a_note_never_keeps_twelve_digits(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.fill("#note", "番号は １２３４ ５６７８ ９０１２ だそうです")
    desk.page.get_by_text("12桁以上の番号は記録しません").wait_for()
    assert "９０１２" not in desk.page.input_value("#note")
    caller.hangs_up()
    desk.presence("wrapping")


def test_a_caller_reaches_the_lines_and_nothing_else(centre: Stage, resident: Make) -> None:
    before = last_event(centre)
    caller = resident()
    for dialled in ("0312345678", "110", "00812345678901"):
        caller.calls(dialled)
        assert caller.waits("idle")["cause"] >= 400
    assert [recorded for recorded in events(centre, before) if recorded.event.contact is not None] == []


def test_the_announcements_are_what_the_settings_say(centre: Stage) -> None:
    prompts = centre.home / "asterisk" / "prompts"
    common = TEXTS["busy"].format(city="見本市", greeting="見本市マイナンバーカードコールセンターです")
    assert (prompts / "line1" / "busy.wav").read_bytes() == spoken(common)
    own = "本日の受付時間は終了しました。またおかけ直しください。"
    assert (prompts / "closed1" / "closed.wav").read_bytes() == spoken(own)


def test_no_callers_number_and_no_note_stand_in_any_log(centre: Stage) -> None:
    for path in [*(centre.home / "log").glob("*.log"), *(centre.home / "asterisk" / "log").glob("messages.log*")]:
        text = path.read_text("utf-8", "replace")
        for number in ("09012345678", "9012345678", "0311113333", "0311116666"):
            assert number not in text, path


def test_a_reload_of_the_telephones_configuration_loses_no_telephone(centre: Stage, desk: Desk, resident: Make) -> None:
    render.console(centre.house, "module reload res_pjsip.so")
    caller = resident()
    desk.serves(caller)


def test_asterisks_own_record_tells_the_whole_story_of_a_call(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311117777")
    desk.serves(caller)
    lines = (centre.home / "asterisk" / "log" / "queue_log").read_text().splitlines()
    key = next(line.split("|")[1] for line in lines if "M-ARRIVED|0311117777" in line)
    told = [seen for line in lines if key in line and (seen := from_queue_log(line))]
    story = {(type(seen).__name__, getattr(seen, "seat", "")) for seen in told}
    assert story == {("Arrived", ""), ("Queued", ""), ("Answered", "seat-1"), ("SeatLeft", "seat-1"), ("Gone", "")}
