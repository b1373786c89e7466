"""Calls that a seat makes: Asterisk rings the seat, whose phone answers by itself, and then dials."""

from __future__ import annotations

from typing import Any

from twisted.internet import defer

from contact_center.contacts import Contact, State
from contact_center.events import Recorded
from contact_center.events.catalogue import ContactDialled
from contact_center.personal import Owner
from contact_center.personal.telephone import national
from contact_center.seats import Seat
from telephony.pbx.ami import AmiError
from telephony.switchboard.service import Switchboard

SEAT_ANSWERS_WITHIN = "10000"
"""Milliseconds in which the seat's own phone must take the call that its agent has asked for."""


def dial(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Let Asterisk make the call; where it cannot, the attempt has failed and the seat is free."""
    assert isinstance(recorded.event, ContactDialled)
    return defer.ensureDeferred(_dial(switchboard, recorded.event))


async def _dial(switchboard: Switchboard, event: ContactDialled) -> None:
    headers = await switchboard.in_thread(_read_in_thread, switchboard, event)
    if headers is None:
        return
    try:
        await switchboard.link.send("Originate", **headers)
    except AmiError:
        await switchboard.in_thread(_failed_in_thread, switchboard, event)


def _read_in_thread(switchboard: Switchboard, event: ContactDialled) -> dict[str, str] | None:
    house = switchboard.house
    with house.database.reading() as session:
        contact = session.get_one(Contact, event.contact)
        seat = session.get_one(Seat, event.seat)
        number = house.vault.get(session, Owner("contact", str(contact.id)), "number")
        line = house.directory.line(session, contact.line_id).line
    if contact.state != State.DIALLING or number is None:
        return None
    endpoint = seat.id if seat.phone == "browser" else f"{seat.id}-native"
    variables = {
        "__CONTACT": contact.key, "__LINE": line.id, "PJSIP_HEADER(add,X-Contact)": contact.key,
        "PJSIP_HEADER(add,X-Answer)": "yes",
    }  # fmt: skip
    return {
        "Channel": f"PJSIP/{endpoint}", "ChannelId": contact.key, "Context": "call-out", "Exten": national(number.reveal()),
        "Priority": "1", "CallerID": line.number, "Timeout": SEAT_ANSWERS_WITHIN, "Async": "true",
        "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
    }  # fmt: skip


def _failed_in_thread(switchboard: Switchboard, event: ContactDialled) -> None:
    house = switchboard.house
    with house.database.session_scope() as session:
        house.outgoing.not_reached(session, session.get_one(Contact, event.contact), house.clock.now())
