"""Writing events as the last thing of a transaction, and reading all since a given one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.events.catalogue import Event
from contact_center.events.model import EventRow

CHANNEL = "madoguchi_events"
_PENDING = "events to write"
_COMMON = ("city", "contact", "actor")


@dataclass(frozen=True)
class Recorded:
    """An event as it stands in the log."""

    id: int
    at: datetime
    event: Event


class EventLog:
    """The log of one centre.

    :param kinds: the closed catalogue: the kernel's events and every feature's.
    """

    def __init__(self, clock: Clock, kinds: Iterable[type[Event]]) -> None:
        self._clock = clock
        self.kinds = {kind.__name__: kind for kind in kinds}

    def append(self, session: Session, *events: Event, at: datetime | None = None) -> None:
        """Hand over events; they are written when the session commits, after everything else.

        :param at: when it happened, where that was not now (what is caught up from Asterisk's records).
        :raises ValueError: for a kind that is not in the catalogue.
        """
        for event in events:
            if type(event) is not self.kinds.get(type(event).__name__):
                raise ValueError(f"{type(event).__name__} is not in the catalogue of events")
        pending = session.info.get(_PENDING)
        if pending is None:
            pending = session.info[_PENDING] = []
            sqlalchemy_event.listen(session, "before_commit", self._write)
        pending.extend((at or self._clock.now(), event) for event in events)

    def pending(self, session: Session) -> int:
        """How many events this transaction will write."""
        return len(session.info.get(_PENDING, ()))

    def _write(self, session: Session) -> None:
        pending: list[tuple[datetime, Event]] = session.info.get(_PENDING, [])
        if not pending:
            return
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"NOTIFY {CHANNEL}"))
        for at, event in pending:
            data = msgspec.to_builtins(event)
            common = {name: data.pop(name) for name in _COMMON}
            session.add(EventRow(at=at, kind=type(event).__name__, data=data, **common))
        pending.clear()
        session.flush()

    def last_id(self, session: Session) -> int:
        """Id of the newest event; 0 where there is none."""
        return session.scalar(select(func.max(EventRow.id))) or 0

    def since(self, session: Session, last: int, limit: int = 1000) -> list[Recorded]:
        """The events after `last`, oldest first, at most `limit`; those of a feature that was taken out are plain events."""
        rows = session.execute(
            select(EventRow.id, EventRow.at, EventRow.kind, EventRow.city, EventRow.contact, EventRow.actor, EventRow.data)
            .where(EventRow.id > last)
            .order_by(EventRow.id)
            .limit(limit)
        )
        return [self._recorded(*row) for row in rows]

    def _recorded(
        self, id: int, at: datetime, kind: str, city: str | None, contact: int | None, actor: str, data: dict[str, Any]
    ) -> Recorded:
        if kind not in self.kinds:
            return Recorded(id, at, Event(city=city, contact=contact, actor=actor))
        body = {**data, "city": city, "contact": contact, "actor": actor}
        return Recorded(id, at, msgspec.convert(body, self.kinds[kind], strict=False))
