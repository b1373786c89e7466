"""Asking the city for the 23 digits of a resident who has no form (IZ-11): while they wait, and with nothing that is the My Number.

Name, address and birth date lie in the vault from the moment they are asked until the digits are there, or the session is over
without being left to wait; whoever looks at them is on the record.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, mask
from contact_center.personal.masking import MASKED
from video_desk.events import CityAnswered, CityAsked
from video_desk.model import ASK, FIELDS, ID, Ask, DeskSession

AGREED = "keep"
"""The fact that the resident has agreed by their own touch to be kept."""

LONG_SECONDS = 600
"""From then on somebody telephones the city: the resident waits at the counter."""


def ask(house: House, session: Session, actor: Actor, row: DeskSession, said: dict[str, str]) -> Ask:
    """Ask.

    :param said: name, address, and birth date (ISO).
    :raises BadInput: where something is missing, or holds what may be a My Number.
    :raises Conflict: where the city has been asked already.
    """
    kept = {field: said.get(field, "").strip() for field in FIELDS}
    if not all(kept.values()):
        raise BadInput("お名前、ご住所、生年月日をすべて書いてください。")
    if any(MASKED in mask(kept[field]) for field in ("name", "address")):
        raise BadInput("マイナンバーのような番号は、市に送れません。お名前とご住所だけを書いてください。")
    try:
        date.fromisoformat(kept["birth"])
    except ValueError as error:
        raise BadInput("生年月日を確かめてください。") from error
    if of_session(session, row.id) is not None:
        raise Conflict("市にはもう尋ねています。")
    made = Ask(session_id=row.id, city=row.city, asked_at=house.clock.now(), asked_by=actor.person)
    session.add(made)
    session.flush()
    for field, text in kept.items():
        house.vault.put(session, Owner(ASK, str(made.id)), field, Personal(text))
    house.log.append(session, CityAsked(city=row.city, contact=row.contact_id, actor=actor.word, session=row.id, ask=made.id))
    return made


def of_session(session: Session, id: int) -> Ask | None:
    """What the city was asked last for a session, unless it is over."""
    wanted = select(Ask).where(Ask.session_id == id, Ask.state != "over")
    return session.scalars(wanted.order_by(Ask.id.desc())).first()


def waiting(session: Session, cities: Iterable[str]) -> list[Ask]:
    """What cities have not answered yet, the oldest first. Nothing in it is personal."""
    wanted = select(Ask).where(Ask.state == "asked", Ask.city.in_(list(cities)))
    return list(session.scalars(wanted.order_by(Ask.asked_at)))


def states(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """How far the city is with what it was asked for these sessions, where their residents have gone and wait for it."""
    wanted = select(Ask.session_id, Ask.state).join(DeskSession, DeskSession.id == Ask.session_id)
    found = session.execute(wanted.where(Ask.session_id.in_(list(ids)), Ask.state != "over", DeskSession.ended_at.is_not(None)))
    return {one.session_id: one.state for one in found}


def show(house: House, session: Session, actor: Actor, id: int) -> dict[str, str]:
    """Who is asked about, for the city's staff; the look is on the record.

    :raises NotFound: where it is not asked any more, or of another city.
    """
    row = _open(session, actor, id)
    house.audit.record(Act(actor.word, "desk.ask.show", f"ask:{row.id}", {}))
    owner = Owner(ASK, str(row.id))
    found = {field: house.vault.get(session, owner, field) for field in FIELDS}
    return {field: value.reveal() if value is not None else "" for field, value in found.items()}


def answer(house: House, session: Session, actor: Actor, id: int, digits: str) -> None:
    """The city's staff give the digits, or none where they find nobody: name, address and birth date have done their duty.

    :param digits: 23 of them, in any writing; empty: nobody was found.
    :raises BadInput: where they are not 23.
    """
    row = _open(session, actor, id)
    plain = "".join(one for one in unicodedata.normalize("NFKC", digits) if one.isdigit())
    if digits.strip() and len(plain) != 23:
        raise BadInput("申請書IDは23けたの数字です。もう一度お確かめください（いま %(n)s けた）。", n=len(plain))
    owner = Owner(ASK, str(row.id))
    house.audit.record(Act(actor.word, "desk.ask.answer", f"ask:{row.id}", {"found": bool(plain)}))
    if plain:
        house.vault.put(session, owner, ID, Personal(plain))
    house.vault.erase(session, owner, FIELDS)
    row.state, row.answered_at = ("answered" if plain else "unknown"), house.clock.now()
    served = session.get(DeskSession, row.session_id)
    contact = served.contact_id if served is not None else None
    house.log.append(session, CityAnswered(city=row.city, contact=contact, actor=actor.word, session=row.session_id, ask=row.id))


def take(house: House, session: Session, actor: Actor, row: DeskSession) -> str:
    """The digits, for the operator who serves the session; the look is on the record.

    :raises NotFound: where the city has not answered.
    """
    found = of_session(session, row.id)
    if found is None or found.state != "answered":
        raise NotFound("市の回答はまだです。")
    house.audit.record(Act(actor.word, "desk.ask.take", f"ask:{found.id}", {}))
    kept = house.vault.get(session, Owner(ASK, str(found.id)), ID)
    if kept is None:
        raise NotFound("申請書IDは消去済みです。")
    return kept.reveal()


def late(house: House, session: Session, id: int) -> str:
    """The digits that the city has found for a session after its resident had gone; empty where there are none."""
    found = of_session(session, id)
    kept = house.vault.get(session, Owner(ASK, str(found.id)), ID) if found is not None else None
    return kept.reveal() if kept is not None else ""


def end(house: House, session: Session, row: DeskSession) -> None:
    """The session is over: what was asked is forgotten, unless the resident has agreed by their own touch to be told later."""
    found = of_session(session, row.id)
    if found is None or (found.state == "asked" and AGREED in row.facts):
        return
    found.state = "over"
    house.vault.erase(session, Owner(ASK, str(found.id)))


def _open(session: Session, actor: Actor, id: int) -> Ask:
    row = session.get(Ask, id)
    if row is None or row.state != "asked" or not actor.serves(row.city):
        raise NotFound("その照会は、もうありません。")
    actor.require("city.agree", row.city)
    return row
