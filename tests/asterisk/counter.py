"""What tests of a counter's faults, attacks and residues share: its scene, a kiosk that can be killed, a line that can be cut."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from admin.demo.kiosk import Operator, begins
from admin.demo.stage import Stage
from contact_center.errors import Unavailable
from kiosk_bridge.rehearsal import Kiosk
from tests.conftest import CLONE
from video_desk.events import DeskEnded, SessionWiped
from video_desk.model import DeskSession

from .conftest import Desk, events, last_event

FOLDERS = Path("/dev/shm")
SOON = 5.0
"""Seconds (three times as many while tests run side by side) in which both sides are told of what has happened."""


class Scene:
    """A kiosk, its resident, and the operator at seat 1.

    :param stand: a kiosk in this process, or one of its own.
    """

    def __init__(self, centre: Stage, desk: Desk, stand: Any) -> None:
        self.centre, self.desk, self.kiosk = centre, desk, stand
        self.operator = Operator(centre, desk.page, stand)
        self.page = desk.page
        # Two browsers that make video take much of a small machine.
        self.page.set_default_timeout(90000)
        self.since = last_event(centre)
        self.begun = 0
        """Id of the session; a former test may have left one behind, which ends when the next begins."""

    def is_served(self, *topic: str, opens: bool = True, allows: bool = False, **how: Any) -> None:
        """A resident begins, the operator answers, and sees their browser.

        :param how: as `begins` takes it.
        """
        begins(self.kiosk, *topic or ("new", "new_with_form"), **how)
        self.operator.answers()
        self.begun = self.sessions()[-1].id
        if opens:
            self.operator.opens()
        if allows:
            self.operator.is_allowed()

    def sessions(self) -> list[DeskSession]:
        with self.centre.house.database.reading() as session:
            return list(session.scalars(select(DeskSession).order_by(DeskSession.id)))

    def happened(self, kind: type[Any]) -> list[Any]:
        """What has happened to the session since."""
        mine = (one.event for one in events(self.centre, self.since) if isinstance(one.event, kind))
        return [event for event in mine if event.session == self.begun]

    def waits(self, condition: Any, what: str, seconds: float = 15) -> Any:
        return self.centre.wait(condition, seconds, what)

    # -- what the two of them see --------------------------------------------------------------------------------------------

    def face(self, selector: str) -> str:
        """What stands at a place of the face just now."""
        return str(self.kiosk.do(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''") or "")

    def resident_reads(self, words: str, selector: str = "body", seconds: float = SOON) -> None:
        self.waits(lambda: words in self.face(selector), f"the resident is not told: {words}", seconds)

    def operator_reads(self, words: str, selector: str = "body", seconds: float = SOON) -> None:
        shown = f"[...document.querySelectorAll({json.dumps(selector)})].some((one) => one.innerText.includes({json.dumps(words)}))"
        self.waits(lambda: self.page.evaluate(shown), f"the operator is not told: {words}", seconds)

    def pictures(self) -> int:
        return int(self.page.get_attribute("#dk-canvas", "data-pictures") or 0)

    def sees_again(self, before: int) -> None:
        """The operator sees the resident's browser, without anything before it."""
        self.waits(lambda: self.pictures() > before, "the resident's browser is not seen again")
        self.page.wait_for_selector("#dk-veil", state="hidden")

    def ends(self) -> None:
        """The resident ends it by two touches, and everything is wiped."""
        self.goes()
        self.kiosk.sees("body[data-screen=wiped] h1")

    def goes(self) -> None:
        """The resident's two touches."""
        self.kiosk.touches("end.finish")
        self.kiosk.sees("#ask button[data-word='end.finish']")
        self.kiosk.do("document.querySelector('#ask button[data-word=\"end.finish\"]').click()")

    def is_wiped(self, how: str) -> None:
        """The session is over, and the kiosk has said that nothing of it is left."""
        self.waits(lambda: self.happened(SessionWiped), "it is not told that it was wiped")
        assert [one.complete for one in self.happened(SessionWiped)] == [True]
        assert [one.how for one in self.happened(DeskEnded)] == [how]


