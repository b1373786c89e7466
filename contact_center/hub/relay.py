"""The relay: what the two holders of one grant send each other is forwarded as it is. Nobody here looks into it.

A feature opens a grant for a person and a device and gives each a ticket, which is good once, for its holder, for a few seconds.
Whoever shows it on a connection of its own talks with the other side from then on. A grant ends in the turn in which it is closed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from contact_center.identity import Actor

GOOD_FOR = 30.0
"""Seconds within which a ticket must be shown."""

JOINED = '{"relay": "joined"}'
"""What both sides are told once both are there; what one of them had said before was heard by nobody."""

ENDED, REFUSED = 4410, 4403
"""Why a connection is closed: its grant has ended; its ticket is not good."""


class End(Protocol):
    """One connection of the relay."""

    actor: Actor | None
    peer: Any

    def send_text(self, text: str) -> None:
        """Send it something."""

    def close(self, code: int) -> None:
        """End it."""


@dataclass
class Grant:
    """One person's and one device's leave to talk.

    :param tickets: of the person and of the device, until they were shown.
    """

    person: int
    device: str
    tickets: dict[str, str] = field(default_factory=dict)
    ends: dict[str, End] = field(default_factory=dict)

    def ticket(self, side: str) -> str:
        """The ticket of the `person` or the `device`."""
        return next(ticket for ticket, of in self.tickets.items() if of == side)


class Relay:
    """All grants of this hub; it is used in the reactor's thread only.

    :param clock: `callLater` of the reactor.
    :param refused: is told who has shown a ticket that is not good.
    """

    def __init__(self, clock: Any, refused: Callable[[Actor], None]) -> None:
        self._clock = clock
        self._refused = refused
        self._grants: list[Grant] = []

    def open(self, person: int, device: str) -> Grant:
        """Let a person and a device talk; whatever grant the device had before ends."""
        for former in [grant for grant in self._grants if grant.device == device]:
            self.close(former)
        grant = Grant(person, device)
        grant.tickets = {secrets.token_urlsafe(24): side for side in ("person", "device")}
        self._grants.append(grant)
        self._clock.callLater(GOOD_FOR, grant.tickets.clear)
        return grant

    def join(self, connection: End, ticket: str) -> bool:
        """A connection shows its ticket; whether it is good."""
        actor = connection.actor
        grant = next((one for one in self._grants if ticket in one.tickets), None)
        side = grant.tickets.pop(ticket) if grant is not None else ""
        if grant is None or actor is None or not _holds(actor, grant, side):
            if actor is not None:
                self._refused(actor)
            connection.close(REFUSED)
            return False
        grant.ends[side] = connection
        # Who is alone talks to nobody, until the other side is there.
        connection.peer = _Nobody()
        if len(grant.ends) == 2:
            grant.ends["person"].peer, grant.ends["device"].peer = grant.ends["device"], grant.ends["person"]
            for end in grant.ends.values():
                end.send_text(JOINED)
        return True

    def left(self, connection: End) -> None:
        """A connection is gone, and so is its grant."""
        for grant in [one for one in self._grants if connection in one.ends.values()]:
            self.close(grant)

    def close(self, grant: Grant) -> None:
        """End a grant: both sides are cut off at once."""
        if grant not in self._grants:
            return
        self._grants.remove(grant)
        grant.tickets.clear()
        for end in grant.ends.values():
            end.peer = _Nobody()
            end.close(ENDED)

    def of_device(self, device: str) -> Grant | None:
        """The grant that a device has now."""
        return next((grant for grant in self._grants if grant.device == device), None)


def _holds(actor: Actor, grant: Grant, side: str) -> bool:
    if side == "device":
        return actor.device == grant.device
    return not actor.device and actor.person == grant.person


class _Nobody:
    """Where the other side is not there: what is sent is nobody's."""

    def send_text(self, text: str) -> None:
        """Into the void."""

    def send_bytes(self, data: bytes) -> None:
        """Into the void."""
