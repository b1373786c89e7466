"""The list of persons helped, for the city (NB-06). It shares neither a key nor a moment with sessions and declarations."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.errors import BadInput, Conflict
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.personal import Owner, Personal, mask
from contact_center.personal.masking import MASKED
from video_desk import settings as s
from video_desk.model import HELPED, DeskSession, Helped


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    day: date
    counter: str
    procedure: str
    name: str


def add(house: House, session: Session, row: DeskSession, name: str) -> None:
    """Put somebody on the list; the session only knows that it was done.

    :raises BadInput: where there is no name, or something that may be a My Number.
    :raises Conflict: where this session has its line already.
    """
    name = name.strip()
    if not name or MASKED in mask(name):
        raise BadInput("お名前だけを書いてください。")
    if row.listed:
        raise Conflict("この方は、もう名簿に載っています。")
    made = Helped(
        id=secrets.randbits(62), day=day_of(house.clock.now()), counter=row.counter, city=row.city, procedure=row.procedure
    )
    session.add(made)
    session.flush()
    house.vault.put(session, Owner(HELPED, str(made.id)), "name", Personal(name))
    row.listed = True


def month(house: House, session: Session, actor: Actor, cities: Iterable[str], first: date, last: date) -> list[Entry]:
    """The list of these days; the look is on the record."""
    here = [city for city in cities if actor.serves(city)]
    for city in here:
        actor.require("city.view", city)
    house.audit.record(Act(actor.word, "desk.helped.show", f"days:{first}..{last}", {"cities": sorted(here)}))
    wanted = select(Helped).where(Helped.city.in_(here), Helped.day >= first, Helped.day <= last)
    rows = session.scalars(wanted.order_by(Helped.day, Helped.counter, Helped.id))
    found = [(row, house.vault.get(session, Owner(HELPED, str(row.id)), "name")) for row in rows]
    return [Entry(row.day, row.counter, row.procedure, name.reveal() if name is not None else "") for row, name in found]


def forget(house: House, session: Session) -> None:
    """Delete the lines whose names are gone."""
    until = day_of(house.clock.now()) - timedelta(days=house.settings[s.HELPED_DAYS])
    session.execute(delete(Helped).where(Helped.day < until))
