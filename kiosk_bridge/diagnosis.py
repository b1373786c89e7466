"""Looking at a kiosk from afar while nobody stands before it (IZ-10): how its parts are, and what its screen shows."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from contact_center.clock import Clock
from contact_center.errors import Unavailable
from kiosk_bridge.centre import JOINED, open_socket
from kiosk_bridge.config import Config
from kiosk_bridge.face import Face


class Diagnosis:
    """One kiosk's.

    :param face: the face, where there is one.
    :param checks: how the parts were found last.
    """

    def __init__(
        self, config: Config, token: str, clock: Clock, face: Callable[[], Face | None], checks: Callable[[], dict[str, str]]
    ) -> None:
        self._config, self._token, self._clock, self._face, self._checks = config, token, clock, face, checks
        self._began = clock.monotonic()
        self._socket: ClientConnection | None = None

    async def show(self, ticket: str) -> None:
        """Show the kiosk to whoever holds the other ticket, until they have seen enough or a resident comes."""
        await self.end()
        try:
            socket = await open_socket(self._config, self._token)
        except Unavailable:
            return
        self._socket = socket
        with suppress(ConnectionClosed):
            await socket.send(json.dumps({"type": "relay", "ticket": ticket}))
            async for message in socket:
                # Whatever comes is a wish to see it as it is now; nothing else can be asked for.
                if message == JOINED or message == '{"do":"look"}':
                    await self._tell(socket)

    async def end(self) -> None:
        """A resident is there: nobody looks any more."""
        socket, self._socket = self._socket, None
        if socket is not None:
            with suppress(Exception):
                await socket.close()

    async def _tell(self, socket: ClientConnection) -> None:
        told: dict[str, Any] = {
            "checks": self._checks(), "system": f"{platform.system()} {platform.release()}",
            "seconds": round(self._clock.monotonic() - self._began), "screen": [self._config.width, self._config.height],
        }  # fmt: skip
        await socket.send(json.dumps(told))
        face = self._face()
        if face is not None and not face.ended:
            with suppress(Unavailable):
                await socket.send(await face.picture())
