"""Timers that live on the server: the end of a wrap-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.logger import Logger

from contact_center.house import House
from contact_center.seats import Presence


class WrapUpTimers:
    """One timer a seat. When the time is over, a contact that has category and outcome is closed; else the seat stays
    closed and shows as overdue, because an outcome is required (IZ-17).
    """

    log = Logger()

    def __init__(self, house: House, reactor: Any, in_thread: Callable[..., defer.Deferred[Any]]) -> None:
        self._house = house
        self._reactor = reactor
        self._in_thread = in_thread
        self._calls: dict[str, Any] = {}

    def load_in_thread(self) -> None:
        """Set the timers of every seat that is wrapping, after a start; runs in the writing thread."""
        house = self._house
        with house.database.reading() as session:
            seats = [(s.id, s.wrap_until) for s in house.seats.all(session) if s.presence == Presence.WRAPPING]
        for id, until in seats:
            if until is not None:
                left = (until - house.clock.now()).total_seconds()
                self._reactor.callFromThread(self.set, id, left)

    def set(self, seat: str, seconds: float) -> None:
        """The wrap-up of this seat is over in so many seconds."""
        former = self._calls.pop(seat, None)
        if former is not None and former.active():
            former.cancel()
        self._calls[seat] = self._reactor.callLater(max(0.0, seconds), self._over, seat)

    def clear(self, seat: str) -> None:
        """The seat is no longer wrapping."""
        former = self._calls.pop(seat, None)
        if former is not None and former.active():
            former.cancel()

    def _over(self, seat: str) -> None:
        self._calls.pop(seat, None)
        done = self._in_thread(self._over_in_thread, seat)
        done.addErrback(lambda failure: self.log.warn("Wrap-up: {why}", why=failure.getErrorMessage()))

    def _over_in_thread(self, id: str) -> None:
        house = self._house
        with house.database.session_scope() as session:
            seat = house.seats.get(session, id)
            if seat.presence == Presence.WRAPPING and seat.contact_id is not None:
                house.notes.time_is_over(session, seat)
