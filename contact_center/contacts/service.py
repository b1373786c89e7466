"""The life of a contact, as the switchboard observes it. Every step can be told twice without harm: after an outage the
same story is read again from Asterisk's own records, whose moments are whole seconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.contacts.callbacks import Callbacks
from contact_center.contacts.model import BY_HAND, OPEN, Contact, State, Third, Unserved
from contact_center.contacts.outgoing import Outgoing
from contact_center.contacts.sharing import IN_TALK, Sharing
from contact_center.directory.model import Line
from contact_center.errors import NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import (
    ContactAnswered,
    ContactArrived,
    ContactHeld,
    ContactOffered,
    ContactQueued,
    ContactRecounted,
    ContactUnserved,
    ContactWrapping,
)
from contact_center.personal import Owner, Personal, Vault
from contact_center.seats import IDLE, Presence, Seat, Seats

BEFORE_ANSWER = (State.ARRIVED, State.QUEUED, State.OFFERED)
WHOLE_SECOND = timedelta(seconds=1)
"""How much earlier than it happened the record may say that something happened."""


class Contacts:
    """What happens to contacts. Methods take the session of the caller's transaction."""

    def __init__(
        self, clock: Clock, log: EventLog, vault: Vault, seats: Seats, callbacks: Callbacks, outgoing: Outgoing, sharing: Sharing
    ) -> None:
        self._clock = clock
        self._log = log
        self._vault = vault
        self._seats = seats
        self._callbacks = callbacks
        self._outgoing = outgoing
        self._sharing = sharing

    def arrive(
        self,
        session: Session,
        key: str,
        line: str,
        number: Personal | None,
        at: datetime,
        why: str = "anonymous",
    ) -> Contact:
        """A resident has reached a line or stands at a counter.

        :param key: Asterisk's system name and unique id.
        :param number: the caller's number in E.164, or None where it is withheld or odd.
        :param why: why there is no number: `anonymous`, `payphone` or `unavailable`.
        :raises NotFound: for a line that is not in the directory.
        """
        known = self.by_key(session, key)
        if known is not None:
            return known
        row = session.get(Line, line)
        if row is None:
            raise NotFound("回線「%(id)s」はありません。", id=line)
        contact = Contact(
            key=key, channel=row.channel, city_id=row.city_id, line_id=line, menu=row.menu, state=State.ARRIVED,
            arrived_at=at, withheld=why if number is None and row.number else "", further=[],
        )  # fmt: skip
        session.add(contact)
        session.flush()
        if number is not None:
            self._vault.put(session, Owner("contact", str(contact.id)), "number", number, findable=True)
        arrived = ContactArrived(city=contact.city_id, contact=contact.id, actor="resident", line=line, channel=row.channel)
        self._log.append(session, arrived, at=at)
        return contact

    def by_key(self, session: Session, key: str) -> Contact | None:
        """The contact of that key."""
        return session.scalar(select(Contact).where(Contact.key == key))

    def open(self, session: Session) -> list[Contact]:
        """Every contact that is not over."""
        return list(session.scalars(select(Contact).where(Contact.state.in_(OPEN)).order_by(Contact.arrived_at)))

    def queue(self, session: Session, contact: Contact, pool: str, at: datetime) -> None:
        """The contact waits in a pool's queue; the seat that it had before, if any, is kept for it no longer."""
        if contact.state == State.QUEUED and contact.answered_at is not None:
            self._free_former(session, contact, None)
        if contact.state != State.ARRIVED:
            return
        contact.state, contact.queued_at = State.QUEUED, at
        queued = ContactQueued(city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, pool=pool)
        self._log.append(session, queued, at=at)

    def offer(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """A seat rings with the contact; one that was left in the same moment is about to be silenced."""
        if contact.state not in (*BEFORE_ANSWER, State.TRANSFERRING):
            return
        if contact.state == State.OFFERED and contact.seat_id == seat.id:
            return
        if not seat.signed_in:
            return
        contact.state, contact.seat_id, contact.person_id, contact.offered_at = State.OFFERED, seat.id, seat.person_id, at
        self._seats.ring(session, seat, contact.id)
        offered = ContactOffered(city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=seat.id)
        self._log.append(session, offered, at=at)

    def wait_on(self, session: Session, contact: Contact, at: datetime) -> None:
        """The resident has pressed a key while a seat rang: it rings no more, and they wait on."""
        seat = session.get(Seat, contact.seat_id) if contact.seat_id else None
        if contact.state != State.OFFERED or seat is None:
            return
        if seat.contact_id == contact.id and seat.presence == Presence.RINGING:
            self._seats.stop_ringing(session, seat, put_away=False)
        self._queue_again(session, contact, at)

    def _queue_again(self, session: Session, contact: Contact, at: datetime) -> None:
        contact.state, contact.seat_id = State.QUEUED, None
        if contact.answered_at is None:
            contact.person_id = None
        waiting = ContactQueued(city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, pool="")
        self._log.append(session, waiting, at=at)

    def not_answered(self, session: Session, contact: Contact, seat: Seat, whole_time: bool, at: datetime) -> None:
        """The seat rang in vain; the contact waits on at the head of its queue.

        :param whole_time: it rang to the end, so the seat is put away; else its leg broke off, which is no fault of the agent.
        """
        if contact.offered_at is not None and at <= contact.offered_at - WHOLE_SECOND:
            # The record tells of an earlier ring; meanwhile it rings anew.
            return
        if seat.contact_id == contact.id and seat.presence == Presence.RINGING:
            self._seats.stop_ringing(session, seat, put_away=whole_time)
        if contact.state == State.OFFERED and contact.seat_id == seat.id:
            self._queue_again(session, contact, at)

    def answer(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """The seat has answered; the first time, or after the resident had been put through before."""
        if contact.state not in (*BEFORE_ANSWER, State.TRANSFERRING):
            return
        if contact.answered_at is not None:
            self._go_on(session, contact, seat, at)
            return
        if contact.outgoing:
            self._outgoing.turn(session, contact, seat, at)
            return
        at = max(at, contact.arrived_at)
        contact.state, contact.answered_at = State.TALKING, at
        contact.seat_id, contact.person_id = seat.id, seat.person_id
        self._seats.talk(session, seat, contact.id)
        answered = ContactAnswered(
            city=contact.city_id, contact=contact.id, actor=f"person:{seat.person_id or 0}", line=contact.line_id,
            seat=seat.id, person=seat.person_id or 0, waited=_span(contact.arrived_at, at),
        )  # fmt: skip
        self._log.append(session, answered, at=at)

    def _go_on(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        self._free_former(session, contact, seat)
        contact.state, contact.third, contact.third_state = State.TALKING, "", ""
        contact.together(at)
        contact.seat_id, contact.person_id = seat.id, seat.person_id
        self._seats.talk(session, seat, contact.id)
        self._sharing.moved(session, contact, seat, at)

    def has_seat(self, contact: Contact, seat: Seat) -> bool:
        """Whether a seat serves a contact, is asked about it, or is kept for it."""
        kept = contact.state == State.QUEUED and contact.answered_at is not None
        return kept or seat.id == contact.seat_id or contact.third == f"seat:{seat.id}"

    def _free_former(self, session: Session, contact: Contact, now: Seat | None) -> None:
        for former in self._seats.with_contact(session, contact.id):
            if former is not now:
                self._seats.free(session, former, "switchboard")

    def alone(self, session: Session, contact: Contact, at: datetime) -> None:
        """The resident is still there, but nobody serves them: the seat has vanished, or whoever they were passed on to did not
        answer. They wait before all others; the seat that has vanished is kept for them until they wait for any.
        """
        if contact.state not in (*IN_TALK, State.TRANSFERRING, State.WRAPPING) or contact.answered_at is None:
            return
        kept = self._seats.get(session, contact.seat_id) if contact.seat_id and contact.state != State.TRANSFERRING else None
        self._free_former(session, contact, kept)
        if kept is not None and kept.contact_id == contact.id:
            self._seats.talk(session, kept, contact.id)
        contact.third = contact.third_state = ""
        contact.ended_at = None
        contact.alone_since = contact.alone_since or at
        self._queue_again(session, contact, at)

    def hold(self, session: Session, contact: Contact, seat: Seat, held: bool, at: datetime) -> None:
        """The seat has put the resident on hold, or taken them off it."""
        before, after = (State.TALKING, State.HELD) if held else (State.HELD, State.TALKING)
        if contact.state != before or contact.seat_id != seat.id:
            return
        contact.state = after
        changed = ContactHeld(city=contact.city_id, contact=contact.id, actor="switchboard", seat=seat.id, held=held)
        self._log.append(session, changed, at=at)

    def seat_left(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """The seat's own leg has ended: time for notes there, whatever becomes of the resident's."""
        if contact.state == State.DIALLING:
            self._outgoing.not_reached(session, contact, at)
            return
        if contact.state == State.TRANSFERRING and seat.contact_id == contact.id:
            self._after_passing_on(session, contact, seat, at)
            return
        if contact.state not in IN_TALK or contact.seat_id != seat.id:
            return
        if contact.answered_at is not None and at <= contact.answered_at - WHOLE_SECOND:
            # The record tells of an earlier leg of this seat; the present one still talks.
            return
        if contact.third_state == Third.JOINED:
            self._sharing.took(session, contact, at)
            if contact.seat_id != seat.id:
                return
        self._sharing.forget(session, contact)
        # The record's moments are whole seconds, which may lie before the answer.
        at = max(at, contact.latest)
        contact.state, contact.ended_at = State.WRAPPING, at
        if seat.person_id == contact.person_id:
            self._seats.wrap(session, seat, contact.id, at)
        wrapping = ContactWrapping(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=seat.id,
            talked=contact.talked(at),
        )  # fmt: skip
        self._log.append(session, wrapping, at=at)

    def _after_passing_on(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """Who is passed on to an office is written up here; another seat writes up what it is given."""
        if contact.third.startswith("seat:"):
            self._seats.free(session, seat, "switchboard")
        elif seat.person_id == contact.person_id:
            self._seats.wrap(session, seat, contact.id, at)

    def resume(self, session: Session, seat: Seat) -> None:
        """Whoever is free but has an unfinished wrap-up of theirs finds it at the seat: no contact stays without outcome."""
        if seat.contact_id is not None or not seat.signed_in:
            return
        left = session.scalars(
            select(Contact).where(Contact.state == State.WRAPPING, Contact.person_id == seat.person_id).order_by(Contact.id)
        ).first()
        if left is not None:
            left.seat_id = seat.id
            self._seats.wrap(session, seat, left.id, self._clock.now())

    def gone(self, session: Session, contact: Contact, how: Unserved, at: datetime) -> None:
        """The resident's channel is gone.

        :param how: in which way, if nobody had answered; who was talking is simply over.
        """
        seat = session.get(Seat, contact.seat_id) if contact.seat_id else None
        if contact.state in (State.DIALLING, *IN_TALK) and seat is not None:
            self._sharing.forget(session, contact)
            self.seat_left(session, contact, seat, at)
        if contact.answered_at is not None and contact.state in (State.QUEUED, State.OFFERED, State.TRANSFERRING):
            self._gone_again(session, contact, seat, at)
        if contact.state in (State.WRAPPING, State.CLOSED):
            if how == Unserved.INTERRUPTED and not contact.cut:
                contact.cut = True
                self._callbacks.ask(session, contact, how, _span(contact.arrived_at, contact.answered_at or at), at)
            return
        if contact.state not in BEFORE_ANSWER:
            return
        if contact.outgoing:
            self._outgoing.withdraw(session, contact, at)
            return
        if seat is not None and seat.contact_id == contact.id and seat.presence == Presence.RINGING:
            self._seats.stop_ringing(session, seat, put_away=False)
        at = max(at, contact.arrived_at)
        waited = _span(contact.arrived_at, at)
        contact.state, contact.unserved, contact.ended_at, contact.closed_at = State.UNSERVED, how, at, at
        contact.seat_id = contact.person_id = None
        left = ContactUnserved(
            city=contact.city_id, contact=contact.id, actor="resident", line=contact.line_id, how=how, waited=waited
        )
        self._log.append(session, left, at=at)
        self._callbacks.ask(session, contact, how, waited, at)

    def count(self, session: Session, contact: Contact, counts: bool, actor: str) -> None:
        """Take a contact that is over out of the figures, or back into them."""
        if contact.counted == counts or contact.closed_at is None:
            return
        contact.counted = counts
        answered, ended = contact.answered_at, contact.ended_at or contact.closed_at
        recounted = ContactRecounted(
            city=contact.city_id, contact=contact.id, actor=actor, line=contact.line_id, sign=1 if counts else -1,
            arrived=contact.arrived_at.isoformat(), answered=answered.isoformat() if answered else "",
            closed=contact.closed_at.isoformat(), outgoing=contact.outgoing, entered=contact.channel in BY_HAND,
            how=contact.unserved or "", classified=contact.outcome is not None,
            waited=_span(contact.arrived_at, answered) if answered else 0.0, talked=contact.talked(ended),
            wrapped=_span(ended, contact.closed_at),
        )  # fmt: skip
        self._log.append(session, recounted)

    def _gone_again(self, session: Session, contact: Contact, seat: Seat | None, at: datetime) -> None:
        """Who was served before is gone while they waited to go on: the agent who had them last writes it up."""
        if seat is not None and seat.contact_id == contact.id and seat.presence == Presence.RINGING:
            self._seats.stop_ringing(session, seat, put_away=False)
        at = max(at, contact.latest)
        contact.together(at)
        contact.state, contact.ended_at = State.WRAPPING, at
        contact.third = contact.third_state = ""
        wrapping = ContactWrapping(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=contact.seat_id or "",
            talked=contact.talked(at),
        )  # fmt: skip
        self._log.append(session, wrapping, at=at)
        last = self._seats.of_person(session, contact.person_id) if contact.person_id else None
        if last is not None and last.presence in IDLE:
            self.resume(session, last)


def _span(start: datetime, end: datetime) -> float:
    return round(max(0.0, (end - start).total_seconds()), 3)
