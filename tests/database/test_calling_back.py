"""Calling back: from the list, at the place that was kept, in vain."""

from __future__ import annotations

import pytest

from contact_center.clock import FakeClock, day_of
from contact_center.contacts import Unserved
from contact_center.errors import Conflict
from contact_center.house import House
from contact_center.reports.figures import counted, folded
from contact_center.seats import Presence
from contact_center.settings import SERVICE_LEVEL
from tests.conftest import person

from .play import CITIES, Play


def _listed(play: Play, clock: FakeClock) -> int:
    """Somebody who asked to be called back; the row of the list."""
    id = play.arrive()
    clock.advance(30)
    play.gone(id, Unserved.CALLBACK_ASKED)
    return next(row.id for row in play.callbacks() if row.contact_id == id)


@pytest.mark.requirement("IZ-02")
def test_whoever_is_called_back_and_reached_is_off_the_list_and_counted_as_dialled(
    house: House, play: Play, clock: FakeClock
) -> None:
    hanako = person(house)
    play.seat(hanako)
    callback = _listed(play, clock)
    id = play.call_back(hanako, callback)
    assert play.presence() == Presence.ON_CONTACT
    clock.advance(8)
    play.reached(id)
    assert play.callbacks() == []
    clock.advance(40)
    play.do("seat_left", id)
    play.close(hanako, id)
    assert play.presence() == Presence.AVAILABLE
    house.fold.catch_up()
    today = day_of(clock.now())
    with house.database.reading() as session:
        figures = folded(session, today, today, CITIES)
    assert (figures.arrived, figures.answered, figures.dialled, figures.reached, figures.closed) == (1, 0, 1, 1, 1)
    assert figures.mean_talk == 40.0


@pytest.mark.requirement("IZ-02")
def test_an_attempt_in_vain_is_kept_and_the_seat_is_what_it_was(house: House, play: Play, clock: FakeClock) -> None:
    hanako = person(house)
    play.seat(hanako)
    play.choose(hanako, "away", "break")
    callback = _listed(play, clock)
    id = play.call_back(hanako, callback)
    clock.advance(30)
    play.do("seat_left", id)
    assert [(row.id, row.attempts) for row in play.callbacks()] == [(callback, 1)]
    assert play.presence() == Presence.AWAY
    with house.database.reading() as session:
        assert house.seats.get(session, "seat-1").reason == "break"


def test_nobody_calls_back_during_a_contact_or_whom_a_colleague_is_calling(house: House, play: Play, clock: FakeClock) -> None:
    hanako, taro = person(house), person(house, "taro")
    play.seat(hanako)
    play.seat(taro, "seat-2")
    callback = _listed(play, clock)
    play.call_back(hanako, callback)
    with pytest.raises(Conflict, match="順番が来ると"):
        play.call_back(taro, callback)
    busy = play.arrive("+81312345678")
    clock.advance(30)
    play.gone(busy)
    another = next(row.id for row in play.callbacks() if row.contact_id == busy)
    with pytest.raises(Conflict, match="今の応対が終わってから"):
        play.call_back(hanako, another)


@pytest.mark.requirement("IZ-02")
def test_a_kept_place_rings_a_seat_and_dials_once_it_has_answered(house: House, play: Play, clock: FakeClock) -> None:
    play.seat(person(house))
    callback = _listed(play, clock)
    id = play.keep_place(callback)
    play.do("offer", id)
    assert play.presence() == Presence.RINGING
    clock.advance(4)
    play.do("answer", id)
    assert play.contact(id).state == "dialling"
    clock.advance(6)
    play.reached(id)
    assert play.callbacks() == []
    play.do("seat_left", id)
    assert play.presence() == Presence.WRAPPING


def test_a_kept_place_that_is_lost_leaves_the_resident_on_the_list_and_counts_nothing(
    house: House, play: Play, clock: FakeClock
) -> None:
    play.seat(person(house))
    callback = _listed(play, clock)
    id = play.keep_place(callback)
    play.do("offer", id)
    play.gone(id)
    assert play.presence() == Presence.AVAILABLE
    assert [row.id for row in play.callbacks()] == [callback]
    house.fold.catch_up()
    today = day_of(clock.now())
    with house.database.reading() as session:
        figures = folded(session, today, today, CITIES)
        assert figures == counted(session, today, today, CITIES, house.settings[SERVICE_LEVEL])
    assert (figures.arrived, figures.callback_asked, figures.dialled, figures.abandoned) == (1, 1, 0, 0)
