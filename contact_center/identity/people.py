"""Who works here: made known, changed, trained, gone. Nobody is ever forgotten, and no account is used twice (NB-17n)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import Clock
from contact_center.database import Database
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import TrainingChanged
from contact_center.identity import passwords
from contact_center.identity.model import PastPassword, Person
from contact_center.identity.permissions import ROLES
from contact_center.identity.sessions import Sessions

ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{1,30}")


def _check_roles(roles: Sequence[str]) -> None:
    if not set(roles) <= set(ROLES):
        raise BadInput("役割は次から選んでください: %(roles)s", roles=", ".join(ROLES))


class People:
    """The people of one centre."""

    def __init__(self, database: Database, clock: Clock, log: EventLog, audit: AuditTrail, sessions: Sessions) -> None:
        self._database, self._clock, self._log, self._audit, self._sessions = database, clock, log, audit, sessions

    def all(self) -> list[Person]:
        """Everybody who has not left."""
        with self._database.reading() as session:
            return list(session.scalars(select(Person).where(Person.left_at.is_(None)).order_by(Person.id)))

    def named(self, account: str) -> Person:
        """Who has not left and has this account.

        :raises NotFound: where nobody does.
        """
        with self._database.reading() as session:
            return self._person(session, account)

    def ever(self) -> list[Person]:
        """Everybody, also who has left: what they did stays theirs."""
        with self._database.reading() as session:
            return list(session.scalars(select(Person).order_by(Person.id)))

    def add(self, by: str, account: str, name: str, password: str, roles: Sequence[str], cities: Sequence[str]) -> int:
        """Make a person known; returns their id.

        :raises BadInput: for a weak password or an unknown role.
        :raises Conflict: for an account that is, or ever was, somebody's.
        """
        passwords.check(password, (account, name, *cities))
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
        """Give somebody a new password and end their sessions.

        :raises BadInput: for a weak one, or one that they have had before.
        """
        with self._database.reading() as session:
            person = self._person(session, account)
            past = session.scalars(select(PastPassword.password).where(PastPassword.person_id == person.id)).all()
        passwords.check(password, (account, person.name, *person.cities))
        # Each comparison is slow by intent; none may keep a writer waiting.
        if any(passwords.matches(password, stored) for stored in (person.password, *past)):
            raise BadInput("前に使ったパスワードは使えません。")
        fresh = passwords.hash_password(password)
        self._audit.record(Act(by, "people.password", f"account:{account}", {}))
        with self._database.session_scope() as session:
            known = self._person(session, account)
            session.add(PastPassword(person_id=known.id, password=known.password))
            known.password, known.failures, known.locked_until = fresh, 0, None
            self._sessions.end_of(session, known.id, by)

    def change(self, by: str, account: str, roles: Sequence[str] | None, cities: Sequence[str] | None) -> None:
        """Give somebody other roles or cities (None: as before) and end their sessions, so that nothing old goes on."""
        _check_roles(roles or ())
        detail = {"roles": list(roles or ()), "cities": list(cities or ())}
        self._audit.record(Act(by, "people.change", f"account:{account}", detail))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.roles = list(roles) if roles is not None else person.roles
            person.cities = list(cities) if cities is not None else person.cities
            self._sessions.end_of(session, person.id, by)

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
            self._sessions.end_of(session, person.id, by)

    def unlock(self, by: str, account: str) -> None:
        """End the rest of an account after too many wrong passwords."""
        self._audit.record(Act(by, "people.unlock", f"account:{account}", {}))
        with self._database.session_scope() as session:
            person = self._person(session, account)
            person.failures, person.locked_until = 0, None

    def choose_language(self, id: int, language: str) -> None:
        """The language in which this person reads pages."""
        if language not in ("ja", "en"):
            raise BadInput("表示言語は ja か en です。")
        with self._database.session_scope() as session:
            session.get_one(Person, id).language = language

    def _person(self, session: Session, account: str) -> Person:
        person = session.scalar(select(Person).where(Person.account == account, Person.left_at.is_(None)))
        if person is None:
            raise NotFound("アカウント「%(account)s」はありません。", account=account)
        return person
