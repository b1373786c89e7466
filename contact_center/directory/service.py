"""What the house asks of the directory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.directory.model import Calendar, Choice, City, Closing, Department, Line, Menu, Neighbour, Pool
from contact_center.errors import BadInput, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import HoursChanged
from contact_center.hours import CalendarRule, is_open_at
from contact_center.identity.model import Person


@dataclass(frozen=True)
class LineView:
    """A line with what belongs to it."""

    line: Line
    city: City
    rule: CalendarRule

    @property
    def number(self) -> str:
        """The number of a phone line; a counter has none."""
        return self.line.number or ""


class Directory:
    """Look-ups and the emergency closing. Methods take the session of the caller's transaction."""

    def __init__(self, clock: Clock, log: EventLog) -> None:
        self._clock = clock
        self._log = log

    def is_empty(self, session: Session) -> bool:
        """Whether no city was ever loaded."""
        return session.scalar(select(City.id).limit(1)) is None

    def cities(self, session: Session) -> list[City]:
        """All cities in their order."""
        return list(session.scalars(select(City).order_by(City.position)))

    def pools(self, session: Session) -> list[Pool]:
        """All pools."""
        return list(session.scalars(select(Pool).order_by(Pool.id)))

    def served_pools(self, session: Session, cities: Iterable[str]) -> frozenset[str]:
        """The pools that somebody who serves these cities may serve: no line of another city leads there."""
        known = frozenset(cities)
        pools = {pool.id: True for pool in self.pools(session)}
        for line in session.scalars(select(Line)):
            pools[line.pool_id] &= line.city_id in known
        return frozenset(id for id, served in pools.items() if served)

    def person_serves(self, session: Session, person: int | None, city: str) -> bool:
        """Whether somebody serves a city."""
        row = session.get(Person, person) if person else None
        return row is not None and city in row.cities

    def departments(self, session: Session, cities: Iterable[str]) -> list[Department]:
        """The offices of these cities, by name."""
        wanted = select(Department).where(Department.city_id.in_(list(cities))).order_by(Department.city_id, Department.id)
        return list(session.scalars(wanted))

    def neighbours(self, session: Session) -> list[Neighbour]:
        """The cities that are not served here."""
        return list(session.scalars(select(Neighbour).order_by(Neighbour.reading, Neighbour.name)))

    def menus(self, session: Session) -> list[Menu]:
        """What residents can choose, and agents are trained for."""
        return list(session.scalars(select(Menu).order_by(Menu.id)))

    def trained_pools(self, session: Session, menus: Iterable[str] | None) -> frozenset[str]:
        """The pools that somebody trained for these menus (None: all) may serve: every menu of a pool is among them."""
        pools = {pool.id for pool in self.pools(session)}
        if menus is None:
            return frozenset(pools)
        known = frozenset(menus)
        return frozenset(pools - {menu.pool_id for menu in self.menus(session) if menu.id not in known})

    def lines(self, session: Session) -> list[LineView]:
        """The phone lines in their order."""
        return [view for view in self.ways(session) if view.line.kind == "phone"]

    def counters(self, session: Session) -> list[LineView]:
        """The counters in their order."""
        return [view for view in self.ways(session) if view.line.kind == "counter"]

    def ways(self, session: Session) -> list[LineView]:
        """All phone lines and counters in their order, with city and hours."""
        rows = session.execute(
            select(Line, City, Calendar)
            .join(City, Line.city_id == City.id)
            .join(Calendar, Line.calendar_id == Calendar.id)
            .order_by(Line.position)
        )
        return [LineView(line, city, rule_of(calendar)) for line, city, calendar in rows]

    def line(self, session: Session, id: str) -> LineView:
        """One phone line or counter.

        :raises NotFound: where there is none of that id.
        """
        for view in self.ways(session):
            if view.line.id == id:
                return view
        raise NotFound("回線「%(id)s」はありません。", id=id)

    def number_of(self, session: Session, line: Line) -> str:
        """The number with which a resident of a line is called: its own; from a counter the first of its city.

        :raises NotFound: where the city of a counter has no phone line.
        """
        for view in self.lines(session):
            if line.number is None and view.line.city_id == line.city_id:
                return view.number
        if line.number is None:
            raise NotFound("この市には電話の回線がありません。")
        return line.number

    def choices(self, session: Session, kind: str, city: str | None) -> list[Choice]:
        """The categories or outcomes of a city: its own where it has any, else the common ones.

        :param kind: `category` or `outcome`.
        """
        rows: Sequence[Choice] = session.scalars(
            select(Choice)
            .where(Choice.kind == kind, or_(Choice.city_id == city, Choice.city_id.is_(None)))
            .order_by(Choice.position)
        ).all()
        own = [row for row in rows if row.city_id is not None]
        return own or list(rows)

    def closing(self, session: Session, line: str, at: datetime) -> Closing | None:
        """The emergency closing in force for a line at a moment."""
        return session.scalars(
            select(Closing)
            .where(or_(Closing.line_id == line, Closing.line_id.is_(None)), Closing.since <= at)
            .where(or_(Closing.until.is_(None), Closing.until > at))
            .where(or_(Closing.lifted_at.is_(None), Closing.lifted_at > at))
            .order_by(Closing.id.desc())
        ).first()

    def closings(self, session: Session) -> list[Closing]:
        """The emergency closings that hold now or will."""
        still = or_(Closing.until.is_(None), Closing.until > self._clock.now())
        return list(session.scalars(select(Closing).where(Closing.lifted_at.is_(None), still).order_by(Closing.id)))

    def is_open(self, session: Session, line: str, at: datetime) -> bool:
        """Whether a caller on that line would be put through at that moment."""
        view = self.line(session, line)
        return is_open_at(view.rule, at) and self.closing(session, line, at) is None

    def close(self, session: Session, line: str | None, until: datetime | None, reason: str, actor: str) -> Closing:
        """Close a line, or all, from now on. It is in force once the dialplan was applied.

        :param until: None: until it is lifted.
        """
        if line is not None:
            self.line(session, line)
        now = self._clock.now()
        if until is not None and until <= now:
            raise BadInput("終わりの時刻は、今より後にしてください。")
        closing = Closing(line_id=line, since=now, until=until, reason=reason, actor=actor)
        session.add(closing)
        self._log.append(session, HoursChanged(actor=actor, what="closing"))
        return closing

    def note_in_force(self, session: Session, closings: Iterable[int]) -> None:
        """The dialplan has been applied: the closings of these ids are what callers meet."""
        now = self._clock.now()
        waiting = session.scalars(
            select(Closing).where(Closing.in_force_at.is_(None), Closing.lifted_at.is_(None), Closing.id.in_(list(closings)))
        ).all()
        for row in waiting:
            row.in_force_at = now
        if waiting:
            self._log.append(session, HoursChanged(actor="switchboard", what="in force"))

    def reopen(self, session: Session, line: str | None, actor: str) -> int:
        """Lift the closings of a line (None: every closing); the number lifted.

        Where all lines were closed at once, the others stay closed, each by a closing of its own.
        """
        now = self._clock.now()
        wanted = select(Closing).where(Closing.lifted_at.is_(None))
        if line is not None:
            wanted = wanted.where(or_(Closing.line_id == line, Closing.line_id.is_(None)))
        rows = session.scalars(wanted).all()
        for row in [row for row in rows if line is not None and row.line_id is None]:
            others = session.scalars(select(Line.id).where(Line.id != line))
            session.add_all(
                Closing(line_id=other, since=now, until=row.until, reason=row.reason, actor=row.actor, in_force_at=row.in_force_at)
                for other in others
            )
        for row in rows:
            row.lifted_at = now
        if rows:
            self._log.append(session, HoursChanged(actor=actor, what="closing"))
        return len(rows)


def rule_of(calendar: Calendar) -> CalendarRule:
    """The rule of a calendar as it is stored."""
    return msgspec.convert(calendar.rule, CalendarRule)
