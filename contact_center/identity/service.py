"""Signing in and out, and knowing who is on a connection."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.database import Database
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, Unavailable
from contact_center.events import EventLog
from contact_center.events.catalogue import SessionEnded, TrainingChanged
from contact_center.identity import passwords
from contact_center.identity.actor import Actor
from contact_center.identity.devices import hashed
from contact_center.identity.model import Person, SessionRow
from contact_center.identity.permissions import ROLES, Rights
from contact_center.settings import SESSION_HOURS, SESSION_IDLE, Settings

TRIES = 10
"""Wrong passwords in a row after which an account rests."""

REST = timedelta(minutes=5)
"""How long an account rests; `madoguchi agent unlock` ends it sooner."""

ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{1,30}")

SEEN_EVERY = timedelta(seconds=60)


def _check_roles(roles: Sequence[str]) -> None:
    if not set(roles) <= set(ROLES):
        raise BadInput("役割は次から選んでください: %(roles)s", roles=", ".join(ROLES))


class Identity:
    """People and sessions of one centre."""

    def __init__(
        self, database: Database, clock: Clock, log: EventLog, audit: AuditTrail, rights: Rights, settings: Settings
    ) -> None:
        self._database = database
        self._clock = clock
        self._log = log
        self._audit = audit
        self._rights = rights
        self._settings = settings

    def add_person(self, by: str, account: str, name: str, password: str, roles: Sequence[str], cities: Sequence[str]) -> int:
        """Make a person known; returns their id.

        :raises BadInput: for a weak password or an unknown role.
        :raises Conflict: for an account that is, or ever was, somebody's.
        """
        passwords.check_rule(password)
        _check_roles(roles)
        if not ACCOUNT.fullmatch(account) or not name.strip():
            raise BadInput("アカウントは英小文字で始まる英数字2〜31文字（. _ - も可）、名前は空でないものにしてください。")
        self._audit.record(Act(by, "people.add", f"account:{account}", {"roles": list(roles), "cities": list(cities)}))
        with self._database.session_scope() as session:
            if session.scalar(select(Person.id).where(Person.account == account)):
                raise Conflict("アカウント「%(account)s」は使われています。別の名前にしてください。", account=account)
            person = Person(
                account=account, name=name, password=passwords.hash_password(password), roles=list(roles),
                cities=list(cities), created_at=self._clock.now(),
            )  # fmt: skip
            session.add(person)
            session.flush()
            return person.id

    def set_password(self, by: str, account: str, password: str) -> None:
        """Give somebody a new password and end their sessions."""
        passwords.check_rule(password)
        self._audit.record(Act(by, "people.password", f"account:{account}", {}))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            if passwords.matches(password, person.password):
                raise BadInput("前と同じパスワードは使えません。")
            person.password, person.failures, person.locked_until = passwords.hash_password(password), 0, None
            self._end_all(session, person, by)

    def change(self, by: str, account: str, roles: Sequence[str] | None, cities: Sequence[str] | None) -> None:
        """Give somebody other roles or cities (None: as before) and end their sessions, so that nothing old goes on."""
        _check_roles(roles or ())
        detail = {"roles": list(roles or ()), "cities": list(cities or ())}
        self._audit.record(Act(by, "people.change", f"account:{account}", detail))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.roles = list(roles) if roles is not None else person.roles
            person.cities = list(cities) if cities is not None else person.cities
            self._end_all(session, person, by)

    def train(self, by: str, account: str, menus: Sequence[str] | None) -> None:
        """Say for which menus somebody is trained (None: all); their seat serves the queues that follow from it at once."""
        self._audit.record(Act(by, "people.train", f"account:{account}", {"menus": None if menus is None else list(menus)}))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.menus = None if menus is None else list(menus)
            self._log.append(session, TrainingChanged(actor=by, person=person.id))

    def leave(self, by: str, account: str) -> None:
        """Somebody has left: their sessions end, and their account is nobody's for ever (NB-17n)."""
        self._audit.record(Act(by, "people.leave", f"account:{account}", {}))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.left_at = self._clock.now()
            self._end_all(session, person, by)

    def unlock(self, by: str, account: str) -> None:
        """End the rest of an account after too many wrong passwords."""
        self._audit.record(Act(by, "people.unlock", f"account:{account}", {}))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.failures, person.locked_until = 0, None

    def _person(self, session: Session, account: str) -> Person:
        person = session.scalar(select(Person).where(Person.account == account, Person.left_at.is_(None)))
        if person is None:
            raise NotFound("アカウント「%(account)s」はありません。", account=account)
        return person

    def _end_all(self, session: Session, person: Person, by: str) -> None:
        for row in session.scalars(select(SessionRow).where(SessionRow.person_id == person.id, SessionRow.ended_at.is_(None))):
            self._end(session, row, by)

    def people(self) -> list[Person]:
        """Everybody who has not left."""
        with self._database.reading() as session:
            return list(session.scalars(select(Person).where(Person.left_at.is_(None)).order_by(Person.id)))

    def sign_in(self, account: str, password: str) -> str:
        """Begin a session; returns its token of 256 bits, which is stored nowhere.

        :raises NotAllowed: for a wrong account or password, told apart to nobody, or an account that rests.
        """
        with self._database.reading() as session:
            person = session.scalar(select(Person).where(Person.account == account, Person.left_at.is_(None)))
        now = self._clock.now()
        # The slow comparison comes before any transaction, so that no writer waits for it.
        right = passwords.matches(password, person.password if person else passwords.NOBODY)
        if person is not None and person.locked_until is not None and person.locked_until > now:
            raise NotAllowed("続けて間違えたため、しばらくサインインできません。5分待つか、責任者にお申し出ください。")
        if person is None or not right:
            self._audit.record(Act("web", "sign_in.refused", f"account:{person.id if person else 0}", {}))
            if person is not None:
                self._count_failure(person.id)
            raise NotAllowed("アカウントかパスワードが違います。もう一度入力してください。")
        self._audit.record(Act(f"person:{person.id}", "sign_in", f"person:{person.id}", {}))
        token = secrets.token_urlsafe(32)
        with self._database.session_scope() as session:
            session.add(SessionRow(person_id=person.id, token=hashed(token), began_at=now, seen_at=now))
            known = session.get_one(Person, person.id)
            known.failures, known.locked_until = 0, None
        return token

    def _count_failure(self, person_id: int) -> None:
        with self._database.session_scope() as session:
            person = session.get_one(Person, person_id)
            person.failures += 1
            if person.failures % TRIES == 0:
                person.locked_until = self._clock.now() + REST

    def who(self, token: str | None, renew: bool = True) -> Actor:
        """The person behind a session's token.

        :param renew: whether this is a sign of life; a page that is only open is none.
        :raises NotSignedIn: where it is missing, unknown, ended or too old.
        """
        if not token:
            raise NotSignedIn("サインインしてください。")
        with self._database.reading() as session:
            found = session.execute(select(SessionRow, Person).join(Person).where(SessionRow.token == hashed(token))).first()
        now = self._clock.now()
        if found is None:
            raise NotSignedIn("サインインしてください。")
        row, person = found
        idle = timedelta(minutes=self._settings[SESSION_IDLE])
        age = timedelta(hours=self._settings[SESSION_HOURS])
        if row.ended_at or person.left_at or now - row.seen_at > idle or now - row.began_at > age:
            raise NotSignedIn("サインインの時間が過ぎました。もう一度サインインしてください。")
        if renew and now - row.seen_at > SEEN_EVERY:
            # A full disk is no reason to send people away.
            with suppress(Unavailable), self._database.session_scope() as session:
                session.get_one(SessionRow, row.id).seen_at = now
        return Actor(
            person=person.id, name=person.name, rights=self._rights.of(person.roles), cities=frozenset(person.cities),
            session=row.id, language=person.language,
        )  # fmt: skip

    def sign_out(self, token: str) -> None:
        """End the session of this token, its sockets and its phone."""
        with self._database.session_scope() as session:
            row = session.scalar(select(SessionRow).where(SessionRow.token == hashed(token)))
            if row is not None and row.ended_at is None:
                self._end(session, row, f"person:{row.person_id}")

    def end_old(self) -> int:
        """End the sessions that have outlived their idle or absolute limit; how many."""
        now = self._clock.now()
        idle = now - timedelta(minutes=self._settings[SESSION_IDLE])
        age = now - timedelta(hours=self._settings[SESSION_HOURS])
        with self._database.session_scope() as session:
            old = session.scalars(
                select(SessionRow)
                .where(SessionRow.ended_at.is_(None), or_(SessionRow.seen_at < idle, SessionRow.began_at < age))
                .limit(500)
            ).all()
            for row in old:
                self._end(session, row, "worker")
        return len(old)

    def has_ended(self, session: Session, id: int | None) -> bool:
        """Whether a session is over."""
        row = session.get(SessionRow, id) if id is not None else None
        return row is None or row.ended_at is not None

    def _end(self, session: Session, row: SessionRow, by: str) -> None:
        row.ended_at = self._clock.now()
        self._log.append(session, SessionEnded(actor=by, person=row.person_id, session=row.id))

    def choose_language(self, actor: Actor, language: str) -> None:
        """The language in which this person reads pages."""
        if language not in ("ja", "en"):
            raise BadInput("表示言語は ja か en です。")
        with self._database.session_scope() as session:
            session.get_one(Person, actor.person).language = language
