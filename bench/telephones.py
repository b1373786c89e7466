"""The other end of the process of telephones (`phones.py`): what was seen at the seats, and whoever works at ours."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from admin.demo.stage import Stage
from admin.processes.layout import CLONE
from bench.measure import LINE_NUMBER, Spread
from contact_center.errors import Conflict, Unavailable
from contact_center.identity import Actor

SEATS, WAITING = 50, 200
RING, TALK, WRAP = 0.3, 3.0, 4.0
CALM_RATE, CALM_CALLS = 4, 160
FULL_RATE = 20


@dataclass
class Side:
    """One of the two ways, and what was seen at its seats.

    :param seen: moment, what (`ring` or `free`), seat and contact of each happening.
    :param queued: when each contact was queued.
    :param calm: from when to when there was always a free seat.
    :param full: from when to when 200 waited.
    :param written: milliseconds that ending a wrap-up took while 200 waited.
    :param refused: how often that was refused because the database was not to be had; it was tried again.
    """

    name: str
    port: int
    number: str = LINE_NUMBER
    seen: list[tuple[float, str, str, str]] = field(default_factory=list)
    queued: dict[str, float] = field(default_factory=dict)
    calm: tuple[float, float] = (0.0, 0.0)
    full: tuple[float, float] = (0.0, 0.0)
    cpu: dict[str, float] = field(default_factory=dict)
    written: list[float] = field(default_factory=list)
    refused: int = 0
    placed: int = 0
    failed: int = 0
    busy: int = 0

    @property
    def first(self) -> Spread:
        """Milliseconds from queued to the first ring, while a seat is free."""
        rings = ((at, key) for at, what, _, key in self.seen if what == "ring" and self.calm[0] <= at <= self.calm[1])
        return Spread.of((at - self.queued[key]) * 1000 for at, key in rings if key in self.queued)

    @property
    def again(self) -> Spread:
        """Milliseconds from a seat's being free to its next ring, while 200 wait."""
        free: dict[str, float] = {}
        spans = []
        for at, what, seat, _ in sorted(self.seen):
            if what == "free":
                free[seat] = at
            elif seat in free and self.full[0] <= free[seat] <= self.full[1]:
                spans.append((at - free.pop(seat)) * 1000)
        return Spread.of(spans)


class Telephones:
    """The process of all telephones, and whoever works at ours.

    :param actors: who sits at which seat and ends the wrap-ups; empty for the plain side.
    """

    def __init__(self, side: Side, on_stage: Stage, actors: dict[str, Actor]) -> None:
        self._side, self._on_stage, self._actors = side, on_stage, actors
        self._counts: Counter[str] = Counter()
        self._over: queue.Queue[tuple[float, str, str] | None] = queue.Queue()
        words = [sys.executable, "-m", "bench.phones"]
        self._process = subprocess.Popen(words, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._wrap_up)]
        for thread in self._threads:
            thread.start()

    def order(self, **words: Any) -> None:
        """Tell the process to do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def wait(self, what: str, count: int, seconds: float) -> None:
        """Wait until something has been said so often since the beginning.

        :raises Unavailable: where it was not.
        """
        self._on_stage.wait(lambda: self._counts[what] >= count, seconds, f"{self._side.name}: {what}")

    def calm(self) -> None:
        """Residents call so slowly that there is always a free seat."""
        began = time.time()
        self.order(do="call", port=self._side.port, number=self._side.number, rate=CALM_RATE, calls=CALM_CALLS, most=SEATS)
        self.wait("residents", 1, CALM_CALLS / CALM_RATE + 60)
        self._side.calm = began, time.time()
        time.sleep(WRAP + 3)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Two hundred wait and all seats are busy, until the block is over; then all residents hang up."""
        self.order(do="call", port=self._side.port, number=self._side.number, rate=FULL_RATE, calls=0, most=SEATS + WAITING)
        self.wait("all_there", 1, 60)
        time.sleep(3)
        began = time.time()
        self._side.full = began, 0.0
        yield
        self._side.full = began, time.time()
        told = self._counts["residents"]
        self.order(do="stop")
        self.wait("residents", told + 1, 60)
        time.sleep(WRAP + 3)

    def close(self) -> None:
        """End the process and the threads."""
        self._over.put(None)
        self._process.terminate()
        self._process.wait()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            what, at, seat = said["what"], said["at"], said.get("seat", "").removesuffix("-native")
            if what == "ring":
                self._side.seen.append((at, what, seat, said["contact"] or said["queued"]))
                if said["queued"]:
                    self._side.queued[said["queued"]] = float(said["queued"])
            elif what in ("over", "left") and self._actors:
                self._over.put((at, seat, said["contact"]))
            elif what in ("over", "left"):
                self._side.seen.append((at, "free", seat, ""))
            elif what == "residents":
                self._side.placed += said["placed"]
                self._side.failed += said["failed"]
            elif what == "busy":
                self._side.busy += 1
            self._counts[what] += 1

    def _wrap_up(self) -> None:
        """Close each contact as its agent would, so many seconds after the end of the conversation."""
        while (over := self._over.get()) is not None:
            at, seat, key = over
            time.sleep(max(0.0, at + WRAP - time.time()))
            for _ in range(100):
                began = time.time()
                try:
                    self._close(seat, key)
                except Unavailable:
                    self._side.refused += 1
                except Conflict:
                    # The switchboard has not written the end of the conversation yet.
                    time.sleep(0.05)
                else:
                    ended = time.time()
                    self._side.seen.append((ended, "free", seat, key))
                    if self._side.full[0] and not self._side.full[1]:
                        self._side.written.append((ended - began) * 1000)
                    break

    def _close(self, seat: str, key: str) -> None:
        house, actor = self._on_stage.house, self._actors[seat]
        with house.database.session_scope() as session:
            contact = house.contacts.by_key(session, key)
            if contact is None or contact.closed_at is not None:
                return
            house.notes.classify(session, actor, contact.id, "pin", [], "faq")
            house.notes.close(session, actor, contact.id)
