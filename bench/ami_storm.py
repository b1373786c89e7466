"""A storm of AMI events on the real switchboard, and on the asterisk-ami package."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterisk.ami import AMIClient
from sqlalchemy import func, select

from admin.demo.ports import free_port
from admin.processes.layout import CLONE, environment
from bench.measure import Aim, Findings, Spread, Table, cpu_seconds, ratio, still_centre
from contact_center.contacts.model import Contact, Unserved
from contact_center.errors import Unavailable
from contact_center.events import Event, watch
from contact_center.events.catalogue import ContactArrived, ContactUnserved
from contact_center.house import House

MEASURED = """A fake Asterisk in a process of its own sends the events. Ours is the switchboard's own process with its
database and nothing else of a centre; the lag of a contact is from the moment its arrival was due to be sent until another
process could read ContactArrived in the database. Plain is asterisk-ami 0.1.7, which reads the same storm, counts, and writes
nothing; its lag ends when its listener is called. Due is due: where a reader holds the storm up, that counts as lag. The
events have the headers of Asterisk 22 (about 20 lines); the centre's own manager.conf would not even let the 99 of 100
through."""

RATE = 10_000
SECONDS = 30
PATIENCE = 30.0
LAG_AIM = 300.0

STAGES: dict[type[Event], str] = {ContactArrived: "arrived", ContactUnserved: "gone"}

Moments = dict[tuple[str, str], float]
"""When what was noted of a contact, by its key and the stage."""


@dataclass
class Outcome:
    """What a storm did to one reader.

    :param storm: what the fake says of it.
    :param seen: when the reader was through with each contact's events.
    :param cpu: processor seconds of the reader.
    :param wrong: contacts that ended otherwise than the storm has told.
    """

    name: str
    storm: dict[str, Any]
    seen: Moments
    cpu: float
    wrong: int = 0

    @property
    def wanted(self) -> Moments:
        """When each contact's events were due."""
        due = self.storm["contacts"].items()
        return {(key, stage): moments[stage] for key, moments in due for stage in STAGES.values() if stage in moments}

    @property
    def lost(self) -> int:
        """How many of them never came through."""
        return len(self.wanted.keys() - self.seen.keys())

    @property
    def rate(self) -> float:
        """Events a second that the fake could get rid of."""
        return float(self.storm["events"] / self.storm["seconds"])

    @property
    def cpu_an_event(self) -> float:
        """Processor time of the reader, in microseconds an event of any kind."""
        return float(self.cpu / self.storm["events"] * 1e6)

    def lag(self, stage: str) -> Spread:
        """Milliseconds from due to seen."""
        due = self.wanted
        return Spread.of((at - due[name]) * 1000 for name, at in self.seen.items() if name[1] == stage)


def run() -> Findings:
    """Storm the switchboard, then the plain client."""
    port = free_port()
    with _fake(port) as fake, still_centre(f"[telephony]\nami_port = {port}\n") as (house, settings_path):
        with _switchboard(house, settings_path) as pid:
            ours = _storm_switchboard(fake, house, pid)
        plain = _storm_plain(fake, port)
    return _findings(ours, plain)


