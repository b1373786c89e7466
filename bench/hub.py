"""One event committed, until two hundred consoles know of it and a real browser has painted it."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from admin.demo.stage import Stage
from admin.processes.layout import CLONE
from bench.measure import SPY, Aim, Findings, Spread, Table, cpu_seconds, process_of, ratio, whole_centre
from contact_center.contacts import Unserved
from contact_center.house import House
from contact_center.identity.model import Person, SessionRow
from contact_center.settings import WEB_PORT

MEASURED = """Milliseconds from the end of the transaction that wrote an event (a caller is queued, or leaves the queue) until
each of 200 consoles of 200 signed-in people has the change. Ours are WebSockets through nginx and TLS, held by one process of
the benchmark on the same two cores; beside them one console in a real Chromium, which is done at the first task after the
frame that shows the change. Plain is polling: each console reads the whole board once a second, straight from the database
without HTTP or TLS, in turn, so that their seconds do not begin together. The events are the same, five a second."""

CONSOLES = 200
CONTACTS = 30
PAUSE = 0.2
AIM = 300.0


@dataclass(frozen=True)
class Way:
    """What one way of telling consoles has brought.

    :param each: milliseconds until a console knew, over all consoles and events.
    :param all: milliseconds until the last console knew, over all events.
    :param missed: how often a console never learnt of an event.
    :param ready: seconds until every console had its first board, all having come at once.
    :param refused: connections that were refused meanwhile, and tried again.
    :param cpu: processor seconds a second of whoever served (for polling: the pollers themselves, who read the database).
    """

    each: Spread
    all: Spread
    missed: int
    ready: float
    refused: int
    cpu: float


def run() -> Findings:
    """Tell the consoles of the same events over the hub, then let them poll."""
    with whole_centre() as on_stage:
        page = on_stage.page(on_stage.browser())
        page.add_init_script(path=SPY)
        on_stage.sign_in(page, "agent")
        page.wait_for_selector("#take-seat:not([hidden])")
        order = {
            "poll": False, "port": on_stage.house.settings[WEB_PORT], "authority": str(on_stage.home / "tls" / "authority.pem"),
            "settings": str(on_stage.settings_path), "tokens": signed_in(on_stage.house, CONSOLES),
        }  # fmt: skip
        ours, committed = _tell(on_stage, order)
        painted = {int(id): at for id, at in page.evaluate("spy.told").items()}
        in_browser = Spread.of((painted[id] - at) * 1000 for id, at in committed.items() if id in painted)
        page.context.close()
        plain, _ = _tell(on_stage, {**order, "poll": True})
    return _findings(ours, plain, in_browser)


def signed_in(house: House, people: int, roles: Sequence[str] = ("agent",)) -> list[str]:
    """That many people with a session each; the tokens. The rows are written directly: nobody waits for 200 passwords."""
    tokens = [secrets.token_urlsafe(32) for _ in range(people)]
    now = house.clock.now()
    with house.database.session_scope() as session:
        cities = [city.id for city in house.directory.cities(session)]
        rows = [
            Person(account=f"console-{n}", name=f"窓口 {n}", password="", roles=list(roles), cities=cities, created_at=now)
            for n in range(people)
        ]
        session.add_all(rows)
        session.flush()
        for row, token in zip(rows, tokens, strict=True):
            hashed = hashlib.sha256(token.encode()).hexdigest()
            session.add(SessionRow(person_id=row.id, token=hashed, began_at=now, seen_at=now))
    return tokens


@contextmanager
def _consoles(order: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process of the consoles, and what it says when all have their first board."""
    words = [sys.executable, "-m", "bench.consoles"]
    process = subprocess.Popen(words, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _tell(on_stage: Stage, order: dict[str, Any]) -> tuple[Way, dict[int, float]]:
    """Write the events while the consoles listen; what they learnt, and when each event was committed."""
    with _consoles(order) as (process, began_with):
        served = [process.pid] if order["poll"] else [process_of(on_stage, "hub")]
        before, began = sum(map(cpu_seconds, served)), time.monotonic()
        committed = dict(_events(on_stage.house))
        time.sleep(1.5)
        cpu = (sum(map(cpu_seconds, served)) - before) / (time.monotonic() - began)
        answer, _ = process.communicate("\n", timeout=30)
    learnt = {int(id): moments for id, moments in json.loads(answer).items()}
    lags = {id: [(moment - at) * 1000 for moment in learnt.get(id, [])] for id, at in committed.items()}
    way = Way(
        each=Spread.of(lag for of_event in lags.values() for lag in of_event),
        all=Spread.of(max(of_event) for of_event in lags.values() if of_event),
        missed=sum(CONSOLES - len(of_event) for of_event in lags.values()),
        ready=began_with["ready"], refused=max(0, began_with["connections"] - CONSOLES), cpu=cpu,
    )  # fmt: skip
    return way, committed


def _events(house: House) -> Iterator[tuple[int, float]]:
    """Callers who are queued and leave; the id of each event and the moment at which its transaction had ended."""
    contacts = house.contacts
    for n in range(CONTACTS):
        with house.database.session_scope() as session:
            contact = contacts.arrive(session, f"bench-{secrets.token_hex(4)}.{n}", "line1", None, house.clock.now())
        for step in ("queue", "leave"):
            time.sleep(PAUSE)
            with house.database.session_scope() as session:
                fresh = contacts.by_key(session, contact.key)
                assert fresh is not None
                if step == "queue":
                    contacts.queue(session, fresh, "main", house.clock.now())
                else:
                    contacts.gone(session, fresh, Unserved.ABANDONED, house.clock.now())
            at = time.time()
            with house.database.reading() as session:
                yield house.log.last_id(session), at


def _findings(ours: Way, plain: Way, in_browser: Spread) -> Findings:
    rows = [
        ("each console, over the hub", *ours.each.cells()),
        ("the last of 200, over the hub", *ours.all.cells()),
        ("Chromium: painted", *in_browser.cells()),
        ("each console, polling", *plain.each.cells()),
        ("the last of 200, polling", *plain.all.cells()),
    ]
    faster = ratio(plain.each.median, ours.each.median)
    tables = [
        Table(f"Committed → known, ms, {CONSOLES} consoles, {2 * CONTACTS} events", ("", "median", "p95", "worst"), rows),
        Table("Beside it", ("", "hub", "polling"), [
            ("changes that never came", str(ours.missed), str(plain.missed)),
            ("all come at once: seconds until each had its first board", f"{ours.ready:.1f}", ""),
            ("connections refused meanwhile, and tried again", str(ours.refused), ""),
            ("processor time, seconds a second", f"{ours.cpu:.2f} (hub)", f"{plain.cpu:.2f} (reading)"),
            ("polling / hub, median", f"{faster:.0f}", ""),
        ]),
    ]  # fmt: skip
    aims = [
        Aim(f"all {CONSOLES} consoles within {AIM:.0f} ms, p95", f"{ours.all.p95:.0f} ms", ours.all.p95 < AIM),
        Aim(f"painted within {AIM:.0f} ms, p95", f"{in_browser.p95:.0f} ms", in_browser.p95 < AIM),
        Aim("no change is missed", str(ours.missed), ours.missed == 0),
    ]
    figures = {
        "hub": {"each_ms": ours.each.__dict__, "last_ms": ours.all.__dict__, "missed": ours.missed, "ready_s": ours.ready,
                "refused": ours.refused, "cpu": ours.cpu},
        "painted_ms": in_browser.__dict__,
        "polling": {"each_ms": plain.each.__dict__, "last_ms": plain.all.__dict__, "missed": plain.missed, "cpu": plain.cpu},
        "polling_by_hub": faster,
    }  # fmt: skip
    return Findings("Hub", MEASURED, tables, aims, figures)
