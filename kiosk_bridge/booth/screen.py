"""The picture of the booth for the operator: never one that could show a secret (IZ-07).

A picture is sent only after every document of the window has sworn, **after** it was taken, that nothing has been a secret since
before it was taken. Painting over fields leaks while a page scrolls; waiting for an event alone may come too late. An oath of the
page's own process cannot: what it painted, it had done before it answered.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from contact_center.clock import Clock
from contact_center.errors import Unavailable
from kiosk_bridge.booth import tiles
from kiosk_bridge.booth.pages import Pages
from kiosk_bridge.browser import Devtools

AFTER_A_SECRET = 0.12
"""Seconds after a secret has ended in which a picture may still show it: the screen is some frames behind the page."""

LOOK_AGAIN = 0.15
"""Seconds after which a picture that could not be sworn for is taken anew."""

TAKE_WITHIN = 2.0
"""Seconds that the browser may take for a picture that was asked for: a page that goes away meanwhile never answers."""

OLDEST = 1.0
"""Seconds that a picture may be old when the browser hands it over."""

SLOW = 0.35
"""Seconds from a picture's sending to its drawing above which the next is made smaller; below a third of it, finer."""


class Screen:
    """The stream of pictures of one booth.

    :param send: sends one message of bytes to the console.
    :param withheld: is told when pictures begin and end to be held back.
    """

    def __init__(
        self, devtools: Devtools, pages: Pages, clock: Clock, send: Callable[[bytes], None], withheld: Callable[[bool], None]
    ) -> None:
        self._devtools = devtools
        self._pages = pages
        self._clock = clock
        self._send = send
        self._withheld = withheld
        self._session = ""
        self._newest: tuple[tiles.Picture | bytes, float] | None = None
        self._sent: tiles.Picture | None = None
        self._number = 0
        self._unacked: tuple[int, float] | None = None
        self._step = 0
        self._whole = False
        self._holding = False
        self._news = asyncio.Event()
        self._again: asyncio.TimerHandle | None = None
        self._wanted = False
        devtools.on("Page.screencastFrame", self._frame)

    # -- what is asked of it ------------------------------------------------------------------------------------------

    def share(self, wanted: bool) -> None:
        """Begin or stop to show pictures at all."""
        self._wanted = wanted
        self._sent = self._unacked = None
        self.look()

    def look(self) -> None:
        """Another page, or the same as it is now: take a picture of it."""
        self._whole = True
        self._news.set()

    def hold(self) -> None:
        """Something may be a secret: what has not been sent yet is thrown away."""
        self._newest = None
        self._hold(True)
        self._look_soon()

    def start_over(self) -> None:
        """The console was opened anew: it is sent a whole picture."""
        self._sent = self._unacked = None
        self.look()

    def drawn(self, number: int) -> None:
        """The console has drawn a picture."""
        if self._unacked is None or self._unacked[0] != number:
            return
        took = self._clock.monotonic() - self._unacked[1]
        self._unacked = None
        if took > SLOW and self._step < len(tiles.STEPS) - 1:
            self._step += 1
        elif took < SLOW / 3 and self._step:
            self._step -= 1
            # What was sent in a coarser quality is sent once more in the finer.
            self._sent = None
            self._whole = True
        self._news.set()

    # -- the work -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send what there is to see until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                self._follow_window()
                await self._one()
            except (Unavailable, ValueError):
                # A page that went away in this moment gives no picture, or half of one: the next is looked at soon.
                self._whole = True
                self._look_soon()

    def _follow_window(self) -> None:
        top = self._pages.shown
        if top is None or top.id == self._session:
            return
        if self._session in self._pages.sessions:
            self._devtools.send("Page.stopScreencast", self._session)
        self._session, self._newest, self._whole = top.id, None, True
        self._devtools.send("Page.startScreencast", top.id, format="jpeg", quality=88, everyNthFrame=1)

    async def _one(self) -> None:
        if not self._wanted or self._unacked is not None or not self._session:
            if self._holding and not self._pages.secret:
                # Though nobody looks: as long as a secret is held, nobody is heard either.
                self._hold(False)
            return
        if self._newest is None and not self._whole:
            return
        if self._newest is None:
            await self._take()
        if self._newest is None:
            return
        (data, taken), self._newest, self._whole = self._newest, None, False
        calm = await self._pages.swear()
        asked = self._clock.monotonic()
        if calm is None or calm < 0 or asked - calm + AFTER_A_SECRET >= taken or self._pages.secret:
            # A page that is just coming cannot swear yet; that is no secret to be told of.
            self._hold(self._pages.secret)
            self._whole = True
            self._look_soon()
            return
        self._hold(False)
        picture = await asyncio.to_thread(tiles.decode, data) if isinstance(data, bytes) else data
        message = await asyncio.to_thread(tiles.encode, self._number + 1, self._sent, picture, tiles.STEPS[self._step])
        if message is None or not self._wanted:
            return
        self._number += 1
        self._sent, self._unacked = picture, (self._number, self._clock.monotonic())
        self._send(message)

    async def _take(self) -> None:
        taken = self._clock.monotonic()
        asked = self._devtools.send("Page.captureScreenshot", self._session, format="jpeg", quality=88, optimizeForSpeed=True)
        done, _ = await asyncio.wait([asked], timeout=TAKE_WITHIN)
        if not done:
            self._look_soon()
            return
        self._newest = (base64.b64decode(asked.result()["data"]), taken)

    def _frame(self, said: dict[str, Any], session: str) -> None:
        self._devtools.send("Page.screencastFrameAck", session, sessionId=said["sessionId"])
        if session != self._session:
            return
        age = self._clock.now().timestamp() - float(said["metadata"].get("timestamp", 0.0))
        if 0.0 <= age <= OLDEST:
            self._newest = (base64.b64decode(said["data"]), self._clock.monotonic() - age)
        else:
            # The machine's clock was set meanwhile: when this picture was taken cannot be known.
            self._newest, self._whole = None, True
        self._news.set()

    def _hold(self, holding: bool) -> None:
        if holding != self._holding:
            self._holding = holding
            self._withheld(holding)

    def _look_soon(self) -> None:
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(LOOK_AGAIN, self._news.set)
