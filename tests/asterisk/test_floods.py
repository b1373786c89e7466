"""Floods: 500 INVITEs at once from a stranger and from the carrier's own address, 200 calls without a sound. Whoever talks goes on
talking, whoever calls next is served, and the figures are right.
"""

from __future__ import annotations

import re
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from admin.demo.stage import Stage
from contact_center.clock import day_of
from contact_center.errors import Unavailable
from contact_center.reports import folded
from contact_center.reports.figures import Figures, counted
from contact_center.settings import SERVICE_LEVEL
from contact_center.speech.hearing import HEARD, likeness, load
from telephony.demo import LINE_NUMBER, Resident
from telephony.pbx import render
from telephony.settings import SIP_PORT

from .conftest import Desk, agent_voice, callbacks
from .test_faults import no_ghosts
from .test_strangers import STRANGER

Make = Callable[..., Resident]
CARRIER = "127.0.0.2"
MIHON = frozenset({"mihon"})


class Flood:
    """Many calls by hand from one address, without any sound."""

    def __init__(self, centre: Stage, host: str, caller: str) -> None:
        self.port = centre.house.settings[SIP_PORT]
        self.host, self.caller = host, caller
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.wire.bind((host, 0))
        self.here = f"{host}:{self.wire.getsockname()[1]}"
        self.answered: dict[str, str] = {}
        self.refused: set[str] = set()
        self.waiting: dict[str, str] = {}

    def say(self, call: str, method: str, number: int, to: str, body: str = "") -> None:
        lines = [
            f"{method} sip:{LINE_NUMBER}@127.0.0.1:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bK{call}{number}{method}",
            f"From: <sip:{self.caller}@{self.host}>;tag={call[:8]}", f"To: {to}", f"Call-ID: {call}", f"CSeq: {number} {method}",
            f"Contact: <sip:{self.here}>", "Max-Forwards: 70", "Content-Type: application/sdp", f"Content-Length: {len(body)}",
        ]  # fmt: skip
        self.wire.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), ("127.0.0.1", self.port))

    def calls(self, many: int) -> set[str]:
        """Send so many INVITEs, two hundred a second, whatever is answered; their ids."""
        sdp = f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
        made = {uuid.uuid4().hex for _ in range(many)}
        for n, call in enumerate(made, start=1):
            self.waiting[call] = sdp
            self.invite(call)
            if n % 10 == 0:
                self.listen(0.05, 0.01)
        return made

    def invite(self, call: str) -> None:
        self.say(call, "INVITE", 1, f"<sip:{LINE_NUMBER}@127.0.0.1>", self.waiting[call])

    def again(self) -> None:
        """As RFC 3261 wants it: what was not answered at all is sent again."""
        for call in list(self.waiting):
            self.invite(call)

    def listen(self, seconds: float, then: float = 0.2) -> None:
        """Take what comes within so many seconds, and after each answer `then`; each final one is acknowledged."""
        self.wire.settimeout(seconds)
        while True:
            try:
                answer = self.wire.recv(65536).decode("utf-8", "replace")
            except TimeoutError:
                return
            self.wire.settimeout(then)
            head = re.match(r"SIP/2.0 (\d+)", answer)
            call = re.search(r"(?mi)^Call-ID: (\S+)", answer)
            to = re.search(r"(?mi)^To: (.+?)\r?$", answer)
            if not (head and call and to) or "INVITE" not in answer.split("CSeq:", 1)[-1].splitlines()[0]:
                continue
            status = int(head.group(1))
            self.waiting.pop(call.group(1), None)
            if status >= 200:
                self.say(call.group(1), "ACK", 1, to.group(1))
                if status < 300:
                    self.answered[call.group(1)] = to.group(1)
                else:
                    self.refused.add(call.group(1))

    def hang_up(self) -> None:
        for call, to in self.answered.items():
            self.say(call, "BYE", 2, to)
        self.answered.clear()

    def close(self) -> None:
        self.wire.close()


@pytest.fixture
def flood(centre: Stage) -> Iterator[Callable[[str, str], Flood]]:
    """Makes floods, and ends their sockets."""
    made: list[Flood] = []

    def make(host: str, caller: str) -> Flood:
        made.append(Flood(centre, host, caller))
        return made[-1]

    yield make
    for one in made:
        one.close()


