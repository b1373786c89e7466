"""A seat with a native phone (pjsua2, TLS and SRTP): the console drives it as it drives the browser's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from admin.demo.stage import Stage
from telephony.demo import Resident
from telephony.pbx import render

from .conftest import Desk, events, kill, last_event, sit_down

Make = Callable[..., Resident]


def softphone(centre: Stage, token: str) -> subprocess.Popen[bytes]:
    """`madoguchi softphone` of an enrolled device."""
    words = [
        sys.executable, "-m", "admin.cli", "softphone", "--hub", centre.url,
        "--authority", str(centre.home / "tls" / "authority.pem"), "--host", "127.0.0.1",
    ]  # fmt: skip
    return subprocess.Popen(words, env={**os.environ, "MADOGUCHI_DEVICE_TOKEN": token}, start_new_session=True)


@pytest.fixture
def token(centre: Stage) -> str:
    """The device token of seat 2's phone."""
    return centre.house.devices.enrol(centre.house.devices.invite("operator", "phone", "seat-2 native phone", "seat-2"))


@pytest.fixture
def phone(centre: Stage, token: str) -> Iterator[subprocess.Popen[bytes]]:
    """The native phone of seat 2."""
    process = softphone(centre, token)
    yield process
    process.terminate()
    process.wait(10)


@pytest.fixture
def native_desk(centre: Stage, browser: Any, phone: subprocess.Popen[bytes]) -> Iterator[Desk]:
    """The supervisor at seat 2, whose phone is the native one."""
    made = sit_down(centre, browser, "supervisor", "seat-2", "native")
    yield made
    made.leaves()


def test_a_call_is_answered_held_and_ended_from_the_console(
    centre: Stage, native_desk: Desk, phone: subprocess.Popen[bytes], resident: Make
) -> None:
    desk, page = native_desk, native_desk.page
    before = last_event(centre)
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    page.keyboard.press("F9")
    page.wait_for_selector("#hold[aria-pressed=true]")
    page.keyboard.press("F9")
    page.wait_for_selector("#hold[aria-pressed=false]")
    page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    seats = {r.event.seat for r in events(centre, before) if type(r.event).__name__ == "ContactAnswered"}
    assert seats == {"seat-2"}


def test_talk_at_a_native_phone_outlives_hub_and_front_door(
    centre: Stage, native_desk: Desk, phone: subprocess.Popen[bytes], resident: Make
) -> None:
    desk, page = native_desk, native_desk.page
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    for name in ("hub", "nginx"):
        kill(centre, name)
        page.wait_for_selector("#notice", state="hidden")
    assert phone.poll() is None
    channels = render.console(centre.house, "core show channels concise")
    assert "PJSIP/seat-2-native" in channels
    assert desk.page.get_attribute("#presence", "data-state") == "on_contact"
    page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")


def test_a_console_that_is_loaded_anew_finds_the_native_phone_talking(native_desk: Desk, resident: Make) -> None:
    desk, page = native_desk, native_desk.page
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("body[data-phone=talking]")
    desk.presence("on_contact")
    page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")


def test_a_native_phone_that_dies_in_a_conversation_rings_with_the_same_resident_when_it_is_back(
    centre: Stage, native_desk: Desk, phone: subprocess.Popen[bytes], token: str, resident: Make
) -> None:
    desk = native_desk
    caller = resident("0311190001")
    caller.calls()
    desk.rings()
    desk.answers()
    os.killpg(phone.pid, signal.SIGKILL)
    phone.wait(10)
    again = softphone(centre, token)
    try:
        # Asterisk waits for its sound for a while before it believes that the seat has vanished.
        desk.page.wait_for_selector("body[data-phone=ringing]", timeout=60000)
        desk.page.get_by_text("0311190001").wait_for()
        desk.answers()
        caller.hangs_up()
        desk.presence("wrapping")
    finally:
        again.terminate()
        again.wait(10)


def test_a_device_that_was_revoked_is_refused(centre: Stage) -> None:
    token = centre.house.devices.enrol(centre.house.devices.invite("operator", "phone", "old phone", "seat-2"))
    centre.house.devices.revoke("operator", centre.house.devices.who(token).id)
    words = [
        sys.executable, "-m", "admin.cli", "softphone", "--hub", centre.url,
        "--authority", str(centre.home / "tls" / "authority.pem"), "--host", "127.0.0.1",
    ]  # fmt: skip
    done = subprocess.run(words, env={**os.environ, "MADOGUCHI_DEVICE_TOKEN": token}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 3
    assert "登録" in done.stderr
