"""When the kiosk shuts itself down, and when it begins again: by its counter's calendar (NB-20)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from contact_center.clock import Clock
from contact_center.errors import Unavailable
from kiosk_bridge import system
from kiosk_bridge.config import Config

LOOK_EVERY = 60.0
"""Seconds between two looks at the counter's hours."""

AFTER_CLOSING = timedelta(minutes=15)
"""Whoever was let in before the end of the hours is finished first; then this long nobody has come."""

BEFORE_OPENING = timedelta(minutes=20)
"""So early a kiosk begins: it starts, warms up, and its devices are looked at before the first resident comes."""

WORTH = timedelta(minutes=40)
"""A shorter break is not worth shutting down for."""


def rest(spans: Iterable[tuple[datetime, datetime]], now: datetime) -> timedelta | None:
    """For how long the kiosk can be off from now on.

    :param spans: when its counter is open, in their order.
    :returns: None where it is open, has just closed, opens soon, or nobody knows when it opens again.
    """
    before = [end for _, end in spans if end <= now]
    if before and now - before[-1] < AFTER_CLOSING:
        return None
    coming = next(((start, end) for start, end in spans if end > now), None)
    if coming is None or coming[0] <= now:
        return None
    off = coming[0] - BEFORE_OPENING - now
    return off if off >= WORTH else None


class Power:
    """One kiosk's switch; never while somebody stands before it.

    :param occupied: whether somebody does.
    :param restart: ends this kiosk; whoever has started it starts it again, and everything begins clean.
    """

    def __init__(self, config: Config, clock: Clock, occupied: Callable[[], bool], restart: Callable[[], None]) -> None:
        self._config, self._clock, self._occupied, self._restart = config, clock, occupied, restart
        self._spans: list[tuple[datetime, datetime]] = []

    def know(self, spans: Iterable[Sequence[str]]) -> None:
        """When the counter is open, ISO 8601."""
        self._spans = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans]

    async def keep(self) -> None:
        """Shut the machine down when its counter has closed, where the installer wants that; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._config.sleeps and not self._occupied():
                with suppress(Unavailable):
                    await self._shut_down()

    async def obey(self, do: str) -> None:
        """A supervisor has the kiosk begin anew (`restart`), or shut down until its counter opens.

        :raises Unavailable: where the machine cannot be shut down.
        """
        if self._occupied():
            return
        if do == "restart":
            self._restart()
        else:
            await self._shut_down()

    async def _shut_down(self) -> None:
        off = rest(self._spans, self._clock.now())
        if off is not None:
            await system.power_off(int(off.total_seconds()))
