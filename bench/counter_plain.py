"""The plain way to see and work a kiosk's screen: Chromium on Xvfb, shown by x11vnc to a client that speaks RFB (RFC 6143)."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.demo.ports import free_port
from contact_center.errors import Unavailable

NEEDS = ("Xvfb", "x11vnc", "chromium")
ZRLE, RAW = 16, 0
BACKSPACE = 0xFF08


class Client:
    """An RFB client that takes ZRLE and decompresses it; what it would cost to draw the pixels is left out, in favour of VNC."""

    def __init__(self, port: int) -> None:
        self._wire = socket.create_connection(("127.0.0.1", port))
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._inflate = zlib.decompressobj()
        self.taken = 0
        self._read(12)
        self._wire.sendall(b"RFB 003.008\n")
        self._read(self._read(1)[0])
        self._wire.sendall(b"\x01")
        self._read(4)
        self._wire.sendall(b"\x01")
        self.width, self.height = struct.unpack(">HH", self._read(4))
        self._read(16)
        self._read(struct.unpack(">I", self._read(4))[0])
        self._wire.sendall(struct.pack(">BxHii", 2, 2, ZRLE, RAW))
        self._ask(whole=True)
        self.update(10.0)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._wire.recv(size - len(data))
            if not part:
                raise Unavailable("x11vncが切れました。")
            data += part
        self.taken += size
        return data

    def _ask(self, whole: bool = False) -> None:
        self._wire.sendall(struct.pack(">BBHHHH", 3, 0 if whole else 1, 0, 0, self.width, self.height))

    def key(self, key: int) -> None:
        """Press a key and let it go."""
        self._wire.sendall(struct.pack(">BBxxI", 4, 1, key) + struct.pack(">BBxxI", 4, 0, key))

    def update(self, seconds: float) -> bool:
        """Take the next update in which something has changed; False where none comes in that time."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and select.select([self._wire], [], [], left)[0]:
            kind = self._read(1)[0]
            if kind == 0:
                rectangles = struct.unpack(">xH", self._read(3))[0]
                for _ in range(rectangles):
                    *_, width, height, encoding = struct.unpack(">HHHHi", self._read(12))
                    if encoding == ZRLE:
                        self._inflate.decompress(self._read(struct.unpack(">I", self._read(4))[0]))
                    else:
                        self._read(width * height * 4)
                self._ask()
                if rectangles:
                    return True
            elif kind == 1:
                self._read(struct.unpack(">xHH", self._read(5))[1] * 6)
            elif kind == 3:
                self._read(struct.unpack(">xxxI", self._read(7))[0])
        return False

    def close(self) -> None:
        """Hang up."""
        self._wire.close()


@contextmanager
def shown_by_vnc(url: str, folder: Path, size: tuple[int, int]) -> Iterator[Client]:
    """The page in a browser on a display of its own, and a client that looks at it.

    :param size: of the display, in pixels.
    :raises Unavailable: where one of the programs is not installed.
    """
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing:
        raise Unavailable("%(names)s がありません。apt-get install xvfb x11vnc で入れてください。", names=", ".join(missing))
    port, display = free_port(), f":{90 + os.getpid() % 100}"
    screen = ["Xvfb", display, "-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp"]
    browser = [
        "chromium", "--no-first-run", "--disable-gpu", f"--user-data-dir={folder / 'plain'}", "--window-position=0,0",
        f"--window-size={size[0]},{size[1]}", "--kiosk", "--password-store=basic", url,
    ]  # fmt: skip
    vnc = ["x11vnc", "-display", display, "-rfbport", str(port), "-localhost", "-nopw", "-forever", "-quiet", "-noxrecord"]
    running: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {"DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}

    def start(words: list[str]) -> None:
        quiet = subprocess.DEVNULL
        running.append(subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, env=environment, start_new_session=True))

    try:
        start(screen)
        _until(lambda: Path(f"/tmp/.X11-unix/X{display[1:]}").exists())  # noqa: S108 - where X has its sockets
        start(browser)
        start(vnc)
        _until(lambda: _listens(port))
        client = Client(port)
        while client.update(3.0):
            pass
        yield client
        client.close()
    finally:
        for one in reversed(running):
            # x11vnc does not end by a request as long as a client is there.
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(condition: object, seconds: float = 20.0) -> None:
    end = time.perf_counter() + seconds
    while not condition():  # type: ignore[operator]
        if time.perf_counter() > end:
            raise Unavailable("Xvfbまたはx11vncが起動しません。")
        time.sleep(0.05)
