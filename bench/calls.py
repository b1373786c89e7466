"""Calls through our dialplan, with switchboard, hub and database listening, against the same Asterisk with a bare queue."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import select

from admin.demo.ports import PortBlock
from admin.demo.stage import Stage
from bench.bare import bare_asterisk
from bench.measure import Aim, Findings, Spread, Table, cpu_seconds, process_of, ratio, seated, whole_centre
from bench.sipp import Calls, call
from contact_center.contacts.model import Contact
from contact_center.events.model import EventRow
from telephony.pbx import render
from telephony.settings import SIP_PORT

MEASURED = """Set-up time is from a resident's INVITE to the 200 OK, in milliseconds, seen by SIPp at the carrier's address;
each resident stays 3 s, sends no sound, and hangs up while waiting in the queue. Ours is the rendered dialplan of a whole
centre: the greeting (a recording of .1 s, so that the queue is reached as soon as in the plain case) comes after the answer;
places are not told, because the plain queue tells none.
Plain is the same Asterisk with `Answer()` and `Queue()`, and nobody who listens. Both run all the time and are called in
turn, on the same two cores as SIPp. *Heard* is from the INVITE to the moment at which the switchboard hears of the arrival;
it gathers news for 10 ms before it writes them. A rate holds if every call of six seconds is answered within 2 s."""

RATE = 20
ROUNDS, SECONDS = 2, 10
STEP = 20
LADDER = range(100, 301, STEP)
LADDER_SECONDS = 6
HOLD = 3.0
SOUND_PORTS = 3200
SETUP_AIM, FAILURE_AIM = 1.1, 0.9


@dataclass
class Side:
    """One of the two ways, and what was found of it.

    :param holds: highest rate at which no call failed, calls a second.
    :param fails: lowest rate at which one did; None where none failed at all.
    """

    name: str
    port: int
    pid: int
    steady: list[Calls] = field(default_factory=list)
    cpu: float = 0.0
    steps: dict[int, Calls] = field(default_factory=dict)
    holds: int = RATE
    fails: int | None = None

    def step(self, rate: int) -> None:
        """Try one rate."""
        calls = self.steps[rate] = call(self.port, rate, rate * LADDER_SECONDS, HOLD)
        if calls.failed:
            self.fails = rate
        else:
            self.holds = rate

    @property
    def setup(self) -> Spread:
        """Milliseconds of set-up at the steady rate."""
        return Spread.of(value for calls in self.steady for value in calls.setup)


def run() -> Findings:
    """Call both ways at 20 calls a second, then at growing rates until each has failed."""
    with (
        closing(PortBlock(SOUND_PORTS)) as ports,
        whole_centre(
            telephony__rtp_first=ports.first, telephony__rtp_last=ports.first + SOUND_PORTS - 1, telephony__say_place_every=0
        ) as on_stage,
        bare_asterisk(on_stage.home / "bare", render.places(on_stage.house).prompts / "music", SOUND_PORTS) as (port, pid),
        seated(on_stage),
    ):
        ours = Side("ours", on_stage.house.settings[SIP_PORT], process_of(on_stage, "asterisk"))
        plain = Side("plain", port, pid)
        for side in (ours, plain):
            call(side.port, RATE, RATE, HOLD)
        listening = _call_steadily(on_stage, ours, plain)
        heard = _heard(on_stage, ours)
        on_stage.wait(lambda: not _open(on_stage), 60, "応対が終わりません")
        ends = _ends(on_stage)
        for rate in LADDER:
            for side in (ours, plain):
                if side.fails is None:
                    side.step(rate)
        for side in (ours, plain):
            if side.fails is not None:
                _rest(ours, plain)
                side.step(side.fails - STEP // 2)
    return _findings(ours, plain, listening, heard, ends)


def _rest(*sides: Side) -> None:
    """Wait until what an overload has left behind is over: no Asterisk is busy for a second; for half a minute at most."""
    for _ in range(30):
        before = [cpu_seconds(side.pid) for side in sides]
        time.sleep(1)
        if all(cpu_seconds(side.pid) - then < 0.02 for side, then in zip(sides, before, strict=True)):
            return


def _call_steadily(on_stage: Stage, ours: Side, plain: Side) -> dict[str, float]:
    """Call in turn at the steady rate; processor seconds of our listeners meanwhile."""
    listeners = {name: process_of(on_stage, name) for name in ("switchboard", "hub")}
    listening = dict.fromkeys(listeners, 0.0)
    for _ in range(ROUNDS):
        for side in (ours, plain):
            before = {name: cpu_seconds(pid) for name, pid in [*listeners.items(), ("asterisk", side.pid)]}
            side.steady.append(call(side.port, RATE, RATE * SECONDS, HOLD))
            side.cpu += cpu_seconds(side.pid) - before["asterisk"]
            if side is ours:
                for name, pid in listeners.items():
                    listening[name] += cpu_seconds(pid) - before[name]
    return listening


def _heard(on_stage: Stage, ours: Side) -> Spread:
    """Milliseconds from the INVITE until the switchboard hears of the arrival; the nth arrival belongs to the nth INVITE."""
    invited = sorted(at for calls in ours.steady for at in calls.invited.values())
    with on_stage.house.database.reading() as session:
        rows = session.scalars(select(EventRow.at).where(EventRow.kind == "ContactArrived").order_by(EventRow.id))
        arrived = [at.timestamp() for at in rows][RATE:]
    return Spread.of((at - sent) * 1000 for sent, at in zip(invited, arrived, strict=True))


def _open(on_stage: Stage) -> int:
    with on_stage.house.database.reading() as session:
        return len(on_stage.house.contacts.open(session))


def _ends(on_stage: Stage) -> Counter[str]:
    """How the contacts of all calls ended, by the word of the house."""
    with on_stage.house.database.reading() as session:
        return Counter(how or "answered" for how in session.scalars(select(Contact.unserved)))


def _rows(ours: Side, plain: Side) -> Iterator[tuple[str, ...]]:
    for rate in sorted({*ours.steps, *plain.steps}):
        cells = [str(rate)]
        for side in (ours, plain):
            calls = side.steps.get(rate)
            setup = Spread.of(calls.setup).cells()[:2] if calls and calls.setup else ("", "")
            cells += [f"{calls.failed} of {calls.placed}" if calls else "", *setup]
        yield tuple(cells)


def _findings(ours: Side, plain: Side, listening: dict[str, float], heard: Spread, ends: Counter[str]) -> Findings:
    setup = ratio(ours.setup.median, plain.setup.median)
    failed = sum(calls.failed for calls in ours.steady)
    steady = sum(calls.placed for calls in ours.steady)
    placed = steady + RATE
    per_call = {"asterisk, ours": ours.cpu, "asterisk, plain": plain.cpu, **listening}
    tables = [
        Table(f"Set-up at {RATE} calls a second, ms", ("", "calls", "median", "p95", "worst"), [
            *((side.name, str(side.setup.n), *side.setup.cells(2)) for side in (ours, plain)),
            ("ours / plain", "", f"{setup:.2f}", f"{ratio(ours.setup.p95, plain.setup.p95):.2f}", ""),
            ("heard", str(heard.n), *heard.cells(2)),
        ]),
        Table(f"Processor time at {RATE} calls a second, ms a call", ("process", "ms"),
              [(name, f"{seconds / steady * 1000:.2f}") for name, seconds in per_call.items()]),
        Table("Growing rates: set-up in ms", (
            "calls a second", "ours failed", "median", "p95", "plain failed", "median", "p95"), list(_rows(ours, plain))),
    ]  # fmt: skip
    highest = ratio(ours.holds, plain.holds)
    aims = [
        Aim(f"at {RATE} calls a second none fails", f"{failed} of {steady} failed", failed == 0),
        Aim(f"set-up at most {SETUP_AIM} of plain (medians)", f"{setup:.2f}", setup <= SETUP_AIM),
        Aim(f"highest rate without a failure at least {FAILURE_AIM} of plain",
            f"{ours.holds} against {plain.holds} calls a second: {highest:.2f}", highest >= FAILURE_AIM),
        Aim("each call is a contact, and ended as it did: given up in the queue without a sound",
            f"{placed} calls, {dict(ends)}", ends == Counter(silent=placed)),
    ]  # fmt: skip
    figures = {
        "setup_ms": {side.name: side.setup.__dict__ for side in (ours, plain)}, "setup_ratio": setup,
        "heard_ms": heard.__dict__, "cpu_ms_a_call": {n: round(s / steady * 1000, 2) for n, s in per_call.items()},
        "holds": {side.name: side.holds for side in (ours, plain)}, "fails": {side.name: side.fails for side in (ours, plain)},
        "holds_ratio": highest, "ends": dict(ends),
    }  # fmt: skip
    return Findings("Calls", MEASURED, tables, aims, figures)
