"""The other end of a softphone's JSON lines: starting one, telling it what to do, waiting for what it says."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from contact_center.errors import Unavailable


class SoftphoneProcess:
    """A phone in a process of its own.

    :param host: address it binds to.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, tls: bool = False, sound: bool = False) -> None:
        words = [
            sys.executable,
            "-m",
            "telephony.softphone",
            "--host",
            host,
            "--port",
            str(port),
            *(["--tls"] if tls else []),
            *(["--sound"] if sound else []),
        ]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.history: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read_in_thread, daemon=True)
        self._reader.start()
        self.wait("ready")

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def do(self, what: str, **values: Any) -> None:
        """Tell the phone to do something."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps({"do": what, **values}) + "\n").encode())
        self._process.stdin.flush()

    def wait(self, state: str, seconds: float = 30.0, where: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """Wait until the phone says this state.

        :raises Unavailable: where it does not within that time.
        """
        while True:
            try:
                said = self._said.get(timeout=seconds)
            except queue.Empty as error:
                raise Unavailable("電話ソフトが「%(state)s」になりません。", state=state) from error
            if said["state"] == state and where(said):
                return said
            if said["state"] == "gone":
                raise Unavailable("電話ソフトが終わってしまいました。")

    def next(self) -> dict[str, Any]:
        """The next thing the phone says, however long that takes; `gone` when it has ended."""
        return self._said.get()

    def close(self) -> None:
        """Hang up and end the process."""
        if self._process.poll() is None:
            try:
                self.do("quit")
                self._process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
        self._process.wait()

    def _read_in_thread(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            self.history.append(said)
            self._said.put(said)
        self._said.put({"state": "gone"})
