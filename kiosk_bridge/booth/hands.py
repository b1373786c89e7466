"""The operator's hands in the booth: each verb becomes what a mouse and a keyboard would do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from contact_center.errors import BadInput, NotAllowed, Unavailable
from kiosk_bridge.booth import messages as m
from kiosk_bridge.booth.pages import Pages
from kiosk_bridge.browser import Devtools

KEYS = {
    "Enter": 13, "Tab": 9, "Backspace": 8, "Delete": 46, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
    "ArrowDown": 40, "Home": 36, "End": 35, "PageUp": 33, "PageDown": 34, "Space": 32, "a": 65, "z": 90, "y": 89,
}  # fmt: skip
"""Virtual key codes, by which pages know keys that write nothing."""

EDITS = {"a": "selectAll", "z": "undo", "y": "redo"}
GRACE = 1.0
"""Seconds after the browser has answered an act of the operator in which the page may still tell of it as a touch. Only what has
not been told of counts, so that a resident who touches just then has the control all the same."""

UNSURE = "ページが応答していません。少し待ってから、もう一度操作してください。"
NO_FIELD = "文字を入れる欄が選ばれていません。欄を押してから入れてください。"
RESIDENTS_ALONE = "暗証番号などの入力中は、利用者だけが操作できます。"
KIND_OF = {m.Pointer: "pointerdown", m.Wheel: "wheel", m.Key: "keydown"}
"""How a page tells of each verb; what an input method writes presses no key."""


class Hands:
    """Carries out verbs in the shown window, where the resident has given the control.

    :param start: address of the menu's first page.
    :param may: raises where the operator may not act in this moment.
    """

    def __init__(self, devtools: Devtools, pages: Pages, start: Callable[[], str], may: Callable[[], None]) -> None:
        self._devtools = devtools
        self._pages = pages
        self._start = start
        self._may = may
        self._expected: dict[str, int] = {}
        self._told: dict[str, int] = {}
        """How many touches of a kind we are just making, and how many of them the pages have told of."""

    def was_ours(self, kind: str) -> bool:
        """Whether a touch that a page has told of is one that the operator made; each counts once."""
        if self._told.get(kind, 0) >= self._expected.get(kind, 0):
            return False
        self._told[kind] = self._told.get(kind, 0) + 1
        return True

    async def do(self, verb: m.Verb) -> None:
        """Carry out one verb.

        :raises NotAllowed: while something may be a secret: only the resident types it.
        :raises BadInput: where no field would take a text.
        :raises Unavailable: where no page is open, or it does not answer.
        """
        calm = await self._pages.swear()
        if self._pages.secret or (calm is not None and calm < 0):
            raise NotAllowed(RESIDENTS_ALONE)
        if calm is None:
            raise Unavailable(UNSURE)
        if isinstance(verb, (m.Text, m.Compose)) and not await self._pages.typable():
            if isinstance(verb, m.Compose):
                # It is said once, when what was composed is written.
                return
            raise BadInput(NO_FIELD)
        # The documents had their time to answer: meanwhile the resident may have touched the screen, or begun a secret.
        self._may()
        kind = "" if isinstance(verb, m.Pointer) and verb.what != "down" else KIND_OF.get(type(verb), "")
        if not kind:
            await self._one(verb)
            return
        self._expected[kind] = self._expected.get(kind, 0) + 1
        try:
            await self._one(verb)
        finally:
            # The page tells of a touch before it answers: what has not come soon after the answer does not come.
            asyncio.get_running_loop().call_later(GRACE, self._forget, kind)

    def _forget(self, kind: str) -> None:
        self._expected[kind] = max(0, self._expected.get(kind, 0) - 1)
        self._told[kind] = max(0, self._told.get(kind, 0) - 1)

    async def _one(self, verb: m.Verb) -> None:
        match verb:
            case m.Pointer():
                kind = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}[verb.what]
                press = {} if verb.what == "move" else {"button": "left", "clickCount": max(1, verb.clicks)}
                await self._send("Input.dispatchMouseEvent", type=kind, **self._at(verb.x, verb.y), **press)
            case m.Wheel():
                await self._send(
                    "Input.dispatchMouseEvent", type="mouseWheel", deltaX=verb.across, deltaY=verb.down, **self._at(verb.x, verb.y)
                )
            case m.Key():
                await self._press(verb)
            case m.Text():
                await self._send("Input.insertText", text=verb.text)
            case m.Compose():
                end = len(verb.text)
                await self._send("Input.imeSetComposition", text=verb.text, selectionStart=end, selectionEnd=end)
            case m.Go():
                await self._go(verb.to)
            case m.Zoom():
                await self._send("Emulation.setPageScaleFactor", pageScaleFactor=verb.factor)
            case m.Write():
                await self._write(verb.value)

    async def _press(self, verb: m.Key) -> None:
        modifiers = (8 if verb.shift else 0) | (2 if verb.ctrl else 0)
        key = " " if verb.key == "Space" else verb.key
        named: dict[str, Any] = {
            "key": key,
            "code": verb.key if len(verb.key) > 1 else f"Key{verb.key.upper()}",
            "modifiers": modifiers,
        }
        if verb.ctrl and verb.key in EDITS:
            named["commands"] = [EDITS[verb.key]]
        text = {"Enter": "\r", "Space": " "}.get(verb.key, "") if not verb.ctrl else ""
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            await self._send("Input.dispatchKeyEvent", type=kind, windowsVirtualKeyCode=KEYS[verb.key], **named, **more)

    async def start_over(self) -> None:
        """Bring the menu's first page, whatever the page that is shown does.

        :raises NotAllowed: while the resident types a secret.
        """
        if self._pages.secret:
            raise NotAllowed(RESIDENTS_ALONE)
        await self._pages.open(self._start())

    async def _go(self, to: str) -> None:
        if to == "anew":
            await self._send("Page.reload")
        else:
            history = await self._send("Page.getNavigationHistory")
            index = history["currentIndex"] + (1 if to == "forward" else -1)
            # The first entry is the empty page with which the browser began.
            if 1 <= index < len(history["entries"]):
                await self._send("Page.navigateToHistoryEntry", entryId=history["entries"][index]["id"])

    async def _write(self, value: str) -> None:
        """Only the document whose date field has the focus takes it."""
        for one in self._pages.of_window():
            for context in list(one.worlds):
                expression = f"kiosk.write({json.dumps(value)})"
                await self._devtools.send("Runtime.evaluate", one.id, expression=expression, contextId=context)

    async def mark(self, verb: m.Mark) -> None:
        """Draw a mark over the page for the resident to see; none: all go."""
        top = self._pages.shown
        if top is None:
            return
        if verb.shape == "none":
            await self._send("Overlay.hideHighlight")
            return
        await asyncio.gather(self._send("DOM.enable"), self._send("Overlay.enable"))
        width, height = self._pages.size
        side = 36 if verb.shape == "point" else 0
        await self._send(
            "Overlay.highlightRect", x=round(verb.x * width - side / 2), y=round(verb.y * height - side / 2),
            width=side or round(verb.width * width), height=side or round(verb.height * height),
            color={"r": 255, "g": 212, "b": 0, "a": 0.35}, outlineColor={"r": 200, "g": 40, "b": 0, "a": 1},
        )  # fmt: skip

    def _at(self, x: float, y: float) -> dict[str, float]:
        width, height = self._pages.size
        return {"x": x * width, "y": y * height}

    async def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        top = self._pages.shown
        if top is None:
            raise Unavailable("開いているページがありません。")
        return await self._devtools.send(method, top.id, **parameters)
