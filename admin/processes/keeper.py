"""The keeper: starts the centre's processes, starts again what has died, and witnesses each minute whether callers are served.

It is Twisted's process monitor, with three things added: each process leads a group of its own, which is ended whole
before it is started again (nginx's workers would keep the port); a process that outlived an earlier keeper is adopted, so
that calls go on; and standard error goes to a file a process.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from twisted.internet import reactor, task
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from twisted.runner.procmon import ProcessMonitor

from admin.processes.layout import Process, environment, hold, processes, started, survivor
from admin.processes.start import keep_steady_time, log_without_people, settings_path, start
from admin.processes.witness import LineWitness
from contact_center.errors import Conflict
from contact_center.house import House
from contact_center.settings import WEB_NAMES, WEB_PORT

SETSID = "/usr/bin/setsid"


class _Child(ProcessProtocol):
    def __init__(self, keeper: Keeper, name: str) -> None:
        self._keeper = keeper
        self._name = name

    def connectionMade(self) -> None:  # noqa: N802
        assert self.transport is not None
        self._keeper.note_pid(self._name, self.transport.pid)

    def processExited(self, reason: Failure) -> None:  # noqa: N802
        # Not `processEnded`: that waits until every descriptor is closed, which workers left behind still hold.
        self._keeper.ended(self._name, reason)


class Keeper(ProcessMonitor):
    """Keeps the processes of one centre.

    :param run: folder for their process ids.
    :param log: folder for what they say.
    """

    threshold = 2
    killTime = 8
    minRestartDelay = 1
    maxRestartDelay = 10

    def __init__(self, run: Path, log: Path) -> None:
        super().__init__(reactor)
        self._run = run
        self._logs = log
        self._groups: dict[str, int] = {}
        self._adopted: dict[str, task.LoopingCall] = {}

    def keep(self, process: Process, env: dict[str, str]) -> None:
        """Start a process, or adopt the one that still runs."""
        self.addProcess(process.name, [SETSID, *process.words], env=env)

    def startProcess(self, name: str) -> None:  # noqa: D102, N802
        pid = self._survivor(name)
        if pid is not None:
            self._adopt(name, pid)
            return
        self._end_group(name)
        if name in self.protocols:
            return
        child = _Child(self, name)
        self.protocols[name] = child  # type: ignore[assignment]
        self.timeStarted[name] = reactor.seconds()
        process = self._processes[name]
        with (self._logs / f"{name}.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
            reactor.spawnProcess(
                child, process.args[0], process.args, env=process.env, path=process.cwd,
                childFDs={0: nothing.fileno(), 1: log.fileno(), 2: log.fileno()},
            )  # fmt: skip

    def note_pid(self, name: str, pid: int) -> None:
        """Remember the leader of a process's group, so that a later keeper finds it."""
        self._groups[name] = pid
        note = self._run / f"{name}.keeper"
        note.with_suffix(".new").write_text(f"{pid} {started(pid)}")
        note.with_suffix(".new").replace(note)

    def ended(self, name: str, reason: Failure | None) -> None:
        """A process has ended: its group goes too, then it is started again."""
        self._end_group(name)
        if self.running:
            self.log.warn("{name} has ended; starting it again", name=name)
        self._monitoredProcessExited(name, reason)

    def stopProcess(self, name: str) -> None:  # noqa: D102, N802
        if name in self._adopted:
            self._adopted.pop(name).stop()
            os.killpg(self._groups[name], signal.SIGTERM)
            self._monitoredProcessExited(name)
            return
        if name not in self.protocols:
            return
        transport: Any = self.protocols[name].transport
        try:
            transport.signalProcess("TERM")
        except ProcessExitedAlready:
            return
        self.murder[name] = reactor.callLater(self.killTime, self._end_group, name)

    def _survivor(self, name: str) -> int | None:
        if name in self._groups:
            return None
        return survivor(self._run / f"{name}.keeper")

    def _adopt(self, name: str, pid: int) -> None:
        self._groups[name] = pid
        self.protocols[name] = ProcessProtocol()  # type: ignore[assignment]
        self.timeStarted[name] = reactor.seconds()
        began = started(pid)

        def look() -> None:
            if started(pid) != began:
                self._adopted.pop(name).stop()
                self.ended(name, None)

        self._adopted[name] = task.LoopingCall(look)
        self._adopted[name].start(0.5)

    def _end_group(self, name: str) -> None:
        group = self._groups.pop(name, None)
        if group is not None:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


def _tell_when_up(house: House) -> None:
    """Say once, on standard error, that browsers find the centre, and where."""
    serving = [process.socket for process in processes(house) if process.socket is not None]

    def look() -> None:
        if all(socket.exists() for socket in serving):
            looks.stop()
            url = f"https://{house.settings[WEB_NAMES].split(',')[0].strip()}:{house.settings[WEB_PORT]}/"
            print(f"センターが動いています: {url}", file=sys.stderr, flush=True)

    looks = task.LoopingCall(look)
    looks.start(0.2)


def main() -> None:
    """Keep the centre until told to stop; then end everything."""
    house: House = start()
    keep_steady_time(reactor, house.clock)
    log_without_people()
    home = house.settings.home
    try:
        held = hold(home)
    except Conflict as error:
        print(error.sentence(), file=sys.stderr)
        raise SystemExit(error.exit_code) from error
    keeper = Keeper(home / "run", home / "log")
    (home / "run" / "keeper.pid").write_text(str(os.getpid()))
    env = environment(settings_path())
    for process in processes(house):
        keeper.keep(process, env)
    witness = LineWitness(house, reactor)
    keeper.startService()
    witness.start()
    _tell_when_up(house)

    def stop() -> Any:
        witness.stop()
        keeper.stopService()
        done = task.deferLater(reactor, 0.05, lambda: None)
        wait = task.LoopingCall(lambda: None if keeper.protocols else wait.stop())
        finished = wait.start(0.05)
        return done.addCallback(lambda _: finished)

    reactor.addSystemEventTrigger("before", "shutdown", stop)
    reactor.run()
    (home / "run" / "keeper.pid").unlink(missing_ok=True)
    held.close()


if __name__ == "__main__":
    main()
