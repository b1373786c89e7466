"""A calendar's rule and the open intervals that follow from it.

The national holidays, substitute holidays (振替休日) and citizens' holidays (国民の休日) come from the `holidays` package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

import holidays
import msgspec

from contact_center.clock import TOKYO, day_of
from contact_center.errors import BadInput

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_REST = 30
"""Days of rest in a row, from which on a calendar is taken for one that never opens."""


class Period(msgspec.Struct, frozen=True):
    """A part of a day, in minutes from midnight; the end is not included."""

    start: int
    end: int


class SpecialDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds on one day or a run of days instead of the week: other periods, or none (closed)."""

    first: date
    last: date | None = None
    open: tuple[str, ...] = ()
    reason: str = ""


class CalendarRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rule of one calendar.

    :param week: for each weekday its open periods, `HH:MM-HH:MM`; a missing day is closed.
    :param holiday: what a national holiday means: `closed`; `as_weekday` (nothing); or the hours of `sunday`.
    :param year_end: `MM-DD..MM-DD`, closed each year, across New Year where the end is earlier.
    :param lunch: a period taken out of every day, or empty.
    :param days: single days that differ; they stand above everything else.
    """

    week: dict[Weekday, tuple[str, ...]]
    holiday: Literal["closed", "as_weekday", "sunday"] = "closed"
    holiday_week: dict[Weekday, tuple[str, ...]] = {}
    year_end: str = ""
    lunch: str = ""
    days: tuple[SpecialDay, ...] = ()

    def check(self) -> None:
        """Read every part once.

        :raises BadInput: naming the part that cannot be read.
        """
        for texts in [*self.week.values(), *self.holiday_week.values(), *(d.open for d in self.days)]:
            _periods(tuple(texts), self.lunch)
        _year_end(self.year_end)


@dataclass(frozen=True)
class Interval:
    """A span in which the calendar is open; `end` is not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Day:
    """One day of a calendar: its open periods and why it differs from the week, if it does."""

    day: date
    periods: tuple[Period, ...]
    reason: str


def intervals(rule: CalendarRule, first: date, last: date) -> Iterator[Interval]:
    """The open intervals of the days `first` to `last`, both included, in order."""
    day = first
    while day <= last:
        midnight = datetime.combine(day, time(), TOKYO)
        for period in day_rule(rule, day).periods:
            yield Interval(midnight + timedelta(minutes=period.start), midnight + timedelta(minutes=period.end))
        day += timedelta(days=1)


def is_open_at(rule: CalendarRule, at: datetime) -> bool:
    """Whether the calendar is open at that moment."""
    return any(i.start <= at < i.end for i in intervals(rule, day_of(at), day_of(at)))


def working_hours_after(rule: CalendarRule, at: datetime, hours: int) -> datetime:
    """The moment `hours` later, where days on which the calendar does not open at all do not count.

    A calendar that never opens counts every day.
    """
    due, shut = at.astimezone(TOKYO) + timedelta(hours=hours), 0
    day = day_of(at)
    while day <= day_of(due) and shut <= LONGEST_REST:
        if not day_rule(rule, day).periods:
            due += timedelta(days=1)
            shut += 1
        day += timedelta(days=1)
    return due if shut <= LONGEST_REST else at + timedelta(hours=hours)


def day_rule(rule: CalendarRule, day: date) -> Day:
    """What holds on that day, and why."""
    for special in rule.days:
        if special.first <= day <= (special.last or special.first):
            return Day(day, _periods(special.open, rule.lunch), special.reason or "特別日")
    if _in_year_end(_year_end(rule.year_end), day):
        return Day(day, (), "年末年始")
    weekday = WEEKDAYS[day.weekday()]
    name = japanese_holidays(day.year).get(day)
    if name is not None:
        if rule.holiday == "closed":
            return Day(day, (), name)
        if rule.holiday == "sunday":
            return Day(day, _periods(tuple(rule.week.get("sun", ())), rule.lunch), name)
        if weekday in rule.holiday_week:
            return Day(day, _periods(tuple(rule.holiday_week[weekday]), rule.lunch), name)
    return Day(day, _periods(tuple(rule.week.get(weekday, ())), rule.lunch), "")


@cache
def japanese_holidays(year: int) -> dict[date, str]:
    """Days and names of the Japanese holidays of a year, in Japanese."""
    return dict(holidays.country_holidays("JP", years=year, language="ja"))


@cache
def _periods(texts: tuple[str, ...], lunch: str) -> tuple[Period, ...]:
    found = sorted((_period(text) for text in texts), key=lambda p: p.start)
    if any(a.end > b.start for a, b in zip(found, found[1:], strict=False)):
        raise BadInput("営業時間「%(texts)s」が重なっています。", texts=", ".join(texts))
    if lunch:
        rest = _period(lunch)
        cut = [Period(p.start, min(p.end, rest.start)) for p in found]
        cut += [Period(max(p.start, rest.end), p.end) for p in found]
        found = sorted((p for p in cut if p.start < p.end), key=lambda p: p.start)
    return tuple(found)


def _period(text: str) -> Period:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text)
    if found:
        a, b, c, d = map(int, found.groups())
        start, end = a * 60 + b, c * 60 + d
        if b < 60 and d < 60 and start < end <= 24 * 60:
            return Period(start, end)
    raise BadInput("営業時間「%(text)s」は 08:30-17:15 のように書いてください。", text=text)


@cache
def _year_end(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{2})-(\d{2})\.\.(\d{2})-(\d{2})", text)
    if not found:
        raise BadInput("年末年始「%(text)s」は 12-29..01-03 のように書いてください。", text=text)
    a, b, c, d = map(int, found.groups())
    return (a, b), (c, d)


def _in_year_end(span: tuple[tuple[int, int], tuple[int, int]] | None, day: date) -> bool:
    if span is None:
        return False
    first, last = span
    today = (day.month, day.day)
    return first <= today <= last if first <= last else today >= first or today <= last
