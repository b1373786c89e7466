"""A seat that books, and a worker beside it, without the rest of the centre."""

from __future__ import annotations

import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

from booking_agent.conduct import conduct
from booking_agent.looks import look
from booking_agent.model import Intent
from booking_agent.rehearsal import write_profiles
from booking_agent.service import Bookings, of
from contact_center.clock import SystemClock
from contact_center.house import House
from tests.booking.city import FIRST_DAY, City, until
from tests.conftest import make_house, person

_names = itertools.count()


def typed(who: dict[str, Any]) -> dict[str, str]:
    """What an operator types for a resident."""
    names = ("family", "given", "family_kana", "given_kana", "birthday", "phone", "letter_id", "letter_password")
    return {**{name: str(who[name]) for name in names}, "card": who["number"], "guardian": "見本 太郎"}


class CityClock(SystemClock):
    """The day that it is in the practice city; the hour is the machine's."""

    def now(self) -> datetime:
        now = super().now()
        return now + (date.fromisoformat(FIRST_DAY) - now.date())


class Worker:
    """What runs tasks, with a warm browser of its own, in a thread of its own."""

    def __init__(self, house: House) -> None:
        self.house, self.bookings = house, Bookings(house)
        self._thread = ThreadPoolExecutor(1)
        self._name = f"worker-{next(_names)}"

    def conduct(self, id: int) -> Future[None]:
        return self._thread.submit(conduct, self.house, self.bookings, id, f"{self._name}-{next(_names)}")

    def look(self, id: int) -> None:
        self._thread.submit(look, self.house, self.bookings, id).result(60)

    def close(self) -> None:
        self._thread.submit(self.bookings.chromium.close).result(20)
        self._thread.shutdown()


class Desk:
    """The centre's side of a practice city."""

    def __init__(self, home: Path, city: City, worker_of: Any = Worker, more: str = "") -> None:
        self.city = city
        write_profiles(home / "sites", city.url + "/")
        mail = (
            f'[mail]\nhost = "127.0.0.1"\nport = {city.ports["imap_port"]}\ntls = false\n'
            f'address = "centre@mihon.example"\nuser = "centre@mihon.example"\n'
            f'password = "{city.ledger("mailboxes")["centre@mihon.example"]}"\n'
        )
        self.house = make_house(home, CityClock(), mail + more)  # type: ignore[arg-type]
        self.actor = person(self.house)
        self.bookings = of(self.house)
        self.worker = worker_of(self.house)
        self.runs: dict[int, Future[None]] = {}

    def close(self) -> None:
        self.worker.close()
        self.house.close()

    # -- the operator -------------------------------------------------------------------------------------------------

    def plan(
        self, face: str, who: dict[str, Any], what: str = "book", counter: str = "北支所", actor: Any = None, **more: Any
    ) -> int:
        """Begin, and let the worker take it up."""
        slot = more.pop("slot", None)
        if slot is not None:
            more |= {"day": slot["day"], "start": slot["start"][:5], "end": slot["end"][:5]}
        values = typed(who) | more.pop("values", {})
        flags = more.pop("flags", [])
        with self.house.database.session_scope() as session:
            row = self.bookings.plan(
                session, actor or self.actor, site=f"rehearsal-{face}", what=what, contact=None, flags=flags, bring=[],
                people=more.pop("people", 1), counter=counter, values=values, **more,
            )  # fmt: skip
        self.runs[row.id] = self.worker.conduct(row.id)
        return row.id

    def row(self, id: int) -> Intent:
        with self.house.database.reading() as session:
            return session.get_one(Intent, id)

    def until(self, id: int, *wanted: str, seconds: float = 60) -> Intent:
        """The intent, once it waits for one of these, or is in one of these states."""

        def met() -> Intent | None:
            row = self.row(id)
            run = self.runs.get(id)
            if run is not None and run.done() and run.exception() is not None:
                raise AssertionError(f"the conductor ended: {run.exception()!r}") from run.exception()
            return row if row.waits in wanted or row.state in wanted else None

        found: Intent = until(met, seconds)
        return found

    def say(self, id: int, kind: str, **data: Any) -> None:
        with self.house.database.session_scope() as session:
            self.bookings.say(session, self.actor, id, kind, data)

    def show(self, id: int) -> dict[str, Any]:
        with self.house.database.reading() as session:
            return self.bookings.access(session, self.actor, id)

    def seen(self, id: int) -> Any:
        with self.house.database.reading() as session:
            return self.bookings.seen(session, self.actor, id)[0]

    def choose(self, id: int, day: str = "", start: str = "") -> tuple[str, str]:
        """Choose a free slot of those that the visit shows; where none is named, on a day that can still be changed later."""
        self.until(id, "slot")
        free = [one for one, mark in self.seen(id).days if mark in ("free", "few")]
        day = day or free[len(free) // 2]
        if day not in self.seen(id).times():
            self.say(id, "day", day=day)
            self.until(id, "slot")
        times = self.seen(id).times()[day]
        slot = next(one for one in times if one[2] in ("free", "few") and (not start or one[0] == start))
        self.say(id, "choose", day=day, start=slot[0], end=slot[1])
        return day, slot[0]

    def book(self, face: str, who: dict[str, Any], **more: Any) -> Intent:
        """From the beginning to the proof."""
        id = self.plan(face, who, **more)
        if "slot" not in more:
            self.choose(id)
        self.until(id, "yes")
        self.say(id, "yes")
        return self.until(id, "proved", "refused", "failed", "person")
