"""Calls that a seat makes: Asterisk rings the seat, whose phone answers by itself, and then dials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import defer

from contact_center.contacts import Contact, State, Unserved
from contact_center.events import Event, Recorded
from contact_center.events.catalogue import CallbackAsked, ContactDialled
from contact_center.personal import Owner
from contact_center.personal.telephone import national
from contact_center.seats import Seat
from telephony.pbx.ami import AmiError
from telephony.switchboard.members import endpoint
from telephony.switchboard.service import Switchboard

Headers = Callable[[Switchboard, Any], dict[str, str] | None]
"""Reads what Asterisk is to be told about an event; None where it has come to nothing meanwhile."""

SEAT_ANSWERS_WITHIN = "10000"
"""Milliseconds in which the seat's own phone must take the call that its agent has asked for."""


def dial(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Let Asterisk make the call; where it cannot, the attempt has failed and the seat is free."""
    assert isinstance(recorded.event, ContactDialled)
    if not recorded.event.asked:
        return None
    return defer.ensureDeferred(_originate(switchboard, _read_in_thread, recorded.event))


def callback_asked(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Whoever pressed the key while they waited keeps their place: a call to them waits in the queue instead of them."""
    assert isinstance(recorded.event, CallbackAsked)
    return defer.ensureDeferred(_originate(switchboard, _place_in_thread, recorded.event))


async def _originate(switchboard: Switchboard, headers_in_thread: Headers, event: Event) -> None:
    """Send the order that is read from the database; where Asterisk refuses it, the call is over before it began."""
    headers = await switchboard.in_thread(headers_in_thread, switchboard, event)
    if headers is None:
        return
    try:
        await switchboard.link.send("Originate", **headers)
    except AmiError:
        await switchboard.in_thread(_refused_in_thread, switchboard, headers["ChannelId"])


def _place_in_thread(switchboard: Switchboard, event: CallbackAsked) -> dict[str, str] | None:
    house = switchboard.house
    with house.database.reading() as session:
        asked = session.get_one(Contact, event.contact)
        pool, priority = switchboard.places.pop(asked.key, ("", 0))
    if not priority:
        return None
    with house.database.session_scope() as session:
        contact = house.outgoing.keep_place(session, event.callback, pool)
        if contact is None:
            return None
        number = house.vault.get(session, Owner("contact", str(contact.id)), "number")
        assert number is not None
        ours = house.directory.number_of(session, house.directory.line(session, contact.line_id).line)
        variables = {
            "__CONTACT": contact.key, "__LINE": contact.line_id, "QUEUE_PRIO": str(priority), "NUMBER": national(number.reveal()),
            "LINE_NUMBER": ours,
        }  # fmt: skip
        return {
            "Channel": f"Local/{contact.id}@callback-dial/n", "ChannelId": contact.key, "OtherChannelId": f"{contact.key}-far",
            "Context": "callback-wait", "Exten": pool, "Priority": "1", "Async": "true",
            "CallerID": ours,
            "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
        }  # fmt: skip


def _refused_in_thread(switchboard: Switchboard, key: str) -> None:
    house = switchboard.house
    with house.database.session_scope() as session:
        contact = house.contacts.by_key(session, key)
        if contact is not None:
            house.contacts.gone(session, contact, Unserved.INTERRUPTED, house.clock.now())


def _read_in_thread(switchboard: Switchboard, event: ContactDialled) -> dict[str, str] | None:
    house = switchboard.house
    with house.database.reading() as session:
        contact = session.get_one(Contact, event.contact)
        seat = session.get_one(Seat, event.seat)
        number = house.vault.get(session, Owner("contact", str(contact.id)), "number")
        line = house.directory.line(session, contact.line_id).line
        ours = house.directory.number_of(session, line)
    if contact.state != State.DIALLING or number is None:
        return None
    variables = {
        "__CONTACT": contact.key, "__LINE": line.id, "PJSIP_HEADER(add,X-Contact)": contact.key,
        "PJSIP_HEADER(add,X-Answer)": "yes",
    }  # fmt: skip
    return {
        "Channel": f"PJSIP/{endpoint(seat)}", "ChannelId": contact.key, "Context": "call-out", "Exten": national(number.reveal()),
        "Priority": "1", "CallerID": ours, "Timeout": SEAT_ANSWERS_WITHIN, "Async": "true",
        "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
    }  # fmt: skip
