"""Trials of the booth's promise: no picture ever shows a secret (IZ-07).

Each trial plays a resident who fills in one of many kinds of password field while the page scrolls and moves and the operator tries
to type. Whatever stands in the clear is painted in one colour, and whatever has a secret's focus in another; a picture with an area
of either colour, or a byte sequence of the secret in anything that leaves the booth, is a leak. A trial counts only if pictures
came before the secret and came again after it.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import cv2
import numpy as np

from contact_center.clock import SystemClock
from contact_center.errors import MadoguchiError
from kiosk_bridge.booth.booth import Booth, Place
from kiosk_bridge.browser import Chromium
from kiosk_bridge.browser.process import Window

SIZE = (1000, 700)
CLEAR = (255, 0, 255)
"""Blue, green, red of what stands in the clear."""

FOCUSED = (255, 255, 0)
"""Of the field that has a secret's focus."""

AREA = 120
"""Pixels of such a colour from which it is no noise of the encoding."""

STYLE = """
body { font: 20px sans-serif; height: 3000px }
.secret { width: 300px; height: 40px }
.secret:focus { background: #00ffff; color: #00ffff }
.shown { background: #ff00ff !important; color: #ff00ff !important }
#moving { position: fixed; right: 10px; bottom: 10px; width: 60px; height: 60px; background: #888 }
#moving { animation: turn 1s infinite linear }
@keyframes turn { to { transform: rotate(1turn) } }
"""

# Each kind of field: the page's markup, and how its "show" button makes the value stand in the clear.
FIELDS = {
    "password": (
        "<input class=secret type=password>",
        "f.type = f.type === 'password' ? 'text' : 'password'; f.classList.toggle('shown', f.type === 'text')",
    ),
    "replaced": (
        "<input class=secret type=password>",
        "const n = document.createElement('input'); n.className = 'secret shown'; n.value = f.value; f.replaceWith(n);"
        " window.undo = () => n.replaceWith(f)",
    ),
    "masked text": (
        '<input class=secret style="-webkit-text-security: disc">',
        "const on = f.style.webkitTextSecurity === 'none'; f.style.webkitTextSecurity = on ? 'disc' : 'none';"
        " f.classList.toggle('shown', !on)",
    ),
    "pin by its label": ("<label>暗証番号 <input class=secret inputmode=numeric maxlength=16></label>", ""),
    "one-time code": ("<input class=secret autocomplete=one-time-code>", ""),
    "echoed": (
        "<input class=secret type=password>",
        "const p = document.createElement('p'); p.className = 'shown'; p.textContent = f.value; f.after(p);"
        " window.undo = () => p.remove()",
    ),
}
PLACES = ("page", "frame of its own origin", "frame of another origin", "open shadow root", "closed shadow root")


@dataclass
class Outcome:
    """What came of the trials."""

    trials: int = 0
    pictures: int = 0
    leaks: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)
    """Trials after which no picture came any more, or in which none came before: they prove nothing."""

    let_through: int = 0
    """Keys of the operator that reached a secret field."""

    refused: int = 0


def markup(kind: str) -> str:
    """A page with one field of a kind, within whatever place it stands."""
    field_, show = FIELDS[kind]
    return f"""<!doctype html><meta charset=utf-8><style>{STYLE}</style><body><p>ページ</p><div id=where></div><div id=moving></div>
<script>
const place = new URL(location).searchParams.get('place') ?? 'page';
const markup = `<style>{STYLE}</style><p>欄 {field_}</p>`;
let root = document;
if (place.endsWith('shadow root')) {{
  root = where.attachShadow({{ mode: place.split(' ')[0] }});
  root.innerHTML = markup;
}} else where.innerHTML = markup;
const f = root.querySelector('.secret');
const act = {{
  focus() {{ f.focus() }},
  type(text) {{ f.value += text; f.dispatchEvent(new InputEvent('input', {{ bubbles: true, composed: true }})) }},
  show() {{ {show} }},
  hide() {{ if (window.undo) {{ undo(); delete window.undo }} else {{ {show} }} }},
  blur() {{ f.blur() }},
  empty() {{ f.value = ''; }},
  value() {{ return f.value }},
}};
addEventListener('message', (event) => act[event.data.act]?.(event.data.text));
window.act = act;
</script>"""


