"""The remote counter: a kiosk with real Chromium, its call through real Asterisk, and an operator at a console."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from admin.demo.kiosk import COUNTER, goes_on, kiosk, ledger, put_card
from admin.demo.stage import Stage
from contact_center.contacts import Contact
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident, voice
from video_desk.events import ControlGranted, ControlTaken, DeskBegan, DeskEnded, SessionWiped
from video_desk.settings import REHEARSAL_PORT, REHEARSAL_TOKEN

from .conftest import OFFICE_SAYS, Desk, agent_voice, picks
from .counter import Scene


@pytest.fixture
def scene(centre: Stage, desk: Desk) -> Iterator[Scene]:
    stand = kiosk(centre)
    yield Scene(centre, desk, stand)
    stand.close()


@pytest.mark.requirement("IZ-01", "NB-01", "NB-02", "NB-09", "NB-19", "TO-05", "IZ-09")
def test_a_resident_is_served_by_video_and_nothing_of_it_stays(scene: Scene) -> None:
    scene.is_served("new", "new_with_form", child=True, language="en", opens=False)
    assert "is here to help" in scene.kiosk.sees("#operator-name") or "佐藤" in scene.kiosk.sees("#operator-name")
    pictures = "[document.getElementById('operator').videoWidth, document.getElementById('operator').currentTime > 0]"
    scene.waits(lambda: scene.kiosk.do(pictures) == [640, True], "the operator is not seen")
    seen = "document.getElementById('dk-video').videoWidth === 640 && document.getElementById('dk-video').currentTime > 0"
    scene.waits(lambda: scene.page.evaluate(seen), "the resident is not seen")
    scene.operator.opens()
    begun = scene.sessions()[-1]
    with scene.centre.house.database.reading() as session:
        contact = session.get_one(Contact, begun.contact_id)
    assert (contact.channel, contact.line_id, begun.language) == ("kiosk", COUNTER, "en")
    folders = set(Path("/dev/shm").glob("kiosk-*"))  # noqa: S108
    scene.ends()
    scene.waits(lambda: scene.happened(SessionWiped), "it is not told that it was wiped")
    (wiped,) = scene.happened(SessionWiped)
    assert wiped.complete and wiped.session == begun.id
    assert [event.how for event in scene.happened(DeskEnded)] == ["resident"]
    (began,) = scene.happened(DeskBegan)
    assert began.counter == COUNTER and not began.family
    # Only the faces, and the browser that is warm for the next resident, are left.
    scene.waits(lambda: len(folders - set(Path("/dev/shm").glob("kiosk-*"))) == 1, "the resident's folder is still there")  # noqa: S108
    scene.desk.presence("wrapping")
    scene.page.locator("#dk-control", has_text="消えました").wait_for()


@pytest.mark.requirement("IZ-07")
def test_any_touch_of_the_resident_takes_the_control_back_and_both_screens_say_so(scene: Scene) -> None:
    scene.is_served("new", "new_with_form")
    scene.operator.is_allowed()
    assert scene.kiosk.do("document.getElementById('control').dataset.who") == "operator"
    scene.operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    scene.kiosk.presses("h1")
    scene.page.wait_for_selector("#dk-control[data-who=resident]")
    scene.waits(lambda: scene.kiosk.do("document.getElementById('control').dataset.who") == "resident", "the face says otherwise")
    scene.waits(lambda: len(scene.happened(ControlTaken)) == 1, "it is not on the record")
    assert len(scene.happened(ControlGranted)) == 1
    scene.ends()


@pytest.mark.requirement("IZ-07", "IZ-13", "IZ-12")
def test_while_a_pin_is_typed_nothing_is_seen_or_heard_and_it_signs_in(scene: Scene, centre: Stage) -> None:
    who = next(one for one in ledger(centre, "people") if one["id"] == "hanako")
    settings = centre.house.settings
    put = urllib.request.Request(
        f"http://127.0.0.1:{settings[REHEARSAL_PORT]}/control/card", json.dumps({"person": "hanako"}).encode(),
        {"X-Control": settings[REHEARSAL_TOKEN], "Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(put).close()  # noqa: S310
    put_card(centre, expires="2031-01-01", left={"user": 1, "signature": 5, "entry": 3})
    scene.is_served("insurance")
    scene.page.click("#dk-devices button[data-device=card]")
    scene.page.locator("#dk-devices", has_text="あと1回").wait_for()
    assert "あと1回" in scene.kiosk.sees("#ask p")
    scene.kiosk.where("iframe")
    scene.kiosk.presses("iframe")
    scene.page.wait_for_selector("#dk-veil:not([hidden])")
    silent = "[document.getElementById('voice').muted, document.getElementById('self').srcObject.getAudioTracks()[0].enabled]"
    scene.waits(lambda: scene.kiosk.do(silent) == [True, False], "the PIN could be heard")
    # Whoever goes on by telephone is not heard either: the console itself is silent.
    heard = "!document.getElementById('voice').muted"
    assert not scene.page.evaluate(heard)
    scene.kiosk.types(str(who["card"]["pin"]) + "\r")
    scene.page.wait_for_selector("#dk-veil", state="hidden")
    scene.waits(lambda: scene.kiosk.do(silent) == [False, True], "the sound does not come back")
    assert scene.page.evaluate(heard)
    # Whoever leaves their card behind is told, and nobody begins before it is taken.
    scene.goes()
    assert "カードが残っています" in scene.kiosk.sees("body[data-screen=forgotten] #screen h1")
    put_card(centre)
    scene.kiosk.sees("body[data-screen=wiped] h1")


@pytest.mark.requirement("NB-01", "NB-03")
def test_the_next_of_a_family_keeps_the_operator_and_begins_with_a_fresh_browser(scene: Scene) -> None:
    scene.is_served("account")
    scene.kiosk.touches("end.finish")
    scene.kiosk.touches("end.family")
    # What they want, the consent and the declarations are asked anew.
    goes_on(scene.kiosk, "new", "new_with_form", child=True)
    scene.kiosk.touches("start.start")
    scene.waits(lambda: len(scene.sessions()) > 1 and scene.sessions()[-1].id != scene.happened(DeskBegan)[0].session, "no session")
    first, second = scene.sessions()[-2:]
    assert first.contact_id == second.contact_id and first.how == "resident"
    scene.page.wait_for_selector("#dk-keys button[data-does=show]")
    scene.desk.presence("on_contact")
    assert second.procedure == "new-with-form"
    # How it went with the first is said while the next is served.
    ends = scene.page.locator("#dk-ends li")
    ends.nth(0).locator("select").select_option("done")
    ends.nth(0).locator("input").fill("見本 花子")
    ends.nth(0).locator("button").click()
    ends.nth(0).locator(".dk-listed").wait_for()
    assert ends.count() == 2 and ends.nth(1).locator("input").is_visible()
    scene.operator.opens()
    scene.ends()
    scene.waits(lambda: [(one.outcome, one.listed) for one in scene.sessions()[-2:]] == [("done", True), ("", False)], "not said")
    scene.waits(lambda: all((one.wiped or {}).get("complete") for one in scene.sessions()[-2:]), "not both were wiped")


@pytest.mark.requirement("IZ-14")
def test_a_console_that_is_loaded_anew_sees_the_residents_browser_again(scene: Scene) -> None:
    scene.is_served("new", "new_with_form")
    scene.operator.is_allowed()
    scene.page.once("dialog", lambda dialog: dialog.accept())
    scene.page.reload()
    # The call comes back to the same seat.
    scene.operator.answers()
    scene.page.wait_for_selector("#dk-canvas[data-pictures]", timeout=90000)
    # Nobody works the resident's browser whom they have not allowed since.
    scene.page.wait_for_selector("#dk-control[data-who=resident]")
    scene.ends()


@pytest.mark.requirement("NB-03", "NB-05")
def test_a_sessions_process_that_is_killed_leaves_nothing_and_the_resident_begins_again(scene: Scene) -> None:
    scene.is_served("new", "new_with_form")
    before = set(Path("/dev/shm").glob("kiosk-*"))  # noqa: S108
    child = scene.kiosk.bridge.session_pid
    assert child
    os.kill(child, signal.SIGKILL)
    scene.waits(lambda: scene.happened(SessionWiped), "it is not wiped")
    assert scene.happened(SessionWiped)[0].complete
    assert len(before - set(Path("/dev/shm").glob("kiosk-*"))) == 1  # noqa: S108
    goes_on(scene.kiosk)
    scene.kiosk.touches("start.start")
    scene.page.wait_for_selector("#dk-keys button[data-does=show]")
    scene.operator.opens()
    scene.ends()


@pytest.mark.requirement("IZ-10")
def test_a_kiosk_that_is_revoked_is_cut_off_at_once(scene: Scene, centre: Stage) -> None:
    scene.is_served("new", "new_with_form")
    with centre.house.database.reading() as session:
        device = centre.house.devices.kiosk_of(session, COUNTER)
    assert device is not None
    centre.house.devices.revoke("operator", device.id)
    scene.desk.presence("wrapping")
    # Both are told, nothing stays of the resident, and whoever comes next reads whom to ask.
    scene.page.locator("#dk-control", has_text="端末の手続きが途切れました").wait_for()
    scene.waits(lambda: "この端末は、いま使えません" in str(scene.kiosk.do("document.body.innerText")), "the kiosk does not say so")
    assert scene.sessions()[-1].how == "lost" and scene.kiosk.bridge.session_pid == 0


@pytest.mark.requirement("TO-01", "TO-03", "NB-20")
def test_a_counter_that_is_closed_says_when_it_opens_and_calls_nobody(centre: Stage) -> None:
    with centre.house.database.session_scope() as session:
        centre.house.directory.close(session, COUNTER, None, "試験", "operator")
    stand = kiosk(centre)
    try:
        # Whoever reads no Japanese learns it in their language, with a way to go on.
        stand.sees("button[data-language=en]")
        stand.do("document.querySelector('button[data-language=en]').click()")
        assert "We are closed now" in stand.sees("body[data-screen=closed]") and "0120-0178-27" in stand.sees("main")
        assert stand.do("document.querySelector('#call-person')") is None
        with centre.house.database.session_scope() as session:
            centre.house.directory.reopen(session, COUNTER, "operator")
        stand.sees("button[data-language=ja]")
    finally:
        stand.close()
        with centre.house.database.session_scope() as session:
            centre.house.directory.reopen(session, COUNTER, "operator")


LISTENS = """(() => {
  const context = new AudioContext({ sampleRate: 8000 }), taken = context.createScriptProcessor(4096, 1, 1);
  window.heard = [];
  taken.onaudioprocess = ({ inputBuffer }) => heard.push(...inputBuffer.getChannelData(0).map((one) => Math.round(one * 32767)));
  context.createMediaStreamSource(document.getElementById("voice").srcObject).connect(taken).connect(context.destination);
})()"""
"""What comes out of the kiosk's loudspeaker, as samples at 8 kHz."""


