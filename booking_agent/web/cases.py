"""The supervisor's page of bookings: what is under way, and what a person has to find out."""

from __future__ import annotations

from typing import Any

from flask import render_template

from booking_agent import service
from booking_agent.service import as_leaf
from booking_agent.web.panel import blueprint
from contact_center.web import actor, house, page_words, permission


@blueprint.get("/cases")
@permission("supervise.join")
def cases() -> Any:
    """The page; what stands in it is asked for again and again."""
    return render_template("booking_agent/cases.html", page={"language": actor().language, "words": page_words()})


@blueprint.post("/open")
@permission("booking.run")
def under_way() -> Any:
    """What is open: for supervisors of every seat of their cities, for others their own. Nothing in it is personal."""
    with house().database.reading() as session:
        rows = service.of(house()).open(session, actor())
        people = {person.id: person.name for person in house().people.all()}
        cities = {city.id: city.name for city in house().directory.cities(session)}
        names = [{"person_name": people.get(row.person_id, ""), "city_name": cities.get(row.city, row.city)} for row in rows]
        return {"rows": [{**as_leaf(row), **name} for row, name in zip(rows, names, strict=True)]}
