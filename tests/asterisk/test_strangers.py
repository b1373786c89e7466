"""Who is not the carrier reaches nothing, whatever they call themselves; and what a caller calls themselves reaches no record."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from admin.demo.stage import Stage
from telephony.demo import LINE_NUMBER, Resident
from telephony.settings import SIP_PORT
from telephony.softphone import SoftphoneProcess

from .conftest import Desk, events, last_event

Make = Callable[..., Resident]
STRANGER = "127.0.0.9"


@contextmanager
def invite(centre: Stage, user: str, host: str, dialled: str = LINE_NUMBER, to_user: str = "") -> Iterator[int]:
    """A call by hand, ended afterwards: the first final status, or 0 where there was no answer at all."""
    port = centre.house.settings[SIP_PORT]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((host, 0))
        wire.settimeout(2)
        here = f"{host}:{wire.getsockname()[1]}"
        call = uuid.uuid4().hex
        sdp = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"

        def say(method: str, number: int, to: str, body: str = "") -> None:
            lines = [
                f"{method} sip:{dialled}@127.0.0.1:{port} SIP/2.0", f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{call}{number}{method}",
                f"From: <sip:{user}@{host}>;tag={call[:8]}", f"To: {to}", f"Call-ID: {call}", f"CSeq: {number} {method}",
                f"Contact: <sip:{here}>", "Max-Forwards: 70", "Content-Type: application/sdp", f"Content-Length: {len(body)}",
            ]  # fmt: skip
            wire.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), ("127.0.0.1", port))

        say("INVITE", 1, f"<sip:{to_user or dialled}@127.0.0.1>", sdp)
        status, answer = 0, ""
        with suppress(TimeoutError):
            while status < 200:
                answer = wire.recv(65536).decode()
                status = int(answer.split()[1])
        to = next((line[4:] for line in answer.splitlines() if line.startswith("To: ")), "")
        say("ACK", 1, to)
        yield status
        if status == 200:
            say("BYE", 2, to)


def contacts(centre: Stage, since: int) -> list[object]:
    return [recorded.event for recorded in events(centre, since) if recorded.event.contact is not None]


@pytest.mark.parametrize("dialled", [LINE_NUMBER, "0312345678", "seat-1", "s"])
def test_a_strangers_telephone_reaches_nothing(centre: Stage, dialled: str) -> None:
    before = last_event(centre)
    stranger = SoftphoneProcess(STRANGER)
    try:
        stranger.do("open", uri=f"sip:0311119999@{STRANGER}")
        stranger.wait("open")
        stranger.do("dial", uri=f"sip:{dialled}@127.0.0.1:{centre.house.settings[SIP_PORT]}")
        assert stranger.wait("idle")["cause"] in (401, 403, 404)
    finally:
        stranger.close()
    assert contacts(centre, before) == []


@pytest.mark.parametrize("user", ["trunk", "seat-1", "seat-1-native", "probe", "switchboard", "anonymous"])
def test_who_only_says_that_they_are_the_carrier_or_a_seat_is_refused(centre: Stage, user: str) -> None:
    before = last_event(centre)
    with invite(centre, user, STRANGER) as status:
        assert status >= 400
    assert contacts(centre, before) == []


def test_a_burst_of_strangers_leaves_no_number_in_any_log(centre: Stage) -> None:
    for _ in range(12):
        with invite(centre, "0311112222", STRANGER, dialled="0399998888"):
            pass
    for path in [*(centre.home / "log").glob("*.log"), *(centre.home / "asterisk" / "log").glob("messages.log*")]:
        assert "0311112222" not in path.read_text("utf-8", "replace"), path


@pytest.mark.parametrize(
    "user",
    [
        "1%0d%0a%0d%0aEvent%3a%20Hangup%0d%0aChannel%3a%20PJSIP/seat-1-00000009%0d%0aChannelStateDesc%3a%20Up%0d%0aX",
        "1%0d%0aX",
        "1%7c2%7cM-GONE",
    ],
)
def test_what_a_caller_calls_themselves_is_neither_heard_as_asterisks_word_nor_kept(
    centre: Stage, desk: Desk, resident: Make, user: str
) -> None:
    log = centre.home / "log" / "switchboard.log"
    since = log.stat().st_size
    assert centre.carrier is not None
    with invite(centre, user, centre.carrier.host) as status:
        assert status == 200
        desk.rings()
    desk.page.wait_for_selector("#presence[data-state=available]")
    assert "lost" not in log.read_text("utf-8", "replace")[since:]
    record = (centre.home / "asterisk" / "log" / "queue_log").read_text()
    assert "Event: Hangup" not in record
    caller = resident()
    desk.serves(caller)
