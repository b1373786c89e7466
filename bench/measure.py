"""What all benchmarks share: medians and p95, tables, and a centre that lives for one measurement."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table as RichTable

from admin.demo.stage import Stage, stage, temporary_home
from admin.processes.layout import prepare
from contact_center.clock import Clock
from contact_center.house import House, build, read_settings
from contact_center.identity import Actor
from telephony.pbx import render
from telephony.settings import SIP_HOST, SIP_TLS_PORT
from telephony.softphone import SoftphoneProcess

LINE_NUMBER = "0559990001"
CARRIER = "127.0.0.2"
"""The address by which the centre knows its carrier; whoever calls from there is on the trunk."""

SPY = Path(__file__).with_name("spy.js")
"""The script that notes, in a console's page, what came when and was painted when."""

DIRECTORY = """
cities = [{ id = "mihon", name = "見本市", greeting = "見本市マイナンバーカードコールセンターです" }]
pools = [{ id = "main", name = "マイナンバーカード" }]

[[calendars]]
id = "always"
name = "いつでも"
[calendars.rule]
holiday = "as_weekday"
[calendars.rule.week]
mon = ["00:00-24:00"]
tue = ["00:00-24:00"]
wed = ["00:00-24:00"]
thu = ["00:00-24:00"]
fri = ["00:00-24:00"]
sat = ["00:00-24:00"]
sun = ["00:00-24:00"]

[[lines]]
id = "line1"
city = "mihon"
name = "回線1"
number = "0559990001"
calendar = "always"
pool = "main"
channels = 500
capacity = 500
waiting_places = 500

[[seats]]
id = "seat-1"
name = "1番席"
pools = ["main"]
"""
"""A city with one line that is always open and never full, and one seat."""


def with_seats(seats: int) -> str:
    """The same directory with so many seats of that pool."""
    more = (f'[[seats]]\nid = "seat-{n}"\nname = "{n}番席"\npools = ["main"]\n' for n in range(2, seats + 1))
    return "\n".join([DIRECTORY, *more])


@dataclass(frozen=True)
class Spread:
    """How values of one kind lie; all in the unit of the values."""

    n: int
    median: float
    p95: float
    worst: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The spread of these values; infinite where there are none."""
        given = np.fromiter(values, dtype=float)
        if not len(given):
            return cls(0, math.inf, math.inf, math.inf)
        median, p95 = np.percentile(given, [50, 95])
        return cls(len(given), round(float(median), 3), round(float(p95), 3), round(float(given.max()), 3))

    def cells(self, digits: int = 1) -> tuple[str, str, str]:
        """Median, p95 and worst as the cells of a table."""
        return f"{self.median:.{digits}f}", f"{self.p95:.{digits}f}", f"{self.worst:.{digits}f}"


@dataclass(frozen=True)
class Aim:
    """What was asked for, and what came of it."""

    sentence: str
    found: str
    met: bool


@dataclass(frozen=True)
class Table:
    """Rows under columns; everything is text already."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Findings:
    """All that one benchmark found.

    :param measured: what was measured, how and in which unit.
    :param figures: the same as the tables, for programs.
    """

    title: str
    measured: str
    tables: list[Table]
    aims: list[Aim]
    figures: dict[str, Any]

    def show(self, console: Console) -> None:
        """Print the tables on a terminal."""
        console.print(f"\n[bold]{self.title}[/]\n{_one_line(self.measured)}")
        for table in self.tables:
            drawn = RichTable(title=table.title, title_justify="left")
            for place, column in enumerate(table.columns):
                drawn.add_column(column, justify="left" if place == 0 else "right")
            for row in table.rows:
                drawn.add_row(*row)
            console.print(drawn)
        for aim in self.aims:
            console.print(f"{'[green]met[/]   ' if aim.met else '[red]missed[/]'} {aim.sentence}: {aim.found}")

    def markdown(self) -> str:
        """The same as a section of a document."""
        parts = [f"## {self.title}", _one_line(self.measured)]
        for table in self.tables:
            head = ["| " + " | ".join(table.columns) + " |", "|---" + "|---:" * (len(table.columns) - 1) + "|"]
            body = ["| " + " | ".join(row) + " |" for row in table.rows]
            parts += [f"**{table.title}**", "\n".join(head + body)]
        parts.append("\n".join(f"- {'met' if aim.met else '**missed**'}: {aim.sentence}: {aim.found}" for aim in self.aims))
        return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    """The text without the line breaks of its source, so that the reader's screen breaks it."""
    return " ".join(text.split())


