"""What the hub does by the clock: figures for every board, and whether the sessions behind the sockets still hold."""

from __future__ import annotations

from typing import Any

from twisted.internet import task
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from contact_center.errors import NotSignedIn, Unavailable
from contact_center.house import House
from contact_center.hub.connection import Connection
from contact_center.messages import Change

EVERY = 1.0
AT_LEAST = 15
"""Beats after which figures are sent though nothing has happened."""

CHECK_EVERY = 30.0


class Pulse:
    """The beats of one hub.

    :param connections: those that are open, as the hub knows them.
    """

    log = Logger()

    def __init__(self, house: House, reactor: Any, connections: set[Connection], pool: ThreadPool) -> None:
        self._house, self._reactor, self._connections, self._pool = house, reactor, connections, pool
        self.news = True
        """Whether anything has happened since the last beat."""

        self._quiet_beats = 0
        self._beats = task.LoopingCall(self._send_pulse)
        self._checks = task.LoopingCall(self._check_sessions)

    def start(self) -> None:
        """Begin to beat."""
        self._beats.clock = self._checks.clock = self._reactor
        self._beats.start(EVERY, now=False)
        self._checks.start(CHECK_EVERY, now=False)

    def stop(self) -> None:
        """Beat no more."""
        for loop in (self._beats, self._checks):
            if loop.running:
                loop.stop()

    def _send_pulse(self) -> Any:
        self._quiet_beats += 1
        due = self.news or self._quiet_beats >= AT_LEAST
        if not due or not self._connections:
            return None
        self.news, self._quiet_beats = False, 0
        done = deferToThreadPool(self._reactor, self._pool, self._pulse_in_thread)
        done.addErrback(lambda failure: self.log.warn("No pulse: {why}", why=failure.getErrorMessage()))
        return done

    def _pulse_in_thread(self) -> None:
        self._house.fold.catch_up()
        actors = {c.actor.cities: c.actor for c in list(self._connections) if c.actor is not None and c.greeted}
        with self._house.database.reading() as session:
            for cities, actor in actors.items():
                self._reactor.callFromThread(self._tell_pulse, cities, self._house.board.pulse(session, actor))

    def _tell_pulse(self, cities: frozenset[str], state: dict[str, Any]) -> None:
        for connection in list(self._connections):
            if connection.greeted and connection.actor is not None and connection.actor.cities == cities:
                connection.send(Change(last=connection.last, event="pulse", state=state))

    def _check_sessions(self) -> Any:
        done = deferToThreadPool(self._reactor, self._pool, self._check_in_thread)
        done.addErrback(lambda failure: self.log.warn("Sessions not checked: {why}", why=failure.getErrorMessage()))
        return done

    def _check_in_thread(self) -> None:
        with self._house.database.reading() as session:
            seated = {seat.session_id for seat in self._house.seats.all(session)}
        for connection in list(self._connections):
            try:
                if connection.bearer is None:
                    # Whoever sits at a seat and waits for calls is at work, though nothing is pressed for an hour.
                    at_work = connection.actor is not None and connection.actor.session in seated
                    self._house.sessions.who(connection.cookie, renew=at_work)
                else:
                    self._house.devices.who(connection.bearer)
            except NotSignedIn:
                self._reactor.callFromThread(connection.close, 4401)
            except Unavailable:
                return
