"""A screen that nobody sees (Xvfb), and what it shows."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
from pathlib import Path

import numpy as np

from contact_center.clock import SystemClock
from contact_center.errors import Unavailable

SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X has its sockets
STARTS_WITHIN = 20.0


class Screen:
    """One of this process's own; what it shows lies in a file.

    :param folder: of that file.
    :param width: pixels; `height` likewise.
    :raises Unavailable: where it does not start.
    """

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self.name = f":{200 + os.getpid() % 300}"
        self._height = height
        words = ["Xvfb", self.name, "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset", "-fbdir", str(folder)]
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._file, clock = folder / "Xvfb_screen0", SystemClock()
        end = clock.monotonic() + STARTS_WITHIN
        while not (SOCKETS / f"X{self.name[1:]}").exists():
            if clock.monotonic() > end:
                raise Unavailable("Xvfbが始まりません。")
            clock.sleep(0.05)

    def picture(self) -> np.ndarray:
        """What it shows: height x width x 3, red first."""
        data = self._file.read_bytes()
        head, width, line, colours = (struct.unpack_from(">I", data, at)[0] for at in (0, 16, 48, 76))
        pixels = np.frombuffer(data, np.uint8, line * self._height, head + colours * 12).reshape(self._height, line)
        shown: np.ndarray = pixels[:, : width * 4].reshape(self._height, width, 4)[:, :, 2::-1]
        return shown

    def close(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)
