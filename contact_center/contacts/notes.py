"""What the agent writes down: note, categories, outcome, where the answer came from; the rule that ends a contact; the card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import TOKYO, Clock, day_of
from contact_center.contacts.model import BY_HAND, Contact, State
from contact_center.contacts.service import Contacts
from contact_center.contacts.sharing import IN_TALK
from contact_center.directory import Directory
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import ContactClosed, ContactNoted, ContactNuisance
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault, mask
from contact_center.seats import Seat, Seats

LONGEST_NOTE = 4000
MOST_FURTHER = 3
MOST_SOURCES = 6
MOST_EARLIER = 10
MOST_OF_A_DAY = 200
SOURCE = re.compile(r"[a-z]{2,20}:[A-Za-z0-9-]{1,40}")
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
        contact = self.of(session, actor, id)
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
        self.check(session, contact, category, further, outcome)
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
        # A clock that was set back meanwhile makes no span negative.
        by_hand = contact.channel in BY_HAND
        now = contact.arrived_at if by_hand else max(self._clock.now(), contact.ended_at or contact.latest)
        ended = contact.ended_at or now
        contact.state, contact.closed_at = State.CLOSED, now
        closed = ContactClosed(
            city=contact.city_id, contact=contact.id, actor=actor, line=contact.line_id, person=contact.person_id or 0,
            category=contact.category, further=tuple(contact.further), outcome=contact.outcome,
            talked=contact.talked(ended), wrapped=round((now - ended).total_seconds(), 3),
            entered=by_hand,
        )  # fmt: skip
        seat = session.get(Seat, contact.seat_id) if contact.seat_id else None
        if seat is not None and seat.contact_id == contact.id:
            self._seats.free(session, seat, actor)
            self._contacts.resume(session, seat)
        # What is entered later counts in the hour in which it was.
        self._log.append(session, closed, at=now)
        self.count(session, contact, actor)

    def count(self, session: Session, contact: Contact, actor: str) -> None:
        """Take a contact out of the figures, or back into them, as its category says: wrong numbers and tests are no work done
        for residents.
        """
        choices = self._directory.choices(session, "category", contact.city_id)
        counts = next((choice.counted for choice in choices if choice.code == contact.category), True)
        self._contacts.count(session, contact, counts, actor)

    def link(self, session: Session, actor: Actor, id: int, source: str, linked: bool) -> None:
        """Name, or name no more, where the answer came from.

        :param source: `faq:<id>`, `department:<id>` or another kind and id of a feature.
        """
        contact = self._mine(session, actor, id)
        if not SOURCE.fullmatch(source):
            raise BadInput("回答のもとを選び直してください。")
        kind, _, name = source.partition(":")
        offices = {office.id for office in self._directory.departments(session, [contact.city_id])}
        if kind == "department" and name not in offices:
            raise NotFound("取り次ぎ先が見つかりません。もう一度選んでください。")
        self._link(session, contact, source, linked, actor.word)

    def link_by(self, session: Session, feature: str, id: int, source: str) -> None:
        """Name a source that a feature has made while it worked for this contact, whoever serves it by now.

        :param feature: who says so, for the log of events.
        """
        self._link(session, session.get_one(Contact, id), source, True, feature)

    def _link(self, session: Session, contact: Contact, source: str, linked: bool, by: str) -> None:
        kept = [one for one in contact.sources if one != source]
        contact.sources = [*kept, source][-MOST_SOURCES:] if linked else kept
        self._log.append(session, ContactNoted(city=contact.city_id, contact=contact.id, actor=by))

    def earlier(self, session: Session, actor: Actor, id: int) -> list[Contact]:
        """The contacts before this one from the same number, newest first; the look is on the audit trail.

        :raises NotAllowed: without `contact.personal` for that city.
        """
        self.of(session, actor, id)
        number = self._vault.get(session, Owner("contact", str(id)), "number")
        if number is None:
            return []
        self._audit.record(Act(actor.word, "contact.earlier", f"contact:{id}", {}))
        ids = [int(owner) for owner in self._vault.owners_of(session, "contact", "number", number, 20)]
        wanted = select(Contact).where(Contact.id.in_(ids), Contact.id != id, Contact.city_id.in_(actor.cities))
        return list(session.scalars(wanted.order_by(Contact.arrived_at.desc()).limit(MOST_EARLIER)))

    def mine_of_the_day(self, session: Session, actor: Actor) -> list[Contact]:
        """What this agent has served today, newest first; no number and no note is in it."""
        midnight = datetime.combine(day_of(self._clock.now()), time(), TOKYO)
        wanted = select(Contact).where(Contact.person_id == actor.person, Contact.arrived_at >= midnight)
        mine = wanted.where(Contact.answered_at.is_not(None), Contact.city_id.in_(actor.cities))
        return list(session.scalars(mine.order_by(Contact.id.desc()).limit(MOST_OF_A_DAY)))

    def of(self, session: Session, actor: Actor, id: int) -> Contact:
        """A contact of a city whose contacts the actor may see in person.

        :raises NotFound: where there is none, or it is another city's.
        """
        contact = session.get(Contact, id)
        if contact is None or not actor.serves(contact.city_id):
            raise NotFound("その応対はありません。")
        actor.require("contact.personal", contact.city_id)
        return contact

    def _mine(self, session: Session, actor: Actor, id: int) -> Contact:
        contact = self.of(session, actor, id)
        if contact.person_id != actor.person or contact.state in (State.CLOSED, State.UNSERVED):
            raise Conflict("この応対は、今あなたの席にありません。")
        return contact

    def check(self, session: Session, contact: Contact, category: str | None, further: Sequence[str], outcome: str | None) -> None:
        """Refuse categories and outcomes that the contact's city does not have.

        :raises BadInput: saying what is wrong.
        """
        categories = {c.code for c in self._directory.choices(session, "category", contact.city_id)}
        outcomes = {c.code for c in self._directory.choices(session, "outcome", contact.city_id)}
        if len(further) > MOST_FURTHER or len({category, *further}) != 1 + len(further):
            raise BadInput("副分類は、主分類と違うものを%(most)sつまで選べます。", most=MOST_FURTHER)
        unknown_category = (set(further) | {category}) - categories - {None}
        if unknown_category or (outcome is not None and outcome not in outcomes):
            raise BadInput("一覧にない分類か対応結果です。選び直してください。")
