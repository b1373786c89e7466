"""The kiosk on Linux (tested on Debian 12)."""

from __future__ import annotations

import asyncio
import fcntl
import os
import resource
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
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


def end_group(pid: int) -> None:
    """End a process that leads a group, and all of its group, at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def groups_gone(pids: Collection[int]) -> bool:
    """Whether nothing lives any more of the groups that these processes have led."""
    return not any(_group(stat) in pids for stat in Path("/proc").glob("[0-9]*/stat"))


def _group(stat: Path) -> int:
    try:
        state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        return int(group) if state != "Z" else 0
    except (OSError, ValueError, IndexError):
        return 0


def write_no_dumps() -> None:
    """Leave nothing of this process on a disk should it crash."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def on_end(loop: asyncio.AbstractEventLoop, does: Callable[[], object]) -> None:
    """Do something when this process is asked to end."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, does)


SHORTCUTS = "\n".join(
    [f"clear {one}" for one in ("control", "mod1", "mod4")]
    + [f"keysym {one}_{side} = Shift_L" for one in ("Control", "Alt", "Meta", "Super") for side in "LR"]
    + [f"keysym {one} = space" for one in (*(f"F{n}" for n in range(1, 13)), "Menu")]
)
"""For xmodmap: Control, Alt and Super change nothing any more, and function keys are spaces. A key without any meaning would not
do: a browser takes it for what is printed on it.
"""


async def silence_shortcuts() -> bool:
    """Take every key from the keyboards of this screen that works a browser and not a page: new tabs, files, developers' tools.

    Browsers learn the keys at their start, so this comes before. A keyboard that is plugged in later brings its own keys along:
    it is done again and again.

    :returns: whether it was done here.
    :raises Unavailable: where the screen is no X server, or xmodmap is missing.
    """
    try:
        done = await asyncio.create_subprocess_exec(
            "xmodmap", "-", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise Unavailable("キーボードの近道を止められません（xmodmap）。") from error
    await done.communicate(SHORTCUTS.encode())
    if done.returncode:
        raise Unavailable("キーボードの近道を止められません（xmodmap）。")
    return True


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
