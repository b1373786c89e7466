"""The kiosk on Windows. Not yet run: written from Chromium's and Python's documentation, to be tried on a real kiosk.

Mynaportal on a PC needs Windows (or macOS) with its own extension; the card application site works on Linux.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from contact_center.errors import Unavailable

PLACES = (r"Chromium\Application\chrome.exe", r"Google\Chrome\Application\chrome.exe")


def chromium() -> str:
    """The browser's command.

    :raises Unavailable: where none is installed.
    """
    for root in filter(None, map(os.environ.get, ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"))):
        for place in PLACES:
            if (Path(root) / place).exists():
                return str(Path(root) / place)
    raise Unavailable("Chromiumがありません。管理者に導入を依頼してください。")


def memory() -> Path:
    """The folder of a RAM disk, named by KIOSK_MEMORY; Windows has none of its own.

    :raises Unavailable: where none is named, or it is not there: what a resident types never falls back to a disk.
    """
    named = os.environ.get("KIOSK_MEMORY", "")
    if not named or not Path(named).is_dir():
        raise Unavailable("メモリー上のフォルダー（RAMディスク）を KIOSK_MEMORY に指定してください。")
    return Path(named)


def is_alive(pid: int) -> bool:
    """Never, as far as is asked here: whoever sweeps runs alone, and Windows lets nobody remove what is open."""
    return False


def end_group(pid: int) -> None:
    """End a process and all that it has begun."""
    subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)


def groups_gone(pids: Collection[int]) -> bool:
    """Whether these processes are gone; what they had begun ended with them."""
    told = subprocess.run(["tasklist", "/FO", "CSV", "/NH"], capture_output=True, check=False, text=True).stdout
    return not any(f'"{pid}"' in told for pid in pids)


def write_no_dumps() -> None:
    """Nothing to do here: the installer has switched Windows Error Reporting off (docs/operate/kiosk.md)."""


def on_end(loop: asyncio.AbstractEventLoop, does: Callable[[], object]) -> None:
    """Do something when this process is asked to end."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: loop.call_soon_threadsafe(does))


async def silence_shortcuts() -> bool:
    """No: Windows does this by its Keyboard Filter (docs/operate/kiosk.md); whether that is on an ordinary user cannot ask."""
    return False


async def power_off(seconds: int) -> None:
    """Sleep (S4); a task of the scheduler that may wake the machine, set up by the installer, starts it before the opening.

    :raises Unavailable: where that is not allowed.
    """
    done = await asyncio.create_subprocess_exec("shutdown", "/h")
    if await done.wait():
        raise Unavailable("この端末は、自動で終了できません。")


async def start_with_pipes(
    command: Sequence[str], reads: int, writes: int, environment: Mapping[str, str]
) -> asyncio.subprocess.Process:
    """Start a browser with the handles of its two pipes (Chromium's `--remote-debugging-io-pipes`)."""
    import msvcrt

    handles = [msvcrt.get_osfhandle(descriptor) for descriptor in (reads, writes)]  # type: ignore[attr-defined]
    for handle in handles:
        os.set_handle_inheritable(handle, True)  # type: ignore[attr-defined]
    info = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})  # type: ignore[attr-defined]
    words = [*command[:-1], f"--remote-debugging-io-pipes={handles[0]},{handles[1]}", command[-1]]
    return await asyncio.create_subprocess_exec(
        *words, env=dict(os.environ) | dict(environment), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, startupinfo=info, close_fds=True,
    )  # fmt: skip
