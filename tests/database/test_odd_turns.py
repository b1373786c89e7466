"""What does not go as planned: stale records, sessions that end, phones that vanish, two people who do the same."""

from __future__ import annotations

import sys
import threading

import pytest
from sqlalchemy import text

from contact_center.clock import FakeClock, SystemClock
from contact_center.contacts import Callback, Contact, State, Unserved
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn
from contact_center.events import follow
from contact_center.events.catalogue import HoursChanged
from contact_center.house import House
from contact_center.seats import Presence, Seat
from telephony.pbx.translate import Offered, Queued
from telephony.switchboard.calls import Calls
from tests.conftest import of_city, person

from .play import Play


def test_an_old_line_of_the_record_ends_no_new_ring_and_no_talk(house: House, play: Play, clock: FakeClock) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    play.do("offer", id)
    clock.advance(20)
    play.not_answered(id)
    play.choose(hanako, "available")
    clock.advance(2)
    play.do("offer", id)
    play.not_answered(id, ago=2)
    assert play.presence() == Presence.RINGING
    clock.advance(1)
    play.do("answer", id)
    clock.advance(2)
    play.do("seat_left", id, ago=5)
    play.not_answered(id, ago=5)
    assert play.presence() == Presence.ON_CONTACT
    play.do("seat_left", id, ago=0.9)
    assert play.presence() == Presence.WRAPPING


def test_who_must_be_called_back_stands_before_who_may(house: House, play: Play, clock: FakeClock) -> None:
    for number, how in (("+81311110001", Unserved.ABANDONED), ("+81311110002", Unserved.OVERFLOWED)):
        id = play.arrive(number)
        clock.advance(30)
        play.gone(id, how)
    assert [row.urgency for row in play.callbacks()] == ["must", "may"]


def test_giving_up_once_more_does_not_change_why_one_must_be_called(house: House, play: Play, clock: FakeClock) -> None:
    first = play.arrive()
    play.gone(first, Unserved.OVERFLOWED)
    since = clock.now()
    clock.advance(600)
    again = play.arrive()
    clock.advance(30)
    play.gone(again)
    [row] = play.callbacks()
    assert (row.how, row.asked_at, row.times) == ("overflowed", since, 2)


def test_a_callback_is_dealt_with_by_one_person_only(house: House, play: Play) -> None:
    hanako, jiro = person(house), person(house, "jiro")
    play.gone(play.arrive(), Unserved.OVERFLOWED)
    [row] = play.callbacks()
    with house.database.session_scope() as session:
        house.callbacks.tried(session, hanako, row.id, True)
    with house.database.session_scope() as session, pytest.raises(Conflict):
        house.callbacks.tried(session, jiro, row.id, True)
    assert play.callbacks() == []


