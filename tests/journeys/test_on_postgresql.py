"""The whole first call with PostgreSQL in place of SQLite: the same processes, woken by NOTIFY."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.demo.stage import Stage, temporary_home
from telephony.demo import first_call


@pytest.fixture
def centre(postgresql: Path) -> Iterator[Stage]:
    """A centre whose two databases lie in PostgreSQL; it runs beside the other centre of the tests."""
    for name in ("centre", "trail"):
        subprocess.run(["/usr/bin/createdb", "-h", postgresql, "-U", "madoguchi", name], check=True)
    home = temporary_home()
    url = f"postgresql+psycopg://madoguchi@/%s?host={postgresql}"
    more = f'[database]\nurl = "{url % "centre"}"\n[audit]\nurl = "{url % "trail"}"\n'
    made = Stage(home, quiet=True, any_ports=True, more=more)
    try:
        made.open()
        yield made
    finally:
        made.close()
        made.house.database.dispose()
        shutil.rmtree(home, ignore_errors=True)


def test_the_first_call_works_on_postgresql(centre: Stage) -> None:
    first_call(centre)
    assert not list((centre.home / "data").glob("*.sqlite"))
