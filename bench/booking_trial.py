"""Bookings while everything dies: random faults of the site, and browser, worker and broker killed at random moments.

A centre with its keeper and workers books for made-up residents on the three practice sites. Afterwards the sites' ledger, which
knows the truth, is held against what the centre says of each booking.
"""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from admin.demo.ports import free_port
from admin.demo.stage import Stage, stage, temporary_home
from admin.processes.jobs import connect
from booking_agent import demo
from booking_agent.model import OPEN, Intent, State, Waits
from booking_agent.service import Bookings, of
from booking_agent.settings import REHEARSAL_PORT, REHEARSAL_TOKEN
from contact_center.errors import MadoguchiError, Unavailable
from contact_center.identity import Actor

FACES = ("app", "pages", "frames")
COUNTER = "北支所"
FAULTS: tuple[dict[str, Any] | None, ...] = (
    None, None, {"fault": "lost_after", "times": 1}, {"fault": "lost_before", "times": 1}, {"fault": "taken_message", "times": 1},
    {"fault": "taken_500", "times": 1}, {"fault": "slow", "value": 80}, {"fault": "late_answer", "times": 3},
    {"fault": "lag", "value": 5},
)  # fmt: skip
"""One of these is on during each booking round, besides what is killed."""

KILLS = ("browser", "child", "worker", "broker")
FIRST_KILL_AFTER, KILL_AFTER = (2.0, 6.0), (8.0, 20.0)
"""Seconds between two kills, at least and at most."""

ROUND_WITHIN = 240.0
"""Seconds in which every booking of a round must have an outcome, or be in a person's hands."""


@dataclass
class Outcome:
    """What a trial has found.

    :param states: how the intents ended.
    :param reasons: why those that did not come about did not.
    :param wrong_slot: bookings at another slot than was agreed to.
    :param double: residents with more than one reservation, or intents whose last button was handed in more than once.
    :param unknown: intents that neither ended nor were handed to a person.
    :param differing: intents of which the centre says something else than the ledger.
    """

    bookings: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong_slot: int = 0
    double: int = 0
    unknown: int = 0
    differing: list[str] = field(default_factory=list)


