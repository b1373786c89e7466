"""The live link to Asterisk's manager interface (AMI), as a Twisted protocol of our own.

Each action has a deadline; lists are collected by ActionID; a value with CR or LF is refused before anything is sent; a
dead link is found by pings; after each connect the whole state is asked anew. asterisk-ami (PyPI) cannot do this (see
docs/decisions); it serves the one-shot commands of the command line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from twisted.application.internet import ClientService, backoffPolicy
from twisted.internet import defer, task
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint, ITCPTransport
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from contact_center.errors import BadInput, Unavailable

DEADLINE = 5.0
"""Seconds an action may take."""

PING_EVERY = 5.0
"""Seconds between two signs of life."""

MOST_LINES = 400
"""Header lines of one message; more is no AMI."""


class AmiError(Unavailable):
    """Asterisk has refused an action."""

    code = "asterisk_refused"


class Event(dict[str, str]):
    """The headers of one message. A header that comes twice keeps its last value; ChanVariable fills `variables`."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: dict[str, str] = {}

    def put(self, name: str, value: str) -> None:
        """Take one header line."""
        if name.startswith("ChanVariable"):
            variable, _, content = value.partition("=")
            self.variables[variable] = content
        self[name] = value


def action_bytes(action: str, headers: dict[str, str], action_id: str) -> bytes:
    """One action as it goes over the wire.

    :raises BadInput: where a name or value holds CR or LF, which would smuggle in another action.
    """
    lines = [f"Action: {action}", f"ActionID: {action_id}", *(f"{name}: {value}" for name, value in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise BadInput("改行を含む値はAsteriskに送れません。")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class AmiProtocol(LineReceiver):
    """One connection.

    :param secret: of the account `switchboard`.
    :param on_event: called with each event that belongs to no list.
    """

    delimiter = b"\r\n"
    MAX_LENGTH = 65536

    def __init__(
        self, clock: IReactorTime, secret: str, on_event: Callable[[Event], None], on_ready: Callable[[AmiProtocol], None]
    ) -> None:
        self._clock = clock
        self._secret = secret
        self._on_event = on_event
        self._on_ready = on_ready
        self._greeted = False
        self._message = Event()
        self._lines = 0
        self._serial = 0
        self._answers: dict[str, defer.Deferred[Event]] = {}
        self._lists: dict[str, tuple[list[Event], defer.Deferred[list[Event]]]] = {}
        self._pings = task.LoopingCall(self._ping)
        self._pings.clock = clock
        self.ready = False
        self._closed = False

    # -- speaking ---------------------------------------------------------------------------------------------------

    def send(self, action: str, **headers: str) -> defer.Deferred[Event]:
        """Send an action; its answer.

        :raises AmiError: (as failure) where Asterisk refuses, or the deadline passes.
        """
        action_id = self._next_id()
        payload = action_bytes(action, headers, action_id)
        answer: defer.Deferred[Event] = defer.Deferred()
        self._answers[action_id] = answer
        if self.transport is None or self._closed:
            self._answers.pop(action_id)
            return defer.fail(AmiError("Asteriskとの接続が切れています。"))
        self.transport.write(payload)
        answer.addTimeout(DEADLINE, self._clock, onTimeoutCancel=self._too_late(action_id, self._answers))
        return answer

    def collect(self, action: str, **headers: str) -> defer.Deferred[list[Event]]:
        """Send an action whose answer is a list of events, and wait for its end."""
        items: list[Event] = []
        done: defer.Deferred[list[Event]] = defer.Deferred()
        answer = self.send(action, **headers)
        action_id = str(self._serial)
        self._lists[action_id] = (items, done)

        def refused(failure: Failure) -> None:
            if self._lists.pop(action_id, None):
                done.errback(failure)

        answer.addErrback(refused)
        done.addTimeout(DEADLINE, self._clock, onTimeoutCancel=self._too_late(action_id, self._lists))
        return done

    def _next_id(self) -> str:
        self._serial += 1
        return str(self._serial)

    def _too_late(self, action_id: str, where: dict[str, Any]) -> Callable[[Any, float], None]:
        def late(_result: Any, _seconds: float) -> None:
            where.pop(action_id, None)
            raise AmiError("Asteriskが時間内に答えません。")

        return late

    # -- listening --------------------------------------------------------------------------------------------------

    def connectionMade(self) -> None:  # noqa: D102, N802
        self._clock.callLater(DEADLINE, self._give_up_unless_ready)

    def lineReceived(self, line: bytes) -> None:  # noqa: D102, N802
        if not self._greeted:
            if not line.startswith(b"Asterisk Call Manager/"):
                self._drop()
                return
            self._greeted = True
            self._sign_in()
            return
        if line:
            self._lines += 1
            name, separator, value = line.decode("utf-8", "replace").partition(":")
            if self._lines > MOST_LINES:
                # No end of it: a fresh connection and snapshot are safer than guessing.
                self._drop()
            elif separator:
                self._message.put(name.strip(), value.strip())
            # A line without a colon is the rest of a value that came from outside; it must not cost us the link.
            return
        message, self._message, self._lines = self._message, Event(), 0
        if message:
            self._take(message)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: D102, N802
        self._drop()

    def _take(self, message: Event) -> None:
        action_id = message.get("ActionID", "")
        if "Response" in message:
            answer = self._answers.pop(action_id, None)
            if answer is None:
                return
            if message["Response"] in ("Success", "Goodbye") or message.get("Ping") == "Pong":
                answer.callback(message)
            else:
                answer.errback(AmiError("Asteriskに断られました（%(why)s）。", why=message.get("Message", "")))
        elif action_id in self._lists:
            items, done = self._lists[action_id]
            if message.get("EventList") == "Complete":
                del self._lists[action_id]
                done.callback(items)
            else:
                items.append(message)
        else:
            self._on_event(message)

    @defer.inlineCallbacks
    def _sign_in(self) -> Any:
        try:
            challenge = yield self.send("Challenge", AuthType="MD5")
            # MD5 is the manager's own scheme (RFC 2195 in manner); the link is loopback, or TLS to another machine.
            key = hashlib.md5((challenge["Challenge"] + self._secret).encode(), usedforsecurity=False).hexdigest()
            yield self.send("Login", AuthType="MD5", Username="switchboard", Key=key)
        except (AmiError, KeyError):
            self._drop()
            return
        self.ready = True
        self._pings.start(PING_EVERY, now=False).addErrback(lambda _: None)
        self._on_ready(self)

    def _ping(self) -> None:
        self.send("Ping").addErrback(lambda _: self._drop())

    def _give_up_unless_ready(self) -> None:
        if not self.ready:
            self._drop()

    def _drop(self) -> None:
        if self.transport is not None:
            ITCPTransport(self.transport).abortConnection()

    def connectionLost(self, reason: Failure = Failure(Exception())) -> None:  # noqa: B008, D102, N802
        self.ready = False
        self._closed = True
        if self._pings.running:
            self._pings.stop()
        waiting: list[defer.Deferred[Any]] = [*self._answers.values(), *(done for _, done in self._lists.values())]
        self._answers.clear()
        self._lists.clear()
        for deferred in waiting:
            deferred.errback(AmiError("Asteriskとの接続が切れました。"))


class AmiLink:
    """The link that is always being kept: connects again with growing pauses.

    :param on_connect: called with the protocol after each sign-in, to take a snapshot.
    :param on_lost: called when a connection that was signed in is gone.
    """

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        endpoint: IStreamClientEndpoint,
        secret: str,
        on_event: Callable[[Event], None],
        on_connect: Callable[[AmiProtocol], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._on_connect = on_connect
        self._on_lost = on_lost
        self.protocol: AmiProtocol | None = None
        link = self

        class _Linked(AmiProtocol):
            def connectionLost(self, reason: Failure = Failure(Exception())) -> None:  # noqa: B008, N802
                super().connectionLost(reason)
                link._lost(self)

        factory = Factory.forProtocol(lambda: _Linked(reactor, secret, on_event, self._ready))
        policy = backoffPolicy(initialDelay=0.2, maxDelay=3.0)
        self.service = ClientService(endpoint, factory, retryPolicy=policy, clock=reactor)

    def _ready(self, protocol: AmiProtocol) -> None:
        self.protocol = protocol
        self._on_connect(protocol)

    def _lost(self, protocol: AmiProtocol) -> None:
        if self.protocol is protocol:
            self.protocol = None
            self._on_lost()

    def send(self, action: str, **headers: str) -> defer.Deferred[Event]:
        """Send an action over the present connection; fails at once where there is none."""
        if self.protocol is None:
            return defer.fail(AmiError("Asteriskとの接続が切れています。"))
        return self.protocol.send(action, **headers)
