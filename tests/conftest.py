"""What tests of every rung share: a centre in a folder of its own, with a clock that stands."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import hypothesis  # noqa: F401 - its plugin would import it at the very end, where Python 3.11 cannot parse beneath Playwright's greenlets
import numpy as np
import pytest
import soundfile

from admin.demo.ports import free_port
from admin.demo.stage import Stage, temporary_home
from contact_center.clock import TOKYO, FakeClock
from contact_center.database.schema import upgrade
from contact_center.directory import load_file
from contact_center.house import House, build, migrations, read_settings
from contact_center.identity import Actor, passwords
from faq_engine.demo import settings as faq_settings
from video_desk.rehearsal import demo_settings as desk_settings

CLONE = Path(__file__).parents[1]
MORE = "[seats]\nwrap_up = 3600\n[contacts]\nabandon_after = 1\n[telephony]\nsame_seat_within = 6\n"
DIRECTORY = CLONE / "admin" / "demo" / "directory.toml"
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)
"""A Tuesday in opening hours."""


def make_house(home: Path, clock: FakeClock, more: str = "", directory: Path = DIRECTORY, filled: bool = False) -> House:
    """A centre with schema and directory, without any process.

    :param filled: its databases have both already.
    """
    path = home / "madoguchi.toml"
    identity = "" if "[identity]" in more else '[identity]\nsecond_factor = ""\n'
    path.write_text(f'[centre]\nhome = "."\ndirectory = "{directory}"\n{identity}{more}')
    for name in ("data", "audit", "tmp", "run", "log"):
        (home / name).mkdir(exist_ok=True)
    house = build(read_settings(path), clock)
    if filled:
        return house
    upgrade(house.database, migrations(house.features))
    house.audit.create()
    with house.database.session_scope() as session:
        parts = load_file(session, house.log, directory, "operator")
        house.seats.keep(session, [(s.id, s.name, s.pools) for s in parts.seats])
    return house


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at a Tuesday morning."""
    return FakeClock(MORNING)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed in a moment: how slow that is for real has its own test."""
    monkeypatch.setattr(passwords, "ROUNDS", 1000)


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock, quick_passwords: None) -> Iterator[House]:
    """A centre on SQLite."""
    made = make_house(tmp_path, clock)
    yield made
    made.close()


def person(house: House, account: str = "hanako", role: str = "agent") -> Actor:
    """Somebody who is signed in, with a session of their own."""
    password = "Aa1-" + account + "-long"
    with house.database.reading() as session:
        cities = [city.id for city in house.directory.cities(session)]
    house.people.add("operator", account, account, password, [role], cities)
    return house.sessions.who(house.sessions.sign_in(account, password))


def of_city(actor: Actor, *cities: str) -> Actor:
    """The same person serving other cities."""
    return replace(actor, cities=frozenset(cities))


def short_greetings(home: Path) -> None:
    """Half a second of tone instead of the greetings, so that callers are queued at once."""
    tone = (np.sin(np.arange(4000) * 0.3) * 0.1).astype(np.float32)
    for line in ("line1", "narrow1"):
        (home / "recordings" / line).mkdir(parents=True)
        soundfile.write(home / "recordings" / line / "greeting.wav", tone, 8000, subtype="PCM_16")


@pytest.fixture
def short_path() -> Iterator[Path]:
    """An empty folder whose path is short enough for Unix sockets."""
    folder = temporary_home()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


WAITING = ("asterisk",)
"""Rungs whose tests mostly wait, for calls and announcements in real time."""

COMPUTING = ("journeys", "booking", "pages", "desk")
"""Rungs whose tests mostly compute, in browsers."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """What failed is told from the test on, without pytest's own frames.

    Tracebacks stay native ones (setup.cfg): any other style parses the sources, which Python 3.11 cannot do beneath
    Playwright's greenlets; it would end the whole run.
    """
    if call.excinfo is not None:
        call.excinfo.traceback = call.excinfo.traceback.cut(path=item.path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait and files that compute take turns, so that two workers have enough of two processors. Short files come
    last: a long one that is begun last would be waited for alone.
    """
    turns: dict[Path, tuple[int, int]] = {}
    for which, rungs in enumerate((WAITING, COMPUTING)):
        files = dict.fromkeys(item.path for rung in rungs for item in items if item.path.parent.name == rung)
        turns |= {file: (place, which) for place, file in enumerate(files)}
    items.sort(key=lambda item: turns.get(item.path, (len(turns), 0)))


# Two tests of the whole centre share two processors.
Stage.patience = 3.0


@pytest.fixture(scope="session")
def centre() -> Iterator[Stage]:
    """The running centre."""
    home = temporary_home()
    short_greetings(home)
    more = MORE + faq_settings(free_port) + desk_settings(free_port)
    made = Stage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=more)
    try:
        made.open()
        yield made
    finally:
        made.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_page_stays_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that a failed test has left open would hold its person's seat against every later test."""
    yield
    if isinstance(stage := request.node.funcargs.get("centre"), Stage):
        stage.close_pages()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The socket folder of a running PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL is missing: deploy/setup.sh test installs it"
    tools = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    make = [tools / "initdb", "-D", folder / "data", "-U", "madoguchi", "--no-sync", "-A", "trust"]
    subprocess.run(make, check=True, capture_output=True)
    options = f"-c unix_socket_directories={folder} -c listen_addresses='' -c fsync=off"
    control = [tools / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    yield folder
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
    shutil.rmtree(folder)
