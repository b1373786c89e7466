"""The figures of a span of days, from the fold; and the same from the tables, by SQL that knows nothing of the fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO
from contact_center.contacts.model import BY_HAND, Contact, State, Unserved
from contact_center.reports.model import HourRow, SubjectRow


@dataclass(frozen=True)
class Figures:
    """Counts and mean spans (seconds) of some days. Calls that we make are `dialled`, and `reached` or `not_reached`; a
    conversation of either direction is closed with its category and outcome.

    answer rate = answered / (answered + abandoned + overflowed + interrupted + callback asked); calls out of hours,
    silent ones and those forwarded to the fallback number are counted but not part of it. What came another way is `entered` by
    hand, and closed without a talk. Wrong numbers and tests are `excluded` and counted nowhere else but in the longest wait and
    under their category. A mean of nothing is None.
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
    entered: int
    excluded: int
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
        return _part(self.talked, self.closed - self.entered)

    @property
    def mean_wrap(self) -> float | None:
        """Seconds of wrap-up of a closed contact."""
        return _part(self.wrapped, self.closed - self.entered)

    @property
    def service_level(self) -> float | None:
        """Part of the answered calls that was answered in time, 0 to 1."""
        return _part(self.within_level, self.answered)


def _part(of: float, whole: float) -> float | None:
    return None if not whole else of / whole


_SUMS = (
    "arrived", "answered", "within_level", "closed", "dialled", "reached", "entered", "excluded", *(how.value for how in Unserved),
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


def grouped(
    session: Session, first: date, last: date, cities: frozenset[str], key: Callable[[date, int], Any]
) -> dict[Any, Figures]:
    """The same, for each value of a key of day and hour, such as the weekday; in the order of the keys."""
    columns = [getattr(HourRow, name) for name in (*_SUMS, "longest_wait")]
    sums: dict[Any, dict[str, float]] = {}
    wanted = select(HourRow.day, HourRow.hour, *columns).where(HourRow.day.between(first, last), HourRow.city.in_(cities))
    for day, hour, *values in session.execute(wanted):
        row = sums.setdefault(key(day, hour), dict.fromkeys((*_SUMS, "longest_wait"), 0))
        for name, value in zip((*_SUMS, "longest_wait"), values, strict=True):
            row[name] = max(row[name], value) if name == "longest_wait" else row[name] + value
    return {value: _figures(sums[value], []) for value in sorted(sums)}


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
    by_hand = Contact.channel.in_(BY_HAND)
    counts = Contact.counted.is_(True)
    anyhow = within(Contact.answered_at) & Contact.outgoing.is_(False)
    answered = anyhow & counts
    # A call back that only waited in the queue was never dialled.
    dialled = (
        Contact.answered_at.is_not(None) | (Contact.unserved == Unserved.NOT_REACHED) | (Contact.state == State.DIALLING)
    )  # fmt: skip
    ended = within(Contact.closed_at) & (Contact.outcome.is_not(None))
    closed, talked = ended & counts, ended & counts & ~by_hand
    columns = {
        "arrived": total(within(Contact.arrived_at) & Contact.outgoing.is_(False) & ~by_hand & counts),
        "dialled": total(within(Contact.arrived_at) & Contact.outgoing.is_(True) & dialled & counts),
        "reached": total(within(Contact.answered_at) & Contact.outgoing.is_(True) & counts),
        "entered": total(closed & by_hand),
        "excluded": total(within(Contact.closed_at) & Contact.counted.is_(False)),
        "answered": total(answered),
        "within_level": total(answered & (wait <= service_level)),
        "closed": total(closed),
        "waited": total(answered, wait),
        "talked": total(talked, seconds(Contact.ended_at, Contact.answered_at) - Contact.alone),
        "wrapped": total(talked, seconds(Contact.closed_at, Contact.ended_at)),
        "longest_wait": func.coalesce(func.max(case((anyhow, wait), else_=0.0)), 0.0),
    }
    for how in Unserved:
        columns[how.value] = total((Contact.unserved == how) & within(Contact.closed_at) & counts)
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
    # Spans are whole milliseconds: a sum of seconds is right to the third place, and no half is rounded this way and that.
    rounded = {name: round(float(row[name]), 3) for name in spans}
    return Figures(**whole, **rounded, subjects=tuple((c, o, int(n)) for c, o, n in subjects))  # type: ignore[arg-type]
