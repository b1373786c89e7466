"""The same tests on SQLite and on a PostgreSQL of our own, started in a folder on a Unix socket."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from contact_center.clock import FakeClock
from contact_center.house import House
from tests.conftest import make_house


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


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    """A centre on each kind of database."""
    more = ""
    if request.param == "postgresql":
        folder: Path = request.getfixturevalue("postgresql")
        name = f"t{abs(hash(request.node.nodeid))}"
        server = create_engine(f"postgresql+psycopg://madoguchi@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            for database in (name, name + "a"):
                connection.execute(text(f"CREATE DATABASE {database}"))
        server.dispose()
        more = (
            f'[database]\nurl = "postgresql+psycopg://madoguchi@/{name}?host={folder}"\n'
            f'[audit]\nurl = "postgresql+psycopg://madoguchi@/{name}a?host={folder}"\n'
        )
    made = make_house(tmp_path, clock, more)
    yield made
    made.database.dispose()
