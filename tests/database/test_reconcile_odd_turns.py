"""What is compared with Asterisk is compared as of the moment in which Asterisk was asked."""

from __future__ import annotations

from twisted.internet.task import Clock

from contact_center.clock import FakeClock
from contact_center.contacts import State, Unserved
from contact_center.house import House
from contact_center.seats import Seat
from telephony.switchboard.calls import Calls
from telephony.switchboard.service import Switchboard
from tests.conftest import person

from .play import Play


def test_who_came_while_the_centre_was_slow_to_compare_is_not_taken_for_lost(house: House, play: Play, clock: FakeClock) -> None:
    calls, old = Calls(house), play.arrive()
    clock.advance(5)
    asked_at = clock.now()
    # Asterisk's list is of this moment; the database is held for seconds before the comparing begins.
    clock.advance(8)
    late = play.arrive("+819012345679")
    calls.reconcile({"k-1"}, set(), set(), asked_at)
    assert [play.contact(id).state for id in (old, late)] == [State.QUEUED, State.QUEUED]
    calls.reconcile(set(), set(), set(), asked_at)
    assert play.contact(old).unserved == Unserved.INTERRUPTED
    assert play.contact(late).state == State.QUEUED


def test_who_has_just_begun_to_listen_is_not_taken_for_gone_before_their_telephone_rings(
    house: House, play: Play, clock: FakeClock
) -> None:
    hanako, calls = person(house), Calls(house)
    play.seat(hanako)
    id = play.arrive()
    play.do("offer", id)
    play.do("answer", id)
    boss = person(house, "boss", "supervisor")
    play.seat(boss, "seat-2")
    asked_at = clock.now()
    with house.database.session_scope() as session:
        house.seats.supervise(session, boss, "seat-1", "join")

    def supervised() -> str:
        with house.database.reading() as session:
            return session.get_one(Seat, "seat-2").supervises

    # Asterisk was asked in the moment in which the order was given.
    calls.reconcile({"k-1"}, {("k-1", "seat-1")}, set(), asked_at)
    assert supervised() == "seat-1"
    clock.advance(10)
    calls.reconcile({"k-1"}, {("k-1", "seat-1")}, set(), clock.now())
    assert supervised() == ""


def test_who_came_before_the_clock_was_set_back_does_not_stay_for_ever(house: House, play: Play, clock: FakeClock) -> None:
    calls, id = Calls(house), play.arrive()
    clock.advance(-300)
    calls.reconcile(set(), set(), set(), clock.now())
    assert play.contact(id).unserved == Unserved.INTERRUPTED


def test_a_phone_that_stays_away_is_not_counted_on_until_it_is_back(house: House, play: Play, clock: FakeClock) -> None:
    play.seat(person(house))
    switchboard = Switchboard(house, Clock())

    def queues() -> tuple[str, ...]:
        with house.database.reading() as session:
            return switchboard.wanted(session, session.get_one(Seat, "seat-1")).pools

    with house.database.session_scope() as session:
        house.seats.lose(session, session.get_one(Seat, "seat-1"))
    clock.advance(55)
    # A page that is reloaded, or a short fault of the network, takes no seat out of the queue.
    assert queues() == ("main", "seat-1")
    clock.advance(10)
    assert queues() == ("seat-1",)
    with house.database.session_scope() as session:
        house.seats.find(session, session.get_one(Seat, "seat-1"))
    assert queues() == ("main", "seat-1")
