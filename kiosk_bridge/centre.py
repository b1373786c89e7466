"""The kiosk's link to the centre's hub: questions with answers, words that come by themselves. It comes back by itself."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from contact_center.errors import MadoguchiError, NotSignedIn, Unavailable
from kiosk_bridge.config import Config

ANSWER_WITHIN = 10.0
"""Seconds in which the hub answers a question."""

BEAT_EVERY, AGAIN_AFTER = 8.0, 1.5
"""Seconds between two signs of life; seconds after which a lost link is tried anew."""

JOINED = '{"relay": "joined"}'
"""What the hub says in a relay once the other end is there, too."""

SIGN_IN = 4401
"""Why the hub closes: this device is not, or no longer, enrolled."""


class Refused(MadoguchiError):
    """The hub has refused; the sentence is the hub's own, in Japanese."""

    def __init__(self, said: str) -> None:
        super().__init__("%(said)s", said=said)


def trust(config: Config) -> ssl.SSLContext:
    """Whom the kiosk takes for its centre."""
    return ssl.create_default_context(cafile=config.authority or None)


async def open_socket(config: Config, token: str, most_bytes: int = 1 << 20) -> ClientConnection:
    """A WebSocket to the hub as this device.

    :raises NotSignedIn: where the centre refuses the token.
    :raises Unavailable: where the centre cannot be reached.
    """
    host = urlsplit(config.centre).netloc
    headers = {"Authorization": f"Bearer {token}"}
    try:
        return await connect(
            f"wss://{host}/ws", ssl=trust(config), additional_headers=headers, max_size=most_bytes, open_timeout=10,
            proxy=None, compression=None,
        )  # fmt: skip
    except InvalidStatus as error:
        if error.response.status_code in (401, 403):
            raise NotSignedIn("この端末は登録されていません。登録し直してください。") from error
        raise Unavailable("センターにつながりません。") from error
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise Unavailable("センターにつながりません。") from error


class Centre:
    """The hub as the bridge sees it.

    :param came: is told when the link is there, each time anew.
    :param went: is told when it is lost.
    """

    def __init__(self, config: Config, token: str, came: Callable[[], None], went: Callable[[], None]) -> None:
        self._config, self._token, self._came, self._went = config, token, came, went
        self._socket: ClientConnection | None = None
        self._serial = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[str, Callable[[dict[str, Any]], None]] = {}

    def on(self, kind: str, listener: Callable[[dict[str, Any]], None]) -> None:
        """Call somebody with each message of that type."""
        self._listeners[kind] = listener

    @property
    def there(self) -> bool:
        """Whether the link stands."""
        return self._socket is not None

    async def run(self) -> None:
        """Keep the link until cancelled.

        :raises NotSignedIn: where the centre refuses the token for good.
        """
        while True:
            with suppress(Unavailable, ConnectionClosed, OSError):
                await self._once()
            await asyncio.sleep(AGAIN_AFTER)

    async def _once(self) -> None:
        socket = await open_socket(self._config, self._token)
        self._socket = socket
        beats = asyncio.ensure_future(self._beat(socket))
        self._came()
        try:
            with suppress(ConnectionClosed):
                async for text in socket:
                    if isinstance(text, str):
                        self._heard(json.loads(text))
        finally:
            beats.cancel()
            self._socket = None
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(Unavailable("センターとのつながりが切れました。"))
            self._waiting.clear()
            self._went()
        if socket.close_code == SIGN_IN:
            raise NotSignedIn("この端末は登録されていません。登録し直してください。")

    async def _beat(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(BEAT_EVERY)
                await socket.send('{"type":"beat","n":1}')

    def _heard(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind in ("done", "refused"):
            answer = self._waiting.pop(message.get("ref") or 0, None)
            if answer is None or answer.done():
                return
            if kind == "done":
                answer.set_result(message.get("result") or {})
            else:
                answer.set_exception(Refused(message["sentence"]))
        elif kind in self._listeners:
            self._listeners[kind](message)

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Say something to the hub and wait for the answer.

        :raises Refused: where the hub refuses; nothing was changed.
        :raises Unavailable: where the link is lost, or no answer comes.
        """
        socket = self._socket
        if socket is None:
            raise Unavailable("センターにつながっていません。")
        self._serial += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        # Whoever was cancelled meanwhile does not ask for it any more.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting[self._serial] = answer
        try:
            await socket.send(json.dumps({"type": kind, "ref": self._serial, **fields}, ensure_ascii=False))
            return await asyncio.wait_for(answer, ANSWER_WITHIN)
        except (ConnectionClosed, TimeoutError) as error:
            raise Unavailable("センターから返事がありません。") from error
