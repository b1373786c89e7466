"""Booking on the practice sites: requests by hand, a script written for one site, and ours through the whole centre."""

from __future__ import annotations

import json
import time as clocks
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPSConnection
from ssl import CERT_NONE, SSLContext, create_default_context
from threading import Barrier
from typing import Any

from sqlalchemy import delete

from admin.demo.ports import free_port
from admin.demo.stage import Stage, stage, temporary_home
from admin.processes.jobs import connect
from bench.booking_plain import BY_REQUESTS, BY_SCRIPT, COUNTER, browser, page_of
from bench.booking_trial import City
from bench.measure import Aim, Findings, Spread, Table, ratio
from bench.slow_line import slow_line
from booking_agent import demo
from booking_agent.model import OPEN, CalendarRow, Intent, State, Traffic, Waits
from booking_agent.service import Bookings, of
from booking_agent.settings import REHEARSAL_PORT
from contact_center.identity import Actor
from contact_center.settings import WEB_PORT
from contact_center.web import COOKIE

MEASURED = """Milliseconds. The same booking on two practice sites (one page with a calendar and animations; frames and forms):
requests written by hand, a browser script written for exactly that site with animations off (cold: with the start of its
browser; warm), and ours, by its profile, through database, queue and worker; ours reads everything back twice, writes each
phase down before it begins, and waits for the operator's yes, which comes at once here. A line of 100 ms is a proxy of our own.
At once: as many as the planned load of seven operators, on one machine that runs the practice city, the browsers and the whole
centre as well."""

FACES, LINES, CROWD, ROUNDS = ("app", "frames"), (0, 100), 7, 5
CITY = "mihon"
SLOTS_AIM, ALONE_AIM, CROWD_AIM = 50.0, 1.0, 2.0
WITHIN = 120.0
POLL = 0.004

Parts = tuple[float, float]
"""Milliseconds to the slots, and from there to the number."""


class Ours:
    """Booking through a centre, as the panel does."""

    def __init__(self, on_stage: Stage) -> None:
        self.stage, self.house = on_stage, on_stage.house
        connect(self.house)
        self.bookings: Bookings = of(self.house)
        self.actor = Actor(1, "試験", frozenset({"booking.run"}), frozenset({CITY}))

    def book(self, site: str, who: dict[str, Any]) -> Parts:
        """One booking, alone or beside others."""
        names = ("family", "given", "family_kana", "given_kana", "birthday", "phone", "letter_id", "letter_password")
        values = {**{name: str(who[name]) for name in names}, "card": who["number"]}
        begun = clocks.perf_counter()
        with self.house.database.session_scope() as session:
            id = self.bookings.plan(
                session, self.actor, site=site, what="book", contact=None, flags=[], bring=[], people=1, counter=COUNTER,
                values=values,
            ).id  # fmt: skip
        day, slot = self._slots(id, who["place"])
        seen = clocks.perf_counter()
        self._say(id, "choose", day=day, start=slot[0], end=slot[1])
        self._until(id, lambda row: row.waits == Waits.YES)
        self._say(id, "yes")
        row = self._until(id, lambda row: row.state not in OPEN)
        if row.state != State.PROVED:
            raise RuntimeError(f"{site}: {row.state} {row.reason} {row.trouble}")
        return (seen - begun) * 1000, (clocks.perf_counter() - seen) * 1000

    def _slots(self, id: int, place: int) -> tuple[str, list[str]]:
        """A time of a day of one's own, as the plain ways take it."""
        self._until(id, lambda row: row.waits == Waits.SLOT)
        day = [day for day, mark in self._seen(id).days if mark in ("free", "few")][-1 - place]
        self._say(id, "day", day=day)
        self._until(id, lambda row: row.waits == Waits.SLOT)
        return day, next(one for one in self._seen(id).times()[day] if one[2] in ("free", "few"))

    def _seen(self, id: int) -> CalendarRow:
        with self.house.database.reading() as session:
            return self.bookings.seen(session, self.actor, id)[0]

    def _say(self, id: int, kind: str, **data: str) -> None:
        with self.house.database.session_scope() as session:
            self.bookings.say(session, self.actor, id, kind, data)

    def _until(self, id: int, met: Callable[[Intent], bool]) -> Intent:
        end = clocks.monotonic() + WITHIN
        while clocks.monotonic() < end:
            with self.house.database.reading() as session:
                row = session.get_one(Intent, id)
            if met(row):
                return row
            if row.state not in OPEN or row.waits == Waits.PERSON:
                raise RuntimeError(f"{row.site}: {row.state} {row.reason} {row.trouble}")
            clocks.sleep(POLL)
        raise RuntimeError("no outcome")

    # -- what a ring finds --------------------------------------------------------------------------------------------

    def looks(self, site: str) -> float:
        """From asking for a calendar of which nothing is known until the look-lane has written its days and times down."""
        with self.house.database.session_scope() as session:
            session.execute(delete(CalendarRow).where(CalendarRow.site == site, CalendarRow.intent_id == 0))
        begun = clocks.perf_counter()
        with self.house.database.session_scope() as session:
            id = self.bookings.slots(session, site, COUNTER, 1).id
        end = clocks.monotonic() + WITHIN
        while clocks.monotonic() < end:
            with self.house.database.reading() as session:
                row = session.get_one(CalendarRow, id)
            if row.reason:
                raise RuntimeError(f"{site}: {row.reason}")
            if row.times():
                return (clocks.perf_counter() - begun) * 1000
            clocks.sleep(POLL)
        raise RuntimeError("no look")

    def no_traffic(self) -> None:
        """The budget of a site's owner is not what is measured here."""
        with self.house.database.session_scope() as session:
            session.execute(delete(Traffic))


