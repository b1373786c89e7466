"""Calls that we make: calling back whoever was not served. Asterisk rings the seat first, then dials (IZ-02, NB-13)."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.contacts.callbacks import Callbacks
from contact_center.contacts.model import OPEN, Callback, Contact, State, Unserved
from contact_center.errors import BadInput, Conflict
from contact_center.events import EventLog
from contact_center.events.catalogue import ContactDialled, ContactReached, ContactUnserved
from contact_center.identity import Actor
from contact_center.personal import Owner, Vault
from contact_center.seats import Presence, Seats

IDLE = (Presence.AVAILABLE, Presence.AWAY)


class Outgoing:
    """Calling out. Methods take the session of the caller's transaction."""

    def __init__(self, clock: Clock, log: EventLog, audit: AuditTrail, vault: Vault, seats: Seats, callbacks: Callbacks) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._vault = vault
        self._seats = seats
        self._callbacks = callbacks

    def call_back(self, session: Session, actor: Actor, callback: int) -> Contact:
        """Call somebody of the callback list from the actor's seat; the line's number is shown to them.

        :raises Conflict: where the seat is busy, or somebody else is calling or has dealt with it.
        :raises BadInput: where there is no number.
        """
        row = self._callbacks.get(session, actor, callback)
        if row.done_at is not None:
            raise Conflict("この折り返しは、ほかの人が済ませました。")
        if session.scalar(select(Contact.id).where(Contact.callback_id == callback, Contact.state.in_(OPEN))) is not None:
            raise Conflict("今、ほかの人がこの方にかけています。")
        seat = self._seats.of_person(session, actor.person)
        if seat is None:
            raise Conflict("先に席を選んで着席してください。")
        if seat.presence not in IDLE:
            raise Conflict("今の応対が終わってから、かけてください。")
        self._audit.record(Act(actor.word, "callback.call", f"contact:{row.contact_id}", {"callback": callback}))
        number = self._vault.get(session, Owner("contact", str(row.contact_id)), "number")
        if number is None:
            raise BadInput("番号がないため、かけられません。")
        contact = Contact(
            key=f"out-{secrets.token_hex(8)}", channel="phone", city_id=row.city_id, line_id=row.line_id, outgoing=True,
            state=State.DIALLING, arrived_at=self._clock.now(), further=[], seat_id=seat.id, person_id=actor.person,
            first_id=row.contact_id, callback_id=row.id,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        self._vault.put(session, Owner("contact", str(contact.id)), "number", number, findable=True)
        self._seats.dial(session, seat, contact.id, actor.word)
        dialled = ContactDialled(
            city=contact.city_id, contact=contact.id, actor=actor.word, line=contact.line_id, seat=seat.id, person=actor.person
        )
        self._log.append(session, dialled)
        return contact

    def reached(self, session: Session, contact: Contact, at: datetime) -> None:
        """Somebody has answered: the callback is dealt with, the conversation goes on like any other."""
        if contact.state != State.DIALLING:
            return
        contact.state, contact.answered_at = State.TALKING, at
        reached = ContactReached(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=contact.seat_id or "",
            person=contact.person_id or 0,
        )  # fmt: skip
        self._log.append(session, reached, at=at)
        self._tried(session, contact, reached=True)

    def not_reached(self, session: Session, contact: Contact, at: datetime) -> None:
        """The seat's leg has ended before anybody answered; the attempt is kept, and the seat is what it was."""
        if contact.state != State.DIALLING:
            return
        contact.state, contact.unserved = State.UNSERVED, Unserved.NOT_REACHED
        contact.ended_at = contact.closed_at = at
        seat = self._seats.get(session, contact.seat_id) if contact.seat_id else None
        if seat is not None and seat.contact_id == contact.id:
            self._seats.free(session, seat, "switchboard")
        waited = round(max(0.0, (at - contact.arrived_at).total_seconds()), 3)
        ended = ContactUnserved(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, how=Unserved.NOT_REACHED,
            waited=waited,
        )  # fmt: skip
        self._log.append(session, ended, at=at)
        self._tried(session, contact, reached=False)

    def _tried(self, session: Session, contact: Contact, reached: bool) -> None:
        row = session.get(Callback, contact.callback_id) if contact.callback_id else None
        if row is not None and row.done_at is None:
            self._callbacks.note_attempt(session, row, f"person:{contact.person_id or 0}", reached)
