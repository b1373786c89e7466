"""The events of the booking agent. Each names the intent; day, place and person stand in its row or in the vault."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.events import Event


@dataclass(frozen=True, kw_only=True)
class BookingAsked(Event):
    """Somebody at a seat wants something done on a city's site.

    :param what: `book`, `find`, `change` or `cancel`.
    """

    intent: int
    site: str
    what: str


@dataclass(frozen=True, kw_only=True)
class BookingMoved(Event):
    """Something new is known of it: a step, slots to choose from, a question to the operator."""

    intent: int


@dataclass(frozen=True, kw_only=True)
class BookingReadBack(Event):
    """The operator was shown what the site shows before its last button."""

    intent: int


@dataclass(frozen=True, kw_only=True)
class BookingCommitted(Event):
    """The operator has said yes; the last button is pressed, once."""

    intent: int


@dataclass(frozen=True, kw_only=True)
class BookingProved(Event):
    """It is known that it was done.

    :param proof: how: `page`, `found`, `mail`, `already`, `person`.
    """

    intent: int
    what: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class BookingRefused(Event):
    """It was not done: the site said no, or we stopped before the last button.

    :param reason: as in `booking_agent.driver.trouble`.
    """

    intent: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class BookingHandedOver(Event):
    """Whether it was done could not be found out; a person is to do so."""

    intent: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class BookingSlotsSeen(Event):
    """A site's calendar was looked at.

    :param calendar: id of what was seen.
    """

    calendar: int
    site: str


BOOKING_EVENTS = (
    BookingAsked, BookingMoved, BookingReadBack, BookingCommitted, BookingProved, BookingRefused, BookingHandedOver,
    BookingSlotsSeen,
)  # fmt: skip
