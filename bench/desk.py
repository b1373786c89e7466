"""Fifty seats, two hundred waiting: how soon a seat rings, how a console paints meanwhile, what ten thousand calls leave behind."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy import select

from admin.demo.ports import PortBlock, free_port
from admin.demo.stage import Stage
from bench.bare import bare_asterisk
from bench.hub import signed_in
from bench.measure import (
    Aim,
    Findings,
    Spread,
    Table,
    cpu_seconds,
    idle_seconds,
    memory,
    process_of,
    ratio,
    whole_centre,
    with_seats,
)
from bench.sipp import call
from bench.telephones import RING, SEATS, TALK, WAITING, WRAP, Side, Telephones
from contact_center.contacts.model import Contact
from contact_center.errors import Unavailable
from contact_center.identity import Actor
from telephony.pbx import render
from telephony.settings import AMI_PORT, RING_SECONDS, SIP_PORT, SIP_TLS_PORT

MEASURED = """Ours is a whole centre with 50 seats, whose people were signed in by the services, and whose phones are
registered over TLS with SRTP; they and the residents are played by one process of the benchmark (`bench/phones.py`), on the
same two cores. Each seat rings .3 s, talks 3 s and hangs up; 4 s later the benchmark writes category and outcome and ends the
wrap-up by `notes.close`. Plain is a bare Asterisk with one `Queue()` of 50 static members who are never paused, UDP and
nobody who listens; its phones talk 7 s, so that both serve as many an hour. *Queued* is when Asterisk says so (ours: over AMI
to a listener of the benchmark's own; plain: written into the INVITE by the dialplan), *rings* is when the phone has the
INVITE. *Free* is when the transaction that ends the wrap-up is committed; plain: when the phone hangs up. What of the
processors was left over stands beside it. Frames are the spans between two
`requestAnimationFrame` of a supervisor's console in headless Chromium (60 frames a second), once with nothing to do and once
while those 200 wait and are served. Memory is resident, in MB, of each process with all that it has started, after as many
short calls (greeting .1 s, hung up in the queue, no seat open) from SIPp."""

FULL_SECONDS = 60
IDLE_SECONDS = 10
SHORT_RATE, PLAIN_SHORT_RATE, SHORT_STAYS = 40, 100, 0.8
BATCH, BATCHES = 1000, 10
SOUND_PORTS = 3200
PLAIN_NUMBER = "0559990002"
"""The number of the bare Asterisk's queue with seats; all others lead to one without."""

LISTENERS = ("switchboard", "hub", "web", "asterisk")
FREE_AIM, AGAIN_AIM, FRAME_AIM, MEMORY_AIM = 300.0, 300.0, 50.0, 1.15

FRAMES = """
() => {
  const frames = window.frames_ = [];
  let last = performance.now();
  const draw = (now) => { frames.push(now - last); last = now; if (window.frames_ === frames) requestAnimationFrame(draw); };
  requestAnimationFrame(draw);
}
"""


def run() -> Findings:
    """Play both ways one after the other, then the many short calls."""
    ports, own = PortBlock(SOUND_PORTS), free_port()
    settings: dict[str, object] = {
        "telephony__rtp_first": ports.first, "telephony__rtp_last": ports.first + SOUND_PORTS - 1, "telephony__say_place_every": 0,
    }  # fmt: skip
    with closing(ports), whole_centre(with_seats(SEATS), **settings) as on_stage:
        music, more = render.places(on_stage.house).prompts / "music", _plain(own, on_stage.house.settings[RING_SECONDS])
        with bare_asterisk(on_stage.home / "bare", music, SOUND_PORTS, more) as (port, pid):
            ours, plain = Side("ours", on_stage.house.settings[SIP_PORT]), Side("plain", port, PLAIN_NUMBER)
            page = on_stage.page(on_stage.browser())
            on_stage.sign_in(page, "supervisor")
            page.wait_for_selector("#take-seat:not([hidden])")
            with _fifty_seats(on_stage, ours) as (telephones, actors):
                idle = _frames(page, IDLE_SECONDS)
                telephones.calm()
                with telephones.full(), _processor_time(ours.cpu, {n: process_of(on_stage, n) for n in LISTENERS}):
                    painted = _frames(page, FULL_SECONDS)
                _all_choose(on_stage, actors, "away")
                with _fifty_plain(on_stage, plain, own) as bare:
                    bare.calm()
                    with bare.full(), _processor_time(plain.cpu, {"asterisk": pid}):
                        time.sleep(FULL_SECONDS)
                held = _short_calls(on_stage, ours, plain, pid)
            ends = _ends(on_stage)
    return _findings(ours, plain, {"nothing to do": idle, f"{WAITING} wait": painted}, held, ends)


def _plain(port: int, ring: int) -> dict[str, str]:
    """The files of the bare Asterisk's seats and of its queue, which works as ours does."""
    seats = [f"seat-{n}" for n in range(1, SEATS + 1)]
    phones = (
        f"\n[{seat}]\ntype = endpoint\ncontext = nowhere\ndisallow = all\nallow = ulaw\naors = {seat}\ndirect_media = no\n"
        f"\n[{seat}]\ntype = aor\ncontact = sip:{seat}@127.0.0.1:{port}\n"
        for seat in seats
    )
    return {
        "pjsip.conf": "".join(phones),
        "queues.conf": (
            f"\n[plain]\nmusicclass = hold\nstrategy = leastrecent\ntimeout = {ring}\nretry = 1\nringinuse = no\nautofill = yes\n"
            + "".join(f"member => PJSIP/{seat}\n" for seat in seats)
        ),
        "extensions.conf": (
            f"exten => {PLAIN_NUMBER},1,Answer()\n same => n,Set(__QUEUED=${{STRFTIME(,,%s.%3q)}})\n"
            " same => n,Queue(plain,cb(leg^s^1))\n same => n,Hangup()\n"
            "\n[leg]\nexten => s,1,Set(PJSIP_HEADER(add,X-Queued)=${QUEUED})\n same => n,Return()\n"
        ),
    }


def _listen_for_queued(on_stage: Stage, queued: dict[str, float]) -> None:
    """Note when Asterisk says that a contact is queued; beside the switchboard, until the link is closed."""
    link = socket.create_connection(("127.0.0.1", on_stage.house.settings[AMI_PORT]))
    secret = on_stage.house.keyring.secret("ami")
    link.sendall(f"Action: Login\r\nUsername: switchboard\r\nSecret: {secret}\r\n\r\n".encode())

    def listen() -> None:
        waiting = b""
        while data := link.recv(65536):
            at = time.time()
            *messages, waiting = (waiting + data).split(b"\r\n\r\n")
            for message in messages:
                if b"\r\nStage: queued" in message:
                    key = message.partition(b"\r\nUniqueid: ")[2].partition(b"\r\n")[0]
                    queued.setdefault(key.decode(), at)

    threading.Thread(target=listen, daemon=True).start()


@contextmanager
def _fifty_seats(on_stage: Stage, ours: Side) -> Iterator[tuple[Telephones, dict[str, Actor]]]:
    """Our seats: signed in, registered, open."""
    house = on_stage.house
    _listen_for_queued(on_stage, ours.queued)
    actors = {f"seat-{n}": house.sessions.who(token) for n, token in enumerate(signed_in(house, SEATS), 1)}
    for seat, actor in actors.items():
        with house.database.session_scope() as session:
            house.seats.sign_in(session, actor, seat, "native")
    on_stage.wait(lambda: _members(on_stage).count("Unavailable") == SEATS, 60, "席が待ち行列に入りません")
    with house.database.reading() as session:
        secrets = {f"{seat.id}-native": house.seats.sip_password(seat) for seat in house.seats.all(session)}
    telephones = Telephones(ours, on_stage, actors)
    try:
        authority, port = str(on_stage.home / "tls" / "authority.pem"), house.settings[SIP_TLS_PORT]
        telephones.order(do="seats", seats=secrets, authority=authority, port=port, ring=RING, talk=TALK)
        telephones.wait("registered", SEATS, 30)
        _all_choose(on_stage, actors, "available")
        on_stage.wait(lambda: "paused" not in _members(on_stage), 60, "席が受付中になりません")
        yield telephones, actors
    finally:
        telephones.close()


@contextmanager
def _fifty_plain(on_stage: Stage, plain: Side, port: int) -> Iterator[Telephones]:
    """The bare Asterisk's seats."""
    telephones = Telephones(plain, on_stage, {})
    try:
        seats = {f"seat-{n}": "" for n in range(1, SEATS + 1)}
        telephones.order(do="seats", seats=seats, own_port=port, ring=RING, talk=TALK + WRAP)
        telephones.wait("registered", SEATS, 30)
        yield telephones
    finally:
        telephones.close()


def _members(on_stage: Stage) -> str:
    return render.console(on_stage.house, "queue show main")


@contextmanager
def _processor_time(found: dict[str, float], pids: dict[str, int]) -> Iterator[None]:
    """Processor seconds a second of these processes during the block, and those that were left."""
    before, began, idle = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic(), idle_seconds()
    yield
    span = time.monotonic() - began
    found["left over"] = (idle_seconds() - idle) / span
    found.update({name: (cpu_seconds(pid) - before[name]) / span for name, pid in pids.items()})


def _all_choose(on_stage: Stage, actors: dict[str, Actor], presence: str) -> None:
    reason = "" if presence == "available" else "break"
    for actor in actors.values():
        while True:
            with suppress(Unavailable), on_stage.house.database.session_scope() as session:
                on_stage.house.seats.choose(session, actor, presence, reason)
                break


def _frames(page: Any, seconds: float) -> list[float]:
    """Milliseconds between the frames that a page draws in that time."""
    page.evaluate(FRAMES)
    page.wait_for_timeout(seconds * 1000)
    return page.evaluate("() => { const found = window.frames_; window.frames_ = null; return found.slice(1); }")


def _short_calls(on_stage: Stage, ours: Side, plain: Side, pid: int) -> dict[str, list[float]]:
    """Memory after each batch of short calls: of our processes, and of the bare Asterisk."""
    pids = {name: process_of(on_stage, name) for name in LISTENERS}
    held: dict[str, list[float]] = {name: [] for name in (*pids, "plain")}
    for side, rate, watched in ((ours, SHORT_RATE, pids), (plain, PLAIN_SHORT_RATE, {"plain": pid})):
        for _ in range(BATCHES):
            calls = call(side.port, rate, BATCH, SHORT_STAYS)
            side.placed += calls.placed
            side.failed += calls.failed
            time.sleep(2)
            for name, one in watched.items():
                held[name].append(memory(one))
    return held


def _ends(on_stage: Stage) -> Counter[str]:
    """How the contacts of all calls ended, by the word of the house."""
    with on_stage.house.database.reading() as session:
        return Counter(how or state for how, state in session.execute(select(Contact.unserved, Contact.state)))


def _findings(
    ours: Side, plain: Side, frames: dict[str, list[float]], held: dict[str, list[float]], ends: Counter[str]
) -> Findings:
    spreads = {name: Spread.of(spans) for name, spans in frames.items()}
    slow = {name: sum(span > FRAME_AIM for span in spans) / max(1, len(spans)) for name, spans in frames.items()}
    growth = {name: ratio(after[-1], after[0]) for name, after in held.items()}
    grown = max(LISTENERS, key=lambda name: growth[name])

    def pair(words: str, one: Spread, other: Spread) -> list[tuple[str, ...]]:
        return [
            (f"{words}: ours", str(one.n), *one.cells()), (f"{words}: plain", str(other.n), *other.cells()),
            ("ours / plain", "", f"{ratio(one.median, other.median):.2f}", f"{ratio(one.p95, other.p95):.2f}", ""),
        ]  # fmt: skip

    first, again, painted = ours.first, ours.again, spreads[f"{WAITING} wait"]
    later = again.p95 - plain.again.p95
    places = sorted({0, BATCHES // 2 - 1, BATCHES - 1})
    tables = [
        Table("Until a seat rings, ms", ("", "rings", "median", "p95", "worst"), [
            *pair("queued while a seat is free", first, plain.first),
            *pair(f"a seat is free while {WAITING} wait", again, plain.again),
        ]),
        Table("Frames of a console, ms", ("", "frames", "median", "p95", "worst", f"above {FRAME_AIM:.0f} ms"), [
            (name, str(spread.n), *spread.cells(), f"{slow[name]:.2%}") for name, spread in spreads.items()
        ]),
        Table("Memory, MB", ("", *(f"after {(place + 1) * BATCH:,} calls" for place in places), "last / first"), [
            (name, *(f"{after[place]:.1f}" for place in places), f"{growth[name]:.3f}") for name, after in held.items()
        ]),
        Table(f"Beside it, while {WAITING} wait", ("", ""), [
            *((f"processor time, seconds a second: {name}", f"{value:.2f}") for name, value in ours.cpu.items()),
            *((f"the same, plain: {name}", f"{value:.2f}") for name, value in plain.cpu.items()),
            ("conversations a second: ours, plain", " and ".join(
                f"{side.again.n / (side.full[1] - side.full[0]):.1f}" for side in (ours, plain))),
            ("ending a wrap-up, written in ms: median, p95, worst", ", ".join(Spread.of(ours.written).cells())),
            ("of these refused, because the database was held, and tried again", str(ours.refused)),
            ("seats that were rung while they talked: ours, plain", f"{ours.busy} and {plain.busy}"),
        ]),
    ]  # fmt: skip
    lost = {how: n for how, n in ends.items() if how not in ("closed", "abandoned", "silent")}
    aims = [
        Aim(f"queued while a seat is free → it rings within {FREE_AIM:.0f} ms, p95", f"{first.p95:.0f} ms", first.p95 < FREE_AIM),
        Aim(f"a seat is free while {WAITING} wait → it rings at most {AGAIN_AIM:.0f} ms later than plain, p95",
            f"{again.p95:.0f} against {plain.again.p95:.0f} ms", later <= AGAIN_AIM),
        Aim(f"a console's frames while {WAITING} wait within {FRAME_AIM:.0f} ms, p95",
            f"{painted.p95:.0f} ms; {slow[f'{WAITING} wait']:.2%} above", painted.p95 <= FRAME_AIM),
        Aim(f"memory is flat: after {BATCH * BATCHES:,} calls at most {MEMORY_AIM} of after {BATCH:,}",
            f"steepest: {grown}, {growth[grown]:.3f}", growth[grown] <= MEMORY_AIM),
        Aim("each call is a contact, and none is lost",
            f"{ours.placed} calls, {ours.failed} failed, {dict(ends)}",
            ends.total() == ours.placed and not ours.failed and not lost),
    ]  # fmt: skip
    figures = {
        "written_ms": Spread.of(ours.written).__dict__, "refused": ours.refused,
        **{side.name: {"first_ms": side.first.__dict__, "again_ms": side.again.__dict__, "cpu": side.cpu, "busy": side.busy,
                       "placed": side.placed, "failed": side.failed} for side in (ours, plain)},
        "first_ratio": ratio(first.median, plain.first.median), "again_ratio": ratio(again.median, plain.again.median),
        "frames_ms": {name: {**spread.__dict__, "slow": slow[name]} for name, spread in spreads.items()},
        "memory_mb": held, "memory_ratio": growth, "ends": dict(ends),
    }  # fmt: skip
    return Findings("Fifty seats, two hundred waiting", MEASURED, tables, aims, figures)
