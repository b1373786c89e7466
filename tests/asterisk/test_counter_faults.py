"""What befalls a counter in mid-session: its network, its processes, its devices, the centre's processes, the operator's console.

Each time both the resident and the operator are told in words, and it goes on or is ended by the resident's touch.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from admin.demo.kiosk import COUNTER, MEDIA, begins, kiosk, put_card
from admin.demo.stage import Stage
from contact_center.settings import WEB_PORT
from kiosk_bridge.rehearsal import Kiosk
from video_desk.events import ControlTaken, DeskEnded

from .conftest import Desk, kill
from .counter import SOON, Line, Scene, Stand, alive, below, browser_of, folders_of, gone, pages_of

CUT = "つながりが切れました"


class Stands:
    """One kiosk at the end of a line that can be cut; a test that fails in mid-session leaves it to nobody."""

    def __init__(self, centre: Stage) -> None:
        self._centre = centre
        self.line = Line(centre.house.settings[WEB_PORT])
        self._stand: Kiosk | None = None

    def one(self) -> Kiosk:
        if self._stand is not None and self._stand.is_over:
            self.close()
        if self._stand is None:
            self._stand = kiosk(self._centre, centre=f"https://localhost:{self.line.port}")
        return self._stand

    def left(self) -> None:
        self.line.mend()
        if self._stand is not None and not (self._stand.bridge.session_pid == 0 and self._stand.bridge.face):
            self.close()

    def close(self) -> None:
        if self._stand is not None:
            self._stand.close()
            self._stand = None


@pytest.fixture(scope="module")
def stands(centre: Stage) -> Iterator[Stands]:
    made = Stands(centre)
    yield made
    made.close()
    made.line.close()


@pytest.fixture
def scene(centre: Stage, desk: Desk, stands: Stands) -> Iterator[Scene]:
    """A kiosk in this process."""
    yield Scene(centre, desk, stands.one())
    stands.left()


@pytest.fixture
def apart(centre: Stage, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A kiosk in a process of its own."""
    monkeypatch.setattr("admin.demo.kiosk.Kiosk", Stand)
    made = Scene(centre, desk, kiosk(centre))
    yield made
    made.kiosk.close()


@pytest.mark.requirement("NB-20", "IZ-14", "IZ-07")
def test_where_the_kiosks_network_is_cut_both_are_told_and_it_goes_on_when_it_is_back(scene: Scene, stands: Stands) -> None:
    line = stands.line
    scene.is_served(allows=True)
    line.cut()
    scene.resident_reads("つなぎ直しています", "#said")
    scene.operator_reads(CUT, "#dk-veil")
    # Nobody works a browser that they do not see.
    scene.resident_reads("いま、あなたが操作しています", "#control")
    # What the resident writes meanwhile waits for the operator.
    scene.kiosk.do("bridgeHears(JSON.stringify({ word: 'drawn', picture: 'AAAA' }))")
    before = scene.pictures()
    line.mend()
    scene.resident_reads("つながりました", "#said", 15)
    scene.sees_again(before)
    scene.page.wait_for_selector("#dk-picture:not([hidden])")
    scene.page.wait_for_selector("#dk-control[data-who=resident]")
    scene.waits(lambda: scene.happened(ControlTaken), "it is not on the record who had the control after the cut")
    # The call has gone on meanwhile; when the operator ends it, the resident is told.
    scene.desk.presence("on_contact")
    scene.page.keyboard.press("F8")
    scene.desk.presence("wrapping")
    scene.resident_reads("通話が切れました", "#screen", 15)
    scene.kiosk.touches("end.finish")
    scene.kiosk.sees("body[data-screen=wiped] h1")
    scene.is_wiped("resident")


