"""One database into one file and back: SQLite's online copy, PostgreSQL's own dump. Whoever writes meanwhile is not held up."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text

from contact_center.database.engine import Database
from contact_center.errors import Unavailable

BARE = ("--no-owner", "--no-privileges")
"""Owners and rights are another server's own."""

Counts = dict[str, int]
"""Rows of each table."""


def dump(database: Database, file: Path) -> Counts:
    """Write a copy as of one moment.

    :returns: its rows, counted in the same moment.
    :raises Unavailable: where it cannot be read, or pg_dump is missing.
    """
    if database.path is not None:
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
        return counts(f"sqlite:///{file}")
    engine = create_engine(database.url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            _run("pg_dump", database.url, "--format=custom", *BARE, f"--snapshot={snapshot}", f"--file={file}")
            return _counted(connection)
    finally:
        engine.dispose()


def load(file: Path, url: str) -> Counts:
    """Bring a copy back into an empty place.

    :param url: SQLAlchemy URL of a file that is not there, or of a PostgreSQL database without tables.
    :raises Unavailable: where it is not empty, cannot be written, or pg_restore is missing.
    """
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        place = Path(str(target.database))
        if place.exists():
            raise Unavailable("%(place)s は空ではありません。復元は空の場所にだけできます。", place=place)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(file, place)
        return counts(url)
    if counts(url):
        raise Unavailable("%(place)s は空ではありません。復元は空の場所にだけできます。", place=target.database)
    _run("pg_restore", url, *BARE, "--exit-on-error", "--single-transaction", str(file))
    return counts(url)


def counts(url: str) -> Counts:
    """Rows of every table."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return _counted(connection)
    finally:
        engine.dispose()


def _counted(connection: Connection) -> Counts:
    quote = connection.dialect.identifier_preparer.quote_identifier
    found = inspect(connection)
    # SQLite has one schema; the trail of PostgreSQL may have one of its own.
    schemas = [one for one in ("main", "public", "audit") if found.has_schema(one)]
    places = {name: f"{quote(schema)}.{quote(name)}" for schema in schemas for name in found.get_table_names(schema)}
    asked = {name: text(f"SELECT count(*) FROM {place}") for name, place in sorted(places.items())}  # noqa: S608
    return {name: int(connection.scalar(question) or 0) for name, question in asked.items()}


def _run(tool: str, url: str, *words: str) -> None:
    """A tool of PostgreSQL; the password travels in its environment, as a command line is seen by everybody on the machine."""
    target: URL = make_url(url).set(drivername="postgresql")
    password = target.password
    place = target.set(password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    try:
        done = subprocess.run([tool, f"--dbname={place}", *words], capture_output=True, text=True, env=environment)
    except FileNotFoundError as error:
        raise Unavailable("%(tool)s がありません。postgresql-client を入れてください。", tool=tool) from error
    if done.returncode:
        failed = Unavailable("%(tool)s がうまくいきませんでした。データベースの接続先と版を確かめてください。", tool=tool)
        failed.add_note(done.stderr[-500:])
        raise failed
