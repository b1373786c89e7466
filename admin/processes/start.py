"""What every process of the centre does first: find its settings, build the house, write its log without persons."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from contact_center.clock import Clock
from contact_center.errors import MadoguchiError
from contact_center.house import House, build, read_settings

SETTINGS = "MADOGUCHI_SETTINGS"
"""The environment variable that names the settings file to the processes of a centre."""

NICENESS = 10


def settings_path() -> Path | None:
    """The settings file of this process; None: defaults."""
    given = os.environ.get(SETTINGS, "")
    return Path(given) if given else None


def start() -> House:
    """Build the house, or say in one sentence why not and end with the error's own code."""
    try:
        return build(read_settings(settings_path()))
    except MadoguchiError as error:
        print(error.sentence(), file=sys.stderr)
        raise SystemExit(error.exit_code) from error


def give_way() -> None:
    """Let Asterisk go first where processor time is short: talk and new calls suffer before anything that can wait.

    A process of a session of its own is weighed by its session's group where the kernel groups them (sched(7), autogroup);
    its own niceness counts only within.
    """
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def keep_steady_time(reactor: Any, clock: Clock) -> None:
    """Let the reactor's timers run by the machine's steady clock: Twisted's own run by the time of day, and would all be due at
    once when it is set ahead, and none for as long as it is set back.
    """
    reactor.seconds = clock.monotonic


def log_without_people() -> None:
    """Twisted's log on standard error. A traceback names places and kinds of errors, never values of variables."""
    from twisted.logger import ILogObserver, LogEvent, eventAsText, globalLogBeginner
    from zope.interface import provider

    @provider(ILogObserver)
    def write(event: LogEvent) -> None:
        failure = event.pop("log_failure", None)
        text = eventAsText(event, includeTraceback=False, includeTimestamp=True, includeSystem=False)
        if failure is not None:
            where = failure.getTracebackObject()
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where is not None else "?"
            text += f" [{failure.type.__name__} at {place}]"
        print(text, file=sys.stderr, flush=True)

    globalLogBeginner.beginLoggingTo([write], redirectStandardIO=False, discardBuffer=True)
