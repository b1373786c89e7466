"""Signing in and out, and knowing who is on a connection. Sessions live on the server; a token is good for one rank."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.database import Database
from contact_center.errors import NotAllowed, NotFound, NotSignedIn, Unavailable
from contact_center.events import EventLog
from contact_center.events.catalogue import SessionEnded
from contact_center.identity import passwords
from contact_center.identity.actor import Actor
from contact_center.identity.devices import hashed
from contact_center.identity.model import Factor, Person, SessionRow
from contact_center.identity.permissions import Rights
from contact_center.settings import SECOND_FACTOR, SESSION_HOURS, SESSION_IDLE, Settings

TRIES = 10
"""Wrong passwords or second factors in a row after which an account rests."""

REST = timedelta(minutes=5)
"""How long an account rests; `madoguchi agent unlock` ends it sooner."""

SEEN_EVERY = timedelta(seconds=60)

HALF_FOR = timedelta(minutes=10)
"""How long the second factor may take."""

CONFIRMED_FOR = timedelta(minutes=10)
"""How long a proof is good for sensitive acts."""


class HalfSignedIn(NotSignedIn):
    """The password was right; the second factor is still to come."""

    code = "half_signed_in"


class Sessions:
    """The sessions of one centre."""

    def __init__(
        self, database: Database, clock: Clock, log: EventLog, audit: AuditTrail, rights: Rights, settings: Settings
    ) -> None:
        self._database, self._clock, self._log, self._audit, self._rights = database, clock, log, audit, rights
        self._idle = timedelta(minutes=settings[SESSION_IDLE])
        self._age = timedelta(hours=settings[SESSION_HOURS])
        self._asked_of = frozenset(settings[SECOND_FACTOR].split())

    # -- signing in ------------------------------------------------------------------------------------------------------

    def sign_in(self, account: str, password: str, address: str = "") -> str:
        """Begin a session; returns its token of 256 bits, which is stored nowhere.

        The session is half where a second factor is to come (NB-17c).

        :param address: network address that it comes from.
        :raises NotAllowed: for a wrong account or password, told apart to nobody, or an account that rests.
        """
        with self._database.reading() as session:
            person = session.scalar(select(Person).where(Person.account == account, Person.left_at.is_(None)))
        # The slow comparison comes before any transaction, so that no writer waits for it.
        right = passwords.matches(password, person.password if person else passwords.NOBODY)
        if person is not None:
            self._refuse_resting(person)
        if person is None or not right:
            self._audit.record(Act("web", "sign_in.refused", f"account:{person.id if person else 0}", {"from": address}))
            if person is not None:
                self.failed(person.id)
            raise NotAllowed("アカウントかパスワードが違います。もう一度入力してください。")
        stronger = passwords.hash_password(password) if passwords.is_outdated(person.password) else ""
        now = self._clock.now()
        token = secrets.token_urlsafe(32)
        with self._database.reading() as session:
            half = bool(self._asked_of & set(person.roles)) or self._has_factor(session, person.id)
        self._audit.record(Act(f"person:{person.id}", "sign_in", f"person:{person.id}", {"from": address, "half": half}))
        with self._database.session_scope() as session:
            session.add(
                SessionRow(
                    person_id=person.id, token=hashed(token), began_at=now, seen_at=now, confirmed_at=now, half=half,
                    address=address,
                )
            )  # fmt: skip
            known = session.get_one(Person, person.id)
            if stronger:
                known.password = stronger
            if not half:
                known.failures, known.locked_until = 0, None
        return token

    def _has_factor(self, session: Session, person: int) -> bool:
        return session.scalar(select(Factor.id).where(Factor.person_id == person, Factor.removed_at.is_(None)).limit(1)) is not None

    def half(self, token: str | None) -> tuple[SessionRow, Person]:
        """Who has given the right password, and now proves the second factor.

        :raises NotSignedIn: where there is no such session, or it took too long.
        """
        row, person = self._found(token)
        if row.half and self._clock.now() - row.began_at > HALF_FOR:
            raise NotSignedIn("サインインの時間が過ぎました。もう一度サインインしてください。")
        self._refuse_resting(person)
        return row, person

    def whole(self, token: str, proof: Callable[[], str]) -> str:
        """Let a session become whole once a second factor is proven; its new token, as the rank has changed.

        :param proof: proves it; returns its kind.
        :raises NotAllowed: where it does not.
        """
        row, person = self.half(token)
        try:
            kind = proof()
        except NotAllowed:
            self._audit.record(Act(f"person:{person.id}", "factor.refused", f"person:{person.id}", {}))
            self.failed(person.id)
            raise
        self._audit.record(Act(f"person:{person.id}", "factor.proven", f"person:{person.id}", {"kind": kind}))
        return self._renewed(row.id, person.id)

    def _renewed(self, id: int, person: int) -> str:
        token = secrets.token_urlsafe(32)
        with self._database.session_scope() as session:
            row, known = session.get_one(SessionRow, id), session.get_one(Person, person)
            row.token, row.half = hashed(token), False
            row.confirmed_at = row.seen_at = self._clock.now()
            known.failures, known.locked_until = 0, None
        return token

    def confirm(self, token: str, password: str) -> None:
        """Somebody shows once more that it is they who sit there.

        :raises NotAllowed: for a wrong password.
        """
        self.who(token)
        row, person = self.half(token)
        if not passwords.matches(password, person.password):
            self._audit.record(Act(f"person:{person.id}", "confirm.refused", f"person:{person.id}", {}))
            self.failed(person.id)
            raise NotAllowed("パスワードが違います。もう一度入力してください。")
        self._audit.record(Act(f"person:{person.id}", "confirm", f"person:{person.id}", {}))
        with self._database.session_scope() as session:
            session.get_one(SessionRow, row.id).confirmed_at = self._clock.now()
            session.get_one(Person, person.id).failures = 0

    def _refuse_resting(self, person: Person) -> None:
        if person.locked_until is not None and person.locked_until > self._clock.now():
            raise NotAllowed("続けて間違えたため、しばらくサインインできません。5分待つか、責任者にお申し出ください。")

    def failed(self, person_id: int) -> None:
        """Count a wrong password or factor; after ten in a row the account rests."""
        with self._database.session_scope() as session:
            person = session.get_one(Person, person_id)
            person.failures += 1
            if person.failures % TRIES == 0:
                person.locked_until = self._clock.now() + REST

    # -- knowing ---------------------------------------------------------------------------------------------------------

    def _found(self, token: str | None) -> tuple[SessionRow, Person]:
        if not token:
            raise NotSignedIn("サインインしてください。")
        with self._database.reading() as session:
            found = session.execute(select(SessionRow, Person).join(Person).where(SessionRow.token == hashed(token))).first()
        if found is None:
            raise NotSignedIn("サインインしてください。")
        row, person = found
        now = self._clock.now()
        if row.ended_at or person.left_at or now - row.seen_at > self._idle or now - row.began_at > self._age:
            raise NotSignedIn("サインインの時間が過ぎました。もう一度サインインしてください。")
        return row, person

    def who(self, token: str | None, renew: bool = True) -> Actor:
        """The person behind a session's token.

        :param renew: whether this is a sign of life; a page that is only open is none.
        :raises NotSignedIn: where it is missing, unknown, ended or too old.
        :raises HalfSignedIn: where the second factor is still to come.
        """
        row, person = self._found(token)
        if row.half:
            raise HalfSignedIn("サインインを続けてください。")
        now = self._clock.now()
        if renew and now - row.seen_at > SEEN_EVERY:
            # A full disk is no reason to send people away.
            with suppress(Unavailable), self._database.session_scope() as session:
                session.get_one(SessionRow, row.id).seen_at = now
        return Actor(
            person=person.id, name=person.name, rights=self._rights.of(person.roles), cities=frozenset(person.cities),
            session=row.id, language=person.language, fresh=now - row.confirmed_at <= CONFIRMED_FOR,
        )  # fmt: skip

    def has_ended(self, session: Session, id: int | None) -> bool:
        """Whether a session is over."""
        row = session.get(SessionRow, id) if id is not None else None
        return row is None or row.ended_at is not None

    def of(self, person: int | None = None) -> list[tuple[SessionRow, Person]]:
        """The sessions that are open, the newest first.

        :param person: whose; None: everybody's.
        """
        now = self._clock.now()
        wanted = (
            select(SessionRow, Person).join(Person)
            .where(SessionRow.ended_at.is_(None), SessionRow.seen_at >= now - self._idle, SessionRow.began_at >= now - self._age)
            .order_by(SessionRow.id.desc())
        )  # fmt: skip
        with self._database.reading() as session:
            found = session.execute(wanted if person is None else wanted.where(SessionRow.person_id == person))
            return [(row, who) for row, who in found]

    # -- ending ----------------------------------------------------------------------------------------------------------

    def sign_out(self, token: str) -> None:
        """End the session of this token, its sockets and its phone."""
        with self._database.session_scope() as session:
            row = session.scalar(select(SessionRow).where(SessionRow.token == hashed(token)))
            if row is not None and row.ended_at is None:
                self._end(session, row, f"person:{row.person_id}")

    def end(self, by: str, id: int, person: int | None = None) -> None:
        """End a session; its sockets and its seat's phone go within a second.

        :param person: whose it must be; None: anybody's.
        :raises NotFound: where there is none.
        """
        self._audit.record(Act(by, "session.end", f"session:{id}", {}))
        with self._database.session_scope() as session:
            row = session.get(SessionRow, id)
            if row is None or (person is not None and row.person_id != person):
                raise NotFound("そのサインインはありません。")
            if row.ended_at is None:
                self._end(session, row, by)

    def end_of(self, session: Session, person: int, by: str) -> None:
        """End all sessions of somebody, within the caller's transaction."""
        for row in session.scalars(select(SessionRow).where(SessionRow.person_id == person, SessionRow.ended_at.is_(None))):
            self._end(session, row, by)

    def end_old(self) -> int:
        """End the sessions that have outlived their idle or absolute limit; how many."""
        now = self._clock.now()
        with self._database.session_scope() as session:
            old = session.scalars(
                select(SessionRow)
                .where(
                    SessionRow.ended_at.is_(None),
                    or_(SessionRow.seen_at < now - self._idle, SessionRow.began_at < now - self._age),
                )
                .limit(500)
            ).all()
            for row in old:
                self._end(session, row, "worker")
        return len(old)

    def _end(self, session: Session, row: SessionRow, by: str) -> None:
        row.ended_at = self._clock.now()
        self._log.append(session, SessionEnded(actor=by, person=row.person_id, session=row.id))
