"""What the worker does for the remote counter."""

from __future__ import annotations

from contact_center.house import House
from video_desk import followups, service


def tidy(house: House, _id: int | None = None) -> None:
    """Delete what is kept no longer."""
    with house.database.session_scope() as session:
        service.of(house).forget(session, house.clock.now())


def mails(house: House, _id: int | None = None) -> None:
    """Read what sites have mailed of applications that are followed."""
    followups.read_mails(house)
