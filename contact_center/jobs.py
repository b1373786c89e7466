"""Telling the workers that a row waits to be worked. What is told may be lost: the row stays, and a sweeper finds it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session


class Jobs:
    """The way from a transaction to the workers of this centre; a process that has none tells nobody."""

    def __init__(self) -> None:
        self._send: Callable[[str, int], None] = lambda task, id: None

    def connect(self, send: Callable[[str, int], None]) -> None:
        """Let this process reach the workers.

        :param send: `(task, id)`; it never raises and never waits long.
        """
        self._send = send

    def send(self, session: Session, task: str, id: int) -> None:
        """Tell of a row once its transaction is committed."""
        event.listen(session, "after_commit", lambda _: self._send(task, id), once=True)
