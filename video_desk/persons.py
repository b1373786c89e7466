"""Of whom the counters keep personal values."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contact_center.personal import Owner
from video_desk.model import ASK, FOLLOW_UP, HELPED, Ask, DeskSession, FollowUp, Helped


def owners(session: Session, contact: int | None, city: str | None) -> Iterator[Owner]:
    """What was asked and is followed of a contact, or of a city.

    No way leads from a contact to the list of persons helped (NB-06): it is erased with the city, or by its own time limit.
    """
    asks: ColumnElement[bool]
    follow_ups: ColumnElement[bool]
    if contact is not None:
        sessions = select(DeskSession.id).where(DeskSession.contact_id == contact)
        asks, follow_ups = Ask.session_id.in_(sessions), FollowUp.session_id.in_(sessions)
    else:
        asks, follow_ups = Ask.city == city, FollowUp.city == city
        for id in session.scalars(select(Helped.id).where(Helped.city == city)):
            yield Owner(HELPED, str(id))
    for id in session.scalars(select(Ask.id).where(asks)):
        yield Owner(ASK, str(id))
    for id in session.scalars(select(FollowUp.id).where(follow_ups)):
        yield Owner(FOLLOW_UP, str(id))
