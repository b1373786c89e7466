"""Everything that can go wrong on a real site, each by a switch."""

from __future__ import annotations

import threading
from typing import Literal

import msgspec

from video_desk.rehearsal_sites.model import Face

Fault = Literal["maintenance", "error_500", "slow", "timeout", "hostile"]
"""What each does stands in README.md."""

Trick = Literal["open", "clipboard", "fullscreen", "download", "password", "beforeunload", "navigate"]
TRICKS: tuple[Trick, ...] = ("open", "clipboard", "fullscreen", "download", "password", "beforeunload", "navigate")


class Switch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A fault that is on.

    :param face: only there; without it everywhere.
    :param times: only the next so many requests that it meets; without it all.
    :param seconds: of `slow`.
    :param tricks: of `hostile`.
    """

    fault: Fault
    face: Face | None = None
    times: int | None = None
    seconds: float = 0
    tricks: tuple[Trick, ...] = TRICKS


class Faults:
    """The switches; asked by every thread of the sites."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Switch] = []

    def set(self, switches: list[Switch]) -> None:
        """These are on from now on, and no others."""
        with self._lock:
            self._on = switches

    def on(self) -> list[Switch]:
        """Those that are on, with the number of times that is left."""
        with self._lock:
            return [one for one in self._on if one.times != 0]

    def meets(self, fault: Fault, face: Face) -> Switch | None:
        """The switch of a fault that happens to the request now; if it happens a counted number of times, this was one."""
        with self._lock:
            for switch in self._on:
                if switch.fault == fault and switch.face in (None, face) and switch.times != 0:
                    if switch.times is not None:
                        switch.times -= 1
                    return switch
            return None