@pytest.mark.requirement("IZ-08")
def test_a_human_interpreter_is_called_by_telephone_and_all_three_hear_each_other(
    scene: Scene, centre: Stage, desk: Desk, office: Resident
) -> None:
    scene.is_served("new", "new_with_form", language="vi", opens=False)
    picks(desk, "市民")
    office.picks_up()
    scene.page.get_by_text("市民課と相談中").wait_for()
    scene.page.keyboard.press("Alt+j")
    scene.page.get_by_text("市民課と三者で通話中").wait_for()
    scene.kiosk.do(LISTENS)

    def hears(said: Path) -> bool:
        return likeness(load(said), np.array(scene.kiosk.do("heard.slice(-80000)"), np.float32) / 32767) > HEARD

    scene.waits(lambda: hears(agent_voice(centre)), "the resident does not hear the operator", 30)
    scene.waits(lambda: hears(voice(centre.home / "tmp", "office", OFFICE_SAYS)), "the resident does not hear the interpreter", 30)
    scene.waits(lambda: likeness(load(agent_voice(centre)), office.heard_so_far()) > HEARD, "the interpreter does not hear", 30)
    pictures = "document.getElementById('operator').currentTime"
    seen = scene.kiosk.do(pictures)
    scene.waits(lambda: scene.kiosk.do(pictures) > seen, "the operator is not seen any more")
    office.hangs_up()
    scene.page.locator("#transfer:not([hidden])").wait_for()
    scene.ends()
    scene.desk.presence("wrapping")
