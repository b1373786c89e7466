"""The day of a team of seven, ten times over: played through the services on SQLite and on PostgreSQL side by side."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.demo.stage import temporary_home
from bench.hub import signed_in
from bench.measure import Aim, Findings, Spread, Table, ratio, still_centre, with_seats
from bench.year import CATEGORIES, OUTCOMES
from contact_center.clock import TOKYO, FakeClock
from contact_center.contacts import Contact, Unserved
from contact_center.contacts.model import Escalation
from contact_center.errors import Unavailable
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.personal import Personal
from contact_center.reports.figures import Figures, counted, folded
from contact_center.settings import SERVICE_LEVEL

MEASURED = """Milliseconds of one transaction, as the switchboard and the pages begin them: each step of each contact is one
of its own, with its events, its audit and its sealed personal values; one after the other, from one thread, as fast as the
database lets them. A day is 400 contacts over 8 hours and a half: seven of ten answered (with the card shown, a note,
category and outcome, some of them held, handed on to the second tier, corrected, or out of the figures), the others given up,
overflowed, asked for a callback, cut, out of hours, silent, forwarded or entered by hand; callers who are to be called back
are, every six minutes, and a third of them does not answer. The clock is played, so that waiting and talking have their
length. Both databases play each day in turn, in the same process on the same machine: SQLite as the centre uses it (WAL,
`synchronous=NORMAL`, the audit `FULL`), PostgreSQL on a Unix socket with its own default durability (each commit is on the
disk). Every 40 contacts the board and the month's figures are read; *counted* is the plain alternative to the fold: SQL over
the contacts themselves."""

DAYS, CONTACTS, AGENTS = 10, 400, 7
MORNING = datetime(2026, 11, 2, 8, 30, tzinfo=TOKYO)
OPEN = 8.5 * 3600
CALL_BACK_EVERY, READ_EVERY = 360.0, 40
RATE_AIM, QUICK_AIM, REPORT_AIM = 7.0, 50.0, 5000.0
LEFT = (
    *[Unserved.ABANDONED] * 14, *[Unserved.OVERFLOWED] * 4, *[Unserved.CALLBACK_ASKED] * 3, *[Unserved.OUT_OF_HOURS] * 3,
    Unserved.SILENT, Unserved.FORWARDED,
)  # fmt: skip
"""How those end, of a hundred who call, whom nobody serves."""

AT_ONCE = (Unserved.OVERFLOWED, Unserved.OUT_OF_HOURS, Unserved.FORWARDED)
BOARD, FOLD, FOLDED, COUNTED = "the board", "the figures caught up", "the month, folded", "the month, counted"
READINGS = (BOARD, FOLD, FOLDED, COUNTED)

T = TypeVar("T")
Story = Iterator[float]
"""What becomes of one contact; gives the seconds until it goes on."""


@dataclass
class Team:
    """A team at work in one house.

    :param seats: who sits where.
    :param spent: milliseconds of each transaction and reading, by its kind.
    :param took: seconds that all transactions have taken, with what lies between them.
    """

    name: str
    house: House
    clock: FakeClock
    seats: dict[str, Actor]
    supervisor: Actor
    spent: dict[str, list[float]] = field(default_factory=dict)
    took: float = 0.0
    _free: list[str] = field(default_factory=list)
    _due: list[tuple[float, int, Story]] = field(default_factory=list)
    _serial: Iterator[int] = field(default_factory=count)
    _number: int = 0

    def day(self, day: int) -> None:
        """Play one day to its end, and read now and then."""
        morning = (MORNING + timedelta(days=day) - self.clock.now()).total_seconds()
        self.clock.advance(morning)
        began, self._began = time.perf_counter(), self.clock.monotonic()
        read = 0.0
        for seat, actor in self.seats.items():
            self._do("an agent sits down", partial(self.house.seats.sign_in, actor=actor, id=seat, phone="browser"))
            self._do("an agent opens the seat", partial(self.house.seats.choose, actor=actor, presence="available"))
        self._free = list(self.seats)
        for place in range(CONTACTS):
            self._begin(place * OPEN / CONTACTS, self._calls(place))
        for place in range(int(OPEN / CALL_BACK_EVERY)):
            self._begin((place + 0.5) * CALL_BACK_EVERY, self._is_called_back())
        steps = 0
        while self._due:
            at, _, story = heappop(self._due)
            self.clock.advance(max(0.0, at - self.clock.monotonic() + self._began))
            wait = next(story, None)
            if wait is not None:
                self._begin(at + wait, story)
            elif (steps := steps + 1) % READ_EVERY == 0:
                read += self._read()
        for seat in self.seats:
            self._do("an agent leaves", partial(self._leaves, seat=seat))
        self.took += time.perf_counter() - began - read

    def _leaves(self, session: Session, seat: str) -> None:
        self.house.seats.sign_out(session, self.house.seats.get(session, seat), "operator")

    def _begin(self, at: float, story: Story) -> None:
        heappush(self._due, (at, next(self._serial), story))

    def _do(self, kind: str, work: Callable[[Session], T]) -> T:
        began = time.perf_counter()
        with self.house.database.session_scope() as session:
            done = work(session)
        self.spent.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        return done

    def _step(self, kind: str, what: str, id: int, *more: Any) -> None:
        """A step of a contact as the switchboard writes it; seats are given by their ids."""

        def work(session: Session) -> None:
            given = [self.house.seats.get(session, one) if one in self.seats else one for one in more]
            getattr(self.house.contacts, what)(session, session.get_one(Contact, id), *given, self.clock.now())

        self._do(kind, work)

    def _read(self) -> float:
        """Read what consoles and reports do; the seconds that took."""
        cities, level = self.supervisor.cities, self.house.settings[SERVICE_LEVEL]
        began = time.perf_counter()
        self.house.fold.catch_up()
        self.spent.setdefault(FOLD, []).append((time.perf_counter() - began) * 1000)
        questions: dict[str, Callable[[Session], Any]] = {
            BOARD: lambda session: self.house.board.snapshot(session, self.supervisor),
            FOLDED: lambda session: folded(session, *_month(), cities),
            COUNTED: lambda session: counted(session, *_month(), cities, level),
        }
        for kind, question in questions.items():
            asked = time.perf_counter()
            with self.house.database.reading() as session:
                question(session)
            self.spent.setdefault(kind, []).append((time.perf_counter() - asked) * 1000)
        return time.perf_counter() - began

    def figures(self) -> tuple[Figures, Figures]:
        """The month at the end: folded, and counted by the independent batch."""
        self.house.fold.catch_up()
        cities, level = self.supervisor.cities, self.house.settings[SERVICE_LEVEL]
        with self.house.database.reading() as session:
            return folded(session, *_month(), cities), counted(session, *_month(), cities, level)

    def ends(self) -> Counter[str]:
        """How many contacts ended in which way."""
        wanted = select(func.coalesce(Contact.unserved, Contact.state), func.count()).group_by(Contact.unserved, Contact.state)
        with self.house.database.reading() as session:
            return Counter(dict(session.execute(wanted).tuples().all()))

    # -- stories --------------------------------------------------------------------------------------------------------

    def _calls(self, place: int) -> Story:
        """A resident calls, and what becomes of it follows from the contact's number."""
        self._number, n = self._number + 1, self._number
        kind = n * 37 % 100
        if kind == 99:
            self._enter(n)
            return
        number = Personal(f"+8190{n:08d}") if n % 25 else None
        key, contacts = f"day-{n}", self.house.contacts
        arrived = self._do(
            "a caller arrives", lambda session: contacts.arrive(session, key, "line1", number, self.clock.now())
        )
        id, how = arrived.id, LEFT[kind] if kind < len(LEFT) else None
        yield 6.0
        if how not in AT_ONCE:
            self._step("is queued", "queue", id, "main")
        if how is not None:
            yield 0.0 if how in AT_ONCE else 5.0 + n % 40
            self._step("is gone, unserved", "gone", id, how)
            return
        while not self._free:
            yield 2.0
        seat = self._free.pop(0)
        self._step("a seat rings", "offer", id, seat)
        yield 2.0 + n % 7
        self._step("a seat answers", "answer", id, seat)
        yield from self._talk(n, id, seat, cut=kind >= 97)

    def _talk(self, n: int, id: int, seat: str, cut: bool = False) -> Story:
        """A conversation and what is written about it, to the end of the wrap-up and beyond."""
        house, actor = self.house, self.seats[seat]
        self._do("the card is shown (audited)", lambda session: house.notes.access_card(session, actor, id))
        yield 60.0 + n % 120
        if n % 9 == 0:
            self._step("hold, and back", "hold", id, seat, True)
            yield 20.0
            self._step("hold, and back", "hold", id, seat, False)
        self._do("a note is written", lambda session: house.notes.write(session, actor, id, f"手続きの案内をした（{n}）。"))
        yield 60.0
        if cut:
            self._step("the conversation is cut", "gone", id, Unserved.INTERRUPTED)
        else:
            self._step("the conversation ends", "seat_left", id, seat)
        yield 20.0
        category = "excluded" if n % 33 == 0 else CATEGORIES[n % len(CATEGORIES)]
        outcome = OUTCOMES[n % len(OUTCOMES)]
        self._do("is classified", lambda session: house.notes.classify(session, actor, id, category, [], outcome))
        question = None
        if n % 13 == 0:
            to = "city" if n % 2 else "supervisor"
            asked = "担当課に確認をお願いします。"
            question = self._do("is handed on", lambda session: house.escalations.hand_on(session, actor, id, to, asked))
        yield 15.0 + n % 20
        self._do("the wrap-up ends", lambda session: house.notes.close(session, actor, id))
        self._free.append(seat)
        if n % 29 == 0:
            yield 300.0
            correct = house.corrections.correct
            self._do("is corrected", lambda session: correct(session, self.supervisor, id, "general", [], "faq"))
        if question is not None:
            yield from self._second_tier(question.id)

    def _second_tier(self, question: int) -> Story:
        tier, actor = self.house.escalations, self.supervisor
        yield 600.0
        self._do("the second tier has seen it", lambda session: tier.receive(session, actor, question))
        yield 600.0
        self._do("the second tier answers", lambda session: tier.answer(session, actor, question, "窓口で受け付けます。"))
        for _ in range(20):
            yield 900.0
            with self.house.database.reading() as session:
                if session.get_one(Escalation, question).told_at is not None:
                    break
        self._do("the second tier closes", lambda session: tier.close(session, actor, question))

    def _is_called_back(self) -> Story:
        """Somebody who is free calls the first on the list; who has no number is taken off it."""
        house = self.house
        with house.database.reading() as session:
            rows = house.callbacks.waiting(session, self.supervisor.cities)
        for row in (row for row in rows if row.fingerprint is None):
            self._do("off the list, no number", partial(house.callbacks.settle, actor=self.supervisor, id=row.id))
        wanted = [row.id for row in rows if row.fingerprint is not None]
        if not wanted or not self._free:
            return
        seat = self._free.pop(0)
        actor, callback = self.seats[seat], wanted[0]
        id = self._do("a callback is dialled", lambda session: house.outgoing.call_back(session, actor, callback)).id
        yield 12.0
        if id % 3 == 0:
            self._step("a callback does not answer", "seat_left", id, seat)
            self._free.append(seat)
            return

        def reached(session: Session) -> None:
            house.outgoing.reached(session, session.get_one(Contact, id), self.clock.now())

        self._do("a callback answers", reached)
        yield from self._talk(id * 9 + 1, id, seat)

    def _enter(self, n: int) -> None:
        enter, actor, now = self.house.corrections.enter, self.supervisor, self.clock.now()
        self._do("is entered by hand", lambda session: enter(session, actor, "line1", "fax", now, "general", "faq", f"FAX {n}"))