def test_who_was_cut_is_listed_even_if_the_agent_was_quicker_to_close(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    play.close(hanako, id)
    play.gone(id, Unserved.INTERRUPTED)
    play.gone(id, Unserved.INTERRUPTED)
    assert [(row.how, row.times) for row in play.callbacks()] == [("interrupted", 1)]
    assert play.contact(id).cut


def test_a_contact_outlives_the_sign_in_of_its_agent_and_the_seat_is_the_next_ones(house: House, play: Play) -> None:
    hanako, jiro = person(house), person(house, "jiro")
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    play.leave()
    play.do("seat_left", id)
    play.gone(id)
    assert play.presence() == Presence.SIGNED_OUT
    play.seat(jiro)
    assert play.presence() == Presence.AVAILABLE
    with house.database.session_scope() as session:
        seat = house.seats.sign_in(session, hanako, "seat-2", "browser")
        house.contacts.resume(session, seat)
    assert play.presence("seat-2") == Presence.WRAPPING
    play.close(hanako, id)
    assert play.contact(id).state == State.CLOSED


def test_a_session_that_ends_waits_for_the_end_of_the_conversation(house: House, play: Play) -> None:
    hanako, calls = person(house), Calls(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    house.people.set_password("operator", "hanako", "Bb2-other-long-word")
    calls.leave_ended_seats()
    assert play.presence() == Presence.ON_CONTACT
    play.do("seat_left", id)
    calls.leave_ended_seats()
    assert play.presence() == Presence.SIGNED_OUT


def test_a_ring_at_a_seat_that_was_just_left_is_nobodys(house: House, play: Play) -> None:
    play.seat(person(house))
    id = play.arrive()
    play.leave()
    play.do("offer", id)
    assert play.contact(id).state == State.QUEUED
    assert play.presence() == Presence.SIGNED_OUT


def test_who_went_away_as_it_began_to_ring_is_away_after_the_contact(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    play.choose(hanako, "away", "break")
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    play.close(hanako, id)
    with house.database.reading() as session:
        seat = house.seats.get(session, "seat-1")
    assert (seat.presence, seat.reason) == (Presence.AWAY, "break")


def test_a_phone_that_came_back_leaves_no_trace_after_the_next_contact(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    play.choose(hanako, "away", "break")
    for what in ("lose", "find"):
        with house.database.session_scope() as session:
            getattr(house.seats, what)(session, house.seats.get(session, "seat-1"))
    assert play.presence() == Presence.AWAY
    play.choose(hanako, "available")
    id = play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    play.close(hanako, id)
    assert play.presence() == Presence.AVAILABLE


def test_a_seat_without_a_phone_opens_only_when_the_phone_is_back(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    with house.database.session_scope() as session:
        house.seats.lose(session, house.seats.get(session, "seat-1"))
    play.choose(hanako, "available")
    assert play.presence() == Presence.LOST
    with house.database.session_scope() as session:
        house.seats.find(session, house.seats.get(session, "seat-1"))
    assert play.presence() == Presence.AVAILABLE


def test_two_who_take_the_same_seat_at_once_do_not_both_sit(house: House) -> None:
    people = [person(house, f"agent{n}") for n in range(6)]
    sat, refused = [], []

    def take(n: int) -> None:
        try:
            with house.database.session_scope() as session:
                house.seats.sign_in(session, people[n], "seat-1", "browser")
            sat.append(n)
        except Conflict:
            refused.append(n)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sat), len(refused)) == (1, 5)


def test_a_pool_with_a_line_of_another_city_is_not_served_by_who_does_not_serve_that_city(house: House) -> None:
    hanako = person(house)
    with house.database.reading() as session:
        pools = {pool.id for pool in house.directory.pools(session)}
        assert house.directory.served_pools(session, hanako.cities) == pools
        with_lines = {view.line.pool_id for view in house.directory.lines(session)}
        assert not house.directory.served_pools(session, of_city(hanako, "elsewhere").cities) & with_lines


def test_an_observation_that_cannot_be_taken_keeps_no_other_from_being_written(
    house: House, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, ids = Calls(house), [play.arrive(), play.arrive()]
    play.seat(person(house))
    real = calls._take

    def take(session: object, seen: object) -> None:
        if isinstance(seen, Queued):
            raise ZeroDivisionError
        real(session, seen)  # type: ignore[arg-type]

    monkeypatch.setattr(calls, "_take", take)
    assert calls.observe([Queued("k-1", None, "main"), Offered("k-2", None, "seat-1")]) > 0
    assert [play.contact(id).state for id in ids] == [State.QUEUED, State.OFFERED]


def test_opening_one_line_after_all_were_closed_leaves_the_others_closed(house: House, clock: FakeClock) -> None:
    with house.database.session_scope() as session:
        house.directory.close(session, None, None, "台風", "operator")
    with house.database.session_scope() as session:
        assert house.directory.reopen(session, "line1", "operator") == 1
    with house.database.reading() as session:
        lines = [view.line.id for view in house.directory.lines(session)]
        closed = {line for line in lines if house.directory.closing(session, line, clock.now())}
    assert len(lines) > 1
    assert closed == set(lines) - {"line1"}


def test_the_index_of_a_number_goes_with_the_number(house: House, play: Play, clock: FakeClock) -> None:
    from contact_center.chores import erase_due

    play.gone(play.arrive(), Unserved.OVERFLOWED)
    erase_due(house, None)
    with house.database.reading() as session:
        assert session.query(Callback.fingerprint).scalar() is not None
    clock.advance(91 * 86400)
    erase_due(house, None)
    with house.database.reading() as session:
        assert session.query(Callback.fingerprint).scalar() is None
    assert len(play.callbacks()) == 1


def test_news_goes_on_after_the_database_was_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    stop, tries = threading.Event(), []

    def tell(last: int) -> int:
        tries.append(last)
        if len(tries) in (1, 2):
            raise ZeroDivisionError
        with house.database.reading() as session:
            for recorded in house.log.since(session, last):
                last = recorded.id
                heard.append(last)
        return last

    monkeypatch.setattr(sys.modules["contact_center.events.watch"], "RETRY", 0.01)
    thread = threading.Thread(target=follow, args=(house.database, house.log, SystemClock(), stop, tell))
    thread.start()
    try:
        while len(tries) < 3:
            SystemClock().sleep(0.005)
        with house.database.session_scope() as session:
            house.log.append(session, HoursChanged(actor="x", what="y"))
        end = SystemClock().monotonic() + 5
        while not heard and SystemClock().monotonic() < end:
            SystemClock().sleep(0.005)
    finally:
        stop.set()
        thread.join()
    assert len(heard) == 1


def test_an_event_of_a_feature_that_was_taken_out_stops_nobody(house: House, play: Play) -> None:
    with house.database.session_scope() as session:
        session.execute(text("INSERT INTO events (at, kind, actor, data) VALUES (0, 'Forgotten', 'x', '{}')"))
    play.arrive()
    with house.database.reading() as session:
        kinds = [type(recorded.event).__name__ for recorded in house.log.since(session, 0)]
    assert kinds[-3:] == ["Event", "ContactArrived", "ContactQueued"]
    assert house.fold.catch_up() > 0


def test_roles_and_cities_change_leavers_are_out_and_a_resting_account_is_woken(house: House) -> None:
    token = house.sessions.sign_in(person(house).name, "Aa1-hanako-long")
    house.people.change("operator", "hanako", ["faq_editor"], [])
    with pytest.raises(NotSignedIn):
        house.sessions.who(token)
    actor = house.sessions.who(house.sessions.sign_in("hanako", "Aa1-hanako-long"))
    assert "seat.use" not in actor.rights
    assert actor.cities == frozenset()
    for _ in range(10):
        with pytest.raises(NotAllowed):
            house.sessions.sign_in("hanako", "wrong")
    house.people.unlock("operator", "hanako")
    house.sessions.sign_in("hanako", "Aa1-hanako-long")
    house.people.leave("operator", "hanako")
    with pytest.raises(NotAllowed):
        house.sessions.sign_in("hanako", "Aa1-hanako-long")
    with pytest.raises(NotFound):
        house.people.unlock("operator", "hanako")
    with pytest.raises(Conflict):
        house.people.add("operator", "hanako", "別人", "Aa1-another-long", ["agent"], [])


@pytest.mark.parametrize(("account", "name"), [("bad name;", "名前"), ("Hanako", "名前"), ("", "名前"), ("hanako", "  ")])
def test_an_account_has_a_plain_name(house: House, account: str, name: str) -> None:
    with pytest.raises(BadInput):
        house.people.add("operator", account, name, "Aa1-long-password", ["agent"], [])


def test_an_open_page_is_no_sign_of_life(house: House, clock: FakeClock) -> None:
    person(house)
    token = house.sessions.sign_in("hanako", "Aa1-hanako-long")
    for _ in range(3):
        clock.advance(25 * 60)
        try:
            house.sessions.who(token, renew=False)
            ended = False
        except NotSignedIn:
            ended = True
    assert ended


def test_an_escalation_is_answered_by_whom_it_was_handed_to(house: House, play: Play) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    with house.database.session_scope() as session:
        row = house.escalations.hand_on(session, hanako, id, "supervisor", "住所の変更はどこへ").id
    with house.database.session_scope() as session, pytest.raises(NotAllowed):
        house.escalations.answer(session, hanako, row, "市民課へ")
    with house.database.session_scope() as session:
        house.escalations.answer(session, boss, row, "市民課へ")


def test_a_wrap_up_that_was_pushed_aside_comes_back(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    first, second = play.arrive(), play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, first)
    for step in ("offer", "answer", "seat_left"):
        play.do(step, second)
    play.close(hanako, second)
    with house.database.reading() as session:
        seat = session.get_one(Seat, "seat-1")
        assert (seat.presence, seat.contact_id) == (Presence.WRAPPING, first)
        assert session.get_one(Contact, first).state == State.WRAPPING
    play.close(hanako, first)
    assert play.presence() == Presence.AVAILABLE
