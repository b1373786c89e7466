"""The line test against a real carrier: each line says what it is to say, and what is wrong is told with its remedy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.clock import SystemClock
from contact_center.speech.hearing import HEARD
from telephony.hours import OPEN, what_a_caller_hears
from telephony.line_test import last, line_test
from telephony.pbx import render
from telephony.pbx.trunk import trunk_state
from telephony.settings import HTTP_PORT, SIP_PORT
from telephony.softphone import SoftphoneProcess

from .conftest import Desk, callbacks, events, last_event

OPEN_LINE = "places1"
"""A line whose greeting is spoken: those of line1 and narrow1 are half a second of tone here."""


def command(centre: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "admin.cli", "--settings", str(centre.settings_path), *words]
    return subprocess.run(whole, capture_output=True, text=True, timeout=110)


def outcome(centre: Stage, *words: str) -> list[dict[str, Any]]:
    done = command(centre, "--json", "line-test", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(json.loads(done.stdout))


def kinds(centre: Stage, since: int) -> set[str]:
    return {type(recorded.event).__name__ for recorded in events(centre, since)}


def test_every_line_says_through_the_carrier_what_callers_are_to_hear_now(centre: Stage) -> None:
    now = centre.clock.now()
    before, listed = last_event(centre), len(callbacks(centre))
    rows = {row["line"]: row for row in outcome(centre)}
    with centre.house.database.reading() as session:
        assert list(rows) == [view.line.id for view in centre.house.directory.lines(session)]
    assert all(row["good"] and row["heard"] and row["seconds"] < 2 for row in rows.values())
    assert {line: row["expected"] for line, row in rows.items() if line != "hall1"} == {
        "line1": ["nobody"], "closed1": ["closed"], "narrow1": ["nobody"], "places1": ["nobody"], "alone1": ["nobody"],
        "forward1": ["fallback", "nobody"],
    }  # fmt: skip
    hall = what_a_caller_hears(centre.house, "hall1", now)["decision"]
    assert rows["hall1"]["expected"] == (["nobody"] if hall == OPEN else ["closed"])
    assert all(row["likeness"] > HEARD for line, row in rows.items() if line != "forward1")
    assert events(centre, before) == []
    assert len(callbacks(centre)) == listed
    # What was found is kept for a page; nothing that was recorded is.
    kept = last(centre.house)
    assert kept is not None
    assert [{k: v for k, v in row.items() if k != "at"} for row in kept["lines"]] == list(rows.values())
    assert not list((centre.home / "tmp").glob("probe-*"))


def test_an_open_line_is_tested_without_an_agent_noticing(centre: Stage, desk: Desk) -> None:
    before = last_event(centre)
    (row,) = outcome(centre, "--line", OPEN_LINE)
    assert (row["expected"], row["heard"]) == (["greeting"], True)
    assert not {"ContactArrived", "ContactQueued", "ContactOffered"} & kinds(centre, before)
    desk.presence("available")


def test_a_temporary_announcement_is_listened_for_as_well(centre: Stage, desk: Desk) -> None:
    until = (centre.clock.now() + timedelta(hours=1)).isoformat()
    before = last_event(centre)
    assert command(centre, "announce", "--line", OPEN_LINE, "--until", until, "全国のシステムが止まっています。").returncode == 0
    try:
        (row,) = outcome(centre, "--line", OPEN_LINE)
    finally:
        command(centre, "announce", "--line", OPEN_LINE, "--withdraw")
    assert (row["expected"], row["heard"]) == (["greeting", "notice"], True)
    assert not {"ContactArrived", "ContactQueued", "ContactOffered"} & kinds(centre, before)


def test_a_line_closed_by_hand_says_so(centre: Stage) -> None:
    assert command(centre, "close", "--line", "line1", "--reason", "停電").returncode == 0
    try:
        (row,) = outcome(centre, "--line", "1")
    finally:
        command(centre, "close", "--line", "line1", "--reopen")
    assert (row["expected"], row["heard"]) == (["emergency"], True)
    assert row["likeness"] > HEARD
    assert row["expected_ja"] == "臨時休止の案内"


@pytest.mark.requirement("NB-13")
def test_the_number_to_which_a_line_is_forwarded_is_rung_where_that_is_asked(centre: Stage) -> None:
    rows = [row for row in outcome(centre, "--line", "forward1", "--fallback") if row["expected"] == ["fallback"]]
    assert [(row["line"], row["number"], row["good"]) for row in rows] == [("forward1", "0559990199", True)]


class Elsewhen(SystemClock):
    """A clock that goes as usual and tells another date."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