@pytest.mark.requirement("NB-20", "IZ-14")
def test_a_kiosk_without_a_microphone_says_where_to_turn_and_opens_no_session(
    centre: Stage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = [word for word in MEDIA if word != "--use-fake-device-for-media-stream"]
    monkeypatch.setattr("admin.demo.kiosk.Kiosk", Stand)
    mute = Scene(centre, desk, kiosk(centre, browser=without))
    try:
        begins(mute.kiosk, "other")
        mute.resident_reads("いま使えません。電話", "#screen", 20)
        mute.waits(lambda: mute.sessions() and mute.sessions()[-1].ended_at is not None, "a session stays open")
        desk.presence("available")
    finally:
        mute.kiosk.close()


@pytest.mark.requirement("NB-20", "IZ-14")
def test_where_processes_of_the_centre_are_killed_both_are_told_and_the_session_goes_on(scene: Scene) -> None:
    scene.is_served()
    for name in ("hub", "nginx"):
        before = scene.pictures()
        kill(scene.centre, name)
        scene.operator_reads(CUT, "#dk-veil")
        scene.resident_reads("つながりました", "#said", 15)
        scene.sees_again(before)
    scene.desk.presence("on_contact")
    assert scene.happened(DeskEnded) == []
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("NB-03", "NB-05", "IZ-09")
def test_a_kiosk_that_is_killed_leaves_no_process_and_comes_up_clean_and_the_operator_is_told(
    apart: Scene, centre: Stage
) -> None:
    apart.is_served(allows=True)
    processes = below(apart.kiosk.pid)
    before = folders_of(processes)
    # The face's, and the resident's.
    assert len(before) == 2 and not gone(before)
    apart.kiosk.kill()
    apart.operator_reads(CUT, "#dk-veil")
    apart.waits(lambda: not alive(processes), "something of the kiosk still runs")
    # The call ends by its time-out: nobody hears anybody.
    apart.desk.presence("wrapping", 60)
    apart.kiosk = apart.operator.kiosk = Stand(apart.kiosk.path)
    apart.kiosk.sees("button[data-language=ja]")
    apart.waits(lambda: gone(before), "what the kiosk had in memory is still there", SOON)
    # Now that it is back it says for the record that nothing of that session is left.
    apart.is_wiped("lost")
    apart.operator_reads("途切れました", "#dk-control")


@pytest.mark.requirement("NB-03", "NB-05", "IZ-09")
def test_where_everything_of_a_kiosk_is_killed_at_once_nothing_of_the_resident_is_there_when_it_comes_up(
    apart: Scene, centre: Stage
) -> None:
    apart.is_served()
    processes = below(apart.kiosk.pid)
    before = folders_of(processes)
    for one in processes:
        if one != apart.kiosk.pid:
            # Some go by themselves once the one that began them has.
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
    apart.kiosk.kill()
    apart.waits(lambda: not alive(processes), "something of the kiosk still runs")
    apart.kiosk = Stand(apart.kiosk.path)
    apart.kiosk.sees("button[data-language=ja]")
    apart.waits(lambda: gone(before), "what the kiosk had in memory is still there", SOON)


@pytest.mark.requirement("NB-20", "NB-03")
def test_where_the_face_dies_the_operator_is_told_and_the_next_resident_begins_on_a_fresh_one(scene: Scene) -> None:
    scene.is_served(allows=True)
    os.kill(browser_of(os.getpid()), signal.SIGKILL)
    scene.operator_reads("途切れました", "#dk-control")
    scene.is_wiped("lost")
    scene.kiosk.sees("button[data-language=ja]")
    scene.operator_reads("消えました", "#dk-control")


@pytest.mark.requirement("NB-03", "NB-05", "IZ-09")
def test_where_the_residents_browser_is_killed_both_are_told_and_nothing_of_it_stays(scene: Scene) -> None:
    scene.is_served(allows=True)
    browser = browser_of(scene.kiosk.bridge.session_pid)
    processes = below(browser)
    before = folders_of(processes)
    os.kill(browser, signal.SIGKILL)
    scene.operator_reads("止まりました")
    scene.resident_reads("はじめから、やり直します", "#said")
    scene.waits(lambda: not alive(processes), "something of the browser still runs")
    scene.waits(lambda: gone(before), "its folder is still there")
    assert dumps() == []
    # The resident has the control of the fresh one, and may give it again.
    scene.page.wait_for_selector("#dk-control[data-who=resident]")
    scene.operator.is_allowed()
    scene.operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("IZ-14", "NB-05")
def test_where_nobody_of_a_family_goes_on_the_call_ends_with_the_last_ones_session(scene: Scene) -> None:
    scene.is_served()
    # As large as a sentence that is written by finger.
    scene.kiosk.do("bridgeHears(JSON.stringify({ word: 'drawn', picture: 'A'.repeat(200000) }))")
    scene.page.wait_for_selector("#dk-picture:not([hidden])")
    scene.kiosk.touches("end.finish")
    scene.kiosk.touches("end.family")
    scene.kiosk.touches("screen.back")
    scene.kiosk.sees("body[data-screen=wiped] h1")
    scene.desk.presence("wrapping")
    scene.is_wiped("resident")
    assert scene.kiosk.do("document.getElementById('self').srcObject") is None


@pytest.mark.requirement("NB-03", "NB-05")
def test_where_a_page_crashes_both_are_told_it_leaves_no_dump_and_the_first_page_is_there_again(scene: Scene) -> None:
    scene.is_served(allows=True)
    browser = browser_of(scene.kiosk.bridge.session_pid)
    for one in pages_of(browser):
        os.kill(one, signal.SIGABRT)
    scene.operator_reads("止まりました")
    scene.resident_reads("はじめから、やり直します", "#said")
    assert dumps() == []
    # The first page is there again by itself, and goes on.
    scene.operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    scene.ends()
    scene.is_wiped("resident")


def dumps() -> list[Path]:
    """What a crash leaves where systems keep such things."""
    places = (Path("/var/crash"), Path("/var/lib/systemd/coredump"), Path("/tmp"), Path.cwd(), Path.home())
    names = ("core", "core.*", "*.dmp", "*.crash")
    return [one for place in places if place.is_dir() for name in names for one in place.glob(name) if one.is_file()]


def _shown(scene: Scene) -> int:
    """How many pictures of the resident the operator's page has shown."""
    return int(scene.page.evaluate("document.getElementById('dk-video').getVideoPlaybackQuality().totalVideoFrames"))


@pytest.mark.requirement("NB-12")
def test_where_there_is_one_camera_the_call_lends_it_for_the_photo_and_has_it_again(scene: Scene, centre: Stage) -> None:
    camera = centre.home / f"kiosk-{COUNTER}" / "face.png"
    seen = "document.getElementById('self').srcObject.getVideoTracks().length"
    scene.is_served("renewal")
    held = camera.rename(camera.with_name("held.png"))
    scene.page.click("#dk-devices button[data-what=guide]")
    scene.waits(lambda: scene.kiosk.do(seen) == 0, "the call keeps the camera")
    # Now that the call has let go of it, it can be had.
    held.rename(camera)
    scene.page.wait_for_selector("#dk-devices button[data-what=shoot]")
    scene.page.click("#dk-devices button[data-what=stop]")
    scene.waits(lambda: scene.kiosk.do(seen) == 1, "the call has no camera any more")
    before = _shown(scene)
    scene.waits(lambda: _shown(scene) > before + 5, "the operator sees no resident any more")
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("IZ-13")
def test_a_card_that_is_pulled_and_devices_that_are_gone_are_told_in_words(scene: Scene, centre: Stage) -> None:
    home = centre.home / f"kiosk-{COUNTER}"
    put_card(centre, expires="2031-01-01")
    # Whoever renews has the card, a form and the photo.
    scene.is_served("renewal")
    look = "#dk-devices button[data-device=card]"
    scene.page.click(look)
    scene.operator_reads("2031-01-01", "#dk-devices")
    # Both are told by themselves that it was pulled.
    put_card(centre)
    scene.operator_reads("置かれていません", "#dk-devices")
    scene.resident_reads("カードが読み取り機から離れました", "#ask")
    scene.page.click(look)
    scene.resident_reads("カードを、読み取り機に置いてください", "#ask")
    (home / "card.json").unlink()
    scene.page.click(look)
    scene.operator_reads("読み取り機が使えません", "#dk-devices")
    scene.page.click("#dk-devices button[data-what=read]")
    scene.operator_reads("書画カメラが使えません", "#dk-devices")
    scene.page.click("#dk-devices button[data-what=guide]")
    scene.page.wait_for_selector("#dk-devices button[data-what=shoot]")
    (home / "face.png").unlink()
    scene.operator_reads("カメラが使えません", "#dk-devices [data-key=photo]")
    scene.resident_reads("カメラが使えません", "#said")
    # The resident's page stands there again.
    scene.kiosk.where("a, form", 10)
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("IZ-01", "IZ-07")
def test_where_the_operators_console_is_closed_the_resident_is_told_has_the_control_and_ends_it_by_a_touch(scene: Scene) -> None:
    scene.is_served(allows=True)
    scene.page.close(run_before_unload=False)
    scene.resident_reads("いま、あなたが操作しています", "#control")
    scene.resident_reads("つなぎ直しています", "#said", 30)
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("NB-20")
def test_a_kiosk_that_freezes_loses_its_call_and_when_it_wakes_the_resident_is_asked_whether_to_call_again(scene: Scene) -> None:
    scene.is_served()
    face = browser_of(os.getpid())
    os.killpg(face, signal.SIGSTOP)
    try:
        # Fifteen seconds without any sound.
        scene.desk.presence("wrapping", 40)
    finally:
        os.killpg(face, signal.SIGCONT)
    scene.resident_reads("通話が切れました", "#screen", 15)
    scene.kiosk.touches("end.finish")
    scene.kiosk.sees("body[data-screen=wiped] h1")
    scene.is_wiped("resident")
