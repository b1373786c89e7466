"""What a console and the reports ask of the database, with a thousand contacts in it and with a million."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bench.measure import Aim, Findings, Spread, Table, ratio, still_centre
from bench.year import fill
from contact_center.clock import day_of
from contact_center.contacts import Unserved
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.reports.figures import Figures, counted, folded
from contact_center.reports.model import FoldCursor, HourRow, SubjectRow
from contact_center.settings import SERVICE_LEVEL

MEASURED = """Milliseconds of one question to the database (SQLite, warm), asked again and again in one process. The contacts
are spread over the 365 days that end today; each has its five to seven events, its part in the folded figures, a callback
where it was not served, and its sealed number where it is younger than 90 days; five callers wait. The figures come in two
ways: folded is ours, *counted* is the plain alternative and second witness: SQL over the contacts themselves; both must
agree. At a thousand contacts the real fold is run over all events, and must give the very rows that the bulk SQL has made."""

SMALL, LARGE = 1_000, 1_000_000
TIMES, TIMES_COUNTED = 30, 5
WAITING = 5
QUICK_AIM, REPORT_AIM, FLAT_AIM = 50.0, 5000.0, 2.0

CONSOLE = (
    "a console's first board", "the change that an event makes", "200 events for a console that comes back",
    "the callback list",
    "a caller arrives, waits, leaves: written", "the figures caught up with them",
)  # fmt: skip
REPORTS = ("day, folded", "month, folded", "year, folded")
COUNTED = ("day, counted", "month, counted")


@dataclass(frozen=True)
class Found:
    """What was found in one database.

    :param asked: milliseconds of each question.
    :param agree: whether folded and counted figures are the same, for the day and the month.
    :param events: events that the real fold has counted a second; None where it was not run from the beginning.
    """

    asked: dict[str, Spread]
    agree: bool
    events: float | None


def run() -> Findings:
    """Ask both databases the same."""
    small, large = _ask(SMALL), _ask(LARGE)
    return _findings(small, large)


def _ask(contacts: int) -> Found:
    with still_centre() as (house, _path):
        fill(house, contacts)
        events = _fold_anew(house) if contacts == SMALL else None
        for _ in range(WAITING):
            _arrive_and_wait(house)
        house.fold.catch_up()
        questions = _questions(house)
        asked = {name: _timed(house, questions[name], TIMES) for name in (*CONSOLE[:4], *REPORTS)}
        asked |= {name: _timed(house, questions[name], TIMES_COUNTED) for name in COUNTED}
        asked[CONSOLE[4]], asked[CONSOLE[5]] = _write(house)
        with house.database.reading() as session:
            ours, plain = ([questions[f"{span}, {way}"](session) for span in ("day", "month")] for way in ("folded", "counted"))
            return Found(asked, ours == plain, events)


def _questions(house: House) -> dict[str, Callable[[Session], Any]]:
    today = day_of(house.clock.now())
    with house.database.reading() as session:
        cities = frozenset(city.id for city in house.directory.cities(session))
        last = house.log.last_id(session)
        queued = next(one for one in reversed(house.log.since(session, last - 10)) if one.event.contact is not None)
    actor = Actor(1, "console", frozenset({"contact.read"}), cities)
    level = house.settings[SERVICE_LEVEL]

    def ours(days: int) -> Callable[[Session], Figures]:
        return lambda session: folded(session, today - timedelta(days=days - 1), today, cities)

    def plain(days: int) -> Callable[[Session], Figures]:
        return lambda session: counted(session, today - timedelta(days=days - 1), today, cities, level)

    return {
        "a console's first board": lambda session: house.board.snapshot(session, actor),
        "the change that an event makes": lambda session: house.board.changes(session, actor, queued),
        "200 events for a console that comes back": lambda session: house.log.since(session, last - 200),
        "the callback list": lambda session: house.callbacks.waiting(session, cities),
        "day, folded": ours(1), "month, folded": ours(30), "year, folded": ours(365),
        "day, counted": plain(1), "month, counted": plain(30),
    }  # fmt: skip


def _timed(house: House, question: Callable[[Session], Any], times: int) -> Spread:
    """Milliseconds of the question, each in a transaction of its own, after one that only warms up."""
    spans = []
    for _ in range(times + 1):
        began = time.perf_counter()
        with house.database.reading() as session:
            question(session)
        spans.append((time.perf_counter() - began) * 1000)
    return Spread.of(spans[1:])


def _arrive_and_wait(house: House) -> str:
    key, now = f"bench-{token_hex(6)}", house.clock.now()
    with house.database.session_scope() as session:
        contact = house.contacts.arrive(session, key, "line1", None, now)
        house.contacts.queue(session, contact, "main", now)
    return key


def _write(house: House) -> tuple[Spread, Spread]:
    """Milliseconds of writing one caller's story in two transactions, and of folding it."""
    written, caught_up = [], []
    for _ in range(TIMES):
        began = time.perf_counter()
        key = _arrive_and_wait(house)
        with house.database.session_scope() as session:
            contact = house.contacts.by_key(session, key)
            assert contact is not None
            house.contacts.gone(session, contact, Unserved.ABANDONED, house.clock.now())
        told = time.perf_counter()
        house.fold.catch_up()
        written.append((told - began) * 1000)
        caught_up.append((time.perf_counter() - told) * 1000)
    return Spread.of(written), Spread.of(caught_up)


