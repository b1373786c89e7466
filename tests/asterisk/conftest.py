"""A whole centre with real Asterisk, real SIP, real Chromium; started once, used by every test of this rung and of pages."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from telephony.demo import RESIDENT_SAYS, Resident, take_seat, voice
from telephony.pbx import render


def agent_voice(centre: Stage) -> Path:
    """A sentence of three seconds: any stretch of six seconds holds it whole."""
    return voice(centre.home / "tmp", "short", "はい、市民課の窓口でございます。", silence=0.2)


@pytest.fixture(scope="session")
def browser(centre: Stage) -> Any:
    """One Chromium whose microphone says the agent's sentence again and again."""
    return centre.browser(agent_voice(centre))


class Desk:
    """An agent at a console."""

    def __init__(self, centre: Stage, page: Any) -> None:
        self.centre, self.page = centre, page

    def presence(self, state: str, seconds: float = 30) -> None:
        self.page.wait_for_selector(f"#presence[data-state={state}]", timeout=seconds * 1000)

    def is_open(self) -> None:
        """Asterisk, too, knows that this seat takes calls: from now on nobody else is needed for a ring."""

        def waits() -> bool:
            said = _plain(render.console(self.centre.house, "queue show main"))
            return re.search(r"seat-1 .*\(Not in use", said) is not None

        self.centre.wait(waits, 10, "the seat is paused")

    def sees_waiting(self, count: int, line: str = "line1") -> None:
        """The lamps of a line show so many who wait."""
        self.page.locator(f"#lines li[data-key={line}] .waiting", has_text=f"待ち {count}人").wait_for(state="attached")

    def rings(self) -> None:
        self.page.wait_for_selector("body[data-phone=ringing]")
        self.page.wait_for_selector("#contact:not([hidden])")

    def answers(self) -> None:
        self.page.keyboard.press("F4")
        self.page.wait_for_selector("body[data-phone=talking]")
        self.presence("on_contact")

    def picks_up(self) -> None:
        """Answer as soon as the phone rings, whether or not the centre can write and show anything."""
        self.page.wait_for_selector("body[data-phone=ringing]")
        self.page.keyboard.press("F4")
        self.page.wait_for_selector("body[data-phone=talking]")

    def serves(self, caller: Resident) -> None:
        """A short call, from its ring to the wrap-up."""
        caller.calls()
        self.rings()
        self.answers()
        caller.hangs_up()
        self.presence("wrapping")

    def classifies(self, category: str = "booking", outcome: str = "faq") -> None:
        self.page.wait_for_selector("#contact:not([hidden])")
        self.page.check(f"#categories input[value={category}]", force=True)
        self.page.check(f"#outcomes input[value={outcome}]", force=True)

    def finishes(self) -> None:
        self.page.wait_for_selector("#finish:not([disabled])")
        self.page.keyboard.press("Control+Enter")

    def leaves(self) -> None:
        """Whatever the test has left behind, also where it failed, is ended and written up: the next begins with an empty seat."""
        self.page.context.close()
        if self._calls():
            render.console(self.centre.house, "channel request hangup all")
            self.centre.wait(lambda: not self._calls(), 20, "a call of the test goes on")
        with self.centre.house.database.session_scope() as session:
            for seat in self.centre.house.seats.all(session):
                if seat.signed_in:
                    self.centre.house.seats.sign_out(session, seat, "operator")
            for contact in self.centre.house.contacts.open(session):
                if contact.state == "wrapping":
                    contact.category, contact.outcome = "excluded", "broken_off"
                    self.centre.house.notes.finish(session, contact, "operator")

    def _calls(self) -> list[Contact]:
        with self.centre.house.database.reading() as session:
            return [contact for contact in self.centre.house.contacts.open(session) if contact.state != "wrapping"]


def _plain(said: str) -> str:
    """What Asterisk's console says, without colours and without members that are paused."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    return "\n".join(line for line in lines if "(paused" not in line)


def sit_down(centre: Stage, browser: Any, account: str = "agent", seat: str = "seat-1", phone: str = "browser") -> Desk:
    """Somebody signs in, takes a seat and is available."""
    page = centre.page(browser)
    centre.sign_in(page, account)
    page.wait_for_selector("#take-seat:not([hidden])")
    page.select_option("#phone-kind", phone)
    take_seat(page, seat)
    page.click("#go-available")
    made = Desk(centre, page)
    made.presence("available")
    return made


@pytest.fixture
def desk(centre: Stage, browser: Any) -> Iterator[Desk]:
    """An agent at seat 1, ready for calls."""
    made = sit_down(centre, browser)
    yield made
    made.leaves()


@pytest.fixture
def resident(centre: Stage) -> Iterator[Callable[..., Resident]]:
    """Makes residents at telephones of the carrier."""
    made: list[Resident] = []

    def make(number: str = "09012345678") -> Resident:
        one = Resident(centre, number)
        one.says(voice(centre.home / "tmp", "resident", RESIDENT_SAYS))
        made.append(one)
        return one

    yield make
    for one in made:
        one.leaves()


def process(centre: Stage, name: str) -> tuple[int, str]:
    """Process id and start of one of the centre's processes."""
    pid, began = (centre.home / "run" / f"{name}.keeper").read_text().split()
    return int(pid), began


def kill(centre: Stage, name: str) -> None:
    """kill -9, and wait until the keeper has started it again."""
    before = process(centre, name)
    os.kill(before[0], signal.SIGKILL)
    centre.wait(lambda: process(centre, name) != before, 20, f"{name} does not come back")


@contextmanager
def settled(centre: Stage) -> Iterator[None]:
    """After what is done within, wait until the switchboard has settled with Asterisk anew."""
    log = centre.home / "log" / "switchboard.log"
    since = log.stat().st_size
    yield
    centre.wait(lambda: "Settled with Asterisk" in log.read_text("utf-8", "replace")[since:], 30, "the switchboard does not settle")


def events(centre: Stage, since: int) -> list[Any]:
    """What has happened since an event."""
    with centre.house.database.reading() as session:
        return centre.house.log.since(session, since)


def last_event(centre: Stage) -> int:
    """The newest event."""
    with centre.house.database.reading() as session:
        return centre.house.log.last_id(session)


def callbacks(centre: Stage) -> list[Any]:
    """The callback list."""
    with centre.house.database.reading() as session:
        return centre.house.callbacks.waiting(session, frozenset({"mihon"}))


OFFICE = "0559990100"
OFFICE_SAYS = "市民課の田中でございます。ご用件をどうぞ。"


@pytest.fixture
def office(centre: Stage) -> Iterator[Resident]:
    """The citizens' office at its telephone."""
    one = Resident(centre, OFFICE)
    one.says(voice(centre.home / "tmp", "office", OFFICE_SAYS))
    yield one
    one.leaves()


def picks(desk: Desk, text: str, key: str = "Enter") -> None:
    desk.page.locator("#transfer:not([hidden])").wait_for()
    desk.page.keyboard.press("F6")
    desk.page.wait_for_selector("#picker:not([hidden])")
    desk.page.keyboard.type(text)
    desk.page.keyboard.press(key)
