"""From a resident's INVITE to the painted card in a real browser, and where each millisecond goes."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from admin.demo.stage import Stage
from bench.measure import SPY, Aim, Findings, Spread, Table, ratio, whole_centre
from bench.sipp import call
from contact_center.events.model import EventRow
from telephony.demo import take_seat
from telephony.settings import AMI_PORT, SIP_PORT

MEASURED = """Milliseconds, one call after the other; all clocks are this machine's. The INVITE is SIPp's at the carrier's
address. *Said* is when the event has come over AMI to a listener of the benchmark's own, beside the switchboard. *Written* is
the `at` of the event in the database. *In the browser* is when the hub's message that the seat rings has come to the page's
WebSocket. *Visible* is when the card is no longer hidden, *painted* the first task after the frame that shows it
(`requestAnimationFrame`, then a message to oneself). Plain is the browser's phone alone, which has its INVITE straight from
Asterisk and knows no contact: when the INVITE is there, and when a page that shows no more than that could be painted. The
greeting (.1 s here) and the half second for which `Answer()` waits for a resident who sends no sound lie between answer and
queue: they are the city's words, not the centre's slowness, so the aim leaves them out. Headless Chromium draws 60 frames a
second, so a frame costs 8 ms in the mean."""

CALLS = 30
WARM_UP = 2
HOLD = 2.0
AIM = 300.0

STEPS = (
    ("invite", "INVITE sent"), ("said_arrived", "arrived: said by Asterisk"), ("answer", "200 OK"),
    ("said_queued", "queued: said by Asterisk (after the greeting)"), ("said_ringing", "seat rings: said by Asterisk"),
    ("written", "ContactOffered written"), ("browser", "the hub's message is in the browser"), ("visible", "card visible"),
    ("painted", "card painted"),
)  # fmt: skip


@dataclass
class Listener:
    """A second reader of AMI, which notes when each stage of a call was said."""

    said: dict[str, float] = field(default_factory=dict)

    def start(self, port: int, secret: str) -> None:
        """Sign in and listen until the other side closes."""
        link = socket.create_connection(("127.0.0.1", port))
        link.sendall(f"Action: Login\r\nUsername: switchboard\r\nSecret: {secret}\r\n\r\n".encode())
        threading.Thread(target=self._listen, args=(link,), daemon=True).start()

    def _listen(self, link: socket.socket) -> None:
        waiting = b""
        while data := link.recv(65536):
            at = time.time()
            *messages, waiting = (waiting + data).split(b"\r\n\r\n")
            for message in messages:
                if b"Event: AgentCalled" in message:
                    self.said.setdefault("said_ringing", at)
                elif b"Stage: arrived" in message:
                    self.said.setdefault("said_arrived", at)
                elif b"Stage: queued" in message:
                    self.said.setdefault("said_queued", at)


def run() -> Findings:
    """Phone one seat in a browser, again and again; each resident gives up once the card was painted."""
    with whole_centre() as on_stage:
        page = on_stage.page(on_stage.browser())
        page.add_init_script(path=SPY)
        on_stage.sign_in(page, "agent")
        page.wait_for_selector("#take-seat:not([hidden])")
        take_seat(page)
        page.click("#go-available")
        listener = Listener()
        listener.start(on_stage.house.settings[AMI_PORT], on_stage.house.keyring.secret("ami"))
        calls = [_one_call(on_stage, page, listener) for _ in range(WARM_UP + CALLS)][WARM_UP:]
    return _findings(calls)


def _one_call(on_stage: Stage, page: Any, listener: Listener) -> dict[str, float]:
    """One resident calls and gives up; the moment of each step, in seconds since 1970."""
    page.wait_for_selector("#presence[data-state=available]")
    page.wait_for_selector("#contact[hidden]", state="attached")
    listener.said.clear()
    page.evaluate("spy.seen = {}")
    calls = call(on_stage.house.settings[SIP_PORT], 1, 1, HOLD)
    moments = {**listener.said, **page.evaluate("spy.seen")}
    moments["invite"], moments["answer"] = *calls.invited.values(), *calls.answered.values()
    with on_stage.house.database.reading() as session:
        newest = select(EventRow.at).where(EventRow.kind == "ContactOffered").order_by(EventRow.id.desc()).limit(1)
        moments["written"] = session.scalars(newest).one().timestamp()
    return moments


def _findings(calls: list[dict[str, float]]) -> Findings:
    def between(start: str, end: str) -> Spread:
        return Spread.of((moments[end] - moments[start]) * 1000 for moments in calls)

    steps = [(f"→ {words}", between(start, end)) for (start, _), (end, words) in pairwise(STEPS)]
    wholes = [
        ("INVITE → painted, without answer → queued",
         Spread.of((m["painted"] - m["said_queued"] + m["answer"] - m["invite"]) * 1000 for m in calls)),
        ("queued → painted", between("said_queued", "painted")),
        ("INVITE → painted, everything", between("invite", "painted")),
        ("seat rings → painted", between("said_ringing", "painted")),
        ("plain: seat rings → the phone alone has its INVITE", between("said_ringing", "phone")),
        ("plain: seat rings → the phone alone could be painted", between("said_ringing", "phone_painted")),
    ]  # fmt: skip
    whole, ours, plain = wholes[0][1], wholes[3][1], wholes[5][1]
    columns = ("", "median", "p95", "worst")
    tables = [
        Table(f"Each step, ms, {len(calls)} calls", columns, [(name, *spread.cells()) for name, spread in steps]),
        Table("The whole, ms", columns, [
            *((name, *spread.cells()) for name, spread in wholes),
            ("card / phone alone", f"{ratio(ours.median, plain.median):.1f}", f"{ratio(ours.p95, plain.p95):.1f}", ""),
        ]),
    ]  # fmt: skip
    sentence = f"INVITE → card painted, without the city's greeting, p95 under {AIM:.0f} ms"
    aims = [Aim(sentence, f"{whole.p95:.0f} ms", whole.p95 < AIM)]
    figures: dict[str, Any] = {"card_by_phone": ratio(ours.median, plain.median)}
    figures |= {name: spread.__dict__ for name, spread in [*steps, *wholes]}
    return Findings("Ring to card", MEASURED, tables, aims, figures)
