"""A resident by script, for demo, training and tests: touches the face and the booth of a kiosk whose file says `rehearsal`."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from contact_center.clock import SystemClock
from contact_center.errors import Unavailable
from kiosk_bridge.booth.own import WHERE
from kiosk_bridge.bridge import Bridge
from kiosk_bridge.browser.devtools import Ended
from kiosk_bridge.config import read_config

T = TypeVar("T")

STILL = 0.1
"""Seconds between two looks at whether something stays where it is."""

PATIENCE = 45.0
"""Seconds in which a screen that is waited for must come; a machine that does much else takes longer than a kiosk."""


class Kiosk:
    """A kiosk in a thread of this process, with a resident before it.

    :param path: of its file.
    """

    def __init__(self, path: Path) -> None:
        config = read_config(path)
        self._clock = SystemClock()
        self._loop = asyncio.new_event_loop()
        self.bridge = Bridge(config, path, config.token(), self._clock)
        self._running: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run_in_thread, daemon=True, name="kiosk")
        self._thread.start()
        self.sees("#screen h1", 2 * PATIENCE)

    def _run_in_thread(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._running = self._loop.create_task(self.bridge.run())
        self._loop.run_until_complete(asyncio.wait([self._running]))
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    @property
    def is_over(self) -> bool:
        """Whether it has ended by itself, or the centre does not know it any more."""
        return self.bridge.refused or not self._thread.is_alive()

    def close(self) -> None:
        """Shut it down, whoever stands before it."""
        if self._running is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._running.cancel)
        self._thread.join(20)

    def _in_loop(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(60)

    # -- the face ------------------------------------------------------------------------------------------------------------

    def do(self, expression: str) -> Any:
        """Evaluate in the face's page."""

        async def ask() -> Any:
            return await self.bridge.face.do(expression) if self.bridge.face is not None else None

        return self._in_loop(ask)

    def sees(self, selector: str, seconds: float = PATIENCE) -> str:
        """Wait until something is on the face; its text.

        :raises Unavailable: where it does not come in that time.
        """
        end = self._clock.monotonic() + seconds
        there = f"(({WHERE})({json.dumps(selector)})) && document.querySelector({json.dumps(selector)}).textContent"
        while self._clock.monotonic() < end:
            text = None
            with suppress(Ended):
                # A face that has just gone is begun anew.
                text = self.do(there) if self.bridge.face is not None else None
            if text is not None and text is not False:
                return str(text)
            self._clock.sleep(0.05)
        screen = self.do("document.body?.dataset.screen + ' ' + document.body?.innerText.slice(0, 200)")
        raise Unavailable("端末に %(what)s が出ません（%(screen)s）。", what=selector, screen=screen)

    def touches(self, word: str, seconds: float = PATIENCE) -> None:
        """Touch the key that says so, in the words of `video_desk/words`."""
        selector = f"button[data-word={json.dumps(word)}]"
        self.sees(selector, seconds)

        async def touch() -> None:
            face = self.bridge.face
            assert face is not None
            place, before = None, None
            # Nobody touches a key that still moves, as when the screen has just been given back by the resident's browser.
            while not place or place != before:
                before, place = place, await face.do(f"(({WHERE})({json.dumps(selector)}))")
                await asyncio.sleep(STILL)
            await face.touch(*place)

        self._in_loop(touch)

    def picture(self, path: Path) -> None:
        """Keep a picture of the face."""

        async def take() -> bytes:
            assert self.bridge.face is not None
            return await self.bridge.face.picture()

        path.write_bytes(self._in_loop(take))

    # -- the resident's browser ------------------------------------------------------------------------------------------------

    def presses(self, selector: str) -> None:
        """Press something in the resident's browser."""
        self._plays("press", selector=selector)

    def types(self, text: str) -> None:
        """Type into the resident's browser."""
        self._plays("type", text=text)

    def where(self, selector: str, seconds: float = PATIENCE, filled: bool = False) -> tuple[float, float]:
        """Where something stands in the resident's browser, of the picture's width and height.

        :param filled: only a field in which something stands.
        :raises Unavailable: where it does not come in that time.
        """
        width, height = self.bridge.booth_size
        end = self._clock.monotonic() + seconds
        while self._clock.monotonic() < end:
            self._plays("where", selector=selector, filled=filled)
            place = self._in_loop(self.bridge.places.get)
            if place is not None:
                return place[0] / width, place[1] / height
            self._clock.sleep(0.05)
        raise Unavailable("利用者のブラウザーに %(what)s が出ません。", what=selector)

    def _plays(self, does: str, **how: Any) -> None:
        self._loop.call_soon_threadsafe(self.bridge.resident_plays, does, how)
