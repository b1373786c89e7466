"""Carrying out what agents and supervisors want of a conversation: legs are moved in Asterisk, which goes on from there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from twisted.internet import defer

from contact_center.contacts import Contact, State, Unserved
from contact_center.directory.model import Department
from contact_center.events import Recorded
from contact_center.seats import Seat
from telephony.events import CallOrdered
from telephony.pbx.ami import AmiError, Event
from telephony.pbx.translate import SUPERVISION, contact_of, leg
from telephony.switchboard.members import endpoint
from telephony.switchboard.outgoing import SEAT_ANSWERS_WITHIN
from telephony.switchboard.service import Switchboard


@dataclass(frozen=True)
class Legs:
    """The channels of a conversation, by name."""

    seat: str | None
    resident: str | None
    third: str | None


@dataclass(frozen=True)
class Order:
    """What is to be done, as the database has it now.

    :param target: number or endpoint of whoever is asked.
    """

    do: str
    key: str
    seat: str
    target: str
    three: bool
    own: Seat | None


def ordered(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Carry an order out; where Asterisk refuses, the conversation is what it was."""
    assert isinstance(recorded.event, CallOrdered)
    return defer.ensureDeferred(_carry_out(switchboard, recorded.event))


async def _carry_out(switchboard: Switchboard, event: CallOrdered) -> None:
    order = await switchboard.in_thread(_read_in_thread, switchboard, event)
    if switchboard.link.protocol is None or order is None:
        return
    channels = await switchboard.link.protocol.collect("CoreShowChannels")
    legs = find(channels, order.key, order.seat)
    try:
        if order.do == "supervise":
            await _supervise(switchboard, order, legs, channels)
        elif order.do == "end_supervision":
            await _hang_up(switchboard, _supervision(channels, order.own))
        else:
            await _move(switchboard, order, legs)
    except AmiError:
        await switchboard.in_thread(_refused_in_thread, switchboard, event)


def find(channels: list[Event], key: str, seat: str) -> Legs:
    """The legs of a contact among all channels."""
    found: dict[str, str] = {}
    for event in channels:
        name = event.get("Channel", "")
        if contact_of(event) != key or name.startswith("Local/"):
            continue
        at_seat = leg(name)
        role = "third" if event.variables.get("ROLE") == "third" else "resident"
        if at_seat is not None and at_seat[0] == seat:
            role = "seat"
        found[role] = name
    return Legs(found.get("seat"), found.get("resident"), found.get("third"))


async def _move(switchboard: Switchboard, order: Order, legs: Legs) -> None:
    link = switchboard.link
    if legs.resident is None or legs.seat is None:
        return
    if order.do == "consult":
        await link.send("Setvar", Channel=legs.resident, Variable="PARTNER", Value=legs.seat)
        await link.send("Setvar", Channel=legs.seat, Variable="NEXT", Value="back")
        await link.send(
            "Redirect", Channel=legs.resident, Context="beside", Exten="s", Priority="1",
            ExtraChannel=legs.seat, ExtraContext="consult", ExtraExten=order.target, ExtraPriority="1",
        )  # fmt: skip
    elif order.do == "pass_on":
        await link.send("Redirect", Channel=legs.resident, Context="pass-on", Exten=order.target, Priority="1")
    elif order.do == "back" or (order.do == "drop" and not order.three):
        await link.send("Redirect", Channel=legs.seat, Context="consult", Exten="back", Priority="1")
    elif legs.third is None:
        return
    elif order.do == "drop":
        await _hang_up(switchboard, legs.third)
    elif order.do == "join":
        await link.send(
            "Redirect", Channel=legs.seat, Context="together", Exten="s", Priority="1",
            ExtraChannel=legs.third, ExtraContext="together", ExtraExten="s", ExtraPriority="1",
        )  # fmt: skip
    elif order.do == "hand_over" and order.three:
        await link.send("Redirect", Channel=legs.seat, Context="consult", Exten="leave", Priority="1")
    elif order.do == "hand_over":
        await link.send("Setvar", Channel=legs.seat, Variable="NEXT", Value="leave")
        await link.send("Setvar", Channel=legs.resident, Variable="PARTNER", Value=legs.third)
        await link.send("Redirect", Channel=legs.third, Context="hand-over", Exten="s", Priority="1")


CHANSPY = {"listen": "", "whisper": "w", "join": "B"}
"""The option of ChanSpy for each way to supervise."""


async def _supervise(switchboard: Switchboard, order: Order, legs: Legs, channels: list[Event]) -> None:
    own = order.own
    if own is None or legs.seat is None:
        return
    there = _supervision(channels, own)
    if there is not None:
        await switchboard.link.send("Setvar", Channel=there, Variable="HOW", Value=CHANSPY[own.supervision])
        await switchboard.link.send("Redirect", Channel=there, Context="supervise", Exten="go", Priority="1")
        return
    variables = {
        "SPIED": legs.seat, "SPIED_CONTACT": order.key, "HOW": CHANSPY[own.supervision], "PJSIP_HEADER(add,X-Answer)": "yes",
    }  # fmt: skip
    await switchboard.link.send(
        "Originate", Channel=f"PJSIP/{endpoint(own)}", ChannelId=f"{SUPERVISION}{own.id}-{secrets.token_hex(4)}",
        Context="supervise", Exten="go", Priority="1", Timeout=SEAT_ANSWERS_WITHIN, Async="true",
        Variable=",".join(f"{name}={value}" for name, value in variables.items()),
    )  # fmt: skip


def _supervision(channels: list[Event], own: Seat | None) -> str | None:
    if own is None:
        return None
    begins = f"{SUPERVISION}{own.id}-"
    return next((event["Channel"] for event in channels if event.get("Uniqueid", "").startswith(begins)), None)


async def _hang_up(switchboard: Switchboard, channel: str | None) -> None:
    if channel is not None:
        await switchboard.link.send("Hangup", Channel=channel, Cause="16")


def _read_in_thread(switchboard: Switchboard, event: CallOrdered) -> Order | None:
    house = switchboard.house
    with house.database.reading() as session:
        contact = session.get(Contact, event.contact) if event.contact else None
        supervisor = event.do in ("supervise", "end_supervision")
        own = session.get(Seat, event.seat) if supervisor else None
        if contact is None:
            return Order(event.do, "", event.seat, "", False, own) if supervisor else None
        kind, _, id = contact.third.partition(":")
        target = ""
        if kind == "seat":
            target = endpoint(session.get_one(Seat, id)) if contact.state != State.TRANSFERRING else id
        elif kind == "department":
            target = session.get_one(Department, id).phone
        seat = contact.seat_id if supervisor else event.seat
        return Order(event.do, contact.key, seat or "", target, contact.third_state == "joined", own)


def _refused_in_thread(switchboard: Switchboard, event: CallOrdered) -> None:
    house = switchboard.house
    with house.database.session_scope() as session:
        contact = session.get(Contact, event.contact) if event.contact else None
        if event.do == "supervise":
            house.seats.supervision_over(session, house.seats.get(session, event.seat))
        elif contact is not None and event.do == "consult":
            house.sharing.forget(session, contact)
        elif contact is not None and contact.state == State.TRANSFERRING:
            house.contacts.gone(session, contact, Unserved.INTERRUPTED, house.clock.now())
