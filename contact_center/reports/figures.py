"""The figures of a span of days, from the fold; and the same from the tables, by SQL that knows nothing of the fold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO
from contact_center.contacts.model import Contact, State, Unserved
from contact_center.reports.model import HourRow, SubjectRow


@dataclass(frozen=True)
class Figures:
    """Counts and mean spans (seconds) of some days. Calls that we make are `dialled`, and `reached` or `not_reached`; a
    conversation of either direction is closed with its category and outcome.

    answer rate = answered / (answered + abandoned + overflowed + interrupted + callback asked); calls out of hours,
    silent ones and those forwarded to the fallback number are counted but not part of it. A mean of nothing is None.
    """

    arrived: int
    answered: int
    within_level: int
    closed: int
    callback_asked: int
    interrupted: int
    overflowed: int
    abandoned: int
    out_of_hours: int
    silent: int
    forwarded: int
    dialled: int
    reached: int
    not_reached: int
    waited: float
    longest_wait: float
    talked: float
    wrapped: float
    subjects: tuple[tuple[str, str, int], ...]

    @property
    def answer_rate(self) -> float | None:
        """Part of the calls in hours that was answered, 0 to 1."""
        return _part(
            self.answered,
            self.answered + self.abandoned + self.overflowed + self.interrupted + self.callback_asked,
        )

    @property
    def mean_wait(self) -> float | None:
        """Seconds from arrival to answer."""
        return _part(self.waited, self.answered)

    @property
    def mean_talk(self) -> float | None:
        """Seconds of conversation of a closed contact."""
        return _part(self.talked, self.closed)

    @property
    def mean_wrap(self) -> float | None:
        """Seconds of wrap-up of a closed contact."""
        return _part(self.wrapped, self.closed)

    @property
    def service_level(self) -> float | None:
        """Part of the answered calls that was answered in time, 0 to 1."""
        return _part(self.within_level, self.answered)


def _part(of: float, whole: float) -> float | None:
    return None if not whole else of / whole


_SUMS = (
    "arrived", "answered", "within_level", "closed", "dialled", "reached", *(how.value for how in Unserved),
    "waited", "talked", "wrapped",
)  # fmt: skip


def folded(session: Session, first: date, last: date, cities: frozenset[str]) -> Figures:
    """The figures of the days `first` to `last` for these cities, as the fold has counted them."""
    row = session.execute(
        select(*(func.coalesce(func.sum(getattr(HourRow, name)), 0).label(name) for name in _SUMS),
               func.coalesce(func.max(HourRow.longest_wait), 0.0).label("longest_wait"))
        .where(HourRow.day.between(first, last), HourRow.city.in_(cities))
    ).one()  # fmt: skip
    subjects = session.execute(
        select(SubjectRow.category, SubjectRow.outcome, func.sum(SubjectRow.closed))
        .where(SubjectRow.day.between(first, last), SubjectRow.city.in_(cities))
        .group_by(SubjectRow.category, SubjectRow.outcome)
        .having(func.sum(SubjectRow.closed) > 0)
        .order_by(SubjectRow.category, SubjectRow.outcome)
    )
    return _figures(row._asdict(), [(c, o, n) for c, o, n in subjects])


def counted(session: Session, first: date, last: date, cities: frozenset[str], service_level: int) -> Figures:
    """The same figures counted anew from the contacts themselves: the second witness."""
    start = datetime.combine(first, time(), TOKYO)
    end = datetime.combine(last + timedelta(days=1), time(), TOKYO)

    def within(moment: Any) -> Any:
        return (moment >= start) & (moment < end)

    def total(condition: Any, value: Any = 1) -> Any:
        return func.coalesce(func.sum(case((condition, value), else_=0)), 0)

    def seconds(later: Any, earlier: Any) -> Any:
        # Moments are whole milliseconds in the table; the types of the columns must not turn the span into a moment.
        return (type_coerce(later, BigInteger) - type_coerce(earlier, BigInteger)) / 1000.0

    wait = seconds(Contact.answered_at, Contact.arrived_at)
    answered = within(Contact.answered_at) & Contact.outgoing.is_(False)
    # A call back that only waited in the queue was never dialled.
    dialled = (
        Contact.answered_at.is_not(None) | (Contact.unserved == Unserved.NOT_REACHED) | (Contact.state == State.DIALLING)
    )  # fmt: skip
    closed = within(Contact.closed_at) & (Contact.outcome.is_not(None))
    columns = {
        "arrived": total(within(Contact.arrived_at) & Contact.outgoing.is_(False)),
        "dialled": total(within(Contact.arrived_at) & Contact.outgoing.is_(True) & dialled),
        "reached": total(within(Contact.answered_at) & Contact.outgoing.is_(True)),
        "answered": total(answered),
        "within_level": total(answered & (wait <= service_level)),
        "closed": total(closed),
        "waited": total(answered, wait),
        "talked": total(closed, seconds(Contact.ended_at, Contact.answered_at)),
        "wrapped": total(closed, seconds(Contact.closed_at, Contact.ended_at)),
        "longest_wait": func.coalesce(func.max(case((answered, wait), else_=0.0)), 0.0),
    }
    for how in Unserved:
        columns[how.value] = total((Contact.unserved == how) & within(Contact.closed_at))
    row = session.execute(select(*(value.label(name) for name, value in columns.items())).where(Contact.city_id.in_(cities))).one()
    subjects = session.execute(
        select(Contact.category, Contact.outcome, func.count())
        .where(Contact.city_id.in_(cities), within(Contact.closed_at), Contact.outcome.is_not(None))
        .group_by(Contact.category, Contact.outcome)
        .order_by(Contact.category, Contact.outcome)
    )
    return _figures(row._asdict(), [(str(c), str(o), n) for c, o, n in subjects])


def _figures(row: dict[str, Any], subjects: list[tuple[str, str, int]]) -> Figures:
    spans = ("waited", "longest_wait", "talked", "wrapped")
    whole = {name: int(value) for name, value in row.items() if name not in spans}
    rounded = {name: round(float(row[name]), 2) for name in spans}
    return Figures(**whole, **rounded, subjects=tuple((c, o, int(n)) for c, o, n in subjects))  # type: ignore[arg-type]
