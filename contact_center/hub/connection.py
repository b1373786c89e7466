"""One WebSocket: who is on it, and what it may say."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure
from twisted.web.server import Request
from twisted.web.websocket import WebSocketTransport

from contact_center.errors import MadoguchiError
from contact_center.identity import Actor
from contact_center.messages import Beat, Message, Refused, decode, encode

SILENCE = 40.0
"""Seconds without a sign of life after which a connection is taken for dead."""

MOST_BYTES = 8 * 1024 * 1024
"""Bytes of one message of the relay: a whole picture of a large screen."""

MOST_WAITING = 64
"""Messages of one connection that may wait for their answer."""


class Owner(Protocol):
    """What a connection tells whoever owns it: the hub."""

    reactor: Any
    kinds: Mapping[str, type[Message]]

    def opened(self, connection: Connection) -> None:
        """A socket is open."""

    def said(self, connection: Connection, message: Message, ref: int | None) -> None:
        """A message has come in."""

    def closed(self, connection: Connection) -> None:
        """A socket is gone."""

    def words(self, actor: Actor | None, error: MadoguchiError) -> str:
        """An error's sentence in the reader's language."""


class Connection:
    """A console's or device's WebSocket, as `twisted.web.websocket` drives it."""

    def __init__(self, hub: Owner, cookie: str | None, bearer: str | None, same_origin: bool) -> None:
        self._hub = hub
        self.cookie = cookie
        self.bearer = bearer
        self._same_origin = same_origin
        self.actor: Actor | None = None
        self.device: int | None = None
        """Id of the device that it is, where it is no person."""

        self.tab = ""
        self.serial = 0
        """The how-manieth connection of this hub it is."""

        self.holds = False
        self.greeted = False
        self.greeted_once = False
        self.last = 0
        self.waiting: deque[tuple[Message, int | None]] = deque()
        self.peer: Any = None
        """The other side of the relay, once this connection has joined a grant."""

        self._transport: WebSocketTransport | None = None
        self._silence: IDelayedCall | None = None

    # -- called by Twisted --------------------------------------------------------------------------------------------

    def negotiationStarted(self, transport: WebSocketTransport) -> None:  # noqa: D102, N802
        self._transport = transport

    def negotiationFinished(self) -> None:  # noqa: D102, N802
        if not self._same_origin:
            self.close(4403)
            return
        self._alive()
        self._hub.opened(self)

    def textMessageReceived(self, message: str) -> None:  # noqa: D102, N802
        self._alive()
        if self.peer is not None:
            if len(message) > MOST_BYTES:
                self.close(4400)
                return
            self.peer.send_text(message)
            return
        try:
            decoded, ref = decode(message, self._hub.kinds)
        except MadoguchiError as error:
            self.send(Refused(to="", ref=None, code=error.code, sentence=self._hub.words(self.actor, error)))
            return
        if isinstance(decoded, Beat):
            self.send(decoded)
            return
        if len(self.waiting) >= MOST_WAITING:
            self.close(4429)
            return
        self._hub.said(self, decoded, ref)

    def bytesMessageReceived(self, data: bytes | bytearray) -> None:  # noqa: D102, N802
        if self.peer is None or len(data) > MOST_BYTES:
            self.close(4400)
            return
        self._alive()
        self.peer.send_bytes(bytes(data))

    def pongReceived(self, payload: bytes) -> None:  # noqa: D102, N802
        self._alive()

    def connectionLost(self, reason: Failure) -> None:  # noqa: D102, N802
        self._transport = None
        if self._silence is not None and self._silence.active():
            self._silence.cancel()
        self._hub.closed(self)

    # -- called by the hub --------------------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send one message; into the void where the socket is gone, for the page asks anew when it is back."""
        self.send_text(encode(message))

    def send_text(self, text: str) -> None:
        """Send a message that was encoded once for many."""
        if self._transport is not None:
            self._transport.sendTextMessage(text)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are; only the relay does."""
        if self._transport is not None:
            self._transport.sendBytesMessage(data)

    def close(self, code: int) -> None:
        """End the connection with a code that the page understands (4401: sign in again)."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.loseConnection(code)

    def _alive(self) -> None:
        if self._silence is not None and self._silence.active():
            self._silence.cancel()
        self._silence = self._hub.reactor.callLater(SILENCE / 2, self._is_silent)

    def _is_silent(self) -> None:
        if self._transport is None:
            return
        if self.peer is not None:
            # Who only looks at the other side says nothing for minutes. A console's own socket beats: a page that hangs is dead.
            self._transport.ping()
        self._silence = self._hub.reactor.callLater(SILENCE / 2, self.close, 4408)


def from_request(hub: Owner, request: Request, cookie_name: bytes) -> Connection:
    """The connection of a request: a cookie of our own origin, or a device's bearer token."""
    cookie = request.getCookie(cookie_name)
    header = request.getHeader("authorization") or ""
    bearer = header.removeprefix("Bearer ") if header.startswith("Bearer ") else None
    origin, host = request.getHeader("origin"), request.getHeader("host")
    # Browsers always say where a page came from; a page of another site must not use our cookie.
    same_origin = bearer is not None or (origin is not None and urlsplit(origin).netloc == host)
    return Connection(hub, cookie.decode("ascii", "replace") if cookie else None, bearer, same_origin)
