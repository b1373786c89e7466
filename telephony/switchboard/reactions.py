"""What the switchboard does after an event of the house."""

from __future__ import annotations

from typing import Any

from twisted.internet import defer

from contact_center.events import Recorded
from contact_center.events.catalogue import HoursChanged, SeatChanged, SessionEnded, TrainingChanged
from contact_center.seats import Presence, Seat
from telephony.events import LegLost
from telephony.pbx import render
from telephony.pbx.translate import leg
from telephony.switchboard.members import Wanted
from telephony.switchboard.service import Switchboard

NETWORK_OUT_OF_ORDER = "38"
"""Q.850: the cause of a leg that did not end as people end calls; the dialplan tells the resident."""


def seat_changed(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Bring Asterisk's queues and the phone's password in line with the seat."""
    assert isinstance(recorded.event, SeatChanged)
    return defer.ensureDeferred(_bring(switchboard, recorded.event.seat))


async def _bring(switchboard: Switchboard, id: str) -> None:
    # One after the other: a seat that was left and taken at once must not be removed last.
    async with switchboard.one_seat_at_a_time:
        wanted = await switchboard.in_thread(_read_in_thread, switchboard, id)
        await switchboard.members.bring(wanted)
    if wanted.password is None:
        await _hang_up(switchboard, id, ("Ring", "Ringing", "Up"))


async def _hang_up(switchboard: Switchboard, id: str, states: tuple[str, ...]) -> None:
    """End a seat's legs that are in one of these states."""
    if switchboard.link.protocol is None:
        return
    for event in await switchboard.link.protocol.collect("CoreShowChannels"):
        found = leg(event.get("Channel", ""))
        if found is not None and found[0] == id and event.get("ChannelStateDesc") in states:
            await switchboard.link.send("Hangup", Channel=event["Channel"], Cause=NETWORK_OUT_OF_ORDER)


def leg_lost(switchboard: Switchboard, recorded: Recorded) -> Any:
    """End the leg of a phone that knows nothing of it, after a reload of its page: a ring is offered again within a second,
    and a resident who talked into the void hears that the call was cut and is called back.
    """
    assert isinstance(recorded.event, LegLost)
    return defer.ensureDeferred(_hang_up(switchboard, recorded.event.seat, ("Ring", "Ringing", "Down", "Up")))


def _read_in_thread(switchboard: Switchboard, id: str) -> Wanted:
    house = switchboard.house
    with house.database.reading() as session:
        seat = house.seats.get(session, id)
        wanted = switchboard.wanted(session, seat)
    _keep_phone(switchboard, seat, wanted)
    if seat.presence == Presence.WRAPPING and seat.wrap_until is not None:
        left = (seat.wrap_until - house.clock.now()).total_seconds()
        if left > 0:
            switchboard.reactor.callFromThread(switchboard.timers.set, id, left)
    else:
        switchboard.reactor.callFromThread(switchboard.timers.clear, id)
    return wanted


def _keep_phone(switchboard: Switchboard, seat: Seat, wanted: Wanted) -> None:
    if seat.phone_ready == seat.generation:
        return
    switchboard.keep_password(wanted)
    with switchboard.house.database.session_scope() as session:
        fresh = switchboard.house.seats.get(session, seat.id)
        if fresh.generation == seat.generation:
            switchboard.house.seats.phone_made(session, fresh)


def hours_changed(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Render and reload what callers hear."""
    assert isinstance(recorded.event, HoursChanged)
    return switchboard.in_thread(render.apply, switchboard.house)


def training_changed(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Bring the queues of that person's seat in line with what they are trained for."""
    assert isinstance(recorded.event, TrainingChanged)
    return defer.ensureDeferred(_bring_person(switchboard, recorded.event.person))


async def _bring_person(switchboard: Switchboard, person: int) -> None:
    seat = await switchboard.in_thread(_seat_in_thread, switchboard, person)
    if seat is not None:
        await _bring(switchboard, seat)


def _seat_in_thread(switchboard: Switchboard, person: int) -> str | None:
    with switchboard.house.database.reading() as session:
        seat = switchboard.house.seats.of_person(session, person)
        return seat.id if seat is not None else None


def session_ended(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Whoever's session is over leaves the seat; the password of the phone is void and its leg ends."""
    assert isinstance(recorded.event, SessionEnded)
    return switchboard.in_thread(switchboard.calls.leave_ended_seats)
