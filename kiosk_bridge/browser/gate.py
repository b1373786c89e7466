"""The only way out of a resident's browser: a proxy of this process, which leads to the menu's hosts and nowhere else.

What a page asks for is looked at in the browser, too, but a page has ways out that pass by there: web sockets, calls, what workers
do. A browser that knows no other way than a proxy takes none of them past it, looks no name up by itself, and sends no datagram.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from kiosk_bridge.addresses import USUAL, is_of

LONGEST_HEAD = 64 << 10
PIECE = 64 << 10
CONNECT_WITHIN = 15.0
"""Seconds that an outside site may take to be reached."""

ONE_HOP = {b"proxy-connection", b"proxy-authorization", b"connection", b"keep-alive"}
"""Headers that are between the browser and us (RFC 9110, 7.6.1)."""


class Gate:
    """A proxy for one browser: shut until it is told where it may lead to. Begun by `begin`, ended by `end`."""

    def __init__(self) -> None:
        self._hosts: frozenset[str] = frozenset()
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Listen on this machine."""
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0, limit=LONGEST_HEAD)

    @property
    def words(self) -> tuple[str, str]:
        """What tells the browser to know no other way, to this machine itself neither; its preferences say so of calls."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"--proxy-server=http://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>"

    def lead_to(self, hosts: Iterable[str]) -> None:
        """Open it to these hosts."""
        self._hosts = frozenset(hosts)

    def end(self) -> None:
        """Shut it, whatever is on its way."""
        if self._server is not None:
            self._server.close()
        for one in self._running:
            one.cancel()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            try:
                await self._lead(reader, writer)
            finally:
                writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *headers = head[:-4].split(b"\r\n")
        method, target, version = first.split(b" ")
        tunnel = method == b"CONNECT"
        parts = urlsplit(("//" if tunnel else "") + target.decode("ascii"))
        port = parts.port if parts.port is not None else USUAL.get(parts.scheme, 0)
        if not parts.hostname or (not tunnel and parts.scheme != "http") or not is_of(parts.hostname, port, self._hosts):
            await _refuse(writer, b"403 Forbidden")
            return
        try:
            there, back = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), CONNECT_WITHIN)
        except OSError:
            await _refuse(writer, b"502 Bad Gateway")
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl().encode()
                kept = [one for one in headers if one.partition(b":")[0].strip().lower() not in ONE_HOP]
                # One request a connection: the next may be for another host.
                back.write(b"\r\n".join([b" ".join((method, path, version)), *kept, b"Connection: close"]) + b"\r\n\r\n")
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        finally:
            back.close()


async def _refuse(writer: asyncio.StreamWriter, why: bytes) -> None:
    writer.write(b"HTTP/1.1 " + why + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
    # Whoever has heard the end of one direction may still be speaking in the other.
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
