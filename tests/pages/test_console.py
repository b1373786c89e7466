"""The console in real Chromium: by keyboard alone, clean under axe in every state, in two tabs, in English."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.personal import Owner
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident
from tests.asterisk.conftest import Desk, process, sit_down
from tests.conftest import CLONE

Make = Callable[..., Resident]
AXE = (CLONE / "build" / "static" / "axe.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page: Any) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.add_script_tag(content=AXE, type="module")
        page.wait_for_function("typeof window.axe === 'object'")
    found = page.evaluate("(tags) => window.axe.run(document, { runOnly: tags })", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]]


@pytest.fixture
def axe_desk(centre: Stage, browser: Any) -> Any:
    """A page in which axe may be injected: CSP is set aside for the test's own script only."""
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="ja-JP", permissions=["microphone"],
        bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(15000)
    yield page
    Desk(centre, page).leaves()


def test_every_state_of_the_console_is_clean_under_axe(centre: Stage, axe_desk: Any, resident: Make) -> None:
    page = axe_desk
    page.goto(centre.url + "/sign-in")
    assert complaints(page) == []
    centre.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    assert complaints(page) == []
    page.click("#take-seat")
    page.wait_for_selector("body[data-phone=registered]")
    page.click("#go-available")
    desk = Desk(centre, page)
    desk.presence("available")
    assert complaints(page) == []
    caller = resident()
    caller.calls()
    desk.rings()
    assert complaints(page) == []
    desk.answers()
    desk.classifies()
    assert complaints(page) == []
    caller.hangs_up()
    desk.presence("wrapping")
    assert complaints(page) == []


def test_a_whole_call_is_handled_by_keyboard_alone(centre: Stage, browser: Any, resident: Make) -> None:
    page = centre.page(browser)
    keys = page.keyboard
    page.goto(centre.url + "/sign-in")
    centre.wait(lambda: page.evaluate("document.activeElement.id") == "account", 5, "the first field has no focus")
    keys.type("agent")
    keys.press("Tab")
    keys.type(centre.passwords["agent"])
    keys.press("Enter")
    page.wait_for_url("**/console")
    page.wait_for_selector("#take-seat:not([hidden])")

    def tab_to(id: str) -> None:
        for _ in range(60):
            if page.evaluate("document.activeElement.id") == id:
                return
            keys.press("Tab")
        raise AssertionError(f"{id} cannot be reached by Tab")

    tab_to("take-seat")
    keys.press("Enter")
    page.wait_for_selector("body[data-phone=registered]")
    keys.press("Alt+1")
    desk = Desk(centre, page)
    desk.presence("available")
    caller = resident()
    caller.calls()
    desk.rings()
    # The ringing call has taken the focus: Enter answers.
    assert page.evaluate("document.activeElement.id") == "answer"
    keys.press("Enter")
    page.wait_for_selector("body[data-phone=talking]")
    assert page.evaluate("document.activeElement.id") == "note"
    keys.type("鍵盤だけで")
    keys.press("Alt+c")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Alt+o")
    keys.press("Space")
    page.get_by_text("保存しました").wait_for()
    keys.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    page.wait_for_selector("#finish:not([disabled])")
    keys.press("Control+Enter")
    desk.presence("available")
    desk.leaves()


def test_a_second_tab_is_told_and_may_take_over(centre: Stage, desk: Desk, resident: Make) -> None:
    second = desk.page.context.new_page()
    second.set_default_timeout(15000)
    second.goto(centre.url + "/console")
    second.wait_for_selector("#take-over")
    assert "別のタブ" in second.inner_text("#notice")
    assert second.is_disabled("#answer")
    second.click("#take-over")
    second.wait_for_selector("body[data-phone=registered]")
    desk.page.wait_for_selector("#notice:not([hidden])")
    assert "引き継がれました" in desk.page.inner_text("#notice")
    caller = resident()
    caller.calls()
    second.wait_for_selector("body[data-phone=ringing]")
    second.keyboard.press("F4")
    second.wait_for_selector("body[data-phone=talking]")
    assert desk.page.get_attribute("body", "data-phone") != "talking"
    caller.hangs_up()
    second.wait_for_selector("#presence[data-state=wrapping]")


