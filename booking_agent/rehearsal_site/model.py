"""What stands in the ledger, and what a city decides for its site."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

Face = Literal["pages", "app", "frames"]
FACES: tuple[Face, ...] = ("pages", "app", "frames")

COUNTERS = ("市民課（本庁舎1階）", "北支所", "駅前市民サービスコーナー")
"""Where cards are handed out; a counter is known by its place in this list."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a city has decided for one of its sites.

    :param opens_days: so many days ahead a day can be booked.
    :param until_days: so many days before the day a reservation can still be changed or cancelled.
    :param largest_party: people that may be booked together; 1 where each member of a family books alone.
    :param one_each: a person holds one reservation at a time.
    :param hold_minutes: how long a chosen time is kept for whoever chose it.
    :param mailed: whether a booking on `pages` goes on from a mailed URL or with a mailed code.
    :param second_click: whether another click on a time of `app` moves the choice or adds to it.
    """

    opens_days: int = 31
    until_days: int = 2
    largest_party: int = 1
    one_each: bool = True
    hold_minutes: float = 30
    mailed: Literal["url", "code"] = "url"
    second_click: Literal["move", "add"] = "move"


RULES: dict[Face, Rules] = {
    "pages": Rules(largest_party=4, hold_minutes=10),
    "app": Rules(opens_days=45, until_days=3, largest_party=4),
    "frames": Rules(until_days=7, hold_minutes=20),
}


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a rehearsal begins.

    :param seed: people, numbers and full slots follow from it.
    :param first_day: what day it is on the sites from now on; without it, today.
    :param capacity: people that a counter takes at one time.
    :param rules: for each face what differs from `RULES`.
    """

    seed: int = 1
    first_day: date | None = None
    capacity: Annotated[int, msgspec.Meta(ge=1)] = 3
    rules: dict[Face, dict[str, Any]] = {}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up resident who was invited to fetch the card.

    :param number: of the postcard, as it is typed: 3 letters or digits and 6 digits; the postcard shows a hyphen between them.
    :param letter_id: with `letter_password` the log-in of the letter.
    :param mail_password: opens the mailbox at the practice post office.
    """

    number: str
    birthday: date
    family: str
    given: str
    family_kana: str
    given_kana: str
    phone: str
    mail: str
    mail_password: str
    letter_id: str
    letter_password: str
    under_15: bool

    @property
    def name(self) -> str:
        """As it is written in one line."""
        return f"{self.family} {self.given}"


class Slot(msgspec.Struct, kw_only=True):
    """A time at a counter; `taken` counts people."""

    id: str
    counter: int
    day: date
    start: time
    end: time
    capacity: int
    taken: int


class Hold(msgspec.Struct, frozen=True):
    """A slot that is kept for one visit."""

    id: str
    face: Face
    slot: str
    people: int
    until: datetime


class Event(msgspec.Struct, frozen=True):
    """Something that was done with a reservation."""

    at: datetime
    what: Literal["book", "change", "cancel"]
    slot: str


class Reservation(msgspec.Struct, kw_only=True):
    """What a resident has; `given` is what was typed into the form."""

    number: str
    face: Face
    person: str
    people: int
    slot: str
    state: Literal["booked", "cancelled"]
    given: dict[str, str]
    history: list[Event]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed in at the last button of a flow.

    :param person: the number of the postcard; for a change or a cancellation the reservation knows it.
    :param hold: the hold under which the slot was kept; empty where the site keeps none.
    """

    face: Face
    what: Literal["book", "change", "cancel"]
    person: str = ""
    slot: str = ""
    people: int = 1
    hold: str = ""
    reservation: str = ""
    given: dict[str, str] = {}


class Submission(msgspec.Struct):
    """A wish that was received, with what became of it: a reservation's number, why it was refused, or that it was lost."""

    at: datetime
    wish: Wish
    outcome: str = ""


class Mail(msgspec.Struct):
    """A mail of a site."""

    at: datetime
    face: Face
    to: str
    subject: str
    text: str
    state: Literal["waiting", "sent", "refused", "never"] = "waiting"


class Reason(StrEnum):
    """Why a wish is refused."""

    UNKNOWN = "unknown"
    ALREADY = "already"
    OUTSIDE = "outside"
    PARTY = "party"
    FULL = "full"
    ENDED = "ended"
    GONE = "gone"
    LATE = "late"


class Denied(Exception):
    """The ledger says no; nothing was changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
