"""Wrap-up: more time once, freed by a supervisor, corrected afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.clock import FakeClock, day_of
from contact_center.contacts import Contact
from contact_center.errors import Conflict, NotAllowed
from contact_center.house import House
from contact_center.reports.figures import counted, folded
from contact_center.seats import Presence
from contact_center.settings import SERVICE_LEVEL, WRAP_UP
from tests.conftest import person

from .play import CITIES, Play


def _wrapping(play: Play, clock: FakeClock, hanako: Any) -> int:
    """A contact of hers whose wrap-up has just begun."""
    id = play.arrive()
    play.do("offer", id)
    play.do("answer", id)
    clock.advance(30)
    play.do("seat_left", id)
    return id


@pytest.mark.requirement("IZ-17")
def test_a_wrap_up_may_be_given_more_time_once(house: House, play: Play, clock: FakeClock) -> None:
    hanako = person(house)
    play.seat(hanako)
    _wrapping(play, clock, hanako)
    with house.database.session_scope() as session:
        house.seats.extend(session, hanako)
    with house.database.reading() as session:
        left = house.seats.get(session, "seat-1").wrap_until - clock.now()
    assert left.total_seconds() == 2 * house.settings[WRAP_UP]
    with house.database.session_scope() as session, pytest.raises(Conflict, match="一度だけ"):
        house.seats.extend(session, hanako)


@pytest.mark.requirement("IZ-17")
def test_only_a_supervisor_frees_a_seat_and_what_is_missing_is_listed_for_correction(
    house: House, play: Play, clock: FakeClock
) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = _wrapping(play, clock, hanako)
    with house.database.session_scope() as session, pytest.raises(NotAllowed):
        house.corrections.release(session, hanako, "seat-1")
    with house.database.session_scope() as session:
        house.corrections.release(session, boss, "seat-1")
    assert play.presence() == Presence.AVAILABLE
    with house.database.reading() as session:
        assert [row.id for row in house.corrections.to_correct(session, CITIES)] == [id]
    with house.database.session_scope() as session, pytest.raises(NotAllowed):
        house.corrections.correct(session, hanako, id, "pin", [], "faq")
    with house.database.session_scope() as session:
        house.corrections.correct(session, boss, id, "pin", [], "faq")
    house.fold.catch_up()
    today = day_of(clock.now())
    with house.database.reading() as session:
        assert house.corrections.to_correct(session, CITIES) == []
        figures = folded(session, today, today, CITIES)
        assert figures.subjects == (("pin", "faq", 1),)
        assert figures == counted(session, today, today, CITIES, house.settings[SERVICE_LEVEL])


def test_what_a_resident_waits_after_their_seat_has_vanished_is_no_talk(house: House, play: Play, clock: FakeClock) -> None:
    hanako, today = person(house), day_of(clock.now())
    play.seat(hanako)
    id = play.arrive()
    play.do("offer", id)
    play.do("answer", id)
    clock.advance(30)
    with house.database.session_scope() as session:
        house.contacts.alone(session, session.get_one(Contact, id), clock.now())
    clock.advance(100)
    play.do("offer", id)
    play.do("answer", id)
    clock.advance(20)
    play.do("seat_left", id)
    play.close(hanako, id)
    house.fold.catch_up()
    with house.database.reading() as session:
        figures = folded(session, today, today, CITIES)
        assert figures.talked == 50
        assert figures == counted(session, today, today, CITIES, house.settings[SERVICE_LEVEL])


def test_a_contact_that_is_not_over_cannot_be_corrected(house: House, play: Play, clock: FakeClock) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = _wrapping(play, clock, hanako)
    with house.database.session_scope() as session, pytest.raises(Conflict, match="終わった応対"):
        house.corrections.correct(session, boss, id, "pin", [], "faq")
    with house.database.session_scope() as session, pytest.raises(Conflict, match="後処理中ではありません"):
        house.corrections.release(session, boss, "seat-2")
