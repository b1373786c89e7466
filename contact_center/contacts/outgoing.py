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
from contact_center.directory.model import Line
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import ContactDialled, ContactQueued, ContactReached, ContactUnserved, ContactWithdrawn
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault, e164
from contact_center.seats import IDLE, Presence, Seat, Seats


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
        if self._is_being_called(session, callback):
            raise Conflict("この方には、今かけているか、順番が来るとかかります。")
        seat = self._free_seat(session, actor)
        self._audit.record(Act(actor.word, "callback.call", f"contact:{row.contact_id}", {"callback": callback}))
        number = self._vault.get(session, Owner("contact", str(row.contact_id)), "number")
        if number is None:
            raise BadInput("番号がないため、かけられません。")
        contact = self._new(session, row, number)
        self._ring_out(session, contact, seat, actor)
        return contact

    def _free_seat(self, session: Session, actor: Actor) -> Seat:
        seat = self._seats.of_person(session, actor.person)
        if seat is None:
            raise Conflict("先に席を選んで着席してください。")
        if seat.presence not in IDLE:
            raise Conflict("今の応対が終わってから、かけてください。")
        return seat

    def _ring_out(self, session: Session, contact: Contact, seat: Seat, actor: Actor) -> None:
        contact.state, contact.seat_id, contact.person_id = State.DIALLING, seat.id, actor.person
        self._seats.dial(session, seat, contact.id, actor.word)
        self._dialled(session, contact, actor.word, asked=True, at=contact.arrived_at)

    def call(self, session: Session, actor: Actor, line: str, number: str) -> Contact:
        """Call a number from the actor's seat; it is shown the line's number. The dial rules are the caller's to have checked.

        :param number: as it is dialled in Japan, digits only.
        :raises Conflict: where the seat is busy.
        :raises NotFound: for a line that is not in the directory, or another city's.
        """
        row = session.get(Line, line)
        if row is None or not actor.serves(row.city_id):
            raise NotFound("回線「%(id)s」はありません。", id=line)
        actor.require("contact.personal", row.city_id)
        seat = self._free_seat(session, actor)
        self._audit.record(Act(actor.word, "call.dial", f"line:{line}", {}))
        contact = self._made(session, row.city_id, line, Personal(e164(number) or number))
        self._ring_out(session, contact, seat, actor)
        return contact

    def keep_place(self, session: Session, callback: int, pool: str) -> Contact | None:
        """Somebody has asked to be called back while they waited: a call to them waits in the queue at their place.

        :returns: what waits there; None where the list has dealt with it, or somebody is calling already.
        """
        row = session.get(Callback, callback)
        if row is None or row.done_at is not None or self._is_being_called(session, callback):
            return None
        number = self._vault.get(session, Owner("contact", str(row.contact_id)), "number")
        if number is None:
            return None
        contact = self._new(session, row, number)
        contact.state, contact.queued_at = State.QUEUED, contact.arrived_at
        # They have waited since their own call.
        contact.arrived_at = session.get_one(Contact, row.contact_id).arrived_at
        queued = ContactQueued(city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, pool=pool)
        self._log.append(session, queued)
        return contact

    def turn(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """A seat has taken the call that waited: the resident is dialled now."""
        contact.state, contact.arrived_at = State.DIALLING, at
        contact.seat_id, contact.person_id = seat.id, seat.person_id
        self._seats.talk(session, seat, contact.id)
        self._dialled(session, contact, f"person:{seat.person_id or 0}", asked=False, at=at)

    def withdraw(self, session: Session, contact: Contact, at: datetime) -> None:
        """What waited in the queue is gone before its turn; whoever wants to be called back is still on the list."""
        seat = self._seats.get(session, contact.seat_id) if contact.seat_id else None
        if seat is not None and seat.contact_id == contact.id and seat.presence == Presence.RINGING:
            self._seats.stop_ringing(session, seat, put_away=False)
        contact.state, contact.seat_id, contact.person_id = State.CLOSED, None, None
        contact.ended_at = contact.closed_at = at
        withdrawn = ContactWithdrawn(city=contact.city_id, contact=contact.id, actor="switchboard")
        self._log.append(session, withdrawn, at=at)

    def _new(self, session: Session, row: Callback, number: Personal) -> Contact:
        contact = self._made(session, row.city_id, row.line_id, number)
        contact.first_id, contact.callback_id, contact.escalation_id = row.contact_id, row.id, row.escalation_id
        return contact

    def _made(self, session: Session, city: str, line: str, number: Personal) -> Contact:
        contact = Contact(
            key=f"out-{secrets.token_hex(8)}", channel="phone", city_id=city, line_id=line, outgoing=True,
            arrived_at=self._clock.now(), further=[], state=State.QUEUED,
        )  # fmt: skip
        session.add(contact)
        session.flush()
        self._vault.put(session, Owner("contact", str(contact.id)), "number", number, findable=True)
        return contact

    def _is_being_called(self, session: Session, callback: int) -> bool:
        open_ones = select(Contact.id).where(Contact.callback_id == callback, Contact.state.in_(OPEN))
        return session.scalar(open_ones) is not None

    def _dialled(self, session: Session, contact: Contact, actor: str, asked: bool, at: datetime) -> None:
        dialled = ContactDialled(
            city=contact.city_id, contact=contact.id, actor=actor, line=contact.line_id, seat=contact.seat_id or "",
            person=contact.person_id or 0, asked=asked,
        )  # fmt: skip
        self._log.append(session, dialled, at=at)

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
