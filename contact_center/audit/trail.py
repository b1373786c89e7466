"""The audit trail. An act that cannot be recorded is refused; calls are not acts, they are events and go on."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import JSON, MetaData, String, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contact_center.clock import Clock
from contact_center.database.engine import Database
from contact_center.database.types import BigId, Moment

FIRST = "0" * 64
"""What the first record is chained to."""

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
class Broken:
    """The first record at which the chain does not hold, and why."""

    id: int
    why: str


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


def link(id: int, at: datetime, act: Act, previous: str) -> str:
    """The hash of a record: SHA-256 over its canonical JSON and the hash before it."""
    body = [id, round(at.timestamp() * 1000), act.actor, act.act, act.subject, act.detail, previous]
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class AuditTrail:
    """The trail of one centre.

    :param database: a database of its own, opened durable.
    :param checkpoints: folder of signed checkpoints, on a second place.
    :param key: file of the Ed25519 key that signs them; made on first use.
    """

    def __init__(self, database: Database, clock: Clock, checkpoints: Path, key: Path) -> None:
        self._database = database
        self._clock = clock
        self._checkpoints = checkpoints
        self._key = key

    def create(self) -> None:
        """Make the table where it is missing, on which only reading and appending are possible."""
        AuditBase.metadata.create_all(self._database.engine)
        with self._database.session_scope() as session:
            for statement in _ONLY_APPEND_SQLITE if self._database.is_sqlite else _ONLY_APPEND_POSTGRESQL:
                session.execute(text(statement))

    def close(self) -> None:
        """Give the database's connections back."""
        self._database.dispose()

    def record(self, act: Act) -> int:
        """Write an act down, before it is done; returns its id.

        :raises Unavailable: where it cannot be written; the act must then not be done.
        """
        with self._database.session_scope() as session:
            last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
            id, previous = (last.id + 1, last.hash) if last else (1, FIRST)
            at = self._clock.now()
            session.add(
                AuditRow(
                    id=id, at=at, actor=act.actor, act=act.act, subject=act.subject, detail=act.detail,
                    previous=previous, hash=link(id, at, act, previous),
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
        with self._database.reading() as session:
            return list(session.scalars(wanted))

    def checkpoint(self) -> Path | None:
        """Sign number and hash of the newest record and keep them on the second place.

        A chain alone does not show that its tail was cut off; a checkpoint does. None where nothing new was recorded.
        """
        with self._database.reading() as session:
            last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
        if last is None or last.id == self._newest_signed():
            return None
        body = json.dumps({"id": last.id, "hash": last.hash, "at": self._clock.now().isoformat()}, sort_keys=True)
        signature = self._signing_key().sign(body.encode()).hex()
        self._checkpoints.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._checkpoints / f"{self._clock.now():%Y-%m-%d}.jsonl"
        with path.open("a+") as file:
            file.seek(0)
            whole = file.read()
            # What was torn when the machine went down goes, or the next line would be part of it.
            file.truncate(len(whole[: whole.rfind("\n") + 1].encode()))
            file.write(json.dumps({"body": body, "signature": signature}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return path

    def _newest_signed(self) -> int:
        """Id in the newest checkpoint; 0 where there is none."""
        for path in sorted(self._checkpoints.glob("*.jsonl"), reverse=True):
            lines = [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
            if lines:
                return int(json.loads(json.loads(lines[-1])["body"])["id"])
        return 0

    def verify(self) -> Broken | None:
        """Walk the chain and hold it against the newest checkpoint; None where all is as it was written."""
        previous, expected = FIRST, 1
        hashes: dict[int, str] = {}
        with self._database.reading() as session:
            for row in session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)):
                if row.id != expected:
                    return Broken(expected, "a record is missing")
                act = Act(row.actor, row.act, row.subject, row.detail)
                if row.previous != previous or row.hash != link(row.id, row.at, act, previous):
                    return Broken(row.id, "a record was changed")
                previous, expected = row.hash, expected + 1
                hashes[row.id] = row.hash
        try:
            points = self._signed_points()
        except (ValueError, KeyError, InvalidSignature):
            return Broken(0, "a checkpoint is not as it was signed")
        for point in points:
            if hashes.get(point["id"]) != point["hash"]:
                return Broken(int(point["id"]), "the trail is shorter or other than a signed checkpoint says")
        return None

    def _signed_points(self) -> list[dict[str, Any]]:
        public = self._signing_key().public_key()
        points = []
        for path in sorted(self._checkpoints.glob("*.jsonl")):
            for line in path.read_text().splitlines(keepends=True):
                if not line.endswith("\n"):
                    # The machine went down while this was written; nothing was promised of it.
                    break
                signed = json.loads(line)
                public.verify(bytes.fromhex(signed["signature"]), signed["body"].encode())
                points.append(json.loads(signed["body"]))
        return points

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
