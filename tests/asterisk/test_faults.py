"""Faults, made for real: processes are killed while a call rings, is talked and is written up."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from admin.demo.stage import Stage
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import Resident

from .conftest import Desk, agent_voice, callbacks, events, kill, last_event, process, settled

Make = Callable[..., Resident]
BACK = 5.0
"""Seconds after a process's return within which the console is right again."""


def notice_is_gone(desk: Desk) -> None:
    desk.page.wait_for_selector("#notice", state="hidden", timeout=BACK * 1000 + 3000)


def kill_and_settle(centre: Stage, *names: str) -> None:
    with settled(centre) if "switchboard" in names else nullcontext():
        for name in names:
            kill(centre, name)


def no_ghosts(centre: Stage) -> None:
    """No contact is open without a channel, no seat is busy without a contact."""

    def clean() -> bool:
        with centre.house.database.reading() as session:
            contacts = {c.id: c for c in centre.house.contacts.open(session)}
            seats = centre.house.seats.all(session)
        busy = [s for s in seats if s.presence in ("ringing", "on_contact", "wrapping")]
        return all(s.contact_id in contacts for s in busy) and not [c for c in contacts.values() if c.state != "wrapping"]

    centre.wait(clean, 10, "a ghost is left")


@pytest.mark.parametrize("names", ["hub", "web worker redis", "nginx", "switchboard"])
def test_talk_goes_on_and_the_console_is_right_again_when_processes_are_killed(
    centre: Stage, desk: Desk, resident: Make, names: str
) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.fill("#note", "落ちる前に書いた")
    kill_and_settle(centre, *names.split())
    notice_is_gone(desk)
    desk.page.fill("#note", "落ちた後に書いた")
    desk.page.get_by_text("保存しました").wait_for()
    said, after = load(agent_voice(centre)), len(caller.heard_so_far())
    centre.wait(lambda: likeness(said, caller.heard_so_far()[after:]) > HEARD, 20, "the conversation was cut")
    desk.page.keyboard.press("F8")
    caller.waits("idle")
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    no_ghosts(centre)


@pytest.mark.parametrize("names", ["hub web worker redis", "switchboard", "nginx"])
def test_a_call_that_rings_while_processes_are_killed_is_still_answered(
    centre: Stage, desk: Desk, resident: Make, names: str
) -> None:
    caller = resident()
    caller.calls()
    desk.rings()
    kill_and_settle(centre, *names.split())
    notice_is_gone(desk)
    desk.page.wait_for_selector("body[data-phone=ringing]", timeout=30000)
    desk.answers()
    caller.hangs_up()
    desk.presence("wrapping")
    no_ghosts(centre)


@pytest.mark.parametrize("names", ["hub", "switchboard nginx", "web worker redis", "asterisk"])
def test_wrap_up_survives_killed_processes(centre: Stage, desk: Desk, resident: Make, names: str) -> None:
    caller = resident()
    desk.serves(caller)
    kill_and_settle(centre, *names.split())
    notice_is_gone(desk)
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    no_ghosts(centre)


@pytest.mark.requirement("NB-13")
def test_calls_that_begin_and_end_while_the_switchboard_is_dead_are_known_afterwards(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    before = last_event(centre)
    desk.is_open()
    pid, _ = process(centre, "switchboard")
    os.kill(pid, signal.SIGSTOP)
    try:
        caller = resident("0322223333")
        caller.calls()
        desk.page.wait_for_selector("body[data-phone=ringing]")
        started = centre.clock.monotonic()
        centre.wait(lambda: centre.clock.monotonic() - started > 2.5, 5, "")
        caller.hangs_up()
        caller.waits("idle")
    finally:
        kill_and_settle(centre, "switchboard")
    kinds = [type(r.event).__name__ for r in events(centre, before)]
    assert kinds.count("ContactArrived") == 1
    assert kinds.count("ContactUnserved") == 1
    no_ghosts(centre)
    desk.presence("available")


@pytest.mark.requirement("NB-13")
@pytest.mark.parametrize("state", ["ringing", "talking"])
def test_who_is_cut_by_a_dying_asterisk_is_on_the_callback_list_and_the_seat_comes_back(
    centre: Stage, desk: Desk, resident: Make, state: str
) -> None:
    number = {"ringing": "0322224444", "talking": "0322225555"}[state]
    caller = resident(number)
    caller.calls()
    desk.rings()
    if state == "talking":
        desk.answers()
    listed = len(callbacks(centre))
    kill(centre, "asterisk")
    centre.wait(lambda: len(callbacks(centre)) > listed, 30, "nobody is listed")
    urgencies = [row.urgency for row in callbacks(centre)]
    assert urgencies == sorted(urgencies, key=["must", "may"].index), "who must be called back stands first"
    assert max(callbacks(centre), key=lambda row: row.id).how == "interrupted"
    if state == "talking":
        desk.presence("wrapping", 20)
        desk.classifies()
        desk.finishes()
    desk.page.wait_for_selector("body[data-phone=registered]", timeout=30000)
    desk.presence("available", 30)
    no_ghosts(centre)
    again = resident()
    desk.serves(again)


def test_calls_are_answered_while_the_database_is_locked_and_written_afterwards(
    centre: Stage, desk: Desk, resident: Make
) -> None:
    desk.is_open()
    before = last_event(centre)
    lock = sqlite3.connect(str(centre.house.database.path), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        caller = resident("0322226666")
        caller.calls()
        desk.picks_up()
        caller.waits("talking")
        held = centre.clock.monotonic()
        # Longer than any writer waits, so that the switchboard has given up and fallen behind.
        centre.wait(lambda: centre.clock.monotonic() - held > 9, 12, "")
        assert desk.page.get_attribute("body", "data-phone") == "talking"
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    desk.presence("on_contact", 20)
    caller.hangs_up()
    desk.presence("wrapping")
    kinds = [type(r.event).__name__ for r in events(centre, before)]
    assert [kinds.count(kind) for kind in ("ContactArrived", "ContactAnswered", "ContactWrapping")] == [1, 1, 1]
    no_ghosts(centre)


def test_a_session_that_ends_takes_socket_seat_and_phone_with_it(centre: Stage, desk: Desk) -> None:
    desk.page.click("text=サインアウト")
    desk.page.wait_for_url("**/sign-in")

    def left() -> bool:
        with centre.house.database.reading() as session:
            return not centre.house.seats.get(session, "seat-1").signed_in

    centre.wait(left, 5, "the seat is still taken")
    passwords = sqlite3.connect(centre.home / "asterisk" / "lib" / "seats.sqlite")
    centre.wait(lambda: not passwords.execute("SELECT * FROM ps_auths WHERE id = 'seat-1'").fetchall(), 5, "not void")
    passwords.close()
