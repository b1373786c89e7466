"""The same tests on SQLite and on a PostgreSQL of our own, started in a folder on a Unix socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from contact_center.clock import FakeClock
from contact_center.house import House
from tests.conftest import make_house

from .play import Play


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


@pytest.fixture
def play(house: House, clock: FakeClock) -> Play:
    """A player on this house."""
    return Play(house, clock)
