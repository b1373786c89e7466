"""Reading a directory file (TOML): cities, calendars, pools, lines, seats, departments, into the database, whole or not at all."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.directory.model import Calendar, Choice, City, Department, Line, Menu, Neighbour, Pool
from contact_center.errors import BadInput, MadoguchiError
from contact_center.events import EventLog
from contact_center.events.catalogue import HoursChanged
from contact_center.hours import CalendarRule

RESERVED = {"general", "pool"}
"""Names that have a meaning of their own in Asterisk's files."""

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Dialled = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3,15}$")]
ANNOUNCEMENTS = (
    "greeting", "closed", "emergency", "busy", "nobody", "noted", "withheld", "callback", "interrupted", "reconnecting",
)  # fmt: skip
"""The announcements of a line that may be worded anew."""

Count = Annotated[int, msgspec.Meta(ge=0, le=500)]


SHORTEST_FALLBACK = 10
"""Digits of a Japanese telephone number with its area code."""


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    pass


class CityPart(_Part):
    id: Word
    name: str
    greeting: str


class CalendarPart(_Part):
    id: Word
    name: str
    rule: CalendarRule


class PoolPart(_Part):
    id: Word
    name: str


class MenuPart(_Part):
    id: Word
    name: str
    pool: Word


class LinePart(_Part):
    id: Word
    city: Word
    name: str
    number: Dialled
    calendar: Word
    pool: Word
    channels: Count
    capacity: Count
    waiting_places: Count
    menu: str = ""
    fallback: Dialled | Literal[""] = ""
    announcements: dict[str, str] = {}


class CounterPart(_Part):
    id: Word
    city: Word
    name: str
    calendar: Word
    pool: Word


class DepartmentPart(_Part):
    id: Word
    city: Word
    name: str
    phone: Dialled
    reading: str = ""
    transfer: bool = False


class NeighbourPart(_Part):
    name: str
    phone: Dialled
    reading: str = ""
    office: str = ""


class SeatPart(_Part):
    id: Annotated[str, msgspec.Meta(pattern=r"^seat-[0-9]{1,3}$")]
    name: str
    pools: tuple[Word, ...]


class ChoicePart(_Part):
    code: str
    name: str
    counted: bool = True


class DirectoryFile(_Part):
    """All that a directory file may hold."""

    cities: tuple[CityPart, ...]
    calendars: tuple[CalendarPart, ...]
    pools: tuple[PoolPart, ...]
    lines: tuple[LinePart, ...]
    seats: tuple[SeatPart, ...]
    menus: tuple[MenuPart, ...] = ()
    counters: tuple[CounterPart, ...] = ()
    departments: tuple[DepartmentPart, ...] = ()
    neighbours: tuple[NeighbourPart, ...] = ()
    categories: tuple[ChoicePart, ...] = ()
    outcomes: tuple[ChoicePart, ...] = ()


def read_file(path: Path) -> DirectoryFile:
    """Read and check a directory file.

    :raises BadInput: naming the entry and what is wrong with it.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        parts = msgspec.convert(raw, DirectoryFile)
    except OSError as error:
        raise BadInput("台帳ファイル %(path)s を読めません。", path=path) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput("台帳ファイル %(path)s を直してください: %(why)s", path=path, why=error) from error
    _check_names(path, parts)
    return parts


def _check_names(path: Path, parts: DirectoryFile) -> None:
    known = {
        "city": {p.id for p in parts.cities}, "calendar": {p.id for p in parts.calendars},
        "pool": {p.id for p in parts.pools},
    }  # fmt: skip
    _check_once(path, parts)
    for calendar in parts.calendars:
        try:
            calendar.rule.check()
        except MadoguchiError as error:
            raise BadInput(
                "台帳ファイル %(path)s の暦「%(id)s」: %(why)s", path=path, id=calendar.id, why=error.sentence()
            ) from error
    pointing: tuple[MenuPart | LinePart | CounterPart | DepartmentPart, ...] = (
        *parts.menus, *parts.lines, *parts.counters, *parts.departments,
    )  # fmt: skip
    for part in pointing:
        for kind, names in known.items():
            wanted = getattr(part, kind, None)
            if wanted is not None and wanted not in names:
                raise BadInput(
                    "台帳ファイル %(path)s: 「%(id)s」が知らない %(kind)s 「%(wanted)s」を指しています。",
                    path=path, id=part.id, kind=kind, wanted=wanted,
                )  # fmt: skip
    for seat in parts.seats:
        unknown = set(seat.pools) - known["pool"]
        if unknown:
            raise BadInput(
                "台帳ファイル %(path)s: 席「%(id)s」が知らない pool 「%(wanted)s」を指しています。",
                path=path, id=seat.id, wanted=", ".join(sorted(unknown)),
            )  # fmt: skip


def _check_once(path: Path, parts: DirectoryFile) -> None:
    """Each id stands once among its kind, and each number is one line's."""
    for kind in ("cities", "calendars", "pools", "lines", "seats", "menus", "counters", "departments"):
        ids = [part.id for part in getattr(parts, kind)]
        _refuse_twice(path, kind, ids)
    _refuse_twice(path, "lines.number", [line.number for line in parts.lines])
    for pool in parts.pools:
        if pool.id in RESERVED:
            raise BadInput("台帳ファイル %(path)s: pool の名前に「%(id)s」は使えません。", path=path, id=pool.id)
    _refuse_twice(path, "lines / counters", [*(line.id for line in parts.lines), *(counter.id for counter in parts.counters)])
    ours = {line.number for line in parts.lines}
    for line in parts.lines:
        _check_words(path, line)
        if not line.capacity:
            raise BadInput("台帳ファイル %(path)s: 回線「%(id)s」の capacity は1以上にしてください。", path=path, id=line.id)
        if line.fallback and (line.fallback in ours or len(line.fallback) < SHORTEST_FALLBACK):
            # A line that is forwarded to a line of ours would come back for ever; a short number is an emergency's or a service's.
            raise BadInput(
                "台帳ファイル %(path)s: 回線「%(id)s」の fallback には、回線以外の、市外局番からの番号を書いてください。",
                path=path, id=line.id,
            )  # fmt: skip
        strange = set(line.announcements) - set(ANNOUNCEMENTS)
        if strange:
            raise BadInput(
                "台帳ファイル %(path)s: 回線「%(id)s」の announcements は次の名前です: %(names)s",
                path=path, id=line.id, names=", ".join(ANNOUNCEMENTS),
            )  # fmt: skip


