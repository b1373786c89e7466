"""The callback list: nobody who was not served is lost (IZ-02, NB-13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, case, cast, select, update
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.contacts.model import Callback, Contact, Escalation, Unserved
from contact_center.errors import Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import CallbackAsked, CallbackDone, CallbackTried
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, Vault

TO_TELL = "to_tell"
"""Why somebody is called back to whom we owe an answer."""

MUST = (Unserved.CALLBACK_ASKED, Unserved.INTERRUPTED, Unserved.OVERFLOWED)
"""These must be called back; of those who gave up, who waited long enough may be."""


class Callbacks:
    """Asking, trying and finishing callbacks.

    :param abandon_after: seconds of waiting from which a caller who gave up may be called back.
    """

    def __init__(self, clock: Clock, log: EventLog, audit: AuditTrail, vault: Vault, abandon_after: int) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._vault = vault
        self._abandon_after = abandon_after

    def ask(self, session: Session, contact: Contact, how: Unserved, waited: float, at: datetime) -> None:
        """Put the contact's number on the list where the way it ended asks for it; once for each number."""
        if how in MUST:
            urgency = "must"
        elif how == Unserved.ABANDONED and waited >= self._abandon_after:
            urgency = "may"
        else:
            return
        if contact.channel == "kiosk":
            # Who stands at a counter has been shown there how to go on.
            return
        number = self._vault.get(session, Owner("contact", str(contact.id)), "number")
        print_ = self._vault.fingerprint("number", number) if number else None
        row = None
        if print_ is not None:
            row = session.scalar(
                select(Callback).where(
                    Callback.fingerprint == print_,
                    Callback.done_at.is_(None),
                    Callback.line_id == contact.line_id,
                    Callback.escalation_id.is_(None),
                )
            )
        if number is None:
            # Who cannot be called back is shown, so that nobody wonders; the announcement has asked to dial with 186.
            urgency = "may"
        if row is None:
            row = Callback(
                city_id=contact.city_id, line_id=contact.line_id, fingerprint=print_, urgency=urgency, how=how,
                contact_id=contact.id, asked_at=at, waited=waited,
            )  # fmt: skip
            session.add(row)
        elif row.contact_id != contact.id:
            row.times += 1
            if urgency == "must" or row.urgency == "may":
                # Since when they wait for us stays as it is.
                row.urgency, row.how, row.contact_id, row.waited = urgency, how, contact.id, waited
        session.flush()
        asked = CallbackAsked(city=contact.city_id, contact=contact.id, actor="switchboard", callback=row.id, urgency=row.urgency)
        self._log.append(session, asked, at=at)

    def ask_to_tell(self, session: Session, contact: Contact, escalation: int, actor: str) -> None:
        """Put a resident on the list who is to be told the answer to their question."""
        number = self._vault.get(session, Owner("contact", str(contact.id)), "number")
        if number is None:
            return
        row = Callback(
            city_id=contact.city_id, line_id=contact.line_id, fingerprint=self._vault.fingerprint("number", number),
            urgency="must", how=TO_TELL, contact_id=contact.id, asked_at=self._clock.now(), waited=0.0, escalation_id=escalation,
        )  # fmt: skip
        session.add(row)
        session.flush()
        asked = CallbackAsked(city=contact.city_id, contact=contact.id, actor=actor, callback=row.id, urgency="must")
        self._log.append(session, asked)

    def settle_told(self, session: Session, escalation: int, actor: str) -> None:
        """The question is closed: nobody needs to be told any more."""
        wanted = select(Callback).where(Callback.escalation_id == escalation, Callback.done_at.is_(None))
        for row in session.scalars(wanted):
            self._done(session, row, actor)

    def waiting(self, session: Session, cities: frozenset[str]) -> list[Callback]:
        """What is still to be called back in these cities: must before may, oldest first."""
        return list(
            session.scalars(
                select(Callback)
                .where(Callback.done_at.is_(None), Callback.city_id.in_(cities))
                .order_by(case((Callback.urgency == "must", 0), else_=1), Callback.asked_at)
                .limit(200)
            )
        )

    def number(self, session: Session, actor: Actor, id: int) -> Personal | None:
        """The number to call, for somebody who may see it; the look is audited first."""
        row = self.get(session, actor, id)
        self._audit.record(Act(actor.word, "callback.number", f"contact:{row.contact_id}", {"callback": id}))
        return self._vault.get(session, Owner("contact", str(row.contact_id)), "number")

    def tried(self, session: Session, actor: Actor, id: int, reached: bool) -> None:
        """Somebody called back by other means; whoever was reached is off the list.

        :raises Conflict: where somebody else has dealt with it already.
        """
        row = self.get(session, actor, id)
        if row.done_at is not None:
            raise Conflict("この折り返しは、ほかの人が済ませました。")
        self.note_attempt(session, row, actor.word, reached)

    def note_attempt(self, session: Session, row: Callback, actor: str, reached: bool) -> None:
        """Keep an attempt."""
        row.attempts += 1
        row.tried_at = self._clock.now()
        tried = CallbackTried(city=row.city_id, contact=row.contact_id, actor=actor, callback=row.id, reached=reached)
        self._log.append(session, tried)
        if reached:
            question = session.get(Escalation, row.escalation_id) if row.escalation_id else None
            if question is not None:
                question.told_at = self._clock.now()
            self._done(session, row, actor)

    def _done(self, session: Session, row: Callback, actor: str) -> None:
        row.done_at, row.done_by = self._clock.now(), actor
        done = CallbackDone(city=row.city_id, contact=row.contact_id, actor=actor, callback=row.id)
        self._log.append(session, done)

    def settle(self, session: Session, actor: Actor, id: int) -> None:
        """Somebody has seen that this resident cannot be called back, because there is no number.

        :raises Conflict: where there is one.
        """
        row = self.get(session, actor, id)
        if row.fingerprint is not None:
            raise Conflict("番号のある方には、かけてから記録してください。")
        if row.done_at is None:
            self._done(session, row, actor.word)

    def forget_erased(self, session: Session) -> None:
        """Drop the keyed index of each number that is kept no longer; a number could be tried against it."""
        gone = cast(Callback.contact_id, String).not_in(self._vault.keeping("contact", "number"))
        session.execute(update(Callback).where(Callback.fingerprint.is_not(None), gone).values(fingerprint=None))

    def get(self, session: Session, actor: Actor, id: int) -> Callback:
        """One row of the list, for somebody who may see its number.

        :raises NotFound: where there is none, or it is another city's.
        """
        row = session.get(Callback, id)
        if row is None or not actor.serves(row.city_id):
            raise NotFound("その折り返しはありません。")
        actor.require("contact.personal", row.city_id)
        return row
