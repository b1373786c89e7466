"""The relay of the hub: who may talk with whom, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock

from contact_center.hub.relay import ENDED, GOOD_FOR, JOINED, REFUSED, Grant, Relay
from contact_center.identity import Actor


class Socket:
    """One connection, and what has come over it."""

    def __init__(self, person: int = 0, device: str = "") -> None:
        self.actor = Actor(person, "x", frozenset(), frozenset(), device=device)
        self.peer: Any = None
        self.came: list[Any] = []
        self.code = 0

    def send_text(self, text: str) -> None:
        self.came.append(text)

    def send_bytes(self, data: bytes) -> None:
        self.came.append(data)

    def close(self, code: int) -> None:
        self.code = code


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def refused() -> list[Actor]:
    return []


@pytest.fixture
def relay(clock: Clock, refused: list[Actor]) -> Relay:
    return Relay(clock, refused.append)


def joined(relay: Relay, grant: Grant) -> tuple[Socket, Socket]:
    console, kiosk = Socket(person=grant.person), Socket(device=grant.device)
    tickets = grant.ticket("person"), grant.ticket("device")
    assert relay.join(console, tickets[0]) and console.came == []
    assert relay.join(kiosk, tickets[1])
    # Both are told once both are there.
    assert console.came == kiosk.came == [JOINED]
    console.came.clear()
    kiosk.came.clear()
    return console, kiosk


def test_both_holders_of_a_grant_hear_each_other_and_nobody_else(relay: Relay) -> None:
    console, kiosk = joined(relay, relay.open(7, "kiosk-1"))
    other, elsewhere = joined(relay, relay.open(8, "kiosk-2"))
    console.peer.send_text("verb")
    kiosk.peer.send_bytes(b"picture")
    assert (kiosk.came, console.came) == (["verb"], [b"picture"]) and other.came == elsewhere.came == []


def test_a_ticket_is_good_once(relay: Relay, refused: list[Actor]) -> None:
    grant = relay.open(7, "kiosk-1")
    ticket = grant.ticket("person")
    assert relay.join(Socket(person=7), ticket)
    replayed = Socket(person=7)
    assert not relay.join(replayed, ticket) and replayed.code == REFUSED and [one.person for one in refused] == [7]


def test_a_stolen_ticket_is_of_no_use_and_is_lost_to_its_holder(relay: Relay, refused: list[Actor]) -> None:
    grant = relay.open(7, "kiosk-1")
    ticket = grant.ticket("device")
    for thief in (Socket(person=8), Socket(device="kiosk-2"), Socket(person=7)):
        assert not relay.join(thief, ticket) and thief.code == REFUSED
    assert not relay.join(Socket(device="kiosk-1"), ticket) and len(refused) == 4


def test_a_ticket_that_was_not_shown_in_time_is_not_good(relay: Relay, clock: Clock) -> None:
    grant = relay.open(7, "kiosk-1")
    ticket = grant.ticket("person")
    clock.advance(GOOD_FOR + 1)
    assert not relay.join(Socket(person=7), ticket)


def test_closing_a_grant_cuts_both_off_at_once(relay: Relay) -> None:
    grant = relay.open(7, "kiosk-1")
    console, kiosk = joined(relay, grant)
    relay.close(grant)
    assert (console.code, kiosk.code) == (ENDED, ENDED)
    console.peer.send_text("verb")
    assert kiosk.came == []


def test_whoever_leaves_takes_the_grant_along(relay: Relay) -> None:
    console, kiosk = joined(relay, relay.open(7, "kiosk-1"))
    relay.left(console)
    assert kiosk.code == ENDED and relay.of_device("kiosk-1") is None


def test_a_device_has_one_grant_at_a_time(relay: Relay) -> None:
    former = joined(relay, relay.open(7, "kiosk-1"))
    relay.open(8, "kiosk-1")
    assert [one.code for one in former] == [ENDED, ENDED]


def test_who_is_alone_talks_to_nobody(relay: Relay) -> None:
    grant = relay.open(7, "kiosk-1")
    console = Socket(person=7)
    assert relay.join(console, grant.ticket("person"))
    console.peer.send_text("verb")
    console.peer.send_bytes(b"x")
    assert console.came == []