def _check_words(path: Path, line: LinePart) -> None:
    """An announcement may name the city and the greeting, and nothing else."""
    for name, announcement in line.announcements.items():
        try:
            named = {field for _, field, _, _ in Formatter().parse(announcement) if field is not None}
        except ValueError:
            named = {"?"}
        if not named <= {"city", "greeting"}:
            raise BadInput(
                "台帳ファイル %(path)s: 回線「%(id)s」の「%(name)s」に書ける { } は {city} と {greeting} だけです。",
                path=path, id=line.id, name=name,
            )  # fmt: skip


def _refuse_twice(path: Path, kind: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise BadInput("台帳ファイル %(path)s: %(kind)s に「%(value)s」が二つあります。", path=path, kind=kind, value=value)


def load_file(session: Session, log: EventLog, path: Path, actor: str) -> DirectoryFile:
    """Put a directory file into the database: what it names is added or replaced, the rest stays.

    The seats are returned with the rest; `seats.service` keeps them.
    """
    parts = read_file(path)
    for place, city in enumerate(parts.cities):
        session.merge(City(id=city.id, name=city.name, greeting=city.greeting, position=place))
    for calendar in parts.calendars:
        rule = msgspec.to_builtins(calendar.rule)
        session.merge(Calendar(id=calendar.id, name=calendar.name, rule=rule))
    for pool in parts.pools:
        session.merge(Pool(id=pool.id, name=pool.name))
    session.flush()
    for menu in parts.menus:
        session.merge(Menu(id=menu.id, name=menu.name, pool_id=menu.pool))
    for place, line in enumerate(parts.lines):
        session.merge(
            Line(
                id=line.id, city_id=line.city, name=line.name, number=line.number, calendar_id=line.calendar,
                pool_id=line.pool, menu=line.menu, channels=line.channels, capacity=line.capacity,
                waiting_places=line.waiting_places, fallback=line.fallback, announcements=line.announcements,
                position=place,
            )
        )  # fmt: skip
    for place, counter in enumerate(parts.counters, len(parts.lines)):
        session.merge(
            Line(
                id=counter.id, kind="counter", city_id=counter.city, name=counter.name, number=None, calendar_id=counter.calendar,
                pool_id=counter.pool, channels=0, capacity=1, waiting_places=0, announcements={}, position=place,
            )
        )  # fmt: skip
    for office in parts.departments:
        session.merge(
            Department(
                id=office.id, city_id=office.city, name=office.name, phone=office.phone, reading=office.reading,
                transfer=office.transfer,
            )
        )  # fmt: skip
    for near in parts.neighbours:
        session.merge(Neighbour(name=near.name, reading=near.reading, phone=near.phone, office=near.office))
    _choices(session, "category", parts.categories)
    _choices(session, "outcome", parts.outcomes)
    log.append(session, HoursChanged(actor=actor, what="directory"))
    return parts


def _choices(session: Session, kind: str, given: tuple[ChoicePart, ...]) -> None:
    key = {"category": "categories", "outcome": "outcomes"}[kind]
    if not given:
        text = files("contact_center.directory").joinpath("defaults.toml").read_text("utf-8")
        given = msgspec.convert(tomllib.loads(text)[key], tuple[ChoicePart, ...])
    known = {c.code: c for c in session.scalars(select(Choice).where(Choice.kind == kind, Choice.city_id.is_(None)))}
    for place, part in enumerate(given):
        row = known.get(part.code) or Choice(kind=kind, code=part.code)
        row.name, row.position, row.counted = part.name, place, part.counted
        session.add(row)