def _panel(on_stage: Stage, site: str, times: int) -> list[float]:
    """The panel's request for slots that were looked at already, through nginx and web."""
    house = on_stage.house
    cookie = house.sessions.sign_in("agent", on_stage.passwords["agent"])
    trusting: SSLContext = create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, CERT_NONE
    line = HTTPSConnection("127.0.0.1", house.settings[WEB_PORT], context=trusting)
    line.request("GET", "/booking/panel", headers={"Cookie": f"{COOKIE}={cookie}"})
    answer = line.getresponse()
    page = answer.read().decode()
    more = [part.partition(";")[0] for name, part in answer.getheaders() if name.lower() == "set-cookie"]
    token = page.partition('data-csrf="')[2].partition('"')[0]
    headers = {
        "Cookie": "; ".join([f"{COOKIE}={cookie}", *more]), "Content-Type": "application/json", "X-CSRFToken": token,
        "Referer": f"https://127.0.0.1:{house.settings[WEB_PORT]}/", "Host": f"127.0.0.1:{house.settings[WEB_PORT]}",
    }  # fmt: skip
    asked = json.dumps({"site": site, "counter": COUNTER, "people": 1, "day": ""})
    spans = []
    for _ in range(times):
        begun = clocks.perf_counter()
        line.request("POST", "/booking/slots", asked, headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        spans.append((clocks.perf_counter() - begun) * 1000)
        if answer.status != 200 or not told["times"]:
            raise RuntimeError(f"/booking/slots: {answer.status} {told}")
    return spans


@contextmanager
def _sites(on_stage: Stage, delay: int) -> Iterator[dict[str, str]]:
    """The addresses of the faces over a line; profiles that lead there are put beside the others."""
    port = on_stage.house.settings[REHEARSAL_PORT]
    folder = on_stage.home / "sites"
    with ExitStack() as stack:
        there = stack.enter_context(slow_line(port, delay / 1000)) if delay else port
        for face in FACES:
            text = (folder / f"rehearsal-{face}.yaml").read_text("utf-8")
            text = text.replace(f"127.0.0.1:{port}/", f"127.0.0.1:{there}/")
            text = text.replace(f"site: rehearsal-{face}", f"site: bench-{face}-{delay}")
            (folder / f"bench-{face}-{delay}.yaml").write_text(text, "utf-8")
        yield {face: f"http://127.0.0.1:{there}/{face}/" for face in FACES}


def _many(count: int, book: Callable[[dict[str, Any]], Parts], people: list[dict[str, Any]]) -> list[Parts]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(book, people[:count]))


