"""The kiosk on Linux (tested on Debian 12)."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which

from contact_center.errors import Unavailable

MEMORY = Path("/dev/shm")  # noqa: S108 - it is meant: a file system that lies in memory only.


def chromium() -> str:
    """The browser's command.

    :raises Unavailable: where none is installed.
    """
    found = which("chromium") or which("chromium-browser")
    if found is None:
        raise Unavailable("Chromiumがありません。apt-get install chromium chromium-sandbox で入れてください。")
    return found


def memory() -> Path:
    """A folder whose files never reach a disk; swap is off on a kiosk (docs/operate/kiosk.md)."""
    return MEMORY


def is_alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


async def power_off(seconds: int) -> None:
    """Shut the machine down; its clock starts it again after that time (docs/operate/kiosk.md: the one right that the user needs).

    :raises Unavailable: where that is not allowed, or the machine has no such clock.
    """
    words = ("sudo", "-n", "rtcwake", "--mode", "off", "--seconds", str(seconds))
    try:
        done = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    except OSError as error:
        raise Unavailable("この端末は、自動で終了できません（rtcwake）。") from error
    if await done.wait():
        raise Unavailable("この端末は、自動で終了できません（rtcwake）。")


async def start_with_pipes(
    command: Sequence[str], reads: int, writes: int, environment: Mapping[str, str]
) -> asyncio.subprocess.Process:
    """Start a browser that reads commands from its descriptor 3 and writes to 4, as the leader of a process group.

    :param reads: our descriptor of which the browser's 3 is made.
    :param writes: of which its 4 is made.
    """

    def place() -> None:
        # Both are moved out of the way first: either may be the other's goal.
        first, second = (fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in (reads, writes))
        os.dup2(first, 3)
        os.dup2(second, 4)

    return await asyncio.create_subprocess_exec(
        *command, env=dict(environment), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True, close_fds=True, pass_fds=(3, 4), preexec_fn=place,
    )  # fmt: skip
