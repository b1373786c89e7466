"""The second tier: a contact handed to the supervisor or to the city, until it is answered and the resident was called back
(IZ-04, IZ-17).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.contacts.callbacks import Callbacks
from contact_center.contacts.model import Contact, Escalation
from contact_center.contacts.notes import Notes
from contact_center.directory import Directory
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import EscalationAnswered, EscalationClosed, EscalationRaised, EscalationReceived
from contact_center.hours import working_hours_after
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault, mask

TO = ("supervisor", "city")
KINDS = ("question", "complaint")
LONGEST = 2000


@dataclass(frozen=True)
class Texts:
    """What was asked and answered; both may name a resident."""

    question: Personal
    answer: Personal


class Escalations:
    """Handing on, receipt, answer, end. Methods take the session of the caller's transaction.

    :param due_hours: hours until an answer is due where nothing else is said; days on which the contact's line is closed do not
        count.
    """

    def __init__(
        self,
        clock: Clock,
        log: EventLog,
        audit: AuditTrail,
        vault: Vault,
        directory: Directory,
        notes: Notes,
        callbacks: Callbacks,
        due_hours: int,
    ) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._vault = vault
        self._directory = directory
        self._notes = notes
        self._callbacks = callbacks
        self._due_hours = due_hours

    def hand_on(
        self,
        session: Session,
        actor: Actor,
        contact: int,
        to: str,
        text: str,
        kind: str = "question",
        office: str = "",
        due: datetime | None = None,
    ) -> Escalation:
        """Hand a contact on.

        :param to: `supervisor` or `city`.
        :param kind: `question`, or `complaint`, which is shared with the city at once.
        :param office: the department that is to answer, where it is known.
        :param due: when the answer is due; None: after the usual hours.
        """
        row = self._notes.of(session, actor, contact)
        if to not in TO or kind not in KINDS:
            raise BadInput("引き継ぎ先は責任者か市です。")
        words = mask(text.strip())
        if not words or len(words) > LONGEST:
            raise BadInput("引き継ぎの内容は、1文字から%(most)s文字までで書いてください。", most=LONGEST)
        if office and office not in {one.id for one in self._directory.departments(session, [row.city_id])}:
            raise NotFound("取り次ぎ先が見つかりません。もう一度選んでください。")
        now = self._clock.now()
        if due is not None and due <= now:
            raise BadInput("回答の期限は、今より後にしてください。")
        made = Escalation(
            contact_id=contact, city_id=row.city_id, to=to, kind=kind, office=office, raised_by=actor.word, raised_at=now,
            due_at=due or self._usually_due(session, row, now),
        )  # fmt: skip
        session.add(made)
        session.flush()
        self._vault.put(session, Owner("escalation", str(made.id)), "question", Personal(words))
        raised = EscalationRaised(city=row.city_id, contact=contact, actor=actor.word, escalation=made.id, to=to)
        self._log.append(session, raised)
        return made

    def _usually_due(self, session: Session, contact: Contact, now: datetime) -> datetime:
        return working_hours_after(self._directory.line(session, contact.line_id).rule, now, self._due_hours)

    def waiting(self, session: Session, cities: frozenset[str]) -> list[Escalation]:
        """What is not closed yet in these cities, soonest due first."""
        wanted = select(Escalation).where(Escalation.closed_at.is_(None), Escalation.city_id.in_(cities))
        return list(session.scalars(wanted.order_by(Escalation.due_at).limit(200)))

    def access_texts(self, session: Session, actor: Actor, id: int) -> Texts:
        """What was asked and answered, for whoever has to do with it; the look is on the audit trail first."""
        row = self._get(session, actor, id)
        if not self._may_answer(actor, row):
            actor.require("contact.personal", row.city_id)
        self._audit.record(Act(actor.word, "escalation.show", f"contact:{row.contact_id}", {"escalation": id}))
        owner = Owner("escalation", str(id))
        empty = Personal("")
        return Texts(self._vault.get(session, owner, "question") or empty, self._vault.get(session, owner, "answer") or empty)

    def receive(self, session: Session, actor: Actor, id: int) -> None:
        """Whoever is to answer has seen it."""
        row = self._to_answer(session, actor, id)
        if row.received_at is None:
            row.received_at, row.received_by = self._clock.now(), actor.word
            received = EscalationReceived(city=row.city_id, contact=row.contact_id, actor=actor.word, escalation=id)
            self._log.append(session, received)

    def answer(self, session: Session, actor: Actor, id: int, text: str) -> None:
        """Keep the answer; the resident is put on the callback list, to be told.

        :raises NotAllowed: for anybody but a supervisor or the city's staff.
        """
        row = self._to_answer(session, actor, id)
        words = mask(text.strip())
        if not words or len(words) > LONGEST:
            raise BadInput("回答は、1文字から%(most)s文字までで書いてください。", most=LONGEST)
        self._vault.put(session, Owner("escalation", str(id)), "answer", Personal(words))
        now = self._clock.now()
        row.received_at, row.received_by = row.received_at or now, row.received_by or actor.word
        row.answered_at, row.answered_by = now, actor.word
        answered = EscalationAnswered(city=row.city_id, contact=row.contact_id, actor=actor.word, escalation=id)
        self._log.append(session, answered)
        if row.kind == "question":
            self._callbacks.ask_to_tell(session, session.get_one(Contact, row.contact_id), id, actor.word)

    def close(self, session: Session, actor: Actor, id: int) -> None:
        """It is done: the resident has been told, or need not be.

        :raises Conflict: before it is answered.
        """
        row = self._get(session, actor, id)
        actor.require("contact.personal", row.city_id)
        if row.closed_at is not None:
            return
        if row.answered_at is None:
            raise Conflict("回答を記録してから完了にしてください。")
        row.closed_at, row.closed_by = self._clock.now(), actor.word
        self._callbacks.settle_told(session, id, actor.word)
        closed = EscalationClosed(city=row.city_id, contact=row.contact_id, actor=actor.word, escalation=id)
        self._log.append(session, closed)

    def _to_answer(self, session: Session, actor: Actor, id: int) -> Escalation:
        row = self._get(session, actor, id)
        if not self._may_answer(actor, row):
            actor.require("contact.correct", row.city_id)
        if row.answered_at is not None:
            raise Conflict("この引き継ぎは回答済みです。")
        return row

    def _may_answer(self, actor: Actor, row: Escalation) -> bool:
        """A supervisor also writes down what the city has answered by telephone."""
        return "contact.correct" in actor.rights or (row.to == "city" and "city.agree" in actor.rights)

    def _get(self, session: Session, actor: Actor, id: int) -> Escalation:
        row = session.get(Escalation, id)
        if row is None or not actor.serves(row.city_id):
            raise NotFound("その引き継ぎはありません。")
        return row
