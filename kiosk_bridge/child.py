"""A session's process as the bridge sees it: begun before its resident comes, ended after them, and seen to be gone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from contact_center.errors import Unavailable
from kiosk_bridge import system
from kiosk_bridge.browser import process as browser

READY_WITHIN, END_WITHIN = 20.0, 8.0
"""Seconds in which a session's browser is warm; in which it has ended by itself."""

GONE_WITHIN, GONE_LOOKS = 3.0, 60
"""Seconds in which what was killed must be gone, and how often that is looked at."""

KEPT = (*browser.KEPT, "PYTHONPATH", "KIOSK_MEMORY", "VIRTUAL_ENV")
"""Variables that reach it."""


class Child:
    """One session's process.

    :param heard: is called with each word that it says, and its values.
    """

    def __init__(self, heard: Callable[[Child, str, dict[str, Any]], None]) -> None:
        self._heard = heard
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._folder, self._browser = Path(), 0
        self._is_ready = asyncio.Event()
        self.gone = False

    @classmethod
    async def start(cls, config: Path, token: str, heard: Callable[[Child, str, dict[str, Any]], None]) -> Child:
        """Begin one; its browser warms up meanwhile."""
        made = cls(heard)
        made._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kiosk_bridge.session", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )  # fmt: skip
        made._reading = asyncio.ensure_future(made._read())
        made._send({"config": str(config), "token": token})
        return made

    @property
    def pid(self) -> int:
        """Id of its process, which leads its group."""
        return self._process.pid if self._process is not None else 0

    async def ready(self) -> None:
        """Wait until its browser is warm.

        :raises Unavailable: where it does not become so.
        """
        try:
            await asyncio.wait_for(self._is_ready.wait(), READY_WITHIN)
        except TimeoutError as error:
            raise Unavailable("利用者のブラウザーを準備できません。") from error

    def say(self, word: str, **values: Any) -> None:
        """Tell it something; into the void where it is gone."""
        self._send({"word": word, **values})

    async def end(self) -> bool:
        """End it, by force where it does not end by itself; whether nothing of it is left: no process, no folder."""
        process = self._process
        assert process is not None and self._reading is not None
        self.say("end")
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_WITHIN)
        for group in (process.pid, self._browser):
            if group:
                system.end_group(group)
        await process.wait()
        self._reading.cancel()
        for _ in range(GONE_LOOKS):
            if await asyncio.to_thread(self._is_gone):
                return True
            await asyncio.sleep(GONE_WITHIN / GONE_LOOKS)
        return False

    def _is_gone(self) -> bool:
        if not system.groups_gone({self._browser, self.pid} - {0}):
            return False
        if self._folder != Path():
            shutil.rmtree(self._folder, ignore_errors=True)
        return self._folder == Path() or not self._folder.exists()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process is not None and self._process.stdin is not None
        if not self._process.stdin.is_closing():
            with suppress(OSError):
                self._process.stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said = json.loads(line)
            word = said.pop("word")
            if word == "ready":
                self._folder, self._browser = Path(said["folder"]), int(said["browser"])
                self._is_ready.set()
            else:
                self._heard(self, word, said)
        self.gone = True
        self._heard(self, "gone", {})