def _by_requests(face: str, url: str) -> Callable[[dict[str, Any]], Parts]:
    def book(who: dict[str, Any]) -> Parts:
        return _timed(BY_REQUESTS[face](url, who))

    return book


def _timed(way: Any) -> Parts:
    begun = clocks.perf_counter()
    way.slots()
    seen = clocks.perf_counter()
    if not way.book():
        raise RuntimeError("no number")
    return (seen - begun) * 1000, (clocks.perf_counter() - seen) * 1000


def _by_script(face: str, url: str, started: Any = None) -> Callable[[dict[str, Any]], Parts]:
    """Cold, where no browser is given: its start counts to the slots. Playwright's browser belongs to the thread that made it."""

    def book(who: dict[str, Any]) -> Parts:
        if started is not None:
            with page_of(started) as page:
                return _timed(BY_SCRIPT[face](page, url, who))
        begun = clocks.perf_counter()
        with browser() as own, page_of(own) as page:
            launch = (clocks.perf_counter() - begun) * 1000
            slots, rest = _timed(BY_SCRIPT[face](page, url, who))
            return launch + slots, rest

    return book


def _crowd_by_script(face: str, url: str, people: list[dict[str, Any]]) -> list[Parts]:
    """Seven browsers, warm before any begins, as ours are."""
    ready = Barrier(len(people))

    def book(who: dict[str, Any]) -> Parts:
        with browser() as own:
            ready.wait(60)
            return _by_script(face, url, own)(who)

    return _many(len(people), book, people)


def run() -> Findings:
    """Measure every way."""
    more = demo.settings(free_port).replace("at_once = 2", f"at_once = {CROWD}")
    with stage(temporary_home(), quiet=True, any_ports=True, more=more) as on_stage:
        city = City(on_stage)
        on_stage.wait(lambda: _is_up(city), 30, "練習用の市が起動しません")
        return _Run(on_stage, city).all()