def test_another_announcement_than_the_right_one_is_told_by_its_name(centre: Stage) -> None:
    """As where Asterisk still keeps the hours of yesterday: the centre believes in another moment than the dialplan."""
    now = centre.clock.now()
    decision = what_a_caller_hears(centre.house, "hall1", now)["decision"]
    hours = (now + timedelta(hours=n) for n in range(1, 24 * 20))
    other = next(at for at in hours if what_a_caller_hears(centre.house, "hall1", at)["decision"] != decision)
    (result,) = line_test(replace(centre.house, clock=Elsewhen(other)), "hall1")
    assert result.fault is not None
    assert result.fault.code == "wrong"
    expected, heard = ("時間外の案内", "担当者不在の案内") if decision == OPEN else ("担当者不在の案内", "時間外の案内")
    assert result.fault.sentence().startswith(f"{expected}のはずが、{heard}が流れました。")


@contextmanager
def without_carrier(centre: Stage) -> Iterator[None]:
    """The carrier's machine is off; afterwards it is back, and Asterisk has seen it."""
    assert centre.carrier is not None
    centre.carrier.stop()
    try:
        yield
    finally:
        centre.carrier.start()

        def back() -> bool:
            render.console(centre.house, "pjsip qualify trunk")
            return trunk_state(centre.house).reachable

        centre.wait(back, 20, "the carrier is not back")


def test_a_carrier_that_is_away_is_named_and_works_again_when_it_is_back(centre: Stage) -> None:
    with without_carrier(centre):
        done = command(centre, "--json", "line-test")
        assert done.returncode == 1
        rows = json.loads(done.stdout)
        assert {row["code"] for row in rows} == {"carrier_away"}
        assert {row["seconds"] for row in rows} == {None}
        assert done.stderr.strip() == rows[0]["verdict"]
        assert "電話会社に届きません" in done.stderr
    (row,) = outcome(centre, "--line", "closed1")
    assert row["heard"]


@pytest.mark.parametrize(("words", "code"), [(("--line", "nowhere"), 4)])
def test_a_line_that_does_not_exist_is_refused(centre: Stage, words: tuple[str, ...], code: int) -> None:
    done = command(centre, "line-test", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr


def test_the_probe_dials_nothing_but_our_own_lines_and_only_from_this_machine(centre: Stage) -> None:
    said = render.console(centre.house, "dialplan show from-probe")
    with centre.house.database.reading() as session:
        numbers = {view.line.number for view in centre.house.directory.lines(session)}
    assert {word for word in said.split("'") if word.isdigit()} == numbers
    assert "from-" not in said.replace("from-probe", "")
    elsewhere = SoftphoneProcess("127.0.0.9")
    try:
        secret = centre.house.keyring.secret("probe")
        elsewhere.do("open", uri="sip:probe@127.0.0.9", user="probe", password=secret)
        elsewhere.wait("open")
        for port in (SIP_PORT, HTTP_PORT):
            elsewhere.do("dial", uri=f"sip:0559990002@127.0.0.1:{centre.house.settings[port]}")
            assert elsewhere.wait("idle")["cause"] in (401, 403)
    finally:
        elsewhere.close()