def _month() -> tuple[date, date]:
    return MORNING.date().replace(day=1), MORNING.date().replace(day=30)


def run() -> Findings:
    """Play each day on the one, then on the other."""
    with ExitStack() as stack:
        folder = stack.enter_context(_postgresql())
        url = f"postgresql+psycopg://madoguchi@/%s?host={folder}"
        there = f'[database]\nurl = "{url % "centre"}"\n[audit]\nurl = "{url % "trail"}"\n'
        teams = [stack.enter_context(_team(name, more)) for name, more in (("SQLite", ""), ("PostgreSQL", there))]
        for day in range(DAYS):
            for team in teams:
                team.day(day)
        return _findings(*teams)


@contextmanager
def _team(name: str, more: str) -> Iterator[Team]:
    """A team in a house of its own, before the first morning."""
    clock = FakeClock(MORNING - timedelta(hours=1))
    with still_centre(more, with_seats(AGENTS), clock) as (house, _path):
        *agents, supervisor = (house.sessions.who(token) for token in signed_in(house, AGENTS + 1, ("agent", "supervisor")))
        yield Team(name, house, clock, {f"seat-{n}": actor for n, actor in enumerate(agents, 1)}, supervisor)
        house.close()


@contextmanager
def _postgresql() -> Iterator[Path]:
    """The socket folder of a PostgreSQL with the databases `centre` and `trail`, durable as it is by default.

    :raises Unavailable: where it is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Unavailable("PostgreSQLがありません。deploy/setup.sh bench（root）で入れてください。")
    tools, folder = found[-1].parent, temporary_home()
    control = [f"{tools}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log"]
    try:
        make = [f"{tools}/initdb", "-D", f"{folder}/data", "-U", "madoguchi", "-A", "trust", "-E", "UTF8"]
        subprocess.run(make, check=True, capture_output=True)
        options = f"-c unix_socket_directories={folder} -c listen_addresses=''"
        subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
        for name in ("centre", "trail"):
            subprocess.run([f"{tools}/createdb", "-h", str(folder), "-U", "madoguchi", name], check=True, capture_output=True)
        yield folder
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _findings(ours: Team, other: Team) -> Findings:
    teams = (ours, other)
    spreads = {team.name: {kind: Spread.of(spans) for kind, spans in team.spent.items()} for team in teams}
    ends, figures = {team.name: team.ends() for team in teams}, {team.name: team.figures() for team in teams}
    kinds = [kind for kind in spreads[ours.name] if kind not in READINGS]
    contacts = {team.name: ends[team.name].total() for team in teams}
    written = {team.name: sum(len(team.spent[kind]) for kind in kinds) for team in teams}
    a_second = {team.name: contacts[team.name] / team.took for team in teams}
    steps = {team.name: Spread.of(span for kind in kinds for span in team.spent[kind]) for team in teams}

    def row(kind: str, one: Spread, two: Spread) -> tuple[str, ...]:
        return kind, str(one.n), *one.cells(), *two.cells(), f"{ratio(two.median, one.median):.1f}"

    def rows(names: list[str]) -> list[tuple[str, ...]]:
        return [row(kind, spreads[ours.name][kind], spreads[other.name][kind]) for kind in names]

    columns = ("", "each", *(f"{team.name}: {word}" if word == "median" else word for team in teams for word in
                             ("median", "p95", "worst")), "PostgreSQL / SQLite")  # fmt: skip
    tables = [
        Table(f"{DAYS} days of a team of {AGENTS}", ("", *(team.name for team in teams)), [
            ("contacts", *(str(contacts[team.name]) for team in teams)),
            ("transactions", *(str(written[team.name]) for team in teams)),
            ("seconds", *(f"{team.took:.1f}" for team in teams)),
            ("contacts a second", *(f"{a_second[team.name]:.1f}" for team in teams)),
            ("transactions a second", *(f"{written[team.name] / team.took:.0f}" for team in teams)),
        ]),
        Table("Transactions, ms", columns, [row("all of them", *steps.values()), *rows(kinds)]),
        Table("Readings, ms", columns, rows(list(READINGS))),
        Table("How the contacts ended", ("", *(team.name for team in teams)), [
            (how, *(str(ends[team.name][how]) for team in teams)) for how in sorted(ends[ours.name])
        ]),
    ]  # fmt: skip
    slowest = {team.name: max(kinds, key=lambda kind: spreads[team.name][kind].p95) for team in teams}
    boards = [spreads[team.name][BOARD].p95 for team in teams]
    months = [spreads[team.name][kind].p95 for team in teams for kind in (FOLDED, COUNTED)]
    agree, same = [one == two for one, two in figures.values()], figures[ours.name] == figures[other.name]
    aims = [
        Aim(f"at least {RATE_AIM:.0f} contacts a second, as fifty busy seats bring them",
            ", ".join(f"{name} {rate:.1f}" for name, rate in a_second.items()), min(a_second.values()) >= RATE_AIM),
        Aim(f"each kind of transaction within {QUICK_AIM:.0f} ms, p95", ", ".join(
            f"{name}: {kind} {spreads[name][kind].p95:.1f} ms" for name, kind in slowest.items()),
            all(spreads[name][kind].p95 <= QUICK_AIM for name, kind in slowest.items())),
        Aim(f"the board within {QUICK_AIM:.0f} ms, p95", f"{max(boards):.1f} ms", max(boards) <= QUICK_AIM),
        Aim(f"the month's figures within {REPORT_AIM / 1000:.0f} s, p95", f"{max(months):.1f} ms", max(months) <= REPORT_AIM),
        Aim("folded and counted figures agree", " and ".join(map(str, agree)), all(agree)),
        Aim("both databases end with the same figures", str(same), same),
    ]  # fmt: skip
    found: dict[str, Any] = {
        team.name: {
            "contacts": contacts[team.name], "seconds": team.took, "contacts_a_second": a_second[team.name],
            "ends": dict(ends[team.name]), "agree": agree[place],
            "ms": {kind: spread.__dict__ for kind, spread in spreads[team.name].items()},
        }
        for place, team in enumerate(teams)
    }  # fmt: skip
    return Findings("The team's day ten times over", MEASURED, tables, aims, found)
