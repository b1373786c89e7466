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


class Reports:
    """The reports of one kiosk.

    :param occupied: whether somebody stands before it; devices are looked at only while nobody needs them.
    :param ready: whether the screen, and whether a browser, is there.
    """

    def __init__(
        self, config: Config, centre: Centre, occupied: Callable[[], bool], ready: Callable[[], tuple[bool, bool]]
    ) -> None:
        self._config, self._centre, self._occupied, self._ready = config, centre, occupied, ready
        self.checks: dict[str, str] = {}

    async def keep(self) -> None:
        """Report until cancelled."""
        while True:
            if not self._occupied():
                self.checks = await asyncio.to_thread(devices, self._config) | {"keys": await self.silence()}
            face, browser = (GOOD if there else FAULT for there in self._ready())
            with suppress(MadoguchiError):
                await self._centre.ask("kiosk.report", checks=self.checks | {"face": face, "browser": browser})
            await asyncio.sleep(EVERY if self._centre.there else AGAIN_AFTER)

    async def silence(self) -> str:
        """Whether no key of a keyboard works the browsers; a keyboard that was plugged in meanwhile is silenced now."""
        if not self._config.shown:
            return NONE
        try:
            await system.silence_shortcuts()
        except Unavailable:
            return FAULT
        return GOOD
