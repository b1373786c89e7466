"""Who answers the messages of consoles and native phones. They run in the hub's threads; each opens its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contact_center import ice
from contact_center.audit import Act
from contact_center.errors import Conflict, Unavailable
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Done, Message
from contact_center.personal.telephone import national
from contact_center.seats import Presence, Seat
from telephony import messages as m
from telephony import settings as s
from telephony.events import LegLost

COMES_BACK = 4.0
"""Seconds to wait for a native phone that may be on its way back to a hub that was away."""


def _result(message: Message, **values: Any) -> Done:
    return Done(to=message.TYPE, ref=None, result=values)


def take_seat(hub: Hub, actor: Actor, message: m.TakeSeat) -> Iterator[Message]:
    """Sit down."""
    with hub.house.database.session_scope() as session:
        seat = hub.house.seats.sign_in(session, actor, message.seat, message.phone)
        if not hub.house.directory.served_pools(session, actor.cities) & set(seat.pools):
            raise Conflict("この席には、あなたが受け持たない市の電話も入ります。ほかの席を選ぶか、責任者にご相談ください。")
        hub.house.contacts.resume(session, seat)
    yield from ()


def leave_seat(hub: Hub, actor: Actor, message: m.LeaveSeat) -> Iterator[Message]:
    """Leave the seat, unless a contact is on it."""
    with hub.house.database.session_scope() as session:
        seat = hub.house.seats.of_person(session, actor.person)
        if seat is not None:
            if seat.contact_id is not None:
                raise Conflict("応対が終わってから席を離れてください。")
            hub.house.seats.sign_out(session, seat, actor.word)
    yield from ()


def choose_presence(hub: Hub, actor: Actor, message: m.ChoosePresence) -> Iterator[Message]:
    """Open the seat or go away."""
    with hub.house.database.session_scope() as session:
        hub.house.seats.choose(session, actor, message.presence, message.reason)
    yield from ()


def account(hub: Hub, seat: Seat) -> dict[str, str]:
    """The SIP account of a seat for its phone of this sign-in."""
    native = seat.phone == "native"
    settings = hub.house.settings
    return {
        "user": f"{seat.id}-native" if native else seat.id,
        "password": hub.house.seats.sip_password(seat),
        "realm": "asterisk",
        "host": settings[s.SIP_HOST],
        "port": str(settings[s.SIP_TLS_PORT] if native else 0),
    }


def ask_phone(hub: Hub, actor: Actor, message: m.AskPhone) -> Iterator[Message]:
    """Hand the SIP account to the page, or to the native phone of the seat."""
    with hub.house.database.reading() as session:
        seat = hub.house.seats.of_person(session, actor.person)
    if seat is None or seat.phone_ready != seat.generation:
        raise Unavailable("電話の準備ができていません。少し待って、もう一度お試しください。")
    if seat.phone == "native":
        if not hub.to_device(seat.id, m.PhoneOrder(do="register", account=account(hub, seat))):
            raise Unavailable("この席の電話ソフトが動いていません。起動してから、もう一度お試しください。")
        yield _result(message, native=True)
        return
    relays = ice.servers(hub.house.settings, hub.house.clock, seat.id)
    yield _result(message, native=False, ice=relays, **account(hub, seat))


def close_line(hub: Hub, actor: Actor, message: m.CloseLine) -> Iterator[Message]:
    """Close a line at once; the switchboard applies it, the board says since when it is in force."""
    with hub.house.database.session_scope() as session:
        actor.require("supervise.close", hub.house.directory.line(session, message.line).line.city_id)
        hub.house.audit.record(Act(actor.word, "line.close", f"line:{message.line}", {}))
        hub.house.directory.close(session, message.line, None, "", actor.word)
    yield from ()


def reopen_line(hub: Hub, actor: Actor, message: m.ReopenLine) -> Iterator[Message]:
    """Open a line again."""
    with hub.house.database.session_scope() as session:
        actor.require("supervise.close", hub.house.directory.line(session, message.line).line.city_id)
        hub.house.audit.record(Act(actor.word, "line.reopen", f"line:{message.line}", {}))
        hub.house.directory.reopen(session, message.line, actor.word)
    yield from ()


def say_notice(hub: Hub, actor: Actor, message: m.SayNotice) -> Iterator[Message]:
    """Keep the announcement; the switchboard has it spoken and applied, the board says since when it is heard."""
    with hub.house.database.session_scope() as session:
        actor.require("supervise.close", hub.house.directory.line(session, message.line).line.city_id)
        hub.house.audit.record(Act(actor.word, "notice.say", f"line:{message.line}", {}))
        hub.house.notices.say(session, message.line, message.text, message.until, actor.word)
    yield from ()


def withdraw_notice(hub: Hub, actor: Actor, message: m.WithdrawNotice) -> Iterator[Message]:
    """Take it back."""
    with hub.house.database.session_scope() as session:
        actor.require("supervise.close", hub.house.directory.line(session, message.line).line.city_id)
        hub.house.audit.record(Act(actor.word, "notice.withdraw", f"line:{message.line}", {}))
        hub.house.notices.withdraw(session, message.line, actor.word)
    yield from ()


def ask_card(hub: Hub, actor: Actor, message: m.AskCard) -> Iterator[Message]:
    """Number and note of a contact; the look is audited before they are shown."""
    with hub.house.database.reading() as session:
        card = hub.house.notes.access_card(session, actor, message.contact)
    number = national(card.number.reveal()) if card.number else None
    yield _result(message, number=number, note=card.note.reveal())


def write_note(hub: Hub, actor: Actor, message: m.WriteNote) -> Iterator[Message]:
    """Keep the note."""
    with hub.house.database.session_scope() as session:
        kept = hub.house.notes.write(session, actor, message.contact, message.text)
    yield _result(message, masked=kept if kept != message.text else None)


def classify(hub: Hub, actor: Actor, message: m.Classify) -> Iterator[Message]:
    """Set category and outcome."""
    with hub.house.database.session_scope() as session:
        hub.house.notes.classify(session, actor, message.contact, message.category, message.further, message.outcome)
    yield from ()


def close_contact(hub: Hub, actor: Actor, message: m.CloseContact) -> Iterator[Message]:
    """End the wrap-up."""
    with hub.house.database.session_scope() as session:
        hub.house.notes.close(session, actor, message.contact)
    yield from ()


def extend_wrap_up(hub: Hub, actor: Actor, message: m.ExtendWrapUp) -> Iterator[Message]:
    """Give the wrap-up more time; the switchboard's timer follows."""
    with hub.house.database.session_scope() as session:
        hub.house.seats.extend(session, actor)
    yield from ()


