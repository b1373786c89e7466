"""Tables of the remote counter. No person's data is in them: what names anybody lies in the vault, under the owners named here."""

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

    facts: Mapped[list[str]] = mapped_column(JSON)
    """What holds of this resident and changes the steps, such as `under_one`."""

    interpreter: Mapped[bool] = mapped_column(default=False)
    """Whether the resident has agreed that what is said goes to the machines that write and translate it (IZ-08)."""

    listed: Mapped[bool] = mapped_column(default=False)
    """Whether somebody was put on the list of persons helped; it does not say who (NB-06)."""

    control: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None] = mapped_column(String(8), unique=True)
    """With what a resident goes on by telephone, while it is good (IZ-14); it is forgotten once it was used."""

    code_until: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    how: Mapped[str] = mapped_column(String(10), default="")
    wiped: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the kiosk has found after wiping: whether it is complete, and the seconds."""


ASK, FOLLOW_UP, HELPED = "ask", "follow_up", "helped"
"""The owners of what is kept of residents."""

FIELDS, ID, KEPT = ("name", "address", "birth"), "application_id", ("name", "phone")
"""What is kept: of whom the city is asked about, what it answers, and whom to tell of a defect."""


class Ask(Base):
    """The city is asked for the 23 digits of a resident who has no form (IZ-11). Who they are lies in the vault."""

    __tablename__ = "desk_asks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    session_id: Mapped[int] = mapped_column(BigId, index=True)
    city: Mapped[str] = mapped_column(String(40), index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    """`asked`, `answered`, `unknown` (the city finds nobody), `over`."""

    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[int] = mapped_column(BigId)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class FollowUp(Base):
    """An application whose outcome comes later, with the resident's consent (NB-08)."""

    __tablename__ = "desk_follow_ups"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    session_id: Mapped[int] = mapped_column(BigId, index=True)
    city: Mapped[str] = mapped_column(String(40), index=True)
    procedure: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="sent")
    """`sent`, `defect`, `explained`, `reapplied`, `accepted`, `given_up`."""

    defect_on: Mapped[date | None]
    explained_on: Mapped[date | None]
    reapplied_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it was sent back: a code of `followups.REASONS`."""

    until: Mapped[date]
    """The day on which it is forgotten, whatever has become of it."""


class Helped(Base):
    """One person who was helped, for the city's list (NB-06). No key and no moment leads from it to a session or a declaration."""

    __tablename__ = "desk_helped"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(index=True)
    counter: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(40), index=True)
    procedure: Mapped[str] = mapped_column(String(40))


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
