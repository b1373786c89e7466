"""What a page asks or says in a box of the browser's: told to the console, answered there, and never left standing for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from kiosk_bridge.browser import Devtools

ANSWERED_WITHIN = 60.0
"""Seconds after which a box that nobody answers is closed as if cancelled."""

LONGEST = 500
"""Characters that are told of what a page says."""


class Boxes:
    """The boxes of one resident's browser; there is one at a time.

    :param tell: tells the console.
    """

    def __init__(self, devtools: Devtools, tell: Callable[[dict[str, Any]], None]) -> None:
        self._devtools, self._tell = devtools, tell
        self.open: dict[str, Any] | None = None
        """What a page asks or says just now, with the session that does."""

        devtools.on("Page.javascriptDialogOpening", self._opened)
        devtools.on("Page.javascriptDialogClosed", lambda _, session: self.closed(session))

    def _opened(self, said: dict[str, Any], session: str) -> None:
        text = {"kind": said["type"], "message": said["message"][:LONGEST], "default": said.get("defaultPrompt", "")[:LONGEST]}
        self.open = {"session": session, **text}
        if said["type"] == "beforeunload":
            # Nobody is kept on a page.
            self.answer(True)
            return
        self._tell({"box": text})
        asyncio.get_running_loop().call_later(ANSWERED_WITHIN, self._give_up, self.open)

    def _give_up(self, box: dict[str, Any]) -> None:
        if self.open is box:
            self.answer(False)

    def answer(self, accept: bool, text: str = "") -> None:
        """Answer what a page asks or says."""
        if self.open is not None:
            more = {"promptText": text} if self.open["kind"] == "prompt" and accept else {}
            self._devtools.send("Page.handleJavaScriptDialog", self.open["session"], accept=accept, **more)

    def closed(self, session: str) -> None:
        """A page's box is closed, or the page is gone with it."""
        if self.open is not None and self.open["session"] == session:
            self.open = None
            self._tell({"box": None})
