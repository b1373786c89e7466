"""The audit trail. An act that cannot be recorded is refused; calls are not acts, they are events and go on."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import JSON, Connection, MetaData, String, create_engine, exc, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contact_center.audit.verifier import FIRST, link
from contact_center.clock import Clock
from contact_center.database.engine import Database
from contact_center.database.types import BigId, Moment
from contact_center.errors import Unavailable

KEY_FILE = "audit-signing.pem"
"""Name of the key that signs checkpoints, in the folder of keys; beside it its public part, with `.pub`."""

PER_FILE = 1440
"""Checkpoints of a day, one each minute, are one file."""

LOCK = 0x61756469
"""The advisory lock of PostgreSQL that a writer of the trail holds, so that each record knows the one before."""


class AuditBase(DeclarativeBase):
    """Base of the tables of the audit database."""

    metadata = MetaData()


class AuditRow(AuditBase):
    """One act, chained to the one before."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    act: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


_ONLY_APPEND_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS audit_no_{what.lower()} BEFORE {what} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    for what in ("UPDATE", "DELETE")
]
_ONLY_APPEND_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER audit_only_append BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_refuse()",
]


_COULD_CHANGE = """
SELECT pg_has_role(current_user, relowner, 'USAGE') OR has_table_privilege(oid, 'UPDATE')
    OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE')
FROM pg_class WHERE oid = to_regclass('audit')
"""


def _create(connection: Connection) -> None:
    AuditBase.metadata.create_all(connection)
    for statement in _ONLY_APPEND_SQLITE if connection.dialect.name == "sqlite" else _ONLY_APPEND_POSTGRESQL:
        connection.execute(text(statement))


