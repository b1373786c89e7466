"""Tables of the directory. Ids are short ASCII words that also name things in Asterisk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, Moment


class City(Base):
    """A city (or a test city) whose residents are served."""

    __tablename__ = "cities"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    greeting: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Calendar(Base):
    """Opening hours; `rule` is a `hours.CalendarRule`."""

    __tablename__ = "calendars"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)


class Pool(Base):
    """The seats that serve the same menus: one Asterisk queue, longest waiting first."""

    __tablename__ = "pools"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Line(Base):
    """A way by which residents reach us: a public number of a city (`phone`), or a counter where a kiosk stands (`counter`).

    `channels` counts every leg the carrier allows, `capacity` conversations at once, `waiting_places` those who wait. A counter
    has no number, and one conversation.
    """

    __tablename__ = "lines"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(8), default="phone")
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    calendar_id: Mapped[str] = mapped_column(ForeignKey("calendars.id"))
    pool_id: Mapped[str] = mapped_column(ForeignKey("pools.id"))
    menu: Mapped[str] = mapped_column(String(40), default="")
    channels: Mapped[int]
    capacity: Mapped[int]
    waiting_places: Mapped[int]
    fallback: Mapped[str] = mapped_column(String(20), default="")
    announcements: Mapped[dict[str, str]] = mapped_column(JSON)
    position: Mapped[int]

    @property
    def channel(self) -> str:
        """By what residents come on it: `phone` or `kiosk`."""
        return "kiosk" if self.kind == "counter" else "phone"


class Menu(Base):
    """What a contact can be about as the resident chose it; seats are trained for menus."""

    __tablename__ = "menus"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    pool_id: Mapped[str] = mapped_column(ForeignKey("pools.id"))


class Department(Base):
    """An office of a city to which residents are shown or passed on."""

    __tablename__ = "departments"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20))
    reading: Mapped[str] = mapped_column(String(60), default="")
    """In hiragana, so that it is found by its first letters."""

    transfer: Mapped[bool] = mapped_column(default=False)


class Neighbour(Base):
    """A city that is not served here, whose residents call all the same; they are told its number."""

    __tablename__ = "neighbours"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    reading: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20))
    office: Mapped[str] = mapped_column(String(60), default="")


class Choice(Base):
    """A category (分類) or an outcome (対応結果), in the words of the report. City None: for all."""

    __tablename__ = "choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    city_id: Mapped[str | None] = mapped_column(ForeignKey("cities.id"))
    position: Mapped[int]
    counted: Mapped[bool] = mapped_column(default=True)


class Closing(Base):
    """An emergency closing of a line (None: all lines), from now until it is lifted or its end."""

    __tablename__ = "closings"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[str | None] = mapped_column(ForeignKey("lines.id"))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    in_force_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))


class Notice(Base):
    """A temporary announcement on a line, typed by a supervisor, until its end or until it is withdrawn."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("lines.id"))
    text: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    in_force_at: Mapped[datetime | None] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