def figures(centre: Stage) -> Figures:
    """The day's figures; the independent batch counts the same."""
    house = centre.house
    found: list[tuple[Figures, Figures]] = []

    def agreed() -> bool:
        # In a flood the centre itself holds the database for seconds, and writes on after the figures have caught up.
        with suppress(Unavailable):
            house.fold.catch_up()
            today = day_of(house.clock.now())
            with house.database.reading() as session:
                batch = counted(session, today, today, MIHON, house.settings[SERVICE_LEVEL])
                found.append((folded(session, today, today, MIHON), batch))
            return found[-1][0] == found[-1][1]
        return False

    try:
        centre.wait(agreed, 60, "the figures are not counted")
    finally:
        assert not found or found[-1][0] == found[-1][1]
    return found[-1][0]


def hears(centre: Stage, caller: Resident) -> None:
    start = caller.heard_so_far().size
    centre.wait(lambda: likeness(load(agent_voice(centre)), caller.heard_so_far()[start:]) > HEARD, 30, "the talk is disturbed")


def is_quiet(centre: Stage) -> None:
    """Asterisk has no channel left."""
    centre.wait(lambda: "0 active channels" in render.console(centre.house, "core show channels"), 60, "channels are left")


def test_a_flood_from_a_stranger_disturbs_no_conversation(
    centre: Stage, desk: Desk, resident: Make, flood: Callable[[str, str], Flood]
) -> None:
    caller = resident("0311160001")
    before = figures(centre)
    caller.calls()
    desk.rings()
    desk.answers()
    stranger = flood(STRANGER, "0311169999")
    sent = stranger.calls(500)
    hears(centre, caller)
    stranger.listen(1)
    assert not stranger.answered
    assert stranger.refused <= sent
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    desk.serves(resident("0311160002"))
    assert figures(centre).arrived == before.arrived + 2
    no_ghosts(centre)


@pytest.mark.timeout(400)
@pytest.mark.requirement("IZ-02")
def test_a_flood_from_the_carrier_fills_the_line_and_everybody_is_known(
    centre: Stage, desk: Desk, resident: Make, flood: Callable[[str, str], Flood]
) -> None:
    caller = resident("0311160003")
    before = figures(centre)
    caller.calls()
    desk.rings()
    desk.answers()
    # Whoever is free would be rung by the flood.
    desk.page.click("#go-away")
    carrier = flood(CARRIER, "0311168888")
    carrier.calls(500)
    for _ in range(20):
        carrier.listen(0.5)
        if len(carrier.answered) + len(carrier.refused) >= 500:
            break
        carrier.again()
    assert (len(carrier.answered), len(carrier.refused)) == (500, 0)
    hears(centre, caller)
    carrier.hang_up()
    centre.wait(lambda: figures(centre).arrived == before.arrived + 501, 30, "some are not known")
    caller.hangs_up()
    desk.presence("wrapping")
    is_quiet(centre)
    # Each has ended in one way and one only, and the number stands on the list once.
    centre.wait(lambda: _ended(figures(centre)) - _ended(before) == 501, 30, "some have no end")
    rows = [row for row in callbacks(centre) if row.times > 100]
    assert len(rows) == 1
    desk.classifies()
    desk.finishes()
    desk.presence("away")
    desk.page.click("#go-available")
    desk.presence("available")
    desk.serves(resident("0311160004"))
    no_ghosts(centre)


def _ended(day: Figures) -> int:
    return day.answered + day.abandoned + day.overflowed + day.interrupted + day.silent + day.callback_asked


@pytest.mark.timeout(400)
def test_two_hundred_calls_without_a_sound_are_a_figure_and_no_row(
    centre: Stage, desk: Desk, flood: Callable[[str, str], Flood]
) -> None:
    desk.page.click("#go-away")
    desk.presence("away")
    before, listed = figures(centre), {row.id for row in callbacks(centre)}
    robots = flood(CARRIER, "0311167777")
    for _ in range(40):
        robots.calls(5)
        while len(robots.answered) < 5:
            robots.listen(0.5)
            robots.again()
        robots.hang_up()
        is_quiet(centre)
    centre.wait(lambda: _ended(figures(centre)) - _ended(before) == 200, 20, "some have no end")
    assert figures(centre) == replace(before, arrived=before.arrived + 200, silent=before.silent + 200)
    assert {row.id for row in callbacks(centre)} == listed
    no_ghosts(centre)