def ratio(ours: float, plain: float) -> float:
    """Ours divided by the plain alternative's."""
    return round(ours / plain, 3) if plain else float("inf")


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, in seconds; unlike elapsed time it hardly depends on who else runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_seconds() -> float:
    """Processor time that nobody has used so far, in seconds over all cores."""
    return int(Path("/proc/stat").read_text().split(maxsplit=5)[4]) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Resident memory of a process and of all that it has started, in MB; what they share counts for each."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(map(memory, children))


def process_of(on_stage: Stage, name: str) -> int:
    """The id of one of a centre's processes, as its keeper has noted it."""
    return int((on_stage.home / "run" / f"{name}.keeper").read_text().split()[0])


@contextmanager
def temporary_centre_home(directory: str = DIRECTORY) -> Iterator[Path]:
    """A home with our directory and a greeting of a tenth of a second; gone afterwards.

    The greeting is short so that a caller reaches the queue at once: how long a city speaks is no matter of speed.
    """
    home = temporary_home()
    try:
        (home / "directory.toml").write_text(directory, "utf-8")
        recordings = home / "recordings" / "line1"
        recordings.mkdir(parents=True)
        soundfile.write(recordings / "greeting.wav", np.zeros(800, dtype=np.float32), 8000, subtype="PCM_16")
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def whole_centre(directory: str = DIRECTORY, **settings: object) -> Iterator[Stage]:
    """A centre with all its processes, its Asterisk and a carrier, on free ports.

    :param settings: settings by name, with `__` for the dot; they stand above those the stage chooses.
    """
    variables = {"MADOGUCHI_" + name.replace("__", "_").upper(): str(value) for name, value in settings.items()}
    os.environ.update(variables)
    try:
        with temporary_centre_home(directory) as home, stage(home, quiet=True, directory=home / "directory.toml") as on_stage:
            yield on_stage
    finally:
        for name in variables:
            del os.environ[name]


@contextmanager
def still_centre(more: str = "", directory: str = DIRECTORY, clock: Clock | None = None) -> Iterator[tuple[House, Path]]:
    """A centre whose files, keys and database are there, and no process of it; with the path of its settings.

    :param more: further lines of the settings file.
    :param clock: another clock than the machine's own.
    """
    with temporary_centre_home(directory) as home:
        path = home / "madoguchi.toml"
        path.write_text(f'[centre]\nhome = "."\ndirectory = "directory.toml"\n{more}', "utf-8")
        house = build(read_settings(path), clock)
        prepare(house, path)
        yield house, path


@contextmanager
def seated(on_stage: Stage) -> Iterator[Actor]:
    """Somebody at the seat with a registered phone and no browser: the seat is a member of the queue and takes no calls."""
    house, seat = on_stage.house, "seat-1"
    actor = house.sessions.who(house.sessions.sign_in("agent", on_stage.passwords["agent"]))
    with house.database.session_scope() as session:
        house.seats.sign_in(session, actor, seat, "native")
    on_stage.wait(lambda: seat in render.console(house, "queue show main"), 10, "席が待ち行列に入りません")
    with house.database.reading() as session:
        password = house.seats.sip_password(house.seats.get(session, seat))
    host, port = house.settings[SIP_HOST], house.settings[SIP_TLS_PORT]
    phone = SoftphoneProcess(host, tls=True)
    try:
        phone.do(
            "open", uri=f"sip:{seat}-native@{host}", registrar=f"sip:{host}:{port};transport=tls", user=f"{seat}-native",
            password=password,
        )  # fmt: skip
        phone.wait("registered")
        yield actor
    finally:
        phone.close()
