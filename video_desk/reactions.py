"""What the switchboard does for the counters."""

from __future__ import annotations

from typing import Any

from contact_center.events import Recorded
from contact_center.events.catalogue import ContactArrived, DeviceChanged
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


def device_changed(switchboard: Any, recorded: Recorded) -> Any:
    """A kiosk that is refused from now on can say nothing any more: what is open at its counter is over."""
    event = recorded.event
    assert isinstance(event, DeviceChanged)
    return switchboard.in_thread(_refused_in_thread, switchboard.house, event.place)


def _refused_in_thread(house: House, place: str) -> None:
    with house.database.session_scope() as session:
        desk = service.of(house)
        row = desk.open_at(session, place)
        if row is not None and house.devices.kiosk_of(session, place) is None:
            desk.end(session, row, "lost")
