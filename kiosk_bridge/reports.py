"""What a kiosk tells the centre of itself each minute: how its devices, its screen and its browser are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from contact_center.errors import MadoguchiError, Unavailable
from kiosk_bridge import system
from kiosk_bridge.centre import Centre
from kiosk_bridge.config import Config
from kiosk_bridge.health import FAULT, GOOD, NONE, devices

EVERY, AGAIN_AFTER = 60.0, 2.0
"""Seconds between two reports, as the centre counts the minutes in which a counter could serve; and while there is no link."""

WARM_WITHIN, LOOK_EVERY = 60.0, 0.5
"""Seconds that screen and browser have to be there before the first report, which is the day's record; between two looks."""


class Reports:
    """The reports of one kiosk.

    :param occupied: whether somebody stands before it; devices are looked at only while nobody needs them.
    :param ready: whether the screen, and whether a browser, is there.
    :param left: whether somebody's card lies on the reader who has gone.
    """

    def __init__(
        self, config: Config, centre: Centre, occupied: Callable[[], bool], ready: Callable[[], tuple[bool, bool]],
        left: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._config, self._centre, self._occupied, self._ready, self._left = config, centre, occupied, ready, left
        self.checks: dict[str, str] = {}

    async def keep(self) -> None:
        """Report until cancelled."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._warm(), WARM_WITHIN)
        while True:
            if not self._occupied():
                power = GOOD if self._config.sleeps else NONE
                self.checks = await asyncio.to_thread(devices, self._config) | {"keys": await self.silence(), "power": power}
            parts = dict(zip(("face", "browser", "forgotten"), (*self._ready(), not self._left()), strict=True))
            checks = self.checks | {part: GOOD if good else FAULT for part, good in parts.items()}
            with suppress(MadoguchiError):
                await self._centre.ask("kiosk.report", checks=checks)
            await asyncio.sleep(EVERY if self._centre.there else AGAIN_AFTER)

    async def _warm(self) -> None:
        while not all(self._ready()):
            await asyncio.sleep(LOOK_EVERY)

    async def silence(self) -> str:
        """Whether no key of a keyboard works the browsers; a keyboard that was plugged in meanwhile is silenced now."""
        try:
            return GOOD if self._config.shown and await system.silence_shortcuts() else NONE
        except Unavailable:
            return FAULT