def create_for(owner_url: str, writer: str) -> None:
    """Make the trail's table on PostgreSQL in a schema of its own, which its owner only can change.

    :param owner_url: SQLAlchemy URL of the database, as its owner, whom no process of the centre ever is.
    :param writer: the role of `audit.url`; it may read and append.
    :raises Unavailable: where the database cannot be reached, or refuses.
    """
    engine = create_engine(owner_url)
    quote = engine.dialect.identifier_preparer.quote_identifier
    role = quote(writer)
    try:
        with engine.begin() as connection:
            database = quote(str(connection.scalar(text("SELECT current_database()"))))
            for statement in ("CREATE SCHEMA IF NOT EXISTS audit", "SET LOCAL search_path = audit"):
                connection.execute(text(statement))
            _create(connection)
            for statement in (
                f"GRANT USAGE ON SCHEMA audit TO {role}", f"GRANT SELECT, INSERT ON audit TO {role}",
                f"ALTER ROLE {role} IN DATABASE {database} SET search_path = audit",
            ):  # fmt: skip
                connection.execute(text(statement))
    except exc.DBAPIError as error:
        raise Unavailable("監査のデータベースを作れません。所有者の接続先と、役割の名前を確かめてください。") from error
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Act:
    """What is about to be done.

    :param actor: `person:<id>`, `operator` (the machine's shell) or a process.
    :param act: such as `contact.personal.show`.
    :param subject: the thing, such as `contact:4711`.
    :param detail: ids, counts and keyed fingerprints; never a personal value.
    """

    actor: str
    act: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a trail is kept, for the program that verifies it.

    :param url: of the database.
    :param file: of it, where it is a file.
    :param checkpoints: folder of the signed checkpoints.
    :param key: public key of the checkpoints.
    """

    url: str
    file: Path | None
    checkpoints: Path
    key: Path


@dataclass(frozen=True)
class Search:
    """What to look for in the trail; what is empty, is not asked for.

    :param actor: whole, such as `person:3`.
    :param act: its beginning, such as `contact.personal`.
    :param subject: whole, such as `contact:4711`.
    :param first: not before.
    :param last: before.
    """

    actor: str = ""
    act: str = ""
    subject: str = ""
    first: datetime | None = None
    last: datetime | None = None


class AuditTrail:
    """The trail of one centre.

    :param database: a database of its own, opened durable.
    :param checkpoints: folder of signed checkpoints, on a second place.
    :param key: file of the Ed25519 key that signs them; made on first use.
    """

    def __init__(self, database: Database, clock: Clock, checkpoints: Path, key: Path) -> None:
        self.database = database
        self._clock = clock
        self._checkpoints = checkpoints
        self._key = key

    def create(self) -> None:
        """Make the table where it is missing, on which only reading and appending are possible."""
        if not self.database.is_sqlite and inspect(self.database.engine).has_table(AuditRow.__tablename__):
            # The centre's role may own nothing there.
            return
        with self.database.session_scope() as session:
            _create(session.connection())

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.dispose()

    def record(self, act: Act) -> int:
        """Write an act down, before it is done; returns its id.

        :raises Unavailable: where it cannot be written; the act must then not be done.
        """
        with self.database.session_scope() as session:
            last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
            id, previous = (last.id + 1, last.hash) if last else (1, FIRST)
            at = self._clock.now()
            session.add(
                AuditRow(
                    id=id, at=at, actor=act.actor, act=act.act, subject=act.subject, detail=act.detail,
                    previous=previous,
                    hash=link((id, round(at.timestamp() * 1000), act.actor, act.act, act.subject, act.detail, previous, "")),
                )
            )  # fmt: skip
        return id

    def find(self, search: Search, limit: int, before: int | None = None) -> list[AuditRow]:
        """The newest records that fit, the newest first.

        :param before: only those with a smaller id, for the next page.
        """
        wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(AuditRow.id < before)
        if search.actor:
            wanted = wanted.where(AuditRow.actor == search.actor)
        if search.act:
            wanted = wanted.where(AuditRow.act.startswith(search.act, autoescape=True))
        if search.subject:
            wanted = wanted.where(AuditRow.subject == search.subject)
        if search.first is not None:
            wanted = wanted.where(AuditRow.at >= search.first)
        if search.last is not None:
            wanted = wanted.where(AuditRow.at < search.last)
        with self.database.reading() as session:
            return list(session.scalars(wanted))

    def checkpoint(self) -> Path | None:
        """Sign number and hash of the newest record and keep them on the second place.

        A chain alone does not show that its tail was cut off; a checkpoint does. Each is chained to the one before, and none can
        be taken away. None where nothing new was recorded.
        """
        with self.database.reading() as session:
            last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
        n, signed, previous = self._newest_signed()
        if last is None or last.id == signed:
            return None
        now = self._clock.now()
        point = {"n": n + 1, "id": last.id, "hash": last.hash, "at": now.isoformat(), "previous": previous}
        body = json.dumps(point, sort_keys=True)
        signature = self._signing_key().sign(body.encode()).hex()
        self._checkpoints.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._checkpoints / f"{n // PER_FILE:06d}.jsonl"
        with path.open("a+") as file:
            file.seek(0)
            whole = file.read()
            # What was torn when the machine went down goes, or the next line would be part of it.
            file.truncate(len(whole[: whole.rfind("\n") + 1].encode()))
            file.write(json.dumps({"body": body, "signature": signature}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return path

    def _newest_signed(self) -> tuple[int, int, str]:
        """Number, record and hash of the newest checkpoint; zeros where there is none."""
        for path in sorted(self._checkpoints.glob("*.jsonl"), reverse=True):
            lines = [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
            if lines:
                point = json.loads(json.loads(lines[-1])["body"])
                return int(point["n"]), int(point["id"]), hashlib.sha256(lines[-1].encode()).hexdigest()
        return 0, 0, FIRST

    def place(self) -> Place:
        """What the program needs that verifies this trail; the keys are made where they are missing."""
        public = self._key.with_suffix(".pub")
        if not public.exists():
            words = self._signing_key().public_key()
            public.write_bytes(words.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        return Place(self.database.url, self.database.path, self._checkpoints, public)

    def may_change(self) -> bool:
        """Whether the centre's role on PostgreSQL could change what is recorded; a file can always be changed by its owner."""
        if self.database.is_sqlite:
            return False
        with self.database.reading() as session:
            return bool(session.scalar(text(_COULD_CHANGE)))

    def _signing_key(self) -> Ed25519PrivateKey:
        if not self._key.exists():
            fresh = Ed25519PrivateKey.generate()
            raw = fresh.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            self._key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(self._key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(raw)
            return fresh
        loaded = serialization.load_pem_private_key(self._key.read_bytes(), None)
        assert isinstance(loaded, Ed25519PrivateKey)
        return loaded
