"""The same tests on SQLite and on a PostgreSQL of our own, started in a folder on a Unix socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from contact_center.clock import FakeClock
from contact_center.house import House
from tests.conftest import MORNING, make_house

from .play import Play


@pytest.fixture(scope="session")
def filled(postgresql: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The PostgreSQL whose databases `filled` and `filleda` have schema and directory, to be copied."""
    _make(postgresql, "filled", "template0")
    make_house(tmp_path_factory.mktemp("filled"), FakeClock(MORNING), _where(postgresql, "filled")).close()
    return postgresql


def _make(folder: Path, name: str, template: str) -> None:
    server = create_engine(f"postgresql+psycopg://madoguchi@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for audit in ("", "a"):
            from_ = template if template == "template0" else template + audit
            connection.execute(text(f"CREATE DATABASE {name}{audit} TEMPLATE {from_}"))
    server.dispose()


def _where(folder: Path, name: str) -> str:
    return (
        f'[database]\nurl = "postgresql+psycopg://madoguchi@/{name}?host={folder}"\n'
        f'[audit]\nurl = "postgresql+psycopg://madoguchi@/{name}a?host={folder}"\n'
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, quick_passwords: None) -> Iterator[House]:
    """A centre on each kind of database."""
    if request.param == "postgresql":
        folder: Path = request.getfixturevalue("filled")
        name = f"t{abs(hash(request.node.nodeid))}"
        _make(folder, name, "filled")
        made = make_house(tmp_path, clock, _where(folder, name), filled=True)
    else:
        made = make_house(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def play(house: House, clock: FakeClock) -> Play:
    """A player on this house."""
    return Play(house, clock)