@contextmanager
def _fake(port: int) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "bench.fake_ami", str(port)]
    process = subprocess.Popen(words, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait()


def _storm(fake: subprocess.Popen[str]) -> dict[str, Any]:
    """Begin a storm and wait for its end; what the fake says of it."""
    assert fake.stdin is not None
    assert fake.stdout is not None
    fake.stdin.write(f"{RATE} {SECONDS}\n")
    fake.stdin.flush()
    said: dict[str, Any] = json.loads(fake.stdout.readline())
    return said


@contextmanager
def _switchboard(house: House, settings_path: Path) -> Iterator[int]:
    """The real switchboard of a centre whose Asterisk is the fake; its process id."""
    log = house.settings.home / "log" / "switchboard.log"
    words = [sys.executable, "-m", "admin.processes.switchboard"]
    with log.open("wb") as file:
        process = subprocess.Popen(words, env=environment(settings_path), stdin=subprocess.DEVNULL, stderr=file)
    try:
        for _ in range(100):
            if "Settled with Asterisk" in log.read_text():
                break
            time.sleep(0.1)
        else:
            raise Unavailable("交換台が起動しません: %(log)s", log=log.read_text()[-300:])
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _storm_switchboard(fake: subprocess.Popen[str], house: House, pid: int) -> Outcome:
    seen: Moments = {}
    over = threading.Event()
    reader = threading.Thread(target=_read_along, args=(house, seen, over))
    reader.start()
    before = cpu_seconds(pid)
    storm = _storm(fake)
    wanted = sum(stage in moments for moments in storm["contacts"].values() for stage in STAGES.values())
    _wait_for(lambda: len(seen) >= wanted)
    cpu = cpu_seconds(pid) - before
    over.set()
    reader.join()
    with house.database.reading() as session:
        otherwise = Contact.unserved.is_not(None), Contact.unserved != Unserved.ABANDONED
        wrong = session.scalar(select(func.count()).select_from(Contact).where(*otherwise)) or 0
    return Outcome("switchboard", storm, seen, cpu, wrong)


def _read_along(house: House, seen: Moments, over: threading.Event) -> None:
    """Note when each contact's arrival and departure can be read in the database."""
    keys: dict[int | None, str] = {}
    news = watch(house.database, house.clock)
    with house.database.reading() as session:
        last = house.log.last_id(session)
    while not over.is_set():
        if not news.wait(0.2):
            continue
        with house.database.reading() as session:
            recorded = house.log.since(session, last)
            at = time.time()
            fresh = [one.event.contact for one in recorded if isinstance(one.event, ContactArrived)]
            keys.update(session.execute(select(Contact.id, Contact.key).where(Contact.id.in_(fresh))).tuples().all())
        for one in recorded:
            last = one.id
            stage = STAGES.get(type(one.event))
            if stage is not None:
                seen[keys[one.event.contact], stage] = at
    news.close()


def _storm_plain(fake: subprocess.Popen[str], port: int) -> Outcome:
    """The same storm on asterisk-ami, in a thread of this process."""
    seen: Moments = {}
    read = 0

    def heard(event: Any, **_: Any) -> None:
        nonlocal read
        read += 1
        if event.name == "UserEvent":
            seen[event.keys["Uniqueid"], event.keys["Stage"]] = time.time()

    client = AMIClient(address="127.0.0.1", port=port, timeout=PATIENCE)
    client.add_event_listener(on_event=heard)
    client.login(username="plain", secret="plain").response  # noqa: B018  # asking for the answer waits for it
    before = time.process_time()
    storm = _storm(fake)
    _wait_for(lambda: read >= storm["events"])
    cpu = time.process_time() - before
    client.disconnect()
    return Outcome("asterisk-ami", storm, seen, cpu)


def _wait_for(condition: Callable[[], bool]) -> None:
    """Wait until it holds, or for as long as patience lasts."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


def _findings(ours: Outcome, plain: Outcome) -> Findings:
    both = (ours, plain)
    lags = {(one.name, stage): one.lag(stage) for one in both for stage in STAGES.values()}
    lag, plain_lag = lags[ours.name, "arrived"], lags[plain.name, "arrived"]
    rows = [
        ("events a second, wanted", *(f"{RATE}" for _ in both)),
        ("events a second, taken", *(f"{one.rate:.0f}" for one in both)),
        ("contact events sent", *(str(len(one.wanted)) for one in both)),
        ("contact events lost", *(str(one.lost) for one in both)),
        ("contacts that ended otherwise than told", str(ours.wrong), ""),
        ("processor time, µs an event", *(f"{one.cpu_an_event:.0f}" for one in both)),
        ("longest time the fake was held up, s", *(f"{one.storm['longest_wait']:.2f}" for one in both)),
        ("signed in again", *(str(one.storm["more_sign_ins"]) for one in both)),
    ]
    tables = [
        Table(f"The storm, {SECONDS} s", ("", *(one.name for one in both)), rows),
        Table("Lag of contact events, ms", ("", "median", "p95", "worst"), [
            *((f"{name}, {stage}", *spread.cells()) for (name, stage), spread in lags.items()),
            ("switchboard / asterisk-ami, arrived", f"{ratio(lag.median, plain_lag.median):.1f}",
             f"{ratio(lag.p95, plain_lag.p95):.1f}", ""),
        ]),
    ]  # fmt: skip
    aims = [
        Aim("no event about a contact is lost", f"{ours.lost} of {len(ours.wanted)}", ours.lost == 0),
        Aim("each contact ends as it was told", f"{ours.wrong} otherwise", ours.wrong == 0),
        Aim(f"{RATE} events a second are taken", f"{ours.rate:.0f}", ours.rate > 0.98 * RATE),
        Aim(f"lag p95 under {LAG_AIM:.0f} ms", f"{lag.p95:.0f} ms", lag.p95 < LAG_AIM),
    ]
    figures = {
        one.name: {
            "taken_a_second": round(one.rate), "lost": one.lost, "wrong": one.wrong, "cpu_us_an_event": one.cpu_an_event,
            "longest_wait_s": one.storm["longest_wait"], "more_sign_ins": one.storm["more_sign_ins"],
            "lag_ms": {stage: lags[one.name, stage].__dict__ for stage in STAGES.values()},
        }
        for one in both
    }  # fmt: skip
    return Findings("AMI storm", MEASURED, tables, aims, figures)
