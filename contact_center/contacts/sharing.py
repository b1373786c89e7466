"""Somebody else in a conversation: asked while the resident waits, joined to it, or taking it over.

Who is asked is a seat or an office of the directory. Asterisk moves the legs; here is what it means.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contact_center.contacts.model import Contact, State, Third
from contact_center.directory import Directory
from contact_center.directory.model import Department
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import ContactMoved, ContactPassedOn, ContactShared, ContactWrapping
from contact_center.identity import Actor
from contact_center.seats import IDLE, Presence, Seat, Seats

IN_TALK = (State.TALKING, State.HELD)
SEAT, DEPARTMENT = "seat", "department"


class Sharing:
    """Conversations of more than one seat. Methods take the session of the caller's transaction."""

    def __init__(self, log: EventLog, seats: Seats, directory: Directory) -> None:
        self._log = log
        self._seats = seats
        self._directory = directory

    def conversation(self, session: Session, actor: Actor) -> tuple[Seat, Contact]:
        """The seat of this agent and the conversation it has.

        :raises Conflict: where there is none.
        """
        seat = self._seats.of_person(session, actor.person)
        contact = session.get(Contact, seat.contact_id) if seat is not None and seat.contact_id else None
        if seat is None or contact is None or contact.seat_id != seat.id or contact.state not in IN_TALK:
            raise Conflict("通話中に使えます。")
        return seat, contact

    def consult(self, session: Session, actor: Actor, target: str) -> Contact:
        """Ask somebody while the resident hears music.

        :param target: `seat:<id>` or `department:<id>`.
        :raises Conflict: where somebody is asked already, or the seat that is wanted is busy.
        """
        seat, contact = self.conversation(session, actor)
        if contact.third:
            raise Conflict("先に、今の相談を終えてください。")
        wanted = self._wanted(session, actor, seat, contact, target)
        contact.third, contact.third_state = target, Third.CALLED
        if wanted is not None:
            self._seats.ring(session, wanted, contact.id)
        self._say(session, contact, actor.word)
        return contact

    def shared(self, session: Session, actor: Actor, *states: Third) -> Contact:
        """The conversation of this agent, where somebody else is in it in one of these ways.

        :raises Conflict: otherwise.
        """
        _, contact = self.conversation(session, actor)
        if contact.third_state not in states:
            raise Conflict("相談の相手が出てから使えます。")
        return contact

    def pass_on(self, session: Session, actor: Actor, target: str) -> Contact:
        """Pass the resident on without asking first; where nobody answers, they wait before all others."""
        seat, contact = self.conversation(session, actor)
        if contact.third:
            raise Conflict("先に、今の相談を終えてください。")
        self._wanted(session, actor, seat, contact, target)
        contact.state, contact.third, contact.third_state = State.TRANSFERRING, target, Third.CALLED
        self._say(session, contact, actor.word)
        return contact

    def answered(self, session: Session, contact: Contact, at: datetime) -> None:
        """Whoever was called has answered."""
        if contact.third_state != Third.CALLED:
            return
        if contact.state == State.TRANSFERRING:
            self._passed_on(session, contact, at)
            return
        contact.third_state = Third.TALKING
        seat = self._third_seat(session, contact)
        if seat is not None:
            self._seats.talk(session, seat, contact.id)
        self._say(session, contact, "switchboard")

    def joined(self, session: Session, contact: Contact) -> None:
        """All three talk."""
        if contact.third_state == Third.TALKING:
            contact.third_state = Third.JOINED
            self._say(session, contact, "switchboard")

    def left(self, session: Session, contact: Contact) -> bool:
        """Whoever was asked is in it no more; whether all three had talked."""
        joined = contact.third_state == Third.JOINED
        if not contact.third or contact.state == State.TRANSFERRING:
            return False
        self.forget(session, contact)
        return joined

    def forget(self, session: Session, contact: Contact) -> None:
        """Nobody else is in it; a seat that was is what it was before."""
        if not contact.third:
            return
        seat = self._third_seat(session, contact)
        contact.third = contact.third_state = ""
        if seat is not None and seat.contact_id == contact.id and seat.id != contact.seat_id:
            self._seats.free(session, seat, "switchboard")
        self._say(session, contact, "switchboard")

    def took(self, session: Session, contact: Contact, at: datetime) -> None:
        """Whoever was asked has the resident now: another seat goes on with the contact; an office is outside, and the agent
        writes it up.
        """
        if not contact.third or contact.state not in IN_TALK:
            return
        seat, former = self._third_seat(session, contact), session.get(Seat, contact.seat_id)
        if seat is None:
            self._note_passed(session, contact)
            return
        contact.third = contact.third_state = ""
        contact.state, contact.seat_id, contact.person_id = State.TALKING, seat.id, seat.person_id
        if former is not None and former.contact_id == contact.id:
            self._seats.free(session, former, "switchboard")
        self._seats.talk(session, seat, contact.id)
        self.moved(session, contact, seat, at)

    def moved(self, session: Session, contact: Contact, seat: Seat, at: datetime) -> None:
        """Say that the contact is at another seat now."""
        moved = ContactMoved(city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=seat.id)
        self._log.append(session, moved, at=at)

    def _passed_on(self, session: Session, contact: Contact, at: datetime) -> None:
        self._note_passed(session, contact)
        at = max(at, contact.latest)
        contact.state, contact.ended_at = State.WRAPPING, at
        seat = session.get(Seat, contact.seat_id) if contact.seat_id else None
        if seat is not None and seat.person_id == contact.person_id and seat.presence != Presence.WRAPPING:
            self._seats.wrap(session, seat, contact.id, at)
        wrapping = ContactWrapping(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, seat=contact.seat_id or "",
            talked=contact.talked(at),
        )  # fmt: skip
        self._log.append(session, wrapping, at=at)

    def _note_passed(self, session: Session, contact: Contact) -> None:
        contact.passed_to, contact.third, contact.third_state = contact.third, "", ""
        passed = ContactPassedOn(
            city=contact.city_id, contact=contact.id, actor="switchboard", line=contact.line_id, to=contact.passed_to
        )
        self._log.append(session, passed)

    def _wanted(self, session: Session, actor: Actor, own: Seat, contact: Contact, target: str) -> Seat | None:
        """The seat that is meant, or None for an office.

        :raises NotFound: for anything the contact's city does not know.
        """
        kind, _, id = target.partition(":")
        if kind == DEPARTMENT:
            office = session.get(Department, id)
            if office is None or office.city_id != contact.city_id:
                raise NotFound("取り次ぎ先が見つかりません。もう一度選んでください。")
            if not office.transfer:
                raise BadInput("この課には電話をつなげません。番号を案内してください。")
            return None
        seat = session.get(Seat, id) if kind == SEAT else None
        if seat is None or seat.id == own.id:
            raise NotFound("取り次ぎ先が見つかりません。もう一度選んでください。")
        if seat.presence not in IDLE:
            raise Conflict("%(seat)sは今、出られません。", seat=seat.name)
        if not self._directory.person_serves(session, seat.person_id, contact.city_id):
            raise Conflict("%(seat)sの人は、この市を受け持っていません。", seat=seat.name)
        return seat

    def _third_seat(self, session: Session, contact: Contact) -> Seat | None:
        kind, _, id = contact.third.partition(":")
        return session.get(Seat, id) if kind == SEAT else None

    def _say(self, session: Session, contact: Contact, actor: str) -> None:
        shared = ContactShared(
            city=contact.city_id, contact=contact.id, actor=actor, seat=contact.seat_id or "", third=contact.third,
            state=contact.third_state,
        )  # fmt: skip
        self._log.append(session, shared)
