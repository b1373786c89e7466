"""The hub itself: who is connected, what they are told, who answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event as Flag
from typing import Any

from twisted.application.service import Service
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from twisted.web.resource import Resource
from twisted.web.server import Request
from twisted.web.websocket import WebSocketResource

from contact_center.audit import Act
from contact_center.errors import Conflict, MadoguchiError, NotAllowed, NotSignedIn, Unavailable
from contact_center.events import Recorded, follow
from contact_center.events.catalogue import DeviceChanged, SessionEnded
from contact_center.features import HubHandler, resolve
from contact_center.house import House
from contact_center.hub.connection import Connection, from_request
from contact_center.hub.pulse import Pulse
from contact_center.hub.relay import Relay
from contact_center.identity import Actor
from contact_center.language import Words
from contact_center.messages import (
    Beat,
    Change,
    Done,
    Hello,
    JoinRelay,
    Message,
    OtherTab,
    Refused,
    Snapshot,
    TakeOver,
    catalogue,
    encode,
)
from contact_center.seats import Presence

COOKIE = "__Host-madoguchi"
BOARD = "contact.read"
"""The right to see the board and to be told of its changes."""

THREADS = 8
SLOW_THREADS = 8
MOST_REPLAYED = 200

Handler = Callable[["Hub", Actor, Any], Iterator[Message]]
View = tuple[frozenset[str], frozenset[str]]


class Hub(Service):
    """The hub of one centre."""

    log = Logger()

    def __init__(self, house: House, reactor: Any) -> None:
        self.house = house
        self.reactor = reactor
        self._handlers: dict[type[Message], tuple[HubHandler, Handler]] = {}
        for feature in house.features:
            for handler in feature.hub_handlers:
                self._handlers[handler.message] = (handler, resolve(handler.function))
        self._reactions: dict[type[Any], list[Callable[[Hub, Recorded], None]]] = {}
        for reaction in (one for feature in house.features for one in feature.hub_reactions):
            self._reactions.setdefault(reaction.event, []).append(resolve(reaction.function))
        self.kinds = catalogue((Hello, Beat, TakeOver, JoinRelay, *self._handlers))
        self.relay = Relay(reactor, self._ticket_refused)
        self._words = {name: Words(name, ("contact_center", *(f.package for f in house.features))) for name in ("ja", "en")}
        self._connections: set[Connection] = set()
        self._handlers_pool = ThreadPool(2, THREADS, "handlers")
        self._slow_pool = ThreadPool(0, SLOW_THREADS, "slow")
        self._watcher = ThreadPool(1, 1, "watcher")
        self._stop = Flag()
        self._told = 0
        self._serial = 0
        self._pulse = Pulse(house, reactor, self._connections, self._handlers_pool)

    def resource(self) -> Resource:
        """The web resource of `/ws`."""
        hub = self

        class _Factory:
            def buildProtocol(self, request: Request) -> Connection:  # noqa: N802
                return from_request(hub, request, COOKIE.encode())

        root = Resource()
        root.putChild(b"ws", WebSocketResource(_Factory()))
        return root

    def words(self, actor: Actor | None, error: MadoguchiError) -> str:
        """An error's sentence in the reader's language."""
        return error.sentence(self._words[actor.language if actor else "ja"].gettext)

    # -- life ---------------------------------------------------------------------------------------------------------

    def startService(self) -> None:  # noqa: D102, N802
        Service.startService(self)
        self._handlers_pool.start()
        self._slow_pool.start()
        self._watcher.start()
        self._watcher.callInThread(
            follow, self.house.database, self.house.log, self.house.clock, self._stop, self._tell_in_thread
        )  # fmt: skip
        self._pulse.start()

    def stopService(self) -> Any:  # noqa: D102, N802
        Service.stopService(self)
        self._stop.set()
        self._pulse.stop()
        for connection in list(self._connections):
            connection.close(1012)
        self._handlers_pool.stop()
        self._slow_pool.stop()
        self._watcher.stop()

    # -- connections --------------------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        """A socket is open; it is nobody's until its session was looked up."""
        self._serial += 1
        connection.serial = self._serial
        self._connections.add(connection)
        done = deferToThreadPool(self.reactor, self._handlers_pool, self._identify_in_thread, connection)
        done.addErrback(self._refuse_connection, connection)

    def _identify_in_thread(self, connection: Connection) -> None:
        if connection.bearer is not None:
            device = self.house.devices.who(connection.bearer)
            connection.actor = Actor(0, device.name, frozenset(), frozenset(), device=device.place)
            connection.device = device.id
        else:
            connection.actor = self.house.sessions.who(connection.cookie)

    def _refuse_connection(self, failure: Failure, connection: Connection) -> None:
        connection.close(4401 if failure.check(NotSignedIn) else 4503)

    def _ticket_refused(self, actor: Actor) -> None:
        """Somebody has shown a ticket that is not good, or not theirs: it is on the record."""
        act = Act(actor.word, "relay.refused", "relay", {})
        self._handlers_pool.callInThread(self.house.audit.record, act)

    def closed(self, connection: Connection) -> None:
        """A socket is gone."""
        self._connections.discard(connection)
        self.relay.left(connection)

    def to_person(self, person: int, message: Message) -> None:
        """Send to the console that a person holds; may be called from any thread."""
        self.reactor.callFromThread(self._to, lambda c: c.holds and c.actor is not None and c.actor.person == person, message)

    def to_device(self, seat: str, message: Message) -> bool:
        """Send to the native phone of a seat; False where none is connected. May be called from any thread."""
        there = any(_is_phone_of(c, seat) for c in list(self._connections))
        self.reactor.callFromThread(self._to, lambda c: _is_phone_of(c, seat), message)
        return there

    def _to(self, wanted: Callable[[Connection], bool], message: Message) -> None:
        for connection in [c for c in self._connections if wanted(c)]:
            connection.send(message)

    def _hold(self, connection: Connection, take: bool) -> None:
        """One tab of a person holds the seat; another is told and may take over."""
        assert connection.actor is not None
        rivals = self._rivals(connection)
        if rivals and not take and rivals[0].tab != connection.tab:
            connection.send(OtherTab(what="held"))
            return
        if not take and any(rival.serial > connection.serial for rival in rivals):
            # The page was loaded anew, and the greeting of the one before it has come late.
            return
        for rival in rivals:
            rival.holds = False
            rival.send(OtherTab(what="taken"))
        connection.holds = True

    def _rivals(self, connection: Connection) -> list[Connection]:
        """The other connections of the same person that hold the seat."""
        person = connection.actor.person if connection.actor else None
        return [c for c in list(self._connections) if c is not connection and c.actor and c.holds and c.actor.person == person]

    # -- what consoles say --------------------------------------------------------------------------------------------

    def said(self, connection: Connection, message: Message, ref: int | None) -> None:
        """A message has come in; those of one connection are answered one after the other, in their order."""
        declared = self._handlers.get(type(message))
        if declared is not None and declared[0].slow:
            done = deferToThreadPool(self.reactor, self._slow_pool, self._answer_in_thread, connection, message, ref)
            done.addErrback(self._went_wrong, connection, message, ref)
            return
        connection.waiting.append((message, ref))
        if len(connection.waiting) == 1:
            self._answer_next(connection)

    def _answer_next(self, connection: Connection) -> None:
        message, ref = connection.waiting[0]
        done = deferToThreadPool(self.reactor, self._handlers_pool, self._answer_in_thread, connection, message, ref)
        done.addErrback(self._went_wrong, connection, message, ref)
        done.addBoth(self._answered, connection)

    def _answered(self, _result: object, connection: Connection) -> None:
        connection.waiting.popleft()
        if connection.waiting:
            self._answer_next(connection)

    def _answer_in_thread(self, connection: Connection, message: Message, ref: int | None) -> None:
        if connection.actor is None:
            self._identify_in_thread(connection)
        elif connection.bearer is None and not isinstance(message, Hello):
            # Each word is a sign of life, and is held against the rights of now.
            connection.actor = self.house.sessions.who(connection.cookie)
        actor = connection.actor
        assert actor is not None
        if isinstance(message, Hello):
            # Whoever may not see contacts, and every device, is told nothing of the house.
            actor.require(BOARD)
            self._greet_in_thread(connection, actor, message)
            return
        if isinstance(message, JoinRelay):
            self.reactor.callFromThread(self.relay.join, connection, message.ticket)
            return
        if isinstance(message, TakeOver):
            self._may_be_taken_over(connection, actor)
            self.reactor.callFromThread(self._hold, connection, True)
            self.reactor.callFromThread(connection.send, Done(to=message.TYPE, ref=ref))
            return
        declared, handler = self._handlers[type(message)]
        if declared.permission == "device":
            if not actor.device:
                raise NotAllowed("この操作の権限がありません。必要なときは責任者にお申し出ください。")
        else:
            actor.require(declared.permission)
            if not connection.holds and not declared.anywhere:
                raise NotAllowed("別のタブで操作中です。こちらで続けるには「引き継ぐ」を押してください。")
        result: dict[str, Any] | None = None
        for reply in handler(self, actor, message):
            if isinstance(reply, Done):
                result = reply.result
            else:
                self.reactor.callFromThread(connection.send, reply)
        self.reactor.callFromThread(connection.send, Done(to=message.TYPE, ref=ref, result=result))

    def _may_be_taken_over(self, connection: Connection, actor: Actor) -> None:
        """A tab that holds a conversation keeps it: its phone would hang up.

        :raises Conflict: until the conversation is over.
        """
        with self.house.database.reading() as session:
            seat = self.house.seats.of_person(session, actor.person)
        busy = seat is not None and seat.presence in (Presence.RINGING, Presence.ON_CONTACT)
        if busy and self._rivals(connection):
            raise Conflict("別のタブで通話中です。通話が終わってから引き継いでください。")

    def _went_wrong(self, failure: Failure, connection: Connection, message: Message, ref: int | None) -> None:
        error = failure.value
        if isinstance(error, NotSignedIn):
            connection.close(4401)
            return
        if isinstance(message, Hello):
            # The page comes back by itself and asks anew, unless it may not.
            connection.close(4403 if isinstance(error, NotAllowed) else 4503)
            return
        if not isinstance(error, MadoguchiError):
            # The trace goes without the values of variables: they may be personal.
            self.log.failure("a handler of {type} failed", failure, type=message.TYPE)
            error = Unavailable("うまくいきませんでした。もう一度お試しください。続くときは責任者にお知らせください。")
        sentence = self.words(connection.actor, error)
        connection.send(Refused(to=message.TYPE, ref=ref, code=error.code, sentence=sentence))

    def _greet_in_thread(self, connection: Connection, actor: Actor, hello: Hello) -> None:
        # Figures a little old are better than no console while the database cannot be written.
        with suppress(Unavailable):
            self.house.fold.catch_up()
        with self.house.database.reading() as session:
            last = self.house.log.last_id(session)
            first: Message | None = None
            if hello.last is not None and 0 <= last - hello.last <= MOST_REPLAYED:
                merged: dict[str, Any] = self.house.board.pulse(session, actor)
                for recorded in self.house.log.since(session, hello.last):
                    for kind, leaves in (self.house.board.changes(session, actor, recorded) or {}).items():
                        merged.setdefault(kind, {}).update(leaves)
                first = Change(last=last, event="replay", state=merged)
            else:
                state = self.house.board.snapshot(session, actor)
                state["me"] = {"person": {"id": actor.person, "name": actor.name, "rights": sorted(actor.rights)}}
                state["now"] = {"at": {"iso": self.house.clock.now().isoformat(timespec="milliseconds")}}
                first = Snapshot(last=last, state=state)
        self.reactor.callFromThread(self._greeted, connection, hello, first, last)

    def _greeted(self, connection: Connection, hello: Hello, first: Message, last: int) -> None:
        if not connection.greeted_once:
            connection.greeted_once = True
            connection.tab = hello.tab
            if not hello.watch:
                self._hold(connection, take=False)
        connection.send(first)
        connection.last = last
        if self._told > last:
            # Something was told to the others between our look and now: it is fetched before anything newer is sent.
            self._greet_again(connection)
        else:
            connection.greeted = True

    def _greet_again(self, connection: Connection) -> None:
        connection.greeted = False
        assert connection.actor is not None
        hello = Hello(last=connection.last, tab=connection.tab)
        done = deferToThreadPool(self.reactor, self._handlers_pool, self._greet_in_thread, connection, connection.actor, hello)
        # The page comes back by itself and asks anew.
        done.addErrback(lambda _: connection.close(4503))

    # -- what consoles are told ---------------------------------------------------------------------------------------

    def _tell_in_thread(self, last: int) -> int:
        views: dict[View, Actor] = {
            (c.actor.cities, c.actor.rights): c.actor for c in list(self._connections) if c.actor is not None and c.greeted
        }
        with self.house.database.reading() as session:
            for recorded in self.house.log.since(session, last):
                last = recorded.id
                texts: dict[View, str | None] = {}
                for view, actor in views.items():
                    state = self.house.board.changes(session, actor, recorded)
                    change = Change(last=last, event=type(recorded.event).__name__, state=state) if state else None
                    texts[view] = encode(change) if change else None
                self.reactor.callFromThread(self._tell, recorded, texts)
                self._react_in_thread(recorded)
        return last

    def _react_in_thread(self, recorded: Recorded) -> None:
        for reaction in self._reactions.get(type(recorded.event), ()):
            try:
                reaction(self, recorded)
            except Exception as error:
                # Whoever is to be told asks again by itself; the others must not miss what comes after.
                self.log.warn("A reaction failed: {why}", why=type(error).__name__)

    def _tell(self, recorded: Recorded, texts: dict[View, str | None]) -> None:
        self._pulse.news = True
        self._told = recorded.id
        event = recorded.event
        for connection in list(self._connections):
            actor = connection.actor
            if actor is None:
                continue
            if isinstance(event, SessionEnded) and actor.session == event.session:
                connection.close(4401)
            elif isinstance(event, DeviceChanged) and connection.device == event.device:
                # Whether it still may is looked up when it comes back.
                connection.close(4401)
            elif connection.greeted and recorded.id > connection.last:
                view = (actor.cities, actor.rights)
                if view not in texts:
                    # It was greeted while this event was being put into words for the others.
                    self._greet_again(connection)
                    continue
                text = texts[view]
                if text is not None:
                    connection.send_text(text)
                connection.last = recorded.id


def _is_phone_of(connection: Connection, seat: str) -> bool:
    # A connection of the relay belongs to its two ends: what the hub has to say goes to the other one.
    return connection.actor is not None and connection.actor.device == seat and connection.peer is None
