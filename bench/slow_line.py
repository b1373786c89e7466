"""A line with a delay: a proxy that passes bytes on unchanged, each half of the round trip later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE = 65536


@contextmanager
def slow_line(port: int, round_trip: float) -> Iterator[int]:
    """Listen for connections to another port of this machine.

    :param round_trip: seconds that are added to each.
    :yields: the port to connect to.
    """
    loop = asyncio.new_event_loop()
    started = loop.run_until_complete(asyncio.start_server(_Pair(port, round_trip / 2).serve, "127.0.0.1", 0))
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    try:
        yield int(started.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(started), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        running.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _Pair:
    def __init__(self, port: int, delay: float) -> None:
        self._port, self._delay = port, delay

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, in both directions."""
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        # The handshake crosses the line once, too.
        await asyncio.sleep(2 * self._delay)
        await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def deliver() -> None:
            while True:
                due, piece = await late.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
            writer.close()

        delivering = asyncio.ensure_future(deliver())
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                late.put_nowait((loop.time() + self._delay, piece))
        late.put_nowait((loop.time() + self._delay, b""))
        with suppress(OSError):
            await delivering
