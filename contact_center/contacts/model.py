"""Tables of contacts, callbacks and escalations. Numbers and notes are not here: they lie in the vault."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, BigId, Moment


class State(StrEnum):
    """Where a contact stands."""

    ARRIVED = "arrived"
    DIALLING = "dialling"
    QUEUED = "queued"
    OFFERED = "offered"
    TALKING = "talking"
    HELD = "held"
    TRANSFERRING = "transferring"
    WRAPPING = "wrapping"
    CLOSED = "closed"
    UNSERVED = "unserved"


OPEN = (
    State.ARRIVED, State.DIALLING, State.QUEUED, State.OFFERED, State.TALKING, State.HELD, State.TRANSFERRING, State.WRAPPING,
)  # fmt: skip


BY_HAND = ("fallback", "fax", "counter")
"""Channels of contacts that are entered by hand."""


class Third(StrEnum):
    """Where somebody stands whom the agent asks during the conversation."""

    CALLED = "called"
    TALKING = "talking"
    """With the agent; the resident hears music."""

    JOINED = "joined"
    """All three talk."""


class Unserved(StrEnum):
    """How a contact ended that nobody served."""

    CALLBACK_ASKED = "callback_asked"
    INTERRUPTED = "interrupted"
    OVERFLOWED = "overflowed"
    ABANDONED = "abandoned"
    OUT_OF_HOURS = "out_of_hours"
    SILENT = "silent"
    FORWARDED = "forwarded"
    """Served at the line's fallback number, because nobody was signed in here."""

    NOT_REACHED = "not_reached"
    """We called, and nobody answered."""


class Contact(Base):
    """One contact. `key` is Asterisk's system name and unique id. `arrived_at` of an outgoing one is when we dialled,
    and before that, while it keeps a place in the queue, when the resident had called."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_line_arrived", "line_id", "arrived_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("lines.id"))
    menu: Mapped[str] = mapped_column(String(40), default="")
    outgoing: Mapped[bool] = mapped_column(default=False)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """The contact that this one goes on with: who calls back names what was asked."""

    callback_id: Mapped[int | None] = mapped_column(BigId)
    escalation_id: Mapped[int | None]
    """The question whose answer is told in this call."""

    state: Mapped[str] = mapped_column(String(12), index=True)
    withheld: Mapped[str] = mapped_column(String(12), default="")
    """Why there is no number: `anonymous`, `payphone` or `unavailable`; empty where there is one."""
    arrived_at: Mapped[datetime] = mapped_column(Moment, index=True)
    queued_at: Mapped[datetime | None] = mapped_column(Moment)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    alone_since: Mapped[datetime | None] = mapped_column(Moment)
    """Since when somebody who was served before waits to go on; None while nobody does."""

    alone: Mapped[float] = mapped_column(default=0.0)
    """Seconds that they have waited so; no talk time."""

    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    unserved: Mapped[str | None] = mapped_column(String(20))
    third: Mapped[str] = mapped_column(String(60), default="")
    """Who else is in the conversation, or is being called to it: `seat:<id>` or `department:<id>`."""

    third_state: Mapped[str] = mapped_column(String(10), default="")
    passed_to: Mapped[str] = mapped_column(String(60), default="")
    """Who has the resident now that the conversation with us is over, in the same words."""

    nuisance: Mapped[bool] = mapped_column(default=False)
    sources: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Where the answer came from: `faq:<id>`, `department:<id>`, …"""

    counted: Mapped[bool] = mapped_column(default=True)
    """Whether it is in the figures; wrong numbers and tests are not."""

    cut: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str | None] = mapped_column(String(40))
    further: Mapped[list[str]] = mapped_column(JSON, default=list)
    outcome: Mapped[str | None] = mapped_column(String(40))

    def talked(self, until: datetime) -> float:
        """Seconds of conversation from the answer until a moment, without what they waited after a seat had vanished."""
        return round(max(0.0, (until - (self.answered_at or until)).total_seconds() - self.alone), 3)

    def together(self, at: datetime) -> None:
        """Whoever waited to go on does so no more."""
        if self.alone_since is not None:
            self.alone += round(max(0.0, (at - self.alone_since).total_seconds()), 3)
            self.alone_since = None

    @property
    def latest(self) -> datetime:
        """The newest moment that is known of it."""
        return max(at for at in (self.arrived_at, self.queued_at, self.offered_at, self.answered_at) if at is not None)


class Callback(Base):
    """Somebody is to be called back: one open row for each number."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("lines.id"))
    fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    urgency: Mapped[str] = mapped_column(String(4))
    how: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    waited: Mapped[float]
    times: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    done_by: Mapped[str | None] = mapped_column(String(80))
    escalation_id: Mapped[int | None]
    """The question whose answer they are to be told."""


class Escalation(Base):
    """A contact handed on: to the supervisor (second tier) or to the city, until it is answered and closed."""

    __tablename__ = "escalations"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    to: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10), default="question")
    office: Mapped[str] = mapped_column(String(40), default="")
    raised_by: Mapped[str] = mapped_column(String(80))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    received_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the resident was reached and told."""

    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(80))


class FrozenMonth(Base):
    """A month whose report a city was given: its contacts are corrected no more."""

    __tablename__ = "frozen_months"

    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    frozen_by: Mapped[str] = mapped_column(String(80))
