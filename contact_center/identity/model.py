"""Tables of people, what they prove themselves with, their sessions, and devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, Moment


class Person(Base):
    """Somebody who works here. Rows are never deleted and accounts never used again (NB-17n)."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password: Mapped[str] = mapped_column(String(300))
    roles: Mapped[list[str]] = mapped_column(JSON)
    cities: Mapped[list[str]] = mapped_column(JSON)
    menus: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids of the menus that they are trained for; None: all."""

    language: Mapped[str] = mapped_column(String(5), default="ja")
    created_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class PastPassword(Base):
    """A password that somebody had, as it was stored: none comes back (NB-17c)."""

    __tablename__ = "past_passwords"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    password: Mapped[str] = mapped_column(String(300))


class Factor(Base):
    """A second factor of somebody."""

    __tablename__ = "factors"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(60))
    handle: Mapped[str] = mapped_column(String(1400), index=True)
    """By what it is known again: a passkey's id, a certificate's fingerprint, a hash of an app's secret or of a recovery code."""

    key_id: Mapped[str] = mapped_column(String(80))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """An app's secret under the key `key_id`, or a passkey's public key."""

    count: Mapped[int]
    """The newest step of time whose code was taken, or how often a passkey says that it has signed."""

    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class SessionRow(Base):
    """A sign-in. Only a hash of its token is kept; the token changes with the rank."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    half: Mapped[bool] = mapped_column(default=False)
    """Whether the second factor is still to come."""

    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    """When they have last proven that it is they who sit there."""

    challenge: Mapped[str] = mapped_column(String(120), default="")
    """What a passkey is to sign now."""

    address: Mapped[str] = mapped_column(String(45), default="")
    """The network address that they have signed in from."""


class Device(Base):
    """A native phone or a kiosk, known by a token of its own; only hashes of it and of the code that it enrols with are kept."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(40))
    """The seat whose phone it is, or the counter at which it stands."""

    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    code: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime] = mapped_column(Moment)
    enrolled_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
