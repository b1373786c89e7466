"""What a calendar shows: a mark for each day of a month, a mark for each time of a day. Each face draws them in its own way."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.model import Face, Slot

FEW = 3
"""Up to so many free slots, a day is nearly full."""


class Mark(Enum):
    """How a day or a time stands."""

    FREE = auto()
    FEW = auto()
    FULL = auto()
    CLOSED = auto()
    OVER = auto()
    LATER = auto()


@dataclass(frozen=True)
class Asked:
    """Whose calendar is meant.

    :param own: a hold that takes no place from whoever looks.
    :param nothing: show no free place, whatever the truth is.
    """

    face: Face
    counter: int
    people: int = 1
    own: str = ""
    nothing: bool = False


def month(ledger: Ledger, asked: Asked, first: date, monday: bool = False) -> list[list[tuple[date, Mark] | None]]:
    """The weeks of a month, each of seven days; None outside the month.

    :param first: any day of the month.
    :param monday: weeks begin on Monday instead of Sunday.
    """
    weeks = calendar.Calendar(0 if monday else 6).monthdatescalendar(first.year, first.month)
    return [[(day, of_day(ledger, asked, day)) if day.month == first.month else None for day in week] for week in weeks]


def of_day(ledger: Ledger, asked: Asked, day: date) -> Mark:
    """How a day stands."""
    first, last = ledger.window(asked.face)
    slots = ledger.slots(asked.counter, day)
    if day < first:
        return Mark.OVER
    if day > last:
        return Mark.LATER
    if not slots:
        return Mark.CLOSED
    free = sum(of_slot(ledger, asked, slot) is not Mark.FULL for slot in slots)
    return Mark.FULL if not free else Mark.FEW if free <= FEW else Mark.FREE


def of_slot(ledger: Ledger, asked: Asked, slot: Slot) -> Mark:
    """How a time of a bookable day stands."""
    left = 0 if asked.nothing else ledger.left(slot, asked.own)
    return Mark.FULL if left < asked.people else Mark.FEW if left == 1 else Mark.FREE


def months(ledger: Ledger, face: Face) -> list[date]:
    """The first days of the months that can be looked at: from this one to the last that holds a bookable day."""
    at, last = ledger.now().date().replace(day=1), ledger.window(face)[1]
    found = []
    while at <= last:
        found.append(at)
        at = (at + timedelta(days=31)).replace(day=1)
    return found


def month_of(ledger: Ledger, face: Face, text: str) -> date:
    """The month that `202612` means, if it can be looked at; else the first one."""
    shown = months(ledger, face)
    return next((one for one in shown if f"{one:%Y%m}" == text), shown[0])


def first_free(ledger: Ledger, asked: Asked) -> date | None:
    """The first day with a free time."""
    day, last = ledger.window(asked.face)
    while day <= last:
        if of_day(ledger, asked, day) in (Mark.FREE, Mark.FEW):
            return day
        day += timedelta(days=1)
    return None


def beside(ledger: Ledger, asked: Asked, slot: Slot) -> Slot:
    """Another free time of the same day; the same one where there is no other."""
    others = [one for one in ledger.slots(slot.counter, slot.day) if one is not slot]
    return next((one for one in others if of_slot(ledger, asked, one) is not Mark.FULL), slot)