def _serve() -> ThreadingHTTPServer:


    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            kind, place = asked.get("kind", "password"), asked.get("place", "page")
            body = markup(kind)
            if place.startswith("frame") and parts.path == "/":
                host = "127.0.0.1" if "its own" in place else "localhost"
                source = f"http://{host}:{self.server.server_port}/frame?kind={quote(kind)}"
                frame = f"<iframe width=600 height=300 src='{source}'></iframe>"
                body = f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body><p>ページ</p>{frame}<div id=moving></div>"
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Watcher:
    """The console's side: draws every picture, and looks for what must not be there."""

    def __init__(self) -> None:
        self.pictures = 0
        self.found: list[str] = []
        self.secret = b""
        self.booth: Booth | None = None
        self._last = asyncio.Event()

    def send(self, data: bytes) -> None:
        """A picture has left the booth."""
        self.pictures += 1
        length = struct.unpack(">I", data[:4])[0]
        head = json.loads(data[4 : 4 + length])
        at = 4 + length
        for *_, size in head["tiles"]:
            tile = cv2.imdecode(np.frombuffer(data[at : at + size], np.uint8), cv2.IMREAD_COLOR)
            at += size
            for name, colour in (("in the clear", CLEAR), ("focused", FOCUSED)):
                near = np.all(np.abs(tile.astype(np.int16) - colour) < 60, axis=2)
                if near.sum() >= AREA:
                    self.found.append(name)
        self._look(data)
        self._last.set()
        assert self.booth is not None
        asyncio.ensure_future(self.booth.said(json.dumps({"do": "ack", "picture": head["n"]}).encode()))

    def tell(self, what: dict[str, Any]) -> None:
        """Something was told to the console."""
        self._look(json.dumps(what, ensure_ascii=False).encode())

    def _look(self, data: bytes) -> None:
        if self.secret and self.secret in data:
            self.found.append("as bytes")

    def expect(self) -> None:
        """Only pictures from now on count for `another`."""
        self._last.clear()

    async def another(self, seconds: float) -> bool:
        """Whether a picture has come since it was expected, or comes within that time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._last.wait(), seconds)
            return True
        return False


async def trials(count: int, seed: int, kinds: Sequence[str] = tuple(FIELDS), places: Sequence[str] = PLACES) -> Outcome:
    """Play so many trials in one browser, each with a field of one of these kinds in one of these places."""
    chance, outcome, server, watcher = random.Random(seed), Outcome(), _serve(), Watcher()
    host = f"127.0.0.1:{server.server_port}"
    browser = await Chromium.start(Window(0, 0, *SIZE, shown=False), gated=True)
    booth = watcher.booth = Booth(browser, SystemClock(), watcher.send, watcher.tell)
    await booth.open(Place(f"http://{host}/", (host, f"localhost:{server.server_port}")), Window(0, 0, *SIZE, shown=False))
    booth.screen.share(True)
    try:
        for _ in range(count):
            where = chance.choice(kinds), chance.choice(places)
            await _one(booth, browser, watcher, chance, outcome, host, *where)
    finally:
        await booth.close()
        server.shutdown()
        server.server_close()
    return outcome


async def _one(
    booth: Booth, browser: Chromium, watcher: Watcher, chance: random.Random, outcome: Outcome, host: str, kind: str, place: str
) -> None:  # fmt: skip
    name = f"{kind} in {place}"
    watcher.secret = f"Q{chance.randrange(10**9):09d}z".encode()

    await booth.pages.open(f"http://{host}/?kind={quote(kind)}&place={quote(place)}")
    outcome.trials += 1
    await _something_new(booth, browser, watcher)
    if not await watcher.another(20.0):
        outcome.blind.append(f"{name}: before")
        return
    booth.grant()
    inside = await _inside(booth, browser, place)

    async def act(what: str, text: str = "") -> None:
        await _evaluate(booth, browser, f"act.{what}({json.dumps(text)})", inside)

    async def scroll() -> None:
        while True:
            await _evaluate(booth, browser, f"scrollTo(0, {chance.randrange(60)})", "")
            await asyncio.sleep(chance.uniform(0.004, 0.03))

    async def meddle() -> None:
        while True:
            try:
                await booth.said(json.dumps({"do": "text", "text": "#"}).encode())
            except MadoguchiError:
                outcome.refused += 1
            await asyncio.sleep(chance.uniform(0.005, 0.04))

    found = len(watcher.found)
    moving = [asyncio.ensure_future(scroll()), asyncio.ensure_future(meddle())]
    try:
        await act("focus")
        for letter in watcher.secret.decode():
            await act("type", letter)
            await asyncio.sleep(chance.choice((0.0, 0.0, 0.004, 0.012)))
        for what in chance.choice((("blur", "show", "hide"), ("show", "blur", "hide"), ("show", "hide", "blur"), ("blur",))):
            await asyncio.sleep(chance.choice((0.0, 0.01, 0.05)))
            if FIELDS[kind][1] or what == "blur":
                await act(what)
        typed = str(await _evaluate(booth, browser, "act.value()", inside))
        outcome.let_through += typed.count("#")
        await act("empty")
        await act("blur")
    finally:
        for one in moving:
            one.cancel()
        await asyncio.gather(*moving, return_exceptions=True)
    await _something_new(booth, browser, watcher)
    if not await watcher.another(20.0):
        outcome.blind.append(f"{name}: after")
    outcome.leaks += [f"{name}: {what}" for what in watcher.found[found:]]
    outcome.pictures = watcher.pictures


async def _something_new(booth: Booth, browser: Chromium, watcher: Watcher) -> None:
    """Whether pictures come is told by something that is new to see."""
    watcher.expect()
    await _evaluate(booth, browser, "document.querySelector('p').textContent = 'ok ' + crypto.randomUUID()", "")


async def _inside(booth: Booth, browser: Chromium, place: str) -> str:
    """The expression's way into the field's own document: a session of its own, or a frame of the page."""
    for _ in range(300):
        if not place.startswith("frame"):
            ready = await _evaluate(booth, browser, "typeof act", "")
            if ready == "object":
                return ""
        elif "its own" in place:
            if await _evaluate(booth, browser, "typeof frames[0]?.act", "") == "object":
                return "own"
        else:
            other = [one for one in booth.pages.of_window() if one.kind == "iframe"]
            if other and await _evaluate(booth, browser, "typeof act", other[0].id) == "object":
                return other[0].id
        await asyncio.sleep(0.01)
    raise RuntimeError(f"the field in {place} does not come")


async def _evaluate(booth: Booth, browser: Chromium, expression: str, inside: str) -> Any:
    """Evaluate in the page's own world, as its scripts would."""
    top = booth.pages.shown
    assert top is not None
    session = inside if inside not in ("", "own") else top.id
    words = f"frames[0].{expression}" if inside == "own" else expression
    with suppress(MadoguchiError):
        answer = await browser.devtools.send("Runtime.evaluate", session, expression=words, returnByValue=True)
        return answer.get("result", {}).get("value")
    return None
