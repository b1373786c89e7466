"""A booth on a page of the test's own, with the operator's console and the resident beside it."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import cv2
import numpy as np

from contact_center.clock import SystemClock
from contact_center.errors import MadoguchiError
from kiosk_bridge.booth.booth import Booth, Place
from kiosk_bridge.browser import Chromium
from kiosk_bridge.browser.process import Window

SIZE = (800, 600)
UNSEEN = Window(0, 0, *SIZE, shown=False)
OUTSIDE = "127.0.0.9"
"""Another host on this machine."""

LONGEST = 240.0
"""Seconds after which a scene has failed."""

PAGE_WITHIN = 5.0
"""Seconds within which a page that is not hung says what it is asked."""

T = TypeVar("T")


Answer = str | tuple[int, dict[str, str], str]
"""What a site says of a path: a page, a script where the path ends so, or status, headers and body."""


class Site:
    """An outside site of one page, and of whatever else it needs.

    :param more: what it answers to further paths.
    """

    def __init__(self, html: str, more: Mapping[str, Answer] | None = None) -> None:
        page = f"<!doctype html><meta charset=utf-8><body style='margin:0;font:20px sans-serif'>{html}"
        answers = dict(more or {})
        asked: list[str] = []

        class _Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                asked.append(self.path)
                found = answers.get(self.path.split("?")[0], page)
                kind = "text/javascript" if self.path.endswith(".js") else "text/html"
                status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
                self.send_response(status)
                for name, value in ({"Content-Type": f"{kind}; charset=utf-8"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(body.encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.asked = asked
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Outside:
    """A host that is in no menu: nothing must ever come here, by whatever way."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self._stream = socket.create_server((OUTSIDE, 0))
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind((OUTSIDE, 0))
        self.host = f"{OUTSIDE}:{self._stream.getsockname()[1]}"
        self.datagrams = f"{OUTSIDE}:{self._datagrams.getsockname()[1]}"
        for listens in (self._accept, self._receive):
            threading.Thread(target=listens, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._stream.accept()
                self.came.append(f"stream {came.recv(60)!r}")
                came.close()

    def _receive(self) -> None:
        with suppress(OSError):
            while data := self._datagrams.recv(2000):
                self.came.append(f"datagram {data[:8]!r}")

    def close(self) -> None:
        self._stream.close()
        self._datagrams.close()


class Console:
    """The operator's side: it draws the pictures that come, and says what was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.picture: np.ndarray | None = None
        self.pictures = 0
        self.sizes: list[int] = []
        self.booth: Booth | None = None

    def send(self, data: bytes) -> None:
        length = struct.unpack(">I", data[:4])[0]
        head = json.loads(data[4 : 4 + length])
        if self.picture is None:
            self.picture = np.zeros((head["height"], head["width"], 3), np.uint8)
            self.darkest = np.full_like(self.picture, 255)
        at = 4 + length
        for left, top, width, height, size in head["tiles"]:
            tile = cv2.imdecode(np.frombuffer(data[at : at + size], np.uint8), cv2.IMREAD_COLOR)
            self.picture[top : top + height, left : left + width] = cv2.resize(tile, (width, height))
            at += size
        self.darkest = np.minimum(self.darkest, self.picture)
        self.pictures += 1
        self.sizes.append(len(data))
        assert self.booth is not None
        asyncio.ensure_future(self.booth.said(json.dumps({"do": "ack", "picture": head["n"]}).encode()))

    def tell(self, what: dict[str, Any]) -> None:
        self.told.append(what)

    async def do(self, verb: str, **values: Any) -> None:
        assert self.booth is not None
        await self.booth.said(json.dumps({"do": verb, **values}).encode())

    async def click(self, x: float, y: float) -> None:
        for what in ("down", "up"):
            await self.do("pointer", what=what, x=x / SIZE[0], y=y / SIZE[1])

    def colour(self, x: int, y: int) -> tuple[int, ...]:
        """Red, green, blue of a place of the picture."""
        return tuple(int(part) for part in self.picture[y, x][::-1]) if self.picture is not None else ()


class Scene:
    """Everything of one test."""

    def __init__(self, browser: Chromium, booth: Booth, console: Console, site: Site) -> None:
        self.browser, self.booth, self.console, self.site = browser, booth, console, site

    async def page(self, expression: str) -> Any:
        """What the page says, as its own scripts would see it; None where it is going away, or does not answer."""
        top = self.booth.pages.shown
        assert top is not None
        asked = self.browser.devtools.send("Runtime.evaluate", top.id, expression=expression, returnByValue=True)
        done, _ = await asyncio.wait([asked], timeout=PAGE_WITHIN)
        with suppress(MadoguchiError):
            return asked.result().get("result", {}).get("value") if done else None
        return None

    async def resident_presses(self, x: float, y: float) -> None:
        """A finger on the glass: the browser's own input, not through the booth."""
        top = self.booth.pages.shown
        assert top is not None
        for kind in ("mousePressed", "mouseReleased"):
            await self.browser.devtools.send("Input.dispatchMouseEvent", top.id, type=kind, x=x, y=y, button="left", clickCount=1)


async def until(met: Callable[[], Any | Awaitable[Any]], seconds: float = 45) -> Any:
    """What a condition is once it is met."""
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while True:
        value = met()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert clock.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: another test's browser may keep a loop in this one."""

    async def in_time() -> T:
        return await asyncio.wait_for(work, LONGEST)

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(in_time())).result()


def play(
    html: str, scene: Callable[[Scene], Awaitable[None]], pad: bool = False, more: Mapping[str, Answer] | None = None,
    words: Sequence[str] = (), window: Window = UNSEEN,
) -> None:  # fmt: skip
    """Play a scene in a booth on a page of this content; at its end the booth is wiped.

    :param more: what the site answers to further paths.
    :param words: further words of the browser's command line.
    :param window: where its pages stand.
    """

    async def whole() -> None:
        site, console = Site(html, more), Console()
        browser = await Chromium.start(window, words, gated=True)
        booth = console.booth = Booth(browser, SystemClock(), console.send, console.tell, pad)
        try:
            await booth.open(Place(f"http://{site.host}/", (site.host,)), window)
            booth.screen.share(True)
            await until(lambda: console.pictures)
            await scene(Scene(browser, booth, console, site))
        finally:
            await booth.close()
            site.close()

    run(whole())
