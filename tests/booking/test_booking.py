"""A booking, a change and a cancellation on each of the practice sites, by profile alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.booking.city import City
from tests.booking.desk import Desk

FACES = ("app", "pages", "frames")


def held_in(city: City) -> list[tuple[str, str, str]]:
    """What the city's ledger knows: person, slot and state of each reservation."""
    return [(one["person"], one["slot"], one["state"]) for one in city.ledger("reservations")]


@pytest.mark.requirement("IZ-18", "IZ-18b")
@pytest.mark.parametrize("face", FACES)
def test_what_the_operator_chose_is_booked_changed_and_cancelled(desk: Desk, city: City, face: str) -> None:
    who = city.person("花子")
    id = desk.plan(face, who)
    day, start = desk.choose(id)
    desk.until(id, "yes")
    shown = desk.show(id)["shown"]
    assert "北支所" in shown["counter"] and shown["name"].replace(" ", "") == "見本花子"
    assert city.ledger("reservations") == [], "nothing is booked before the operator says yes"
    desk.say(id, "yes")
    row = desk.until(id, "proved")
    slot = f"1-{day.replace('-', '')}-{start.replace(':', '')}"
    assert held_in(city) == [(who["number"], slot, "booked")]
    number = city.reservation()["number"]
    assert desk.show(id)["number"] == number and (row.booked, row.proof) == ("yes", "page")

    id = desk.plan(face, who, what="change", values={"number": number})
    desk.until(id, "slot")
    other = [one for one, mark in desk.seen(id).days if mark in ("free", "few") and one != day][-1]
    day, start = desk.choose(id, other)
    desk.until(id, "yes")
    desk.say(id, "yes")
    desk.until(id, "proved")
    assert held_in(city) == [(who["number"], f"1-{day.replace('-', '')}-{start.replace(':', '')}", "booked")]

    id = desk.plan(face, who, what="cancel", values={"number": number})
    desk.until(id, "yes")
    assert held_in(city)[0][2] == "booked"
    desk.say(id, "yes")
    desk.until(id, "proved")
    assert held_in(city)[0][2] == "cancelled"
    assert city.outcomes() == [number] * 3


@pytest.mark.parametrize("face", FACES)
def test_a_reservation_is_looked_up(desk: Desk, city: City, face: str) -> None:
    who = city.person("太郎")
    booked = desk.book(face, who)
    number = city.reservation()["number"]
    id = desk.plan(face, who, what="find", values={"number": number})
    row = desk.until(id, "proved")
    assert (row.day, row.start) == (booked.day, booked.start)
    assert desk.show(id)["shown"]["number"] == number or "２" in desk.show(id)["shown"]["number"]
    id = desk.plan(face, who, what="find", values={"number": "00000000"})
    assert desk.until(id, "refused").reason == "mismatch"


def test_who_is_under_15_is_booked_with_the_guardian(desk: Desk, city: City) -> None:
    who = city.person("さくら")
    row = desk.book("pages", who, flags=["guardian"])
    assert row.state == "proved"
    assert city.reservation()["given"]["guardian"] == "見本　太郎"


def test_several_are_booked_together(desk: Desk, city: City) -> None:
    row = desk.book("app", city.person("一郎"), people=2)
    assert row.state == "proved" and city.reservation()["people"] == 2


def test_no_gives_the_held_slot_back(desk: Desk, city: City) -> None:
    id = desk.plan("app", city.person("花子"))
    desk.choose(id)
    row = desk.until(id, "yes")
    assert row.hold_until is not None and len(city.ledger("holds")) == 1
    desk.say(id, "no")
    row = desk.until(id, "failed")
    assert (row.reason, row.booked, row.hold_until) == ("given_up", "no", None)
    assert city.ledger("holds") == [] and city.ledger("submissions") == []


def test_nothing_of_the_person_stays_but_the_number(desk: Desk, city: City) -> None:
    row = desk.book("app", city.person("花子"))
    kept = _kept(desk)
    assert kept == {("booking", str(row.id), "number"), ("booking", str(row.id), "shown")}


def _kept(desk: Desk) -> set[tuple[Any, ...]]:
    from sqlalchemy import select

    from contact_center.personal.model import PersonalValue

    with desk.house.database.reading() as session:
        found = session.execute(select(PersonalValue.owner_kind, PersonalValue.owner_id, PersonalValue.field))
        return {tuple(row) for row in found if row[0] == "booking"}
