"""The only reader of time. Everything else is given a clock, so that tests can turn it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """What the rest of the house may ask of time."""

    def now(self) -> datetime:
        """The moment now, aware, in Asia/Tokyo."""

    def monotonic(self) -> float:
        """Seconds on a clock that never steps, for measuring spans."""

    def sleep(self, seconds: float) -> None:
        """Wait that many seconds. Only threads that may block call this."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:  # noqa: D102
        return datetime.now(TOKYO)

    def monotonic(self) -> float:  # noqa: D102
        return time.monotonic()

    def sleep(self, seconds: float) -> None:  # noqa: D102
        time.sleep(seconds)


class FakeClock:
    """A clock that stands until it is moved; for tests and for asking "what would happen at"."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(TOKYO)
        self._monotonic = 0.0

    def now(self) -> datetime:  # noqa: D102
        return self._now

    def monotonic(self) -> float:  # noqa: D102
        return self._monotonic

    def sleep(self, seconds: float) -> None:  # noqa: D102
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move both clocks forward by that many seconds."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


def day_of(moment: datetime) -> date:
    """The calendar day in Japan on which the moment lies; figures and closures are counted by it."""
    return moment.astimezone(TOKYO).date()
