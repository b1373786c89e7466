"""A card that a resident has left on the reader when they have gone: told until somebody takes it away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from contact_center.errors import Unavailable
from kiosk_bridge.card.reader import reader
from kiosk_bridge.config import Config

LOOK_EVERY = 1.0
"""Seconds between two looks at whether it still lies there."""


class LeftCard:
    """What lies on the reader after a session; the card itself is asked nothing.

    :param taken: is called when it was taken away.
    """

    def __init__(self, config: Config, taken: Callable[[], None]) -> None:
        self._reader, self._taken = reader(config.reader), taken
        self.there = False

    async def look(self) -> bool:
        """Whether one lies there now. A reader that is out of order knows of none; the day's check tells it."""
        try:
            self.there = self._reader is not None and await asyncio.to_thread(self._reader.holds)
        except Unavailable:
            self.there = False
        return self.there

    async def until_taken(self) -> None:
        """Wait until nothing lies there any more."""
        while await self.look():
            await asyncio.sleep(LOOK_EVERY)
        self._taken()
