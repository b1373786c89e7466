"""The session process that is kept warm for the next resident, so that nobody waits for a browser to start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from contact_center.errors import Unavailable
from kiosk_bridge.child import Child

AGAIN_AFTER = 2.0
"""Seconds until one that could not be begun is begun again."""


class Spare:
    """One warm process at a time.

    :param start: begins one.
    """

    def __init__(self, start: Callable[[], Awaitable[Child]]) -> None:
        self._start = start
        self._task: asyncio.Task[Child] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the next resident need not wait."""
        return self._task is not None and self._task.done()

    def warm_up(self) -> None:
        """Begin one."""
        self._task = asyncio.ensure_future(self._started())

    async def take(self) -> Child:
        """The warm one, or the next that comes to life."""
        while True:
            if self._task is None:
                self.warm_up()
            assert self._task is not None
            child = await self._task
            self._task = None
            if not child.gone:
                return child
            await child.end()

    async def replace(self, child: Child) -> None:
        """This one has died: where it was the warm one, another is begun."""
        if self._task is not None and self._task.done() and self._task.result() is child:
            self.warm_up()
            await child.end()

    async def end(self) -> None:
        """Have none any more."""
        task, self._task = self._task, None
        if task is None:
            return
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError):
            await (await task).end()

    async def _started(self) -> Child:
        while True:
            child = await self._start()
            try:
                await child.ready()
                return child
            except Unavailable:
                await child.end()
                await asyncio.sleep(AGAIN_AFTER)
            except asyncio.CancelledError:
                await child.end()
                raise