class City:
    """The practice city of a stage, through its back door."""

    def __init__(self, on_stage: Stage) -> None:
        settings = on_stage.house.settings
        self._url, self._token = f"http://127.0.0.1:{settings[REHEARSAL_PORT]}", settings[REHEARSAL_TOKEN]

    def ask(self, path: str, body: Any = None) -> Any:
        """The ledger, or a switch."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"X-Control": self._token})
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the practice city on this machine
            return json.load(answer)


class Trial:
    """A centre, its practice city, and somebody who agrees to everything."""

    def __init__(self, on_stage: Stage, seed: int, kill_after: tuple[float, float] = KILL_AFTER) -> None:
        self.stage, self.house, self.city = on_stage, on_stage.house, City(on_stage)
        connect(self.house)
        self.bookings: Bookings = of(self.house)
        self._kill_after = kill_after
        self.rng = Random(seed)  # noqa: S311 - a trial that can be repeated
        self.outcome = Outcome()
        cities = frozenset({"mihon"})
        self.actor = Actor(1, "試験", frozenset({"booking.run", "supervise.join"}), cities)
        self._chosen: dict[int, str] = {}
        self._whose: dict[int, str] = {}

    def round(self, seed: int, bookings: int, kill: bool = True) -> None:
        """Let so many residents, at most twelve, book at once while things go wrong."""
        fault = self.rng.choice(FAULTS)
        self.city.ask("/ledger/reset", {"seed": seed})
        self.city.ask("/switches", [fault] if fault else [])
        self.outcome.faults[fault["fault"] if fault else "none"] += 1
        people = self.city.ask("/ledger/people")[:bookings]
        ids = [self._plan(self.rng.choice(FACES), who) for who in people]
        ids = [id for id in ids if id]
        self.outcome.bookings += len(ids)
        self._serve(ids, kill)
        self._compare(ids)

    def _plan(self, face: str, who: dict[str, Any]) -> int:
        names = ("family", "given", "family_kana", "given_kana", "birthday", "phone", "letter_id", "letter_password")
        values = {**{name: str(who[name]) for name in names}, "card": who["number"], "guardian": "見本 太郎"}
        flags = ["guardian"] if who["under_15"] and face == "pages" else []
        try:
            with self.house.database.session_scope() as session:
                row = self.bookings.plan(
                    session, self.actor, site=f"rehearsal-{face}", what="book", contact=None, flags=flags, bring=[], people=1,
                    counter=COUNTER, values=values,
                )  # fmt: skip
                self._whose[row.id] = who["number"]
                return row.id
        except MadoguchiError:
            return 0

    def _serve(self, ids: list[int], kill: bool) -> None:
        """Answer every question of the conductors until all have ended, and kill something now and then."""
        clock = self.stage.clock
        end, next_kill = clock.monotonic() + ROUND_WITHIN, clock.monotonic() + self.rng.uniform(*FIRST_KILL_AFTER)
        while clock.monotonic() < end:
            rows = self._rows(ids)
            if all(row.state not in OPEN or row.waits == Waits.PERSON for row in rows):
                return
            for row in rows:
                self._answer(row)
            if kill and clock.monotonic() > next_kill:
                self._kill(self.rng.choice(KILLS))
                next_kill = clock.monotonic() + self.rng.uniform(*self._kill_after)
            clock.sleep(0.1)

    def _rows(self, ids: list[int]) -> list[Intent]:
        with self.house.database.reading() as session:
            return list(session.scalars(select(Intent).where(Intent.id.in_(ids))))

    def _answer(self, row: Intent) -> None:
        try:
            if row.waits == Waits.SLOT:
                self._choose(row)
            elif row.waits == Waits.YES:
                self._chosen[row.id] = f"1-{row.day:%Y%m%d}-{row.start:%H%M}"
                with self.house.database.session_scope() as session:
                    self.bookings.say(session, self.actor, row.id, "yes", {})
        except MadoguchiError:
            # It has moved on meanwhile.
            return

    def _choose(self, row: Intent) -> None:
        with self.house.database.reading() as session:
            seen = self.bookings.seen(session, self.actor, row.id)
        if not seen:
            return
        days = [day for day, mark in seen[0].days if mark in ("free", "few")]
        known = [day for day in days if any(one[2] in ("free", "few") for one in seen[0].times().get(day, []))]
        with self.house.database.session_scope() as session:
            if not known:
                self.bookings.say(session, self.actor, row.id, "day", {"day": self.rng.choice(days[:6])})
                return
            day = self.rng.choice(known)
            slot = self.rng.choice([one for one in seen[0].times()[day] if one[2] in ("free", "few")])
            self.bookings.say(session, self.actor, row.id, "choose", {"day": day, "start": slot[0], "end": slot[1]})

    # -- killing ------------------------------------------------------------------------------------------------------

    def _kill(self, what: str) -> None:
        home = self.stage.home
        worker = _pid(home / "run" / "worker-bookings.keeper")
        found = {
            "broker": [_pid(home / "run" / "redis.keeper")], "worker": [worker],
            "child": [pid for pid in _children(worker) if "python" in _words(pid)],
            "browser": [pid for pid in _below(worker) if "chromium" in _words(pid) and "--type=" not in _words(pid)],
        }[what]  # fmt: skip
        pids = [pid for pid in found if pid]
        if pids:
            self.outcome.kills[what] += 1
            try:
                os.kill(self.rng.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                return

    # -- the truth ----------------------------------------------------------------------------------------------------

    def _compare(self, ids: list[int]) -> None:
        reservations = [one for one in self.city.ask("/ledger/reservations") if one["state"] == "booked"]
        submissions = Counter(one["wish"]["person"] for one in self.city.ask("/ledger/submissions"))
        held = Counter(one["person"] for one in reservations)
        slots = {one["person"]: one["slot"] for one in reservations}
        self.outcome.double += sum(count > 1 for count in (*held.values(), *submissions.values()))
        for row in self._rows(ids):
            person = self._whose[row.id]
            handed = row.waits == Waits.PERSON
            self.outcome.states["handed over" if handed else row.state] += 1
            if row.reason:
                self.outcome.reasons[f"{row.site.removeprefix('rehearsal-')} {row.reason}: {row.trouble.get('step', '')}"] += 1
            self.outcome.unknown += row.state in OPEN and not handed
            booked = person in slots
            if booked and slots[person] != self._chosen.get(row.id):
                self.outcome.wrong_slot += 1
            if not handed and row.state not in OPEN and booked != (row.state == State.PROVED):
                self.outcome.differing.append(f"{row.site} {row.id}: {row.state}, the ledger says {booked}; {row.trouble}")
            if row.state in OPEN:
                self._give_up(row, booked)

    def _give_up(self, row: Intent, booked: bool) -> None:
        """A person has found out."""
        if row.waits == Waits.PERSON:
            with self.house.database.session_scope() as session:
                self.bookings.settle(session, self.actor, row.id, booked, "")


def _pid(note: Path) -> int:
    try:
        return int(note.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(one) for one in tasks.read_text().split()]
        except OSError:
            continue
    return found


def _below(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _below(child)


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def run_trial(bookings: int, seed: int = 1, at_once: int = 2, kill_after: tuple[float, float] = KILL_AFTER) -> Outcome:
    """Run a trial of so many bookings.

    :param at_once: how many are worked on at the same time.
    :param kill_after: seconds between two kills, at least and at most.
    :raises Unavailable: where the centre does not come up.
    """
    more = demo.settings(free_port).replace("at_once = 2", f"at_once = {at_once}")
    with stage(temporary_home(), quiet=True, any_ports=True, more=more) as on_stage:
        trial = Trial(on_stage, seed, kill_after)
        on_stage.wait(lambda: _city_is_up(trial.city), 30, "練習用の市が起動しません")
        turn = 0
        while trial.outcome.bookings < bookings:
            turn += 1
            trial.round(seed * 1000 + turn, min(12, bookings - trial.outcome.bookings))
        return trial.outcome


def _city_is_up(city: City) -> bool:
    try:
        return bool(city.ask("/ledger/rules"))
    except OSError:
        return False


__all__ = ["Outcome", "Unavailable", "run_trial"]
