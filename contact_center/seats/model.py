"""The table of seats: the place itself and its present state."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, Moment


class Presence(StrEnum):
    """在席状況."""

    SIGNED_OUT = "signed_out"
    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CONTACT = "on_contact"
    WRAPPING = "wrapping"
    AWAY = "away"
    LOST = "lost"


IDLE = (Presence.AVAILABLE, Presence.AWAY)
"""Somebody sits there and is free for something."""


class Seat(Base):
    """A seat. Its phone is a browser or a native softphone of the same SIP name."""

    __tablename__ = "seats"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    pools: Mapped[list[str]] = mapped_column(JSON)
    position: Mapped[int]
    presence: Mapped[str] = mapped_column(String(20), default=Presence.SIGNED_OUT)
    reason: Mapped[str] = mapped_column(String(60), default="")
    next_presence: Mapped[str] = mapped_column(String(20), default=Presence.AVAILABLE)
    since: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    phone: Mapped[str] = mapped_column(String(10), default="browser")
    contact_id: Mapped[int | None] = mapped_column(BigInteger)
    wrap_until: Mapped[datetime | None] = mapped_column(Moment)
    extended: Mapped[bool] = mapped_column(default=False)
    """Whether the present wrap-up was given more time already."""

    hand: Mapped[str] = mapped_column(String(10), default="")
    """Why the agent has raised a hand: `help` or `nuisance`; empty: it is down."""

    hand_at: Mapped[datetime | None] = mapped_column(Moment)
    supervises: Mapped[str] = mapped_column(String(40), default="")
    """The seat whose conversation is supervised from here."""

    supervision: Mapped[str] = mapped_column(String(10), default="")
    """How: `listen`, `whisper` or `join`."""

    generation: Mapped[int] = mapped_column(default=0)
    phone_ready: Mapped[int] = mapped_column(default=0)

    @property
    def takes_calls(self) -> bool:
        """Whether the queue may ring this seat now."""
        return self.presence == Presence.AVAILABLE

    @property
    def signed_in(self) -> bool:
        """Whether somebody sits here."""
        return self.person_id is not None
