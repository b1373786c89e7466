"""Everything that can go wrong on a real site, each by a switch."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import Literal

import msgspec

from booking_agent.rehearsal_site.model import Face
from contact_center.clock import Clock

Fault = Literal[
    "maintenance", "maintenance_200", "too_many", "too_many_empty", "slow", "expired",
    "lost_before", "lost_after", "taken_500", "taken_message", "taken_other_person", "double_book",
    "labels", "buttons", "columns",
    "lost_click", "late_answer", "other_time", "lag", "mail_delayed", "mail_never",
]  # fmt: skip
"""What each does stands in README.md."""

WINDOW = 120
"""Seconds in which the requests of an address are counted."""


class Switch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A fault that is on.

    :param face: only there; without it everywhere.
    :param times: only the next so many requests that it meets; without it all.
    :param value: milliseconds for `slow`, seconds for `lag` and `mail_delayed`; for `too_many` and `too_many_empty` the requests
        that an address may make in two minutes before it happens.
    """

    fault: Fault
    face: Face | None = None
    times: int | None = None
    value: float = 0


class Faults:
    """The switches; asked by every thread of the site."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._on: list[Switch] = []
        self._visits: dict[tuple[Face, str], deque[float]] = defaultdict(deque)

    def set(self, switches: list[Switch]) -> None:
        """These are on from now on, and no others; requests are counted from here."""
        with self._lock:
            self._on = switches
            self._visits.clear()

    def on(self) -> list[Switch]:
        """Those that are on, with the number of times that is left."""
        with self._lock:
            return [one for one in self._on if one.times is None or one.times > 0]

    def count(self, face: Face, address: str) -> int:
        """Count a request; how many that address made in the last two minutes."""
        now = self._clock.monotonic()
        with self._lock:
            made = self._visits[face, address]
            made.append(now)
            while made[0] < now - WINDOW:
                made.popleft()
            return len(made)

    def meets(self, fault: Fault, face: Face, reached: float | None = None) -> float | None:
        """Whether a fault happens to the request now; if it happens a counted number of times, this was one.

        :param reached: for a fault that begins above the switch's value: how far it is now.
        :returns: the switch's value, or None where it is off.
        """
        with self._lock:
            for switch in self._on:
                here = switch.fault == fault and switch.face in (None, face) and switch.times != 0
                if here and (reached is None or reached > switch.value):
                    if switch.times is not None:
                        switch.times -= 1
                    return switch.value
            return None
