"""Waking up when events have been committed: NOTIFY on PostgreSQL, `PRAGMA data_version` on SQLite."""

from __future__ import annotations

import sqlite3
from typing import Protocol

import psycopg
from psycopg import sql

from contact_center.clock import Clock
from contact_center.database.engine import Database
from contact_center.errors import Unavailable
from contact_center.events.log import CHANNEL

POLL = 0.004
"""Seconds between two looks at a SQLite file; a look costs microseconds."""


class Watch(Protocol):
    """A thread waits here for news."""

    def wait(self, seconds: float) -> bool:
        """True as soon as something was committed elsewhere; False after that many seconds without news."""

    def close(self) -> None:
        """Give the connection back."""


class _SqliteWatch:
    def __init__(self, path: str, clock: Clock) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._clock = clock
        self._version = self._read()

    def _read(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def wait(self, seconds: float) -> bool:
        end = self._clock.monotonic() + seconds
        while self._clock.monotonic() < end:
            try:
                version = self._read()
            except sqlite3.Error as error:
                raise Unavailable("データベースを読めません。") from error
            if version != self._version:
                self._version = version
                return True
            self._clock.sleep(POLL)
        return False

    def close(self) -> None:
        self._connection.close()


class _PostgresqlWatch:
    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))

    def wait(self, seconds: float) -> bool:
        try:
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise Unavailable("データベースを読めません。") from error

    def close(self) -> None:
        self._connection.close()


def watch(database: Database, clock: Clock) -> Watch:
    """A watch on a database of either kind."""
    if database.is_sqlite:
        return _SqliteWatch(str(database.path), clock)
    return _PostgresqlWatch(database.engine.url.render_as_string(hide_password=False))
