"""What a city fills into the texts of the articles: its name, its counter, its hours, the address of its booking site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

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

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def local(self, session: Session, city: str) -> Local:
        """How articles read in a city: in its own words, else the directory's."""
        offices = {office.id: office for office in self._directory.departments(session, [city])}
        of_city = session.get(City, city)
        values = {"city": of_city.name} if of_city else {}
        if (office := offices.get(OFFICE)) is not None:
            values |= {"counter": office.name, "counter_phone": office.phone}
        return Local(values | self.own(session, city), offices)

    def own(self, session: Session, city: str) -> dict[str, str]:
        """What a city has said itself."""
        return {row.name: row.text for row in session.scalars(select(PlaceValue).where(PlaceValue.city == city))}

    def say(self, session: Session, actor: Actor, city: str, name: str, text: str) -> None:
        """Say what a place reads in a city; empty: what the directory says."""
        actor.require("faq.edit", city)
        if name not in PLACES:
            raise BadInput("知らない項目です（%(name)s）。", name=name)
        row = session.get(PlaceValue, (city, name))
        if not text.strip():
            if row is not None:
                session.delete(row)
            return
        session.merge(PlaceValue(city=city, name=name, text=text.strip()[:300]))
