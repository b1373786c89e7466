"""Engine and sessions. A writer begins IMMEDIATE on SQLite: a transaction that reads first and writes later would fail at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, text
from sqlalchemy.orm import Session

from contact_center.errors import Unavailable

BUSY = 5.0
"""Seconds a writer waits for another before it gives up."""

LOCK = 0x6D61646F
"""The advisory lock of PostgreSQL that a writer of the main database holds."""


class Database:
    """One database of the house.

    :param url: SQLAlchemy URL; `sqlite:///…` or `postgresql+psycopg://…`.
    :param durable: fsync each commit before it returns (SQLite `synchronous=FULL`), for the audit.
    :param lock: the advisory lock of its writers on PostgreSQL; two houses' databases may be one there.
    """

    def __init__(self, url: str, durable: bool = False, lock: int = LOCK) -> None:
        self.url = url
        self.durable = durable
        self._lock = lock
        self._turn = Lock()
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url, durable) if self.is_sqlite else _postgresql(url)
        self._writer = self.engine.execution_options(begin="IMMEDIATE")

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(str(self.engine.url.database)) if self.is_sqlite else None

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on any error. One writes at a time.

        :raises Unavailable: where the database is locked, full or away; nothing was changed.
        """
        with _spoken(), self._in_turn(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            if not self.is_sqlite:
                # What SQLite does by itself: who reads in order to write sees the last word, and ids of events grow in the
                # order of commit, so that "since N" misses nothing.
                session.execute(text(f"SET LOCAL lock_timeout = {round(BUSY * 1000)}"))
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": self._lock})
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Threads of one process write in turn: SQLite lets those who wait try by chance, and one may starve."""
        if not self._turn.acquire(timeout=BUSY):
            raise TimeoutError
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads and holds up no writer."""
        with _spoken(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every connection; after a fork, before the end."""
        self.engine.dispose()


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, OSError) as error:
        # An OSError is the disk on which keys lie beside the database.
        raise Unavailable("データベースに今は書き込めません。少し待って、もう一度お試しください。") from error


def _sqlite(url: str, durable: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # SQLAlchemy, not the driver, begins transactions: the driver would begin them late and deferred.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        # Erased rows are overwritten, not only unlinked.
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("begin", "DEFERRED"))

    return engine


def _postgresql(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
