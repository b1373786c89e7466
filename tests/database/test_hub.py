"""The hub loses no event between a console's snapshot and its first change, and answers in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contact_center.events.catalogue import HoursChanged
from contact_center.house import House
from contact_center.hub import Hub
from contact_center.hub import hub as hub_module
from contact_center.hub.connection import Connection
from contact_center.messages import Hello, Message
from tests.conftest import person


class Turns:
    """A reactor and a pool of threads whose turns come when the test says so."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], Any]] = []

    def callFromThread(self, function: Callable[..., Any], *arguments: Any) -> None:  # noqa: N802
        self.calls.append(lambda: function(*arguments))

    def callLater(self, *_: Any) -> Any:  # noqa: N802
        raise AssertionError("nothing waits here")

    def run(self) -> None:
        while self.calls:
            self.calls.pop(0)()


class Wire:
    """What the console has received."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def sendTextMessage(self, text: str) -> None:  # noqa: N802
        self.messages.append(json.loads(text))


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    made = Turns()

    def defer(_reactor: Any, _pool: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        from twisted.internet.defer import Deferred

        later: Deferred[Any] = Deferred()

        def run() -> None:
            try:
                later.callback(function(*arguments))
            except Exception:
                later.errback()

        made.calls.append(run)
        return later

    monkeypatch.setattr(hub_module, "deferToThreadPool", defer)
    return made


def connect(house: House, hub: Hub) -> tuple[Connection, Wire]:
    connection, wire = Connection(hub, None, None, True), Wire()
    connection._transport = wire  # type: ignore[assignment]
    connection.actor = person(house, "watcher", "supervisor")
    hub._connections.add(connection)
    return connection, wire


def commit(house: House) -> int:
    with house.database.session_scope() as session:
        house.log.append(session, HoursChanged(actor="x", what="y"))
    with house.database.reading() as session:
        return house.log.last_id(session)


@pytest.mark.parametrize("when", ["before the snapshot is sent", "while the event is put into words"])
def test_an_event_told_while_a_console_is_being_greeted_reaches_it(house: House, turns: Turns, when: str) -> None:
    hub = Hub(house, turns)
    connection, wire = connect(house, hub)
    start = commit(house)
    hub._told = start
    assert connection.actor is not None
    hub._greet_in_thread(connection, connection.actor, Hello(last=None, tab="a"))
    if when.startswith("before"):
        event = commit(house)
        hub._tell_in_thread(start)
        turns.calls.reverse()
    else:
        event = commit(house)
        hub._tell_in_thread(start)
    turns.run()
    assert wire.messages[0]["type"] == "snapshot"
    assert wire.messages[-1]["last"] == event
    assert connection.greeted
    after = commit(house)
    hub._tell_in_thread(event)
    turns.run()
    assert [m["last"] for m in wire.messages].count(after) == 1


def test_the_messages_of_one_console_are_answered_in_their_order(
    house: House, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(house, turns)
    connection, _ = connect(house, hub)
    answered: list[int | None] = []

    def answer(_connection: Connection, _message: Message, ref: int | None) -> None:
        answered.append(ref)

    monkeypatch.setattr(hub, "_answer_in_thread", answer)
    for ref in range(10):
        hub.said(connection, Hello(), ref)
        # However the pool shuffles its threads, only one message of this console is in it.
        assert len(turns.calls) == 1
    turns.run()
    assert answered == list(range(10))
