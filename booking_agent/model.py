"""Tables of the booking agent. No personal value is in them: what belongs to a person lies encrypted in the vault."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, Index, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, BigId, Moment

OWNER = "booking"
"""The kind of owner of a booking's personal values."""


class What(StrEnum):
    """What is done on the site."""

    BOOK = "book"
    FIND = "find"
    CHANGE = "change"
    CANCEL = "cancel"


class State(StrEnum):
    """Where an intent stands. It never goes back, and `committing` is entered at most once."""

    PLANNED = "planned"
    HOLDING = "holding"
    """A slot was chosen on the site; some sites keep it from then on."""

    COMMITTING = "committing"
    """The last button may have been pressed. From here on nothing is pressed again."""

    PROVED = "proved"
    REFUSED = "refused"
    """The site said no; nothing was booked."""

    UNKNOWN = "unknown"
    """Whether it was booked is being looked up, or a person has to find out."""

    FAILED = "failed"
    """We stopped before the last button; nothing was booked."""


OPEN = (State.PLANNED, State.HOLDING, State.COMMITTING, State.UNKNOWN)
DONE = (State.PROVED, State.REFUSED, State.FAILED)


class Waits(StrEnum):
    """What a conductor waits for."""

    NOTHING = ""
    SLOT = "slot"
    YES = "yes"
    CODE = "code"
    PERSON = "person"
    """Somebody must find out by telephone whether it was booked."""


class Intent(Base):
    """What somebody at a seat wants done for a caller; written before anything is touched.

    `booked` is what is known of the site's ledger: `no`, `yes` or `unknown`.
    """

    __tablename__ = "booking_intents"
    __table_args__ = (Index("ix_booking_intents_state_alive", "state", "alive_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    contact_id: Mapped[int | None] = mapped_column(BigId, index=True)
    city: Mapped[str] = mapped_column(String(40))
    site: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(index=True)
    """Whose seat it was asked from."""

    state: Mapped[str] = mapped_column(String(12), default=State.PLANNED)
    step: Mapped[str] = mapped_column(String(60), default="")
    waits: Mapped[str] = mapped_column(String(8), default=Waits.NOTHING)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    bring: Mapped[list[str]] = mapped_column(JSON, default=list)
    people: Mapped[int] = mapped_column(default=1)
    counter: Mapped[str] = mapped_column(String(80), default="")
    day: Mapped[date | None] = mapped_column(Date)
    start: Mapped[time | None] = mapped_column(Time)
    end: Mapped[time | None] = mapped_column(Time)
    former_day: Mapped[date | None] = mapped_column(Date)
    former_start: Mapped[time | None] = mapped_column(Time)
    """Of a change: what the site showed before anything was touched."""

    hold_until: Mapped[datetime | None] = mapped_column(Moment)
    committed_at: Mapped[datetime | None] = mapped_column(Moment)
    booked: Mapped[str] = mapped_column(String(8), default="no")
    reason: Mapped[str] = mapped_column(String(12), default="")
    trouble: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Step, expected, seen: words of the profile and names on the page, never values."""

    proof: Mapped[str] = mapped_column(String(12), default="")
    """How the outcome is known: `page`, `found`, `mail`, `already`, or `person`."""

    conductor: Mapped[str] = mapped_column(String(60), default="")
    alive_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    handed_at: Mapped[datetime | None] = mapped_column(Moment)
    means_erased: Mapped[bool] = mapped_column(default=False)
    """Whether what was given for it was erased, its mails included."""

    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Command(Base):
    """What the operator says to the conductor of an intent: `day`, `choose`, `yes`, `code`, `stop`."""

    __tablename__ = "booking_commands"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    intent_id: Mapped[int] = mapped_column(BigId, index=True)
    kind: Mapped[str] = mapped_column(String(8))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)


class Lease(Base):
    """Only one of our intents works on a slot or a person of a site. `key` of a person is a keyed fingerprint."""

    __tablename__ = "booking_leases"

    site: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    intent_id: Mapped[int] = mapped_column(BigId, index=True)


class CalendarRow(Base):
    """What a site showed when it was looked at last: by the look-lane for all, or within an intent for that one.

    `days` is a list of `[day, mark]`; `seen_times` holds for each day when its times were seen, and a list of `[start, end, mark]`.
    """

    __tablename__ = "booking_calendars"
    __table_args__ = (UniqueConstraint("site", "counter", "people", "intent_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    site: Mapped[str] = mapped_column(String(40))
    counter: Mapped[str] = mapped_column(String(80))
    people: Mapped[int]
    intent_id: Mapped[int] = mapped_column(BigId, default=0)
    days: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    seen_times: Mapped[dict[str, dict[str, Any]]] = mapped_column("times", JSON, default=dict)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_day: Mapped[str] = mapped_column(String(10), default="")
    looking_since: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(12), default="")

    def times(self, since: datetime | None = None) -> dict[str, list[list[str]]]:
        """For each day whose times were seen a list of `[start, end, mark]`.

        :param since: only those seen then or later.
        """
        seen = {day: one for day, one in self.seen_times.items() if since is None or datetime.fromisoformat(one["at"]) >= since}
        return {day: one["slots"] for day, one in seen.items()}


class Traffic(Base):
    """How many requests we made of a site, by spans of ten seconds."""

    __tablename__ = "booking_traffic"

    site: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    requests: Mapped[int]


class SiteCheck(Base):
    """The last check of a site against its profile, without any person's data."""

    __tablename__ = "booking_checks"

    site: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    good: Mapped[bool]
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    finding: Mapped[str] = mapped_column(String(400), default="")