# -- processes -------------------------------------------------------------------------------------------------------------


def _parents() -> dict[int, int]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(stat.parent.name)] = int(parent)
    return found


def below(pid: int) -> list[int]:
    """A process and all that it has begun, and these have."""
    parents = _parents()
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def alive(pids: Iterable[int]) -> set[int]:
    """Those that have not ended."""
    return set(pids) & set(_parents())


def words(pid: int) -> list[str]:
    """A process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
    except OSError:
        return []


def browser_of(pid: int) -> int:
    """The first process of the browser that a process has begun."""
    for child, parent in _parents().items():
        said = words(child)
        if parent == pid and "--remote-debugging-pipe" in said and not any(one.startswith("--type=") for one in said):
            return child
    raise AssertionError("no browser")


def pages_of(browser: int) -> list[int]:
    """The processes in which a browser's pages run."""
    # What a browser has forked tells its words as one.
    return [one for one in below(browser) if "--type=renderer" in " ".join(words(one))]


def folders_of(pids: Iterable[int]) -> set[Path]:
    """What the browsers among these processes keep in memory."""
    named = (one.partition("=")[2] for pid in pids for one in words(pid) if one.startswith("--user-data-dir="))
    return {path.parent for path in map(Path, named) if path.is_relative_to(FOLDERS)}


def gone(paths: Iterable[Path]) -> bool:
    """Whether none of them is there any more."""
    return not any(path.exists() for path in paths)


# -- a kiosk in a process of its own -----------------------------------------------------------------------------------------


class Stand:
    """A kiosk in a process of its own, as at a counter, with its resident's script; it is spoken to as `rehearsal.Kiosk` is.

    :param path: of its file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process = subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tests.asterisk.counter", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True, cwd=CLONE,
        )  # fmt: skip
        self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline() or '["failed", "the kiosk is gone"]')
        if answer[0] == "failed":
            raise Unavailable("%(why)s", why=answer[1])
        return answer[1]

    def _asks(self, name: str, *how: Any, **more: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, how, more]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def do(self, expression: str) -> Any:
        return self._asks("do", expression)

    def sees(self, selector: str, *seconds: float) -> str:
        return str(self._asks("sees", selector, *seconds))

    def touches(self, word: str) -> None:
        self._asks("touches", word)

    def presses(self, selector: str) -> None:
        self._asks("presses", selector)

    def types(self, text: str) -> None:
        self._asks("types", text)

    def where(self, selector: str, *seconds: float, **how: bool) -> tuple[float, float]:
        x, y = self._asks("where", selector, *seconds, **how)
        return x, y

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash or the system's lack of memory would."""
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Shut it down, whoever stands before it."""
        if self._process.poll() is None:
            with suppress(OSError, Unavailable):
                self._asks("close")
        self._process.wait(30)


def _obey(path: Path) -> None:
    kiosk = Kiosk(path)
    print(json.dumps(["done", None]), flush=True)
    for line in sys.stdin:
        name, how, more = json.loads(line)
        try:
            answer = ["done", getattr(kiosk, name)(*how, **more)]
        except Exception as error:
            answer = ["failed", str(error)]
        print(json.dumps(answer), flush=True)
        if name == "close":
            return


# -- a line ------------------------------------------------------------------------------------------------------------------


class Line:
    """The kiosk's network: it carries everything to the centre but sound and picture, and can be cut."""

    def __init__(self, port: int) -> None:
        self._centre = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._ends: set[socket.socket] = set()
        self._whole = True
        threading.Thread(target=self._connect, daemon=True).start()

    def _connect(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                if not self._whole:
                    ours.close()
                    continue
                theirs = socket.create_connection(self._centre)
                self._ends |= {ours, theirs}
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """End every connection, and let none begin."""
        self._whole = False
        for one in list(self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self) -> None:
        """Let them begin again."""
        self._whole = True

    def close(self) -> None:
        self._listening.close()
        self.cut()


if __name__ == "__main__":
    _obey(Path(sys.argv[1]))
