"""What the switchboard does for the counters."""

from __future__ import annotations

from typing import Any

from contact_center.events import Recorded
from contact_center.events.catalogue import ContactArrived
from contact_center.house import House
from video_desk import service


def contact_arrived(switchboard: Any, recorded: Recorded) -> Any:
    """A kiosk has called: its session learns which contact it is."""
    event = recorded.event
    assert isinstance(event, ContactArrived)
    if event.channel != "kiosk" or event.contact is None:
        return None
    return switchboard.in_thread(_arrived_in_thread, switchboard.house, event.contact, event.line)


def _arrived_in_thread(house: House, contact: int, counter: str) -> None:
    with house.database.session_scope() as session:
        service.of(house).arrived(session, contact, counter)
