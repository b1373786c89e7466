"""What a seat may do with its conversation besides talking: asking somebody, handing over, three together, help, supervision.

Handlers of the hub. Each writes what is wanted; the switchboard carries it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.contacts import Contact, Third
from contact_center.errors import BadInput, Conflict
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Done, Message
from telephony import messages as m
from telephony import settings as s
from telephony.events import CallOrdered


def dial(hub: Hub, actor: Actor, message: m.Dial) -> Iterator[Message]:
    """Call a number, within the dial rules."""
    number = re.sub(r"[-‐－ー()（）\s]", "", message.number).translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    settings = hub.house.settings
    if not is_among(number, settings[s.MAY_CALL]) or is_among(number, settings[s.MAY_NOT_CALL]):
        raise BadInput("この番号にはかけられません。市外局番から、かけてよい番号かを確かめてください。")
    with hub.house.database.session_scope() as session:
        contact = hub.house.outgoing.call(session, actor, message.line, number)
    yield Done(to=message.TYPE, ref=None, result={"contact": contact.id})


def is_among(number: str, rules: str) -> bool:
    """Whether a number is one of those that dial rules name.

    :param rules: Asterisk patterns separated by commas (X: 0 to 9, Z: 1 to 9, N: 2 to 9).
    """
    kinds = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
    patterns = ("".join(kinds.get(letter, letter) for letter in rule) for rule in rules.split(","))
    return any(re.fullmatch(pattern, number) for pattern in patterns)


def consult(hub: Hub, actor: Actor, message: m.Consult) -> Iterator[Message]:
    """Ask somebody."""
    yield from _done(hub, actor, "consult", lambda session: hub.house.sharing.consult(session, actor, message.target))


def drop(hub: Hub, actor: Actor, message: m.DropThird) -> Iterator[Message]:
    """Ask no more."""
    yield from _done(hub, actor, "drop", lambda session: hub.house.sharing.shared(session, actor, *Third))


def join(hub: Hub, actor: Actor, message: m.Join) -> Iterator[Message]:
    """Three together."""
    yield from _done(hub, actor, "join", lambda session: hub.house.sharing.shared(session, actor, Third.TALKING))


def hand_over(hub: Hub, actor: Actor, message: m.HandOver) -> Iterator[Message]:
    """Hand the resident over."""
    others = (Third.TALKING, Third.JOINED)
    yield from _done(hub, actor, "hand_over", lambda session: hub.house.sharing.shared(session, actor, *others))


def pass_on(hub: Hub, actor: Actor, message: m.PassOn) -> Iterator[Message]:
    """Pass the resident on without asking first."""
    yield from _done(hub, actor, "pass_on", lambda session: hub.house.sharing.pass_on(session, actor, message.target))


def _done(hub: Hub, actor: Actor, do: str, wanted: Callable[[Session], Contact]) -> Iterator[Message]:
    """Let the house agree, and order it of Asterisk in the same transaction."""
    with hub.house.database.session_scope() as session:
        contact = wanted(session)
        ordered = CallOrdered(city=contact.city_id, contact=contact.id, actor=actor.word, seat=contact.seat_id or "", do=do)
        hub.house.log.append(session, ordered)
    yield from ()


def raise_hand(hub: Hub, actor: Actor, message: m.RaiseHand) -> Iterator[Message]:
    """Ask for help, or need it no more."""
    with hub.house.database.session_scope() as session:
        hub.house.seats.raise_hand(session, actor, "help" if message.raised else "")
    yield from ()


def mark_nuisance(hub: Hub, actor: Actor, message: m.MarkNuisance) -> Iterator[Message]:
    """Mark the call, and call a supervisor."""
    with hub.house.database.session_scope() as session:
        hub.house.notes.mark_nuisance(session, actor, message.contact)
    yield from ()


def supervise(hub: Hub, actor: Actor, message: m.Supervise) -> Iterator[Message]:
    """Listen, whisper or join; it is on the audit trail before anything is heard, and the agent sees it."""
    house = hub.house
    with house.database.session_scope() as session:
        seat = house.seats.get(session, message.seat)
        contact = session.get(Contact, seat.contact_id) if seat.contact_id else None
        if contact is None:
            raise Conflict("%(seat)sは通話中ではありません。", seat=seat.name)
        actor.require("supervise.listen" if message.how == "listen" else "supervise.join", contact.city_id)
        own = house.seats.supervise(session, actor, message.seat, message.how)
        house.audit.record(Act(actor.word, f"supervise.{message.how}", f"contact:{contact.id}", {"seat": seat.id}))
        ordered = CallOrdered(city=contact.city_id, contact=contact.id, actor=actor.word, seat=own.id, do="supervise")
        house.log.append(session, ordered)
    yield from ()


def end_supervision(hub: Hub, actor: Actor, message: m.EndSupervision) -> Iterator[Message]:
    """Supervise no more."""
    with hub.house.database.session_scope() as session:
        own = hub.house.seats.of_person(session, actor.person)
        if own is None or not own.supervises:
            raise Conflict("今はどの通話にも加わっていません。")
        hub.house.log.append(session, CallOrdered(actor=actor.word, seat=own.id, do="end_supervision"))
    yield from ()
