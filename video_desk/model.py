"""Tables of the remote counter. No person's data is in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, BigId, Moment


class DeskSession(Base):
    """What one resident does at a kiosk, from their touch on "start" to the last thing wiped."""

    __tablename__ = "desk_sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    counter: Mapped[str] = mapped_column(ForeignKey("lines.id"))
    city: Mapped[str] = mapped_column(String(40))
    procedure: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    contact_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The call in which an operator serves it; members of a family share one."""

    began_at: Mapped[datetime] = mapped_column(Moment, index=True)
    steps: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the procedure's steps that are done."""

    control: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None] = mapped_column(String(8), unique=True)
    """With what a resident goes on by telephone, while it is good (IZ-14); it is forgotten once it was used."""

    code_until: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    how: Mapped[str] = mapped_column(String(10), default="")
    wiped: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the kiosk has found after wiping: whether it is complete, and the seconds."""


class KioskState(Base):
    """What the kiosk of a counter has said last of its parts."""

    __tablename__ = "desk_kiosks"

    counter: Mapped[str] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    checks: Mapped[dict[str, str]] = mapped_column(JSON)
    """`good`, `none` or `fault` of each part."""


class DeviceCheck(Base):
    """The record of a day's check of a kiosk's devices (TO-06): the first of the day, or the worst since."""

    __tablename__ = "desk_checks"

    counter: Mapped[str] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    checks: Mapped[dict[str, str]] = mapped_column(JSON)
    good: Mapped[bool]


class Declaration(Base):
    """What one resident has agreed to and declared (NB-07, NB-09). It names nobody, has no moment, and its number is a random one:
    neither the order of the rows nor any key leads from it to a session, or to the list of persons helped (NB-06).
    """

    __tablename__ = "desk_declarations"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(index=True)
    counter: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(40))
    procedure: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[str] = mapped_column(String(20))
    what: Mapped[list[str]] = mapped_column(JSON)
    """`terms` and `privacy`, and of the declarations `mine`, or `child_parent` and `child_card`."""
