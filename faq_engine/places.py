"""What a city fills into the texts of the articles: its name, its counter, its hours, the address of its booking site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.directory import Directory
from contact_center.directory.model import City, Department
from contact_center.errors import BadInput
from contact_center.identity import Actor
from faq_engine.content import PLACES, filled
from faq_engine.model import PlaceValue

OFFICE = "citizens"
"""The office whose name and telephone fill the texts where a city has said nothing else."""


@dataclass(frozen=True)
class Local:
    """How articles read in one city.

    :param values: what each place reads; one that is missing has nothing to say yet.
    :param offices: the city's offices by id.
    """

    values: Mapping[str, str]
    offices: Mapping[str, Department]

    def fill(self, text: str) -> str:
        """A text as it reads here."""
        return filled(text, self.values)

    def office(self, id: str) -> tuple[str, str]:
        """Name and telephone of an office; empty where the city has none of that id."""
        found = self.offices.get(id)
        return (found.name, found.phone) if found is not None else ("", "")


class Places:
    """The cities' words for the places of the texts."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def local(self, session: Session, city: str, at: datetime | None = None) -> Local:
        """How articles read in a city: in its own words, else the directory's.

        :param at: the moment whose words are asked for; without it now.
        """
        offices = {office.id: office for office in self._directory.departments(session, [city])}
        of_city = session.get(City, city)
        values = {"city": of_city.name} if of_city else {}
        if (office := offices.get(OFFICE)) is not None:
            values |= {"counter": office.name, "counter_phone": office.phone}
        return Local(values | self.own(session, city, at), offices)

    def own(self, session: Session, city: str, at: datetime | None = None) -> dict[str, str]:
        """What a city has said itself."""
        moment = at or self._clock.now()
        said = select(PlaceValue).where(PlaceValue.city == city, PlaceValue.since <= moment)
        rows = session.scalars(said.where(PlaceValue.until.is_(None) | (PlaceValue.until > moment)).order_by(PlaceValue.id))
        return {row.name: row.text for row in rows}

    def say(self, session: Session, actor: Actor, city: str, name: str, text: str) -> None:
        """Say what a place reads in a city; empty: what the directory says."""
        actor.require("faq.edit", city)
        if name not in PLACES:
            raise BadInput("知らない項目です（%(name)s）。", name=name)
        self.write(session, city, name, text)

    def write(self, session: Session, city: str, name: str, text: str) -> None:
        """Write down what a place reads from now on; what it read before stays known."""
        said, now = text.strip()[:300], self._clock.now()
        wanted = select(PlaceValue).where(PlaceValue.city == city, PlaceValue.name == name, PlaceValue.until.is_(None))
        row = session.scalar(wanted)
        if row is not None and row.text == said:
            return
        if row is not None:
            row.until = now
        if said:
            session.add(PlaceValue(city=city, name=name, text=said, since=now, until=None))