def test_a_second_tab_gets_neither_the_call_nor_the_note_until_the_call_is_over(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.fill("#note", "最初のタブで書いた")
    desk.page.get_by_text("保存しました").wait_for()
    second = desk.page.context.new_page()
    second.set_default_timeout(15000)
    second.goto(centre.url + "/console")
    second.click("#take-over")
    second.get_by_text("通話が終わってから引き継いでください").wait_for()
    assert second.evaluate("document.getElementById('card').inert")
    assert desk.page.get_attribute("body", "data-phone") == "talking"
    caller.hangs_up()
    desk.presence("wrapping")
    second.reload()
    second.click("#take-over")
    centre.wait(lambda: second.input_value("#note") == "最初のタブで書いた", 10, "the note is not there")
    second.check("#categories input[value=booking]", force=True)
    second.check("#outcomes input[value=faq]", force=True)
    second.wait_for_selector("#finish:not([disabled])")
    second.keyboard.press("Control+Enter")
    second.wait_for_selector("#presence[data-state=available]")


@pytest.mark.requirement("NB-13")
def test_whoever_signs_out_during_a_call_is_asked_to_end_it_first_and_stays_on_the_page(
    desk: Desk, resident: Make
) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.click("#sign-out button")
    desk.page.get_by_text("応対が終わってからサインアウトしてください。").wait_for()
    desk.page.click("button[lang=en]")
    desk.page.get_by_text("通話が終わってから言語を切り替えてください。").wait_for()
    # A page of yesterday that does not know this is refused by the server.
    form = "document.querySelector('#sign-out')"
    answer = desk.page.evaluate(
        f"fetch({form}.action, {{ method: 'POST', body: new FormData({form}), headers: {{ accept: 'application/json' }} }})"
        ".then((r) => r.json())"
    )
    assert answer["sentence"] == "応対が終わってからサインアウトしてください。"
    assert desk.page.get_attribute("body", "data-phone") == "talking"
    caller.hangs_up()
    desk.presence("wrapping")


def test_a_tab_that_was_duplicated_during_a_call_is_a_second_tab(desk: Desk, resident: Make) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    with desk.page.context.expect_page() as opened:
        # As a browser's own “duplicate”, this copies the tab's session storage.
        desk.page.evaluate("void window.open(location.href)")
    copy = opened.value
    copy.get_by_text("別のタブで操作中です").wait_for()
    copy.click("#take-over")
    copy.get_by_text("通話が終わってから引き継いでください").wait_for()
    assert desk.page.get_attribute("body", "data-phone") == "talking"
    assert copy.is_enabled("#sign-out button")
    copy.close()
    caller.hangs_up()
    desk.presence("wrapping")


def test_a_page_that_was_loaded_anew_rings_aloud(desk: Desk, resident: Make) -> None:
    page = desk.page
    page.add_init_script(
        "const made = AudioContext.prototype.createOscillator; window.tones = 0;"
        "AudioContext.prototype.createOscillator = function () { window.tones += 1; return made.call(this); };"
    )
    page.reload()
    desk.presence("available")
    caller = resident()
    caller.calls()
    desk.rings()
    # Where the browser keeps a page silent until it is touched, the notice says so.
    page.wait_for_function("window.tones >= 4 || document.getElementById('notice').textContent.includes('着信音がまだ鳴りません')")
    page.keyboard.press("Shift")
    page.wait_for_function("window.tones >= 4")
    caller.hangs_up()
    desk.presence("available")


def test_a_key_that_is_pressed_slowly_counts_though_the_screen_is_drawn_anew_meanwhile(
    centre: Stage, browser: Any, resident: Make
) -> None:
    desk = sit_down(centre, browser, "supervisor", "seat-2")
    place = desk.page.locator("button[data-line=line1]").bounding_box()
    caller = resident()
    caller.calls("0559990007")
    desk.page.mouse.move(place["x"] + 10, place["y"] + 10)
    desk.page.mouse.down()
    desk.rings()
    desk.page.mouse.up()
    desk.page.get_by_text("本当に休止する").wait_for()
    caller.hangs_up()
    desk.presence("available")
    desk.leaves()


def test_the_card_says_the_city_largest_and_everything_fits_on_one_screen(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    page = desk.page
    sizes = page.evaluate(
        "[...document.querySelectorAll('#card *')].map(e => [e.id, parseFloat(getComputedStyle(e).fontSize), e.offsetHeight])"
    )
    assert max(sizes, key=lambda s: s[1] if s[2] else 0)[0] == "contact-city"
    for place in ("#card", "body"):
        over = page.evaluate(f"(e => e.scrollHeight - e.clientHeight)(document.querySelector('{place}'))")
        assert over <= 0, f"{place} must be scrolled by {over} pixels at 1280x800"
    caller.hangs_up()
    desk.presence("available")


def test_an_agent_who_reads_english_sees_no_japanese_but_names(centre: Stage, desk: Desk) -> None:
    page = desk.page
    page.click("button[lang=en]")
    page.wait_for_url("**/console")
    page.wait_for_selector("#presence[data-state=available]")
    assert page.inner_text("#presence") == "Available"
    assert "Today" in page.inner_text("#figures-title")
    page.click("button[lang=ja]")
    page.wait_for_selector("#presence[data-state=available]")
    page.get_by_text("今日の数字").wait_for()


def test_a_note_typed_while_the_hub_is_away_is_kept_when_it_is_back(centre: Stage, desk: Desk, resident: Make) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    box = "(s) => JSON.stringify(document.querySelector(s).getBoundingClientRect())"
    places = f"['#note', '#outcomes', '#hang-up', '#leave-seat'].map({box})"
    before = desk.page.evaluate(places)
    os.kill(process(centre, "hub")[0], signal.SIGKILL)
    desk.page.wait_for_selector("#notice:not([hidden])")
    assert desk.page.evaluate(places) == before, "a notice moves what the agent works with"
    desk.page.fill("#note", "切れている間に書いた")
    desk.page.get_by_text("保存しました").wait_for()
    contact = _contact(centre)
    with centre.house.database.reading() as session:
        note = centre.house.vault.get(session, Owner("contact", str(contact)), "note")
    assert note is not None
    assert note.reveal() == "切れている間に書いた"
    caller.hangs_up()
    desk.presence("wrapping")


def _contact(centre: Stage) -> int:
    with centre.house.database.reading() as session:
        seat = centre.house.seats.get(session, "seat-1")
    assert seat.contact_id is not None
    return seat.contact_id


def test_a_supervisor_closes_a_line_with_one_key_pressed_twice_and_sees_since_when_it_is_in_force(
    centre: Stage, browser: Any, resident: Make
) -> None:
    page = centre.page(browser)
    centre.sign_in(page, "supervisor")
    key = page.locator("button[data-line=line1]")
    key.click()
    assert "本当に" in key.inner_text()
    key.click()
    page.get_by_text("臨時休止中").wait_for()
    caller = resident()
    caller.calls()
    caller.waits("talking")
    heard = load(centre.home / "asterisk" / "prompts" / "line1" / "emergency.wav")
    caller.waits("idle", 60)
    assert likeness(heard, caller.heard()) > HEARD
    key.click()
    page.wait_for_selector("#lines li:first-child:has-text('受付時間内')")
    page.context.close()


def test_an_agent_is_shown_no_key_that_closes_lines(desk: Desk) -> None:
    assert desk.page.locator("#lines .close").count() == 0
