"""The hub's handlers of the FAQ."""

from __future__ import annotations

from collections.abc import Iterator

from contact_center.contacts import Contact
from contact_center.errors import NotFound
from contact_center.hub import Hub
from contact_center.identity import Actor
from contact_center.messages import Message
from faq_engine import messages as m
from faq_engine import service
from faq_engine.drafts import Sentence
from faq_engine.drafts.prompt import Given

MOST_GIVEN = 5
"""Articles that a model is given."""


def opened(hub: Hub, actor: Actor, message: m.OpenedArticle) -> Iterator[Message]:
    """Count it."""
    actor.require("seat.use", message.city)
    with hub.house.database.session_scope() as session:
        service.of(hub.house).opened(session, message.city, message.code)
    yield from ()


def used(hub: Hub, actor: Actor, message: m.UsedArticle) -> Iterator[Message]:
    """Name it on the contact."""
    with hub.house.database.session_scope() as session:
        contact = session.get(Contact, message.contact)
        if contact is None:
            raise NotFound("その応対は見つかりません。")
        service.of(hub.house).used(session, actor, contact, message.code, message.typed[:5])
    yield from ()


def remark(hub: Hub, actor: Actor, message: m.RemarkArticle) -> Iterator[Message]:
    """Put it on the editors' list."""
    with hub.house.database.session_scope() as session:
        service.of(hub.house).remark(
            session, actor, message.kind, message.city, message.contact, message.code, message.typed, message.said
        )
    yield from ()


def draft(hub: Hub, actor: Actor, message: m.AskDraft) -> Iterator[Message]:
    """Write a draft from the best articles, sentence by sentence, each checked."""
    actor.require("seat.use", message.city)
    faq = service.of(hub.house)
    with hub.house.database.reading() as session:
        found = faq.search(session, message.typed, faq.wanted(message.city), MOST_GIVEN)
        found = [one for one in found if faq.index.touches(session, message.typed, f"{one.question}\n{one.answer}")]
    given = [Given(one.code, one.number, one.question, one.answer) for one in found]
    if not given:
        # Nothing is sent where no article is about it: a model would answer something else.
        yield m.DraftBegun(turn=message.turn, sent="", endpoint="")
        yield m.DraftEnded(turn=message.turn, kept=0, dropped=0, given_up="")
        return
    written = faq.drafter.write(actor, message.city, message.contact, message.typed, given)
    yield m.DraftBegun(turn=message.turn, sent=written.sent, endpoint=written.endpoint)
    for part in written.parts:
        if isinstance(part, Sentence):
            yield m.DraftSentence(
                turn=message.turn, text=part.text, code=part.code, edition=part.edition, quote=part.quote, verbatim=part.verbatim
            )
        else:
            yield m.DraftEnded(turn=message.turn, kept=part.kept, dropped=part.dropped, given_up=part.given_up)
