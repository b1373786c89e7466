"""The card in the reader, as the console and the face are told of it. Nothing that names the resident is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from contact_center.clock import Clock, day_of
from contact_center.errors import Unavailable
from kiosk_bridge.card import advice
from kiosk_bridge.card.read import Kind
from kiosk_bridge.card.reader import Reader, reader

LOOK_EVERY = 1.0
"""Seconds between two questions whether a card that was looked at is still there."""


class CardDesk:
    """The card reader of one session.

    :param name: of the reader, as the kiosk's file has it.
    :param say: tells the console.
    :param show: gives the face the words to show.
    :param met: is called when a card is there with which the resident can go on.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        say: Callable[[dict[str, Any]], None],
        show: Callable[[list[str]], None],
        met: Callable[[], None],
    ) -> None:
        self._reader, self._clock, self._say, self._show, self._met = reader(name), clock, say, show, met
        self._watching: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Look at the card once; when it is pulled later, both are told."""
        self.stop()
        found = self._reader
        if found is None:
            self._say({"card": {"kind": "fault"}})
            return
        try:
            state = await asyncio.to_thread(found.look)
        except Unavailable:
            self._say({"card": {"kind": "fault"}})
            return
        said = [str(one) for one in advice(state, day_of(self._clock.now()))]
        self._say({"card": {"kind": str(state.kind), "left": state.left, "expires": str(state.expires or ""), "advice": said}})
        if state.left.get("user"):
            self._met()
        self._show(said or (["put"] if state.kind == Kind.NONE else ["keep"]))
        if state.kind != Kind.NONE:
            self._watching = asyncio.ensure_future(self._until_pulled(found))

    def stop(self) -> None:
        """Watch the reader no longer."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def _until_pulled(self, found: Reader) -> None:
        """The card itself is asked nothing: the page's own program may be working with it."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            with suppress(Unavailable):
                if not await asyncio.to_thread(found.holds):
                    break
        self._say({"card": {"kind": "none"}})
        self._show(["pulled"])
