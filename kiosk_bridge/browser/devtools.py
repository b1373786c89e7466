"""Chromium's DevTools protocol over a pipe: commands with answers, and events.

Messages are JSON, each ended by a zero byte (Chromium's `--remote-debugging-pipe`). There is no port: whoever does not hold the
two ends of the pipe cannot drive the browser.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from contact_center.errors import Unavailable

Handler = Callable[[dict[str, Any], str], None]
"""What is called with an event's parameters and the session (a page or frame) that it comes from."""


class Ended(Unavailable):
    """The browser is gone."""

    def __init__(self) -> None:
        super().__init__("ブラウザが終了しました。")


class Refused(Unavailable):
    """The browser refused a command.

    :param method: of its protocol, for whoever looks for the fault.
    :param why: its own sentence, which names no value of a page.
    """

    def __init__(self, method: str, why: str) -> None:
        super().__init__("ブラウザーが操作を受け付けませんでした。もう一度お試しください。")
        self.add_note(f"{method}: {why}")


class Devtools:
    """One browser's protocol.

    :param write: what sends bytes to the browser.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._serial = 0
        self._waiting: dict[int, tuple[str, str, asyncio.Future[dict[str, Any]]]] = {}
        self._handlers: dict[str, list[Handler]] = {}
        self._rest = bytearray()
        self.ended = False

    def on(self, event: str, handler: Handler) -> None:
        """Call a handler for each event of that name, in the order in which they come."""
        self._handlers.setdefault(event, []).append(handler)

    def send(self, method: str, session: str = "", **parameters: Any) -> asyncio.Future[dict[str, Any]]:
        """Send a command; the answer comes later, in the order of the pipe.

        :param session: the page, frame or worker it is for; empty: the browser itself.
        :raises Ended: by the answer, where the browser is gone.
        :raises Refused: by the answer, where the browser refuses.
        """
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        # Who asks and does not wait for the answer is not reproached for it.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        if self.ended:
            answer.set_exception(Ended())
            return answer
        self._serial += 1
        message: dict[str, Any] = {"id": self._serial, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._waiting[self._serial] = (method, session, answer)
        self._write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\0")
        return answer

    def received(self, data: bytes) -> None:
        """Bytes have come from the browser."""
        self._rest += data
        if b"\0" not in data:
            return
        *whole, rest = self._rest.split(b"\0")
        self._rest = bytearray(rest)
        for message in whole:
            self._one(json.loads(bytes(message)))

    def end(self) -> None:
        """The pipe is closed: whoever waits is told."""
        self.ended = True
        for _, _, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Ended())
        self._waiting.clear()

    def _gone(self, session: str) -> None:
        """A page is gone: the browser answers nothing more that was asked of it."""
        for id, (method, of, answer) in list(self._waiting.items()):
            if of == session:
                del self._waiting[id]
                if not answer.done():
                    answer.set_exception(Refused(method, "gone"))

    def _one(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Target.detachedFromTarget":
            self._gone(message["params"]["sessionId"])
        if "id" not in message:
            for handler in self._handlers.get(message["method"], ()):
                handler(message.get("params", {}), message.get("sessionId", ""))
            return
        method, _, answer = self._waiting.pop(message["id"], ("", "", None))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(Refused(method, str(message["error"].get("message", ""))))
        else:
            answer.set_result(message.get("result", {}))
