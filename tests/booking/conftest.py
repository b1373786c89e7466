"""One practice city and one browser for all tests here; each test begins with a fresh ledger and no faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from admin.demo.stage import Stage
from tests.booking.city import City
from tests.booking.desk import Desk


@pytest.fixture(scope="package")
def running() -> Iterator[City]:
    """The command, once for the package."""
    city = City()
    yield city
    city.close()


@pytest.fixture
def city(running: City) -> City:
    """As it is on the morning of the first day."""
    running.reset()
    return running


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """A browser of the demo's making, without its centre."""
    stage = Stage(Path("unused"), quiet=True)
    yield stage.page, stage.browser()
    stage.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Callable[[], Any]]:
    """Opens a page of a visitor of their own."""
    make, chromium = browser
    yield lambda: make(chromium)
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def desk(tmp_path: Path, city: City, quick_passwords: None) -> Iterator[Desk]:
    """A seat and a worker, for the practice city of this test."""
    made = Desk(tmp_path, city)
    yield made
    made.close()
