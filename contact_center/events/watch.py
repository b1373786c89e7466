"""Waking up when events have been committed: NOTIFY on PostgreSQL, `PRAGMA data_version` on SQLite."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from threading import Event as Flag
from typing import Protocol

import psycopg
from psycopg import sql

from contact_center.clock import Clock
from contact_center.database.engine import Database
from contact_center.errors import Unavailable
from contact_center.events.log import CHANNEL, EventLog

RETRY = 1.0
"""Seconds until a database that gives no news is tried again."""

POLL = 0.004
"""Seconds between two looks at a SQLite file; a look costs microseconds."""


_log = logging.getLogger(__name__)


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
        # Whatever was committed before this watch began counts as news.
        self._version = -1

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
        # Whatever was committed before this watch began counts as news.
        self._fresh = True

    def wait(self, seconds: float) -> bool:
        if self._fresh:
            self._fresh = False
            return True
        try:
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise Unavailable("データベースを読めません。") from error

    def close(self) -> None:
        self._connection.close()


def follow(database: Database, log: EventLog, clock: Clock, stop: Flag, tell: Callable[[int], int]) -> None:
    """Stay in this thread and tell of every event from now on, until `stop` is set, whatever becomes of the database.

    :param tell: takes the id of the last event that was told, tells of those after it, and returns the last it has told.
    """
    last, news = -1, None
    while not stop.is_set():
        try:
            if last < 0:
                with database.reading() as session:
                    last = log.last_id(session)
            news = news or watch(database, clock)
            if news.wait(0.5):
                while (told := tell(last)) != last:
                    last = told
        except Exception as error:
            # A thread that ended here would leave every console without news, and nobody would know.
            _log.warning("No news of events (%s); trying again", type(error).__name__)
            news = None
            clock.sleep(RETRY)
    if news is not None:
        news.close()


def watch(database: Database, clock: Clock) -> Watch:
    """A watch on a database of either kind."""
    if database.is_sqlite:
        return _SqliteWatch(str(database.path), clock)
    return _PostgresqlWatch(database.engine.url.render_as_string(hide_password=False))
