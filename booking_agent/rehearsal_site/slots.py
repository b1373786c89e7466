"""The times of the counters, and how full they are when a rehearsal begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from holidays import HolidayBase, country_holidays

from booking_agent.rehearsal_site.model import Slot

DAYS = 150
"""So many days a rehearsal can last and book ahead."""

QUARTER = timedelta(minutes=15)
SOON = 7
"""In so many days the first counter is booked out: who opens a calendar there sees no circle at first."""


def slots(rng: Random, first_day: date, capacity: int) -> list[Slot]:
    """Every slot of every counter, in the order of counter, day and time.

    :param capacity: people that a counter takes at one time.
    """
    made = []
    for counter in range(3):
        for ahead in range(DAYS):
            day = first_day + timedelta(days=ahead)
            crowded = 1 if counter == 0 and ahead <= SOON else 0.9 if ahead <= SOON else 0.4
            for start, end in _times(counter, day):
                taken = capacity if rng.random() < crowded else rng.randrange(capacity)
                made.append(
                    Slot(
                        id=f"{counter}-{day:%Y%m%d}-{start:%H%M}", counter=counter, day=day, start=start, end=end,
                        capacity=capacity, taken=taken,
                    )
                )  # fmt: skip
    return made


@cache
def _holidays(year: int) -> HolidayBase:
    return country_holidays("JP", years=year)


def _times(counter: int, day: date) -> Iterator[tuple[time, time]]:
    """When a counter hands out cards on that day: quarters of an hour around the lunch break."""
    spans: tuple[tuple[int, int], ...] = ((9, 12), (13, 16))
    second_or_fourth_saturday = day.weekday() == 5 and (day.day - 1) // 7 in (1, 3)
    if day in _holidays(day.year) or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return
    if counter == 0 and second_or_fourth_saturday:
        spans = ((9, 12),)
    elif counter == 2 and day.weekday() != 0:
        spans = ((13, 18),)
    elif day.weekday() >= 5 or counter == 2:
        return
    for first, last in spans:
        start = datetime.combine(day, time(first))
        while start.hour < last:
            yield start.time(), (start + QUARTER).time()
            start += QUARTER
