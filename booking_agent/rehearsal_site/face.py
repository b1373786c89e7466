"""What every request to a face passes, whatever the face looks like: switches, the visit, the layout, the last button."""

from __future__ import annotations

import socket
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from booking_agent.rehearsal_site.calendar import Asked, beside
from booking_agent.rehearsal_site.faults import Fault
from booking_agent.rehearsal_site.model import COUNTERS, Denied, Face, Hold, Reason, Reservation, Wish
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.visits import Visit
from booking_agent.rehearsal_site.words import CITY, RENAMED

LAYOUT: tuple[Fault, ...] = ("labels", "buttons", "columns")
TAKEN: tuple[Fault, ...] = ("taken_500", "taken_message", "taken_other_person")
_STATIC = ".static"


class Cut(Exception):
    """What was handed in never arrived: the connection breaks off without an answer."""


class Expired(Exception):
    """The visit is not known any more."""


class Taken(Exception):
    """Somebody else was quicker.

    :param manner: how the site is to say so: one of `TAKEN`, or empty for its own way.
    :param other: the name of another person, for the site that tells it.
    """

    def __init__(self, manner: str, other: str) -> None:
        super().__init__(manner)
        self.manner, self.other = manner, other


def visit() -> Visit:
    """Whose request this is."""
    found: Visit = g.visit
    return found


def join(blueprint: Blueprint, face: Face) -> None:
    """Let a face's requests pass what all of them pass."""

    def admit() -> Any:
        site, faults = here(), here().faults
        if (milliseconds := faults.meets("slow", face)) is not None:
            site.clock.sleep(milliseconds / 1000)
        if request.endpoint == face + _STATIC:
            return None
        g.face, g.visit = face, site.visits.of(face, request.cookies.get(f"{face}_sid", ""))
        if faults.meets("maintenance", face) is not None:
            return render_template("rehearsal/maintenance.html"), 503
        if faults.meets("maintenance_200", face) is not None:
            return render_template("rehearsal/maintenance.html")
        g.requests = faults.count(face, request.remote_addr or "")
        if faults.meets("too_many", face, reached=g.requests) is not None:
            return render_template("rehearsal/too_many.html"), 429
        if g.visit.data and faults.meets("expired", face) is not None:
            g.visit.data.clear()
            raise Expired
        return None

    def answered(response: Response) -> Response:
        if "visit" in g:
            response.set_cookie(f"{face}_sid", g.visit.id, path=f"/{face}", httponly=True, samesite="Lax")
            response.headers["Cache-Control"] = "no-store"
        if "lost" in g:
            hang_up()
        return response

    blueprint.before_request(admit)
    blueprint.after_request(answered)
    blueprint.context_processor(look)


def look() -> dict[str, Any]:
    """What every template is told: how things are called and placed now; the same through one request."""
    if "look" not in g:
        faults, face = here().faults, g.face
        labels, moved, turned = (faults.meets(fault, face) is not None for fault in LAYOUT)
        words = RENAMED if labels else {}
        g.look = {
            "say": lambda label: words.get(label, label), "words": words, "moved": moved, "turned": turned, "city": CITY,
            "counters": COUNTERS,
        }  # fmt: skip
    found: dict[str, Any] = g.look
    return found


def hang_up() -> None:
    """Break the connection off; what is answered after that reaches nobody."""
    with suppress(OSError):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def shows_nothing(face: Face) -> bool:
    """Whether this calendar is to show no free place because too many requests came."""
    return here().faults.meets("too_many_empty", face, reached=g.requests) is not None


def mixed_up(asked: Asked, slot: str) -> str:
    """The slot that the site goes on with: the chosen one, unless it confuses it with another."""
    ledger = here().ledger
    confused = here().faults.meets("other_time", asked.face) is not None
    return beside(ledger, asked, ledger.slot(slot)).id if confused else slot


def keep(asked: Asked, slot: str) -> Hold:
    """Keep a slot for whoever chose it.

    :raises Taken: where it is full by now.
    :raises Denied: where the ledger says no for another reason.
    """
    careless = here().faults.meets("double_book", asked.face) is not None
    try:
        return here().ledger.hold(asked.face, slot, asked.people, asked.own, careless)
    except Denied as no:
        raise _taken(no, "") from no


def _taken(no: Denied, manner: str, person: str = "") -> Exception:
    others = (one.name for one in here().ledger.people.values() if one.number != person)
    return Taken(manner, next(others)) if no.reason is Reason.FULL else no


def commit(wish: Wish) -> Reservation:
    """Hand in what the last button asks for, with whatever goes wrong on the way.

    :raises Cut: where it is lost on the way.
    :raises Taken: where the slot is full by now.
    :raises Denied: where the ledger says no for another reason.
    """
    ledger, faults = here().ledger, here().faults
    if faults.meets("lost_before", wish.face) is not None:
        ledger.note(wish, "lost")
        raise Cut
    manner = next((fault for fault in TAKEN if wish.what != "cancel" and faults.meets(fault, wish.face) is not None), "")
    if manner:
        ledger.fill(wish.slot)
    try:
        done = ledger.submit(wish, careless=faults.meets("double_book", wish.face) is not None)
    except Denied as no:
        raise _taken(no, manner, wish.person) from no
    if faults.meets("lost_after", wish.face) is not None:
        # The mail still goes out: only the way back to the visitor is lost.
        g.lost = True
    return done


def look_up(face: Face, number: str) -> Reservation | None:
    """A reservation as the face knows it: what was just handed in may not have reached it."""
    ledger = here().ledger
    found = ledger.reservations.get(number)
    lag = here().faults.meets("lag", face)
    if found is None or (lag is not None and ledger.now() - found.history[-1].at < timedelta(seconds=lag)):
        return None
    return found