def release_seat(hub: Hub, actor: Actor, message: m.ReleaseSeat) -> Iterator[Message]:
    """Free the seat; what was not classified is listed for correction."""
    with hub.house.database.session_scope() as session:
        hub.house.corrections.release(session, actor, message.seat)
    yield from ()


def callback_number(hub: Hub, actor: Actor, message: m.CallbackNumber) -> Iterator[Message]:
    """The number to call back."""
    with hub.house.database.reading() as session:
        number = hub.house.callbacks.number(session, actor, message.callback)
    yield _result(message, number=national(number.reveal()) if number else None)


def call_back(hub: Hub, actor: Actor, message: m.CallBack) -> Iterator[Message]:
    """Begin the call; the switchboard has Asterisk ring the seat and dial."""
    actor.require("seat.use")
    with hub.house.database.session_scope() as session:
        contact = hub.house.outgoing.call_back(session, actor, message.callback)
    yield _result(message, contact=contact.id)


def callback_tried(hub: Hub, actor: Actor, message: m.CallbackTried) -> Iterator[Message]:
    """Keep that somebody called back."""
    with hub.house.database.session_scope() as session:
        hub.house.callbacks.tried(session, actor, message.callback, message.reached)
    yield from ()


def settle_callback(hub: Hub, actor: Actor, message: m.SettleCallback) -> Iterator[Message]:
    """Take a row without a number off the list."""
    with hub.house.database.session_scope() as session:
        hub.house.callbacks.settle(session, actor, message.callback)
    yield from ()


def leg_lost(hub: Hub, actor: Actor, message: m.TellLegLost) -> Iterator[Message]:
    """Let the switchboard end the dead leg, so that the queue rings the seat anew, or the resident is told."""
    with hub.house.database.session_scope() as session:
        seat = hub.house.seats.of_person(session, actor.person)
        if seat is not None and seat.presence in (Presence.RINGING, Presence.ON_CONTACT):
            hub.house.log.append(session, LegLost(actor=actor.word, seat=seat.id, contact=seat.contact_id))
    yield from ()


def phone_command(hub: Hub, actor: Actor, message: m.PhoneCommand) -> Iterator[Message]:
    """Pass a command on to the native phone of one's seat."""
    with hub.house.database.reading() as session:
        seat = hub.house.seats.of_person(session, actor.person)
    end = hub.house.clock.monotonic() + COMES_BACK
    while seat is None or seat.phone != "native" or not hub.to_device(seat.id, m.PhoneOrder(do=message.do, digits=message.digits)):
        if seat is None or hub.house.clock.monotonic() > end:
            raise Unavailable("この席の電話ソフトが動いていません。起動してから、もう一度お試しください。")
        hub.house.clock.sleep(0.1)
    yield from ()


def phone_report(hub: Hub, actor: Actor, message: m.PhoneReport) -> Iterator[Message]:
    """Pass a native phone's word on to the console of its seat."""
    with hub.house.database.reading() as session:
        seat = hub.house.seats.get(session, actor.device)
    if seat.person_id is not None:
        hub.to_person(seat.person_id, message)
    yield from ()
