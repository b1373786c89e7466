"""Handlers of what an agent cannot finish alone: sources of answers, earlier contacts, questions to the supervisor and the city."""

from __future__ import annotations

from collections.abc import Iterator

from contact_center.contacts import Contact
from contact_center.errors import NotFound
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Done, Message
from contact_center.personal.telephone import national
from telephony import messages as m


def link_source(hub: Hub, actor: Actor, message: m.LinkSource) -> Iterator[Message]:
    """Keep where the answer came from."""
    with hub.house.database.session_scope() as session:
        hub.house.notes.link(session, actor, message.contact, message.source, message.linked)
    yield from ()


def earlier(hub: Hub, actor: Actor, message: m.AskEarlier) -> Iterator[Message]:
    """The contacts before this one from the same number."""
    with hub.house.database.reading() as session:
        found = hub.house.notes.earlier(session, actor, message.contact)
    yield _list(message, found)


def mine(hub: Hub, actor: Actor, message: m.AskMine) -> Iterator[Message]:
    """What the agent has served today."""
    with hub.house.database.reading() as session:
        found = hub.house.notes.mine_of_the_day(session, actor)
    yield _list(message, found)


def _list(message: Message, contacts: list[Contact]) -> Done:
    rows = [
        {"id": c.id, "at": c.arrived_at.isoformat(), "line": c.line_id, "city": c.city_id, "category": c.category,
         "outcome": c.outcome, "unserved": c.unserved, "outgoing": c.outgoing}
        for c in contacts
    ]  # fmt: skip
    return Done(to=message.TYPE, ref=None, result={"contacts": rows})


def hand_on(hub: Hub, actor: Actor, message: m.HandOn) -> Iterator[Message]:
    """Hand a contact on."""
    with hub.house.database.session_scope() as session:
        row = hub.house.escalations.hand_on(
            session, actor, message.contact, message.to, message.text, message.kind, message.office, message.due
        )
        made, due = row.id, row.due_at
    yield Done(to=message.TYPE, ref=None, result={"escalation": made, "due": due.isoformat()})


def show(hub: Hub, actor: Actor, message: m.ShowEscalation) -> Iterator[Message]:
    """What was asked and answered, and the number to call; the look is on the audit trail."""
    house = hub.house
    with house.database.reading() as session:
        texts = house.escalations.access_texts(session, actor, message.escalation)
        row = next((r for r in house.escalations.waiting(session, actor.cities) if r.id == message.escalation), None)
        contact = session.get(Contact, row.contact_id) if row is not None else None
        if contact is None:
            raise NotFound("その引き継ぎはありません。")
        number = house.notes.access_card(session, actor, contact.id).number if "contact.personal" in actor.rights else None
    result = {
        "question": texts.question.reveal(), "answer": texts.answer.reveal(),
        "number": national(number.reveal()) if number else None,
    }  # fmt: skip
    yield Done(to=message.TYPE, ref=None, result=result)


def receive(hub: Hub, actor: Actor, message: m.ReceiveEscalation) -> Iterator[Message]:
    """Note the receipt."""
    with hub.house.database.session_scope() as session:
        hub.house.escalations.receive(session, actor, message.escalation)
    yield from ()


def answer(hub: Hub, actor: Actor, message: m.AnswerEscalation) -> Iterator[Message]:
    """Keep the answer."""
    with hub.house.database.session_scope() as session:
        hub.house.escalations.answer(session, actor, message.escalation, message.text)
    yield from ()


def close(hub: Hub, actor: Actor, message: m.CloseEscalation) -> Iterator[Message]:
    """It is done."""
    with hub.house.database.session_scope() as session:
        hub.house.escalations.close(session, actor, message.escalation)
    yield from ()