def _fold_anew(house: House) -> float:
    """Run the real fold from the first event; events a second.

    :raises AssertionError: where it does not give the rows that were made in bulk.
    """
    with house.database.session_scope() as session:
        made = _figures_in(session)
        events = house.log.last_id(session)
        for table in (HourRow, SubjectRow, FoldCursor):
            session.execute(delete(table))
    began = time.perf_counter()
    house.fold.catch_up()
    span = time.perf_counter() - began
    with house.database.reading() as session:
        assert _figures_in(session) == made, "the fold and the bulk SQL give different figures"
    return events / span


def _figures_in(session: Session) -> set[tuple[Any, ...]]:
    rows = [*session.execute(select(*HourRow.__table__.columns)), *session.execute(select(*SubjectRow.__table__.columns))]
    return {tuple(round(value, 3) if isinstance(value, float) else value for value in row) for row in rows}


def _findings(small: Found, large: Found) -> Findings:
    def row(name: str) -> tuple[str, ...]:
        little, much = small.asked[name], large.asked[name]
        return name, *little.cells()[:2], *much.cells(), f"{ratio(much.median, little.median):.1f}"

    columns = ("", f"{SMALL:,}: median", "p95", f"{LARGE:,}: median", "p95", "worst", "large / small")
    month = ratio(large.asked["month, counted"].median, large.asked["month, folded"].median)
    quick = {name: large.asked[name].p95 for name in (*CONSOLE, "day, folded")}
    slowest = max(quick, key=lambda name: quick[name])
    growth = {name: ratio(large.asked[name].median, small.asked[name].median) for name in (*CONSOLE, "day, folded")}
    steepest = max(growth, key=lambda name: growth[name])
    reports = {name: large.asked[name].p95 for name in (*REPORTS, *COUNTED)}
    slowest_report = max(reports, key=lambda name: reports[name])
    tables = [
        Table("Console and lists, ms", columns, [row(name) for name in CONSOLE]),
        Table("Figures, ms", columns, [row(name) for name in (*REPORTS, *COUNTED)]),
        Table("Beside it", ("", ""), [
            ("month, counted / folded", f"{month:.0f}"),
            ("the fold from the first event, events a second", f"{small.events:.0f}"),
        ]),
    ]  # fmt: skip
    aims = [
        Aim(f"console, lists and day figures within {QUICK_AIM:.0f} ms, p95",
            f"slowest: {slowest}, {quick[slowest]:.1f} ms", quick[slowest] <= QUICK_AIM),
        Aim(f"flat: a million at most {FLAT_AIM:.0f} times a thousand",
            f"steepest: {steepest}, {growth[steepest]:.1f} times", growth[steepest] <= FLAT_AIM),
        Aim(f"figures of a month within {REPORT_AIM / 1000:.0f} s, p95",
            f"slowest: {slowest_report}, {reports[slowest_report]:.0f} ms", reports[slowest_report] <= REPORT_AIM),
        Aim("folded and counted figures agree", f"{small.agree} and {large.agree}", small.agree and large.agree),
    ]  # fmt: skip
    figures = {
        **{f"{name}_{size}_ms": found.asked[name].__dict__ for name in (*CONSOLE, *REPORTS, *COUNTED)
           for size, found in ((SMALL, small), (LARGE, large))},
        "agree": small.agree and large.agree, "fold_events_a_second": small.events,
    }  # fmt: skip
    return Findings("A million contacts", MEASURED, tables, aims, figures)