class _Run:
    def __init__(self, on_stage: Stage, city: City) -> None:
        self.stage, self.city, self.ours = on_stage, city, Ours(on_stage)
        self.seed = 0
        self.found: dict[tuple[str, int, int, str], list[Parts]] = {}

    def all(self) -> Findings:
        """Every way on every site over every line, alone and at once."""
        looks: dict[int, list[float]] = {}
        for delay in LINES:
            with _sites(self.stage, delay) as urls:
                self._warm(delay)
                for face, url in urls.items():
                    self._alone(face, url, delay)
                    self._crowd(face, url, delay)
                self.ours.no_traffic()
                looks[delay] = [self.ours.looks(f"bench-app-{delay}") for _ in range(ROUNDS)]
                if not delay:
                    panel = _panel(self.stage, "bench-app-0", 40)
        return self._findings(looks, panel)

    def _people(self) -> list[dict[str, Any]]:
        self.seed += 1
        self.city.ask("/ledger/reset", {"seed": self.seed})
        self.ours.no_traffic()
        # Each takes a day of their own.
        return [{**who, "place": place} for place, who in enumerate(self.city.ask("/ledger/people"))]

    def _warm(self, delay: int) -> None:
        """Once through everything, so that nobody's first booking is measured."""
        _many(CROWD, lambda who: self.ours.book(f"bench-app-{delay}", who), self._people())

    def _note(self, face: str, delay: int, at_once: int, way: str, parts: list[Parts]) -> None:
        self.found.setdefault((face, delay, at_once, way), []).extend(parts)

    def _alone(self, face: str, url: str, delay: int) -> None:
        with browser() as warm:
            for _ in range(ROUNDS):
                people = iter(self._people())
                self._note(face, delay, 1, "requests", [_by_requests(face, url)(next(people))])
                self._note(face, delay, 1, "cold", _many(1, _by_script(face, url), [next(people)]))
                self._note(face, delay, 1, "warm", [_by_script(face, url, warm)(next(people))])
                self._note(face, delay, 1, "ours", [self.ours.book(f"bench-{face}-{delay}", next(people))])

    def _crowd(self, face: str, url: str, delay: int) -> None:
        site = f"bench-{face}-{delay}"
        for _ in range(2):
            self._note(face, delay, CROWD, "requests", _many(CROWD, _by_requests(face, url), self._people()))
            self._note(face, delay, CROWD, "warm", _crowd_by_script(face, url, self._people()[:CROWD]))
            self._note(face, delay, CROWD, "ours", _many(CROWD, partial(self.ours.book, site), self._people()))

    def _spread(self, face: str, delay: int, at_once: int, way: str, part: int) -> Spread:
        return Spread.of(one[part] if part < 2 else sum(one) for one in self.found.get((face, delay, at_once, way), []))

    def _findings(self, looks: dict[int, list[float]], panel: list[float]) -> Findings:
        parts = ("Until slots are shown", "From a chosen time to the number", "The whole booking")
        tables = [self._table(title, part) for part, title in enumerate(parts)]
        ring = [("once looked at while it rang: the panel's request over HTTPS", *Spread.of(panel).cells())]
        ring += [(f"the look-lane itself, line of {delay} ms", *Spread.of(spans).cells(0)) for delay, spans in looks.items()]
        tables.append(Table("Slots at the seat (one page with a calendar)", ("", "median", "p95", "worst"), ring))
        places = [(face, delay) for face in FACES for delay in LINES]
        alone = max(ratio(self._total(*place, 1, "ours"), self._total(*place, 1, "warm")) for place in places)
        crowd, plain = (
            max(ratio(self._total(*place, CROWD, way), self._total(*place, 1, way)) for place in places) for way in ("ours", "warm")
        )
        shown = Spread.of(panel)
        aims = [
            Aim(f"slots within {SLOTS_AIM:.0f} ms once it has rung (p95)", f"{shown.p95:.1f} ms", shown.p95 <= SLOTS_AIM),
            Aim(f"booking at most {ALONE_AIM:.1f}x the warm script (worst median)", f"{alone:.2f}x", alone <= ALONE_AIM),
            Aim(
                f"seven at once at most {CROWD_AIM:.0f}x one alone (worst median)",
                f"{crowd:.2f}x; the script's own {plain:.2f}x", crowd <= CROWD_AIM,
            ),
        ]  # fmt: skip
        figures = {
            " ".join(map(str, key)): [[round(part, 1) for part in one] for one in parts] for key, parts in self.found.items()
        }  # fmt: skip
        return Findings("Booking on a city's site", MEASURED, tables, aims, {"bookings": figures, "looks": looks, "panel": panel})

    def _total(self, face: str, delay: int, at_once: int, way: str) -> float:
        """The median of whole bookings."""
        return self._spread(face, delay, at_once, way, 2).median

    def _table(self, title: str, part: int) -> Table:
        rows = []
        for face in FACES:
            for delay in LINES:
                for at_once in (1, CROWD):
                    spreads = {way: self._spread(face, delay, at_once, way, part) for way in ("requests", "cold", "warm", "ours")}
                    told = [f"{one.median:.0f} / {one.p95:.0f}" if one.n else "" for one in spreads.values()]
                    against = ratio(spreads["ours"].median, spreads["warm"].median)
                    rows.append((f"{face}, {delay} ms, {at_once} at once", *told, f"{against:.2f}"))
        return Table(
            f"{title} (median / p95)", ("", "requests by hand", "script, cold", "script, warm", "ours", "ours : warm"), rows
        )  # fmt: skip


def _is_up(city: City) -> bool:
    try:
        return bool(city.ask("/ledger/rules"))
    except OSError:
        return False
