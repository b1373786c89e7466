"""Counting our requests of a site, all workers together, against what its owner allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete

from booking_agent.driver.visit import Visit
from booking_agent.model import Traffic
from contact_center.house import House

SPAN = 10
KEEP = timedelta(hours=1)


@contextmanager
def counted(house: House, site: str, visit: Visit) -> Iterator[None]:
    """Write down how many requests a visit has made, when it is over."""
    try:
        yield
    finally:
        note(house, site, visit.requests)


def note(house: House, site: str, requests: int) -> None:
    """Add so many requests to the current span."""
    now = house.clock.now()
    at = now.replace(second=now.second // SPAN * SPAN, microsecond=0)
    with house.database.session_scope() as session:
        row = session.get(Traffic, (site, at))
        if row is None:
            row = Traffic(site=site, at=at, requests=0)
            session.add(row)
        row.requests += requests
        session.execute(delete(Traffic).where(Traffic.at < now - KEEP))
