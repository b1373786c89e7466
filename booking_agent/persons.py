"""Of whom bookings keep personal values."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_agent.model import OWNER, Intent
from contact_center.personal import Owner


def owners(session: Session, contact: int | None, city: str | None) -> Iterator[Owner]:
    """The bookings of a contact, or of a city."""
    of = Intent.contact_id == contact if contact is not None else Intent.city == city
    for id in session.scalars(select(Intent.id).where(of)):
        yield Owner(OWNER, str(id))
