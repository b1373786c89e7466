"""Whether an audit trail is as it was written: a program of its own, which takes nothing else of the house on trust.

    python verifier.py audit.sqlite --checkpoints /second/place --key audit.pub
    AUDIT_URL=postgresql://… python verifier.py - --checkpoints /second/place --key audit.pub

It needs Python, `cryptography`, and for PostgreSQL `psycopg`, and may be kept and run elsewhere, by whoever inspects the centre. It
finds records that were deleted, changed or swapped, a tail that was cut off, and a database or checkpoints that were rolled back to
an older state. What was recorded after the newest checkpoint, the last minute, is covered by the chain alone: whoever could write
there anew could chain it anew. Exit codes: 0 the trail is whole, 1 it is not, 2 it could not be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIRST = "0" * 64
"""What the first record and the first checkpoint are chained to."""

SELECT = "SELECT id, at, actor, act, subject, detail, previous, hash FROM audit ORDER BY id"

Row = tuple[int, int, str, str, str, Any, str, str]
"""A record as these columns say; `at` in milliseconds since 1970 UTC, `detail` as JSON."""


@dataclass(frozen=True)
class Verdict:
    """What was found.

    :param records: how many records were read and found whole.
    :param signed: up to which record a checkpoint vouches for the trail.
    :param broken: the first record that is not as it was written; 0 where it is a checkpoint; None where all is whole.
    :param why: in words.
    """

    records: int
    signed: int
    broken: int | None = None
    why: str = ""


def link(row: Row) -> str:
    """The hash of a record: SHA-256 over its canonical JSON and the hash before it."""
    id, at, actor, act, subject, detail, previous, _ = row
    body = json.dumps([id, at, actor, act, subject, detail, previous], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def verdict(rows: Iterable[Row], points: list[dict[str, Any]]) -> Verdict:
    """Walk the chain and hold it against every checkpoint.

    :param rows: in the order of their ids.
    :param points: of which the signatures are known to be good.
    """
    signed = {int(point["id"]): str(point["hash"]) for point in points}
    newest = max(signed, default=0)
    previous, read = FIRST, 0
    for row in rows:
        if row[0] != read + 1:
            return Verdict(read, newest, read + 1, "a record is missing")
        if row[6] != previous or row[7] != link(row):
            return Verdict(read, newest, row[0], "a record was changed")
        if signed.get(row[0], row[7]) != row[7]:
            return Verdict(read, newest, row[0], "the record is not the one that a checkpoint has signed")
        previous, read = row[7], row[0]
    if read < newest:
        return Verdict(read, newest, read + 1, "the trail is shorter than a checkpoint says")
    return Verdict(read, newest)


def public_key(path: Path) -> Ed25519PublicKey:
    """The key in a PEM file.

    :raises TypeError: where it is of another kind.
    """
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{path} is no Ed25519 key")
    return key


def checkpoints(folder: Path, key: Ed25519PublicKey) -> list[dict[str, Any]]:
    """Every checkpoint in order. A last line without its end was torn when the machine went down; nothing was promised of it.

    :raises ValueError: where one is missing, or is not as it was signed.
    """
    points: list[dict[str, Any]] = []
    previous = FIRST
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                break
            try:
                signed = json.loads(line)
                key.verify(bytes.fromhex(signed["signature"]), signed["body"].encode())
                point = json.loads(signed["body"])
                follows = point["n"] == len(points) + 1 and point["previous"] == previous
            except (ValueError, KeyError, TypeError, InvalidSignature) as error:
                raise ValueError(f"{path.name}: a checkpoint is not as it was signed") from error
            if not follows or (points and point["id"] <= points[-1]["id"]):
                raise ValueError(f"{path.name}: a checkpoint is missing before number {point['n']}")
            points.append(point)
            previous = hashlib.sha256(line.encode()).hexdigest()
    return points


def of_sqlite(path: Path) -> Generator[Row, None, None]:
    """The records of a SQLite file, which is only read."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        for row in database.execute(SELECT):
            yield (*row[:5], _parsed(row[5]), *row[6:])


def of_postgresql(url: str) -> Generator[Row, None, None]:
    """The records of a PostgreSQL database."""
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1)) as database, database.cursor("audit") as cursor:
        cursor.itersize = 5000
        yield from cursor.execute(SELECT)


def _parsed(detail: str) -> Any:
    """What is no JSON is left as it is: it has no hash of any record."""
    try:
        return json.loads(detail)
    except ValueError:
        return detail


def verify(trail: str, folder: Path, key: Path) -> Verdict:
    """Read everything and say what was found.

    :param trail: file of the database, or URL of a PostgreSQL.
    :raises Exception: of the database or the file system, where something cannot be read.
    """
    try:
        points = checkpoints(folder, public_key(key))
    except ValueError as error:
        return Verdict(0, 0, 0, str(error))
    rows = of_postgresql(trail) if trail.startswith("postgresql") else of_sqlite(Path(trail))
    with closing(rows):
        return verdict(rows, points)


def main() -> int:
    """Verify what the command line names; one line of JSON."""
    parser = argparse.ArgumentParser(description="Whether an audit trail is as it was written.")
    parser.add_argument("trail", help="file of the audit database; - for the PostgreSQL that AUDIT_URL names")
    parser.add_argument("--checkpoints", type=Path, required=True, help="folder of the signed checkpoints")
    parser.add_argument("--key", type=Path, required=True, help="public key of the checkpoints, as it was handed over at set-up")
    words = parser.parse_args()
    try:
        # A URL may hold a password, and a command line is seen by everybody on the machine.
        found = verify(os.environ["AUDIT_URL"] if words.trail == "-" else words.trail, words.checkpoints, words.key)
    except Exception as error:  # whatever a database's driver raises
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
        return 2
    print(json.dumps(asdict(found)))
    return 0 if found.broken is None else 1


if __name__ == "__main__":
    sys.exit(main())
