"""What a supervisor sets right: a seat that does not end its wrap-up, categories and outcomes until the month is frozen, contacts
that came by another way than the lines.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import TOKYO, Clock, day_of
from contact_center.contacts.model import BY_HAND, Contact, FrozenMonth, State
from contact_center.contacts.notes import Notes
from contact_center.directory.model import Line
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import ContactCorrected
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault, mask
from contact_center.seats import Seats

UNCLASSIFIED = "unclassified"
"""Category and outcome (未分類) of a contact whose seat a supervisor had to free; it is listed for correction."""


class Corrections:
    """Setting right. Methods take the session of the caller's transaction."""

    def __init__(self, clock: Clock, log: EventLog, audit: AuditTrail, vault: Vault, seats: Seats, notes: Notes) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._vault = vault
        self._seats = seats
        self._notes = notes

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
        self._notes.finish(session, contact, actor.word)

    def correct(self, session: Session, actor: Actor, id: int, category: str, further: Sequence[str], outcome: str) -> None:
        """Set category and outcome of a contact that is over anew; figures follow (IZ-17).

        :raises NotAllowed: for anybody but a supervisor of that city.
        :raises Conflict: while the contact is not closed, or where its month is frozen.
        """
        contact = self._notes.of(session, actor, id)
        actor.require("contact.correct", contact.city_id)
        if contact.state != State.CLOSED or contact.category is None or contact.outcome is None or contact.closed_at is None:
            raise Conflict("訂正できるのは、終わった応対です。")
        if self.is_frozen(session, contact.city_id, contact.closed_at):
            raise Conflict("この月の報告は確定しています。訂正するには、先に確定を取り消してください。")
        self._notes.check(session, contact, category, further, outcome)
        before = {"category": contact.category, "outcome": contact.outcome}
        self._audit.record(Act(actor.word, "contact.correct", f"contact:{id}", before))
        corrected = ContactCorrected(
            city=contact.city_id, contact=id, actor=actor.word, line=contact.line_id, old_category=contact.category,
            category=category, old_outcome=contact.outcome, outcome=outcome, day=day_of(contact.closed_at).isoformat(),
        )  # fmt: skip
        contact.category, contact.further, contact.outcome = category, list(further), outcome
        self._log.append(session, corrected)
        self._notes.count(session, contact, actor.word)

    def to_correct(self, session: Session, cities: frozenset[str]) -> list[Contact]:
        """Contacts of these cities that were closed without category or outcome, oldest first."""
        missing = or_(Contact.category == UNCLASSIFIED, Contact.outcome == UNCLASSIFIED)
        wanted = select(Contact).where(Contact.city_id.in_(cities), missing).order_by(Contact.id)
        return list(session.scalars(wanted))

    def recent(self, session: Session, cities: frozenset[str], start: datetime, end: datetime) -> list[Contact]:
        """The contacts of these cities that ended in a span, newest first; at most three hundred."""
        wanted = (
            select(Contact)
            .where(Contact.city_id.in_(cities), Contact.state == State.CLOSED, Contact.closed_at >= start, Contact.closed_at < end)
            .where(Contact.outcome.is_not(None))
            .order_by(Contact.id.desc())
            .limit(300)
        )
        return list(session.scalars(wanted))

    def freeze(self, session: Session, actor: Actor, city: str, month: str, frozen: bool) -> None:
        """Freeze a month's report: what is in it is corrected no more; or take the freezing back.

        :param month: `2026-11`; it must be over.
        """
        actor.require("report.sign", city)
        if frozen and month >= f"{self._clock.now().astimezone(TOKYO):%Y-%m}":
            raise BadInput("終わっていない月は確定できません。")
        self._audit.record(Act(actor.word, "report.freeze" if frozen else "report.thaw", f"city:{city}", {"month": month}))
        row = session.get(FrozenMonth, (city, month))
        if frozen and row is None:
            session.add(FrozenMonth(city_id=city, month=month, frozen_at=self._clock.now(), frozen_by=actor.word))
        elif not frozen and row is not None:
            session.delete(row)

    def is_frozen(self, session: Session, city: str, at: datetime) -> bool:
        """Whether the report of the month in which that moment lies is frozen."""
        return session.get(FrozenMonth, (city, f"{at.astimezone(TOKYO):%Y-%m}")) is not None

    def enter(
        self, session: Session, actor: Actor, line: str, channel: str, at: datetime, category: str, outcome: str, note: str
    ) -> Contact:
        """Enter a contact that came by the fallback line, by fax or to a counter (NB-13).

        :param line: the line whose city and figures it belongs to.
        :param channel: `fallback`, `fax` or `counter`.
        :param at: when it came.
        """
        row = session.get(Line, line)
        if row is None or not actor.serves(row.city_id):
            raise NotFound("回線「%(id)s」はありません。", id=line)
        actor.require("contact.personal", row.city_id)
        if channel not in BY_HAND:
            raise BadInput("予備回線・ファクス・窓口のどれかを選んでください。")
        if at > self._clock.now():
            raise BadInput("応対の時刻は、今より前にしてください。")
        if self.is_frozen(session, row.city_id, at):
            raise Conflict("この月の報告は確定しています。訂正するには、先に確定を取り消してください。")
        contact = Contact(
            key=f"hand-{secrets.token_hex(8)}", channel=channel, city_id=row.city_id, line_id=line, state=State.WRAPPING,
            arrived_at=at, ended_at=at, person_id=actor.person, further=[], sources=[],
        )  # fmt: skip
        self._notes.check(session, contact, category, (), outcome)
        session.add(contact)
        session.flush()
        contact.category, contact.outcome = category, outcome
        if note:
            self._vault.put(session, Owner("contact", str(contact.id)), "note", Personal(mask(note)))
        self._audit.record(Act(actor.word, "contact.enter", f"contact:{contact.id}", {"channel": channel}))
        self._notes.finish(session, contact, actor.word)
        return contact
