"""Two hundred consoles without a browser, in a process of their own: over the hub, or polling once a second.

One line of JSON on standard input says how (see `hub.py`). When every console has its first board, a line says after how many
seconds and connections. Another line of input ends it; then for each event the moments at which the consoles learnt of it come
out.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, RejectConnection, Request, TextMessage

from contact_center.house import build, read_settings
from contact_center.hub.hub import COOKIE
from contact_center.identity import Actor

Learnt = defaultdict[int, list[float]]


class Console:
    """One console's WebSocket through nginx, as a browser would open it; like the page, it comes back by itself.

    :param learnt: where to note the moment at which each event came.
    """

    def __init__(self, learnt: Learnt) -> None:
        self._learnt = learnt
        self._known: set[int] = set()
        self.greeted = asyncio.Event()
        self.connections = 0

    async def live(self, port: int, token: str, context: ssl.SSLContext) -> None:
        """Connect again and again, with the page's own growing pauses, until cancelled."""
        pause = 0.25
        while True:
            self.connections += 1
            await self._connect(port, token, context)
            await asyncio.sleep(pause)
            pause = min(pause * 1.6, 3.0)

    async def _connect(self, port: int, token: str, context: ssl.SSLContext) -> None:
        """Say hello, and listen until the other side refuses or closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        wire, host, text = WSConnection(ConnectionType.CLIENT), f"localhost:{port}", ""
        headers = [(b"Cookie", f"{COOKIE}={token}".encode()), (b"Origin", f"https://{host}".encode())]
        writer.write(wire.send(Request(host=host, target="/ws", extra_headers=headers)))
        while data := await reader.read(65536):
            at = time.time()
            wire.receive_data(data)
            for event in wire.events():
                if isinstance(event, AcceptConnection):
                    writer.write(wire.send(TextMessage(json.dumps({"type": "hello", "last": None, "tab": token[:8]}))))
                elif isinstance(event, RejectConnection):
                    writer.close()
                    return
                elif isinstance(event, TextMessage):
                    text += event.data
                    if event.message_finished:
                        self._take(json.loads(text), at)
                        text = ""

    def _take(self, message: dict[str, Any], at: float) -> None:
        if message["type"] == "snapshot":
            self.greeted.set()
        elif message["type"] == "change" and message["event"].startswith("Contact") and message["last"] not in self._known:
            self._known.add(message["last"])
            self._learnt[message["last"]].append(at)


async def over_the_hub(order: dict[str, Any], learnt: Learnt, until: asyncio.Future[str]) -> None:
    """Keep a WebSocket for each token."""
    context = ssl.create_default_context(cafile=order["authority"])
    consoles = [Console(learnt) for _ in order["tokens"]]
    began = time.monotonic()
    async with asyncio.TaskGroup() as living:
        pairs = zip(consoles, order["tokens"], strict=True)
        lives = [living.create_task(console.live(order["port"], token, context)) for console, token in pairs]
        await asyncio.gather(*(console.greeted.wait() for console in consoles))
        connections = sum(console.connections for console in consoles)
        print(json.dumps({"ready": time.monotonic() - began, "connections": connections}), flush=True)
        await until
        for life in lives:
            life.cancel()


async def polling(order: dict[str, Any], learnt: Learnt, until: asyncio.Future[str]) -> None:
    """Read the whole board for each console once a second, one console after the other; no HTTP and no TLS in between."""
    house = build(read_settings(Path(order["settings"])))
    with house.database.reading() as session:
        cities = frozenset(city.id for city in house.directory.cities(session))
        last = [house.log.last_id(session)] * len(order["tokens"])
    actor = Actor(1, "console", frozenset({"contact.read"}), cities)
    began, turn = time.monotonic(), 0
    print(json.dumps({"ready": 0.0, "connections": 0}), flush=True)
    while not until.done():
        await asyncio.sleep(max(0.0, began + turn / len(last) - time.monotonic()))
        with house.database.reading() as session:
            newest = house.log.last_id(session)
            house.board.snapshot(session, actor)
        at, console = time.time(), turn % len(last)
        for event in range(last[console] + 1, newest + 1):
            learnt[event].append(at)
        last[console], turn = newest, turn + 1


async def main() -> None:
    """Do as the order says until standard input has another line."""
    order = json.loads(sys.stdin.readline())
    learnt: Learnt = defaultdict(list)
    until = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
    await (polling if order["poll"] else over_the_hub)(order, learnt, until)
    print(json.dumps(learnt), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
