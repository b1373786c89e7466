"""What the agent writes down: note, categories, outcome; the rule that ends a contact; escalations; the card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock, day_of
from contact_center.contacts.model import Contact, Escalation, State
from contact_center.contacts.service import Contacts
from contact_center.contacts.sharing import IN_TALK
from contact_center.directory import Directory
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import (
    ContactClosed,
    ContactCorrected,
    ContactNoted,
    ContactNuisance,
    EscalationAnswered,
    EscalationRaised,
)
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault, mask
from contact_center.seats import Seat, Seats

LONGEST_NOTE = 4000
UNCLASSIFIED = "unclassified"
"""Category and outcome (未分類) of a contact whose seat a supervisor had to free; it is listed for correction."""

MOST_FURTHER = 3
RELAY = "+8150"
"""Numbers among which are those of the telephone relay service for the deaf."""

HARASSMENT = "harassment"


@dataclass(frozen=True)
class Card:
    """The personal part of a contact, for the agent who serves it."""

    number: Personal | None
    note: Personal


class Notes:
    """Writing on contacts. Methods take the session of the caller's transaction."""

    def __init__(
        self,
        clock: Clock,
        log: EventLog,
        audit: AuditTrail,
        vault: Vault,
        seats: Seats,
        directory: Directory,
        contacts: Contacts,
    ) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._vault = vault
        self._seats = seats
        self._directory = directory
        self._contacts = contacts

    def access_card(self, session: Session, actor: Actor, id: int) -> Card:
        """Number and note of a contact. The look is on the audit trail before anything is shown.

        :raises NotAllowed: without `contact.personal` for that city.
        """
        contact = self._of(session, actor, id)
        self._audit.record(Act(actor.word, "contact.personal.show", f"contact:{id}", {}))
        owner = Owner("contact", str(contact.id))
        note = self._vault.get(session, owner, "note") or Personal("")
        return Card(self._vault.get(session, owner, "number"), note)

    def write(self, session: Session, actor: Actor, id: int, text: str) -> str:
        """Keep the note; returns it as it was kept, with every run of twelve digits masked."""
        contact = self._mine(session, actor, id)
        if len(text) > LONGEST_NOTE:
            raise BadInput("メモは%(most)s文字までです。短くしてください。", most=LONGEST_NOTE)
        kept = mask(text)
        self._vault.put(session, Owner("contact", str(contact.id)), "note", Personal(kept))
        self._log.append(session, ContactNoted(city=contact.city_id, contact=id, actor=actor.word))
        return kept

    def classify(
        self, session: Session, actor: Actor, id: int, category: str | None, further: Sequence[str], outcome: str | None
    ) -> None:
        """Set main category, up to three further ones, and outcome, as far as they are known."""
        contact = self._mine(session, actor, id)
        self._check(session, contact, category, further, outcome)
        contact.category, contact.further, contact.outcome = category, list(further), outcome
        self._log.append(session, ContactNoted(city=contact.city_id, contact=id, actor=actor.word))

    def close(self, session: Session, actor: Actor, id: int) -> None:
        """End the wrap-up. A contact ends with a category and an outcome (IZ-17).

        :raises BadInput: where one is missing.
        :raises Conflict: while the resident is still there.
        """
        contact = self._mine(session, actor, id)
        if contact.state != State.WRAPPING:
            raise Conflict("通話が終わってから、後処理を終えてください。")
        if contact.category is None or contact.outcome is None:
            raise BadInput("分類と対応結果を選んでから、後処理を終えてください。")
        self.finish(session, contact, actor.word)

    def time_is_over(self, session: Session, seat: Seat) -> None:
        """The wrap-up time of a seat is over: close what is complete; else the seat stays closed and shows as overdue."""
        contact = session.get(Contact, seat.contact_id)
        if contact is not None and contact.state == State.WRAPPING and contact.category and contact.outcome:
            self.finish(session, contact, "switchboard")

    def release(self, session: Session, actor: Actor, seat_id: str) -> None:
        """Free a seat from a wrap-up that does not end; what is missing stays unclassified, to be corrected.

        :raises NotAllowed: for anybody but a supervisor of that city.
        :raises Conflict: where the seat is in no wrap-up.
        """
        seat = self._seats.get(session, seat_id)
        contact = session.get(Contact, seat.contact_id) if seat.contact_id else None
        if contact is None or contact.state != State.WRAPPING:
            raise Conflict("この席は後処理中ではありません。")
        actor.require("contact.correct", contact.city_id)
        self._audit.record(Act(actor.word, "seat.release", f"contact:{contact.id}", {"seat": seat_id}))
        contact.category = contact.category or UNCLASSIFIED
        contact.outcome = contact.outcome or UNCLASSIFIED
        self.finish(session, contact, actor.word)

    def correct(self, session: Session, actor: Actor, id: int, category: str, further: Sequence[str], outcome: str) -> None:
        """Set category and outcome of a contact that is over anew; figures follow (IZ-17).

        :raises NotAllowed: for anybody but a supervisor of that city.
        :raises Conflict: while the contact is not closed.
        """
        contact = self._of(session, actor, id)
        actor.require("contact.correct", contact.city_id)
        if contact.state != State.CLOSED or contact.category is None or contact.outcome is None or contact.closed_at is None:
            raise Conflict("訂正できるのは、終わった応対です。")
        self._check(session, contact, category, further, outcome)
        before = {"category": contact.category, "outcome": contact.outcome}
        self._audit.record(Act(actor.word, "contact.correct", f"contact:{id}", before))
        corrected = ContactCorrected(
            city=contact.city_id, contact=id, actor=actor.word, line=contact.line_id, old_category=contact.category,
            category=category, old_outcome=contact.outcome, outcome=outcome, day=day_of(contact.closed_at).isoformat(),
        )  # fmt: skip
        contact.category, contact.further, contact.outcome = category, list(further), outcome
        self._log.append(session, corrected)

    def to_correct(self, session: Session, cities: frozenset[str]) -> list[Contact]:
        """Contacts of these cities that were closed without category or outcome, oldest first."""
        missing = or_(Contact.category == UNCLASSIFIED, Contact.outcome == UNCLASSIFIED)
        wanted = select(Contact).where(Contact.city_id.in_(cities), missing).order_by(Contact.id)
        return list(session.scalars(wanted))

    def mark_nuisance(self, session: Session, actor: Actor, id: int) -> None:
        """A call that is a nuisance: a supervisor is called to it, and it is on the record.

        :raises Conflict: outside a conversation.
        :raises BadInput: for a number of a relay service: a deaf caller's interpreter is never a nuisance.
        """
        contact = self._mine(session, actor, id)
        if contact.state not in IN_TALK:
            raise Conflict("通話中に使えます。")
        number = self._vault.get(session, Owner("contact", str(id)), "number")
        if number is not None and number.reveal().startswith(RELAY):
            raise BadInput("050の電話は電話リレーサービスのことがあり、迷惑電話にはできません。手を挙げてください。")
        self._audit.record(Act(actor.word, "contact.nuisance", f"contact:{id}", {}))
        contact.nuisance = True
        known = {choice.code for choice in self._directory.choices(session, "outcome", contact.city_id)}
        if contact.outcome is None and HARASSMENT in known:
            contact.outcome = HARASSMENT
        self._log.append(session, ContactNuisance(city=contact.city_id, contact=id, actor=actor.word, seat=contact.seat_id or ""))
        self._seats.raise_hand(session, actor, "nuisance")

    def finish(self, session: Session, contact: Contact, actor: str) -> None:
        """End a contact that has its category and outcome; its seat goes on to what comes next, an older wrap-up before all."""
        assert contact.category is not None
        assert contact.outcome is not None
        now = self._clock.now()
        ended, answered = contact.ended_at or now, contact.answered_at or now
        contact.state, contact.closed_at = State.CLOSED, now
        closed = ContactClosed(
            city=contact.city_id, contact=contact.id, actor=actor, line=contact.line_id, person=contact.person_id or 0,
            category=contact.category, further=tuple(contact.further), outcome=contact.outcome,
            talked=round((ended - answered).total_seconds(), 3), wrapped=round((now - ended).total_seconds(), 3),
        )  # fmt: skip
        seat = session.get(Seat, contact.seat_id) if contact.seat_id else None
        if seat is not None and seat.contact_id == contact.id:
            self._seats.free(session, seat, actor)
            self._contacts.resume(session, seat)
        self._log.append(session, closed)

    def escalate(self, session: Session, actor: Actor, id: int, to: str, hours: int) -> int:
        """Hand a contact to the supervisor or to the city, to be answered within so many hours (IZ-04).

        :param to: `supervisor` or `city`.
        """
        contact = self._of(session, actor, id)
        if to not in ("supervisor", "city"):
            raise BadInput("引き継ぎ先は責任者か市です。")
        now = self._clock.now()
        row = Escalation(
            contact_id=id, city_id=contact.city_id, to=to, raised_by=actor.word, raised_at=now,
            due_at=now + timedelta(hours=hours),
        )  # fmt: skip
        session.add(row)
        session.flush()
        raised = EscalationRaised(city=contact.city_id, contact=id, actor=actor.word, escalation=row.id, to=to)
        self._log.append(session, raised)
        return row.id

    def answer_escalation(self, session: Session, actor: Actor, id: int) -> None:
        """The second tier (a supervisor) or the city has answered.

        :raises NotAllowed: for anybody else.
        """
        row = session.get(Escalation, id)
        if row is None or not actor.serves(row.city_id):
            raise NotFound("その引き継ぎはありません。")
        actor.require("city.agree" if row.to == "city" else "contact.correct", row.city_id)
        if row.answered_at is not None:
            raise Conflict("この引き継ぎは回答済みです。")
        row.answered_at, row.answered_by = self._clock.now(), actor.word
        answered = EscalationAnswered(city=row.city_id, contact=row.contact_id, actor=actor.word, escalation=id)
        self._log.append(session, answered)

    def _of(self, session: Session, actor: Actor, id: int) -> Contact:
        contact = session.get(Contact, id)
        if contact is None or not actor.serves(contact.city_id):
            raise NotFound("その応対はありません。")
        actor.require("contact.personal", contact.city_id)
        return contact

    def _mine(self, session: Session, actor: Actor, id: int) -> Contact:
        contact = self._of(session, actor, id)
        if contact.person_id != actor.person or contact.state in (State.CLOSED, State.UNSERVED):
            raise Conflict("この応対は、今あなたの席にありません。")
        return contact

    def _check(self, session: Session, contact: Contact, category: str | None, further: Sequence[str], outcome: str | None) -> None:
        categories = {c.code for c in self._directory.choices(session, "category", contact.city_id)}
        outcomes = {c.code for c in self._directory.choices(session, "outcome", contact.city_id)}
        if len(further) > MOST_FURTHER or len({category, *further}) != 1 + len(further):
            raise BadInput("副分類は、主分類と違うものを%(most)sつまで選べます。", most=MOST_FURTHER)
        unknown_category = (set(further) | {category}) - categories - {None}
        if unknown_category or (outcome is not None and outcome not in outcomes):
            raise BadInput("一覧にない分類か対応結果です。選び直してください。")
