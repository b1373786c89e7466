"""The life of a contact: what the board, the callback list and the figures say at its end."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contact_center.clock import FakeClock, day_of
from contact_center.contacts import State, Unserved
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.house import House
from contact_center.reports.board import merge
from contact_center.reports.figures import counted, folded
from contact_center.seats import Presence
from contact_center.settings import ABANDON_AFTER, SERVICE_LEVEL, WRAP_UP
from tests.conftest import of_city, person

from .play import CITIES, Play


def test_a_contact_goes_from_arrival_to_outcome_and_frees_its_seat(house: House, play: Play, clock: FakeClock) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    clock.advance(5)
    play.do("offer", id)
    assert play.presence() == Presence.RINGING
    clock.advance(3)
    play.do("answer", id)
    clock.advance(60)
    play.do("seat_left", id)
    play.gone(id)
    assert play.presence() == Presence.WRAPPING
    with house.database.session_scope() as session, pytest.raises(BadInput, match="分類と対応結果"):
        house.notes.close(session, hanako, id)
    clock.advance(10)
    play.close(hanako, id)
    assert play.contact(id).state == State.CLOSED
    assert play.presence() == Presence.AVAILABLE
    house.fold.catch_up()
    with house.database.reading() as session:
        today = folded(session, day_of(clock.now()), day_of(clock.now()), CITIES)
    assert (today.arrived, today.answered, today.closed) == (1, 1, 1)
    assert (today.mean_wait, today.mean_talk, today.mean_wrap) == (8.0, 60.0, 10.0)


def test_told_twice_nothing_changes_the_second_time(house: House, play: Play) -> None:
    play.seat(person(house))
    id = play.arrive()
    story = ["offer", "offer", "answer", "answer", "seat_left", "seat_left"]
    for step in story:
        play.do(step, id)
    play.gone(id)
    play.gone(id, Unserved.INTERRUPTED)
    with house.database.reading() as session:
        kinds = [type(r.event).__name__ for r in house.log.since(session, 0) if r.event.contact == id]
    once = {"ContactArrived", "ContactQueued", "ContactOffered", "ContactAnswered", "ContactWrapping"}
    assert all(kinds.count(kind) == 1 for kind in once)


@pytest.mark.requirement("IZ-02", "NB-13")
@pytest.mark.parametrize(
    ("how", "waited", "urgency"),
    [
        (Unserved.INTERRUPTED, 1, "must"), (Unserved.OVERFLOWED, 0, "must"), (Unserved.CALLBACK_ASKED, 30, "must"),
        (Unserved.ABANDONED, 20, "may"), (Unserved.ABANDONED, 19, None), (Unserved.OUT_OF_HOURS, 30, None),
        (Unserved.SILENT, 30, None),
    ],
)  # fmt: skip
def test_whoever_was_not_served_is_called_back_as_the_way_asks(
    house: House, play: Play, clock: FakeClock, how: Unserved, waited: int, urgency: str | None
) -> None:
    assert house.settings[ABANDON_AFTER] == 20
    id = play.arrive()
    clock.advance(waited)
    play.gone(id, how)
    assert [row.urgency for row in play.callbacks()] == ([urgency] if urgency else [])


def test_a_number_is_on_the_callback_list_once(house: House, play: Play, clock: FakeClock) -> None:
    for _ in range(3):
        id = play.arrive()
        clock.advance(30)
        play.gone(id)
    play.gone(play.arrive("+81312345678"), Unserved.OVERFLOWED)
    play.gone(play.arrive(), Unserved.OVERFLOWED)
    rows = play.callbacks()
    assert sorted((row.urgency, row.times) for row in rows) == [("must", 1), ("must", 4)]
    hanako = person(house)
    with house.database.session_scope() as session:
        number = house.callbacks.number(session, hanako, rows[0].id)
        assert number is not None
        house.callbacks.tried(session, hanako, rows[0].id, reached=False)
        house.callbacks.tried(session, hanako, rows[0].id, reached=True)
    assert len(play.callbacks()) == 1


def test_who_was_cut_while_talking_is_called_back_and_the_agent_still_writes(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    play.do("offer", id)
    play.do("answer", id)
    play.gone(id, Unserved.INTERRUPTED)
    assert play.contact(id).cut
    assert play.presence() == Presence.WRAPPING
    assert [row.how for row in play.callbacks()] == ["interrupted"]


def test_a_seat_that_does_not_answer_is_put_away_and_the_caller_waits_on(house: House, play: Play) -> None:
    play.seat(person(house))
    id = play.arrive()
    play.do("offer", id)
    play.not_answered(id)
    with house.database.reading() as session:
        seat = house.seats.get(session, "seat-1")
        assert (seat.presence, seat.reason, seat.contact_id) == (Presence.AWAY, "no_answer", None)
    assert play.contact(id).state == State.QUEUED


def test_a_leg_that_broke_off_is_no_fault_of_the_agent(house: House, play: Play) -> None:
    play.seat(person(house))
    id = play.arrive()
    play.do("offer", id)
    play.not_answered(id, whole_time=False)
    assert play.presence() == Presence.AVAILABLE
    assert play.contact(id).state == State.QUEUED


def test_a_caller_who_gives_up_while_it_rings_leaves_the_seat_open(house: House, play: Play) -> None:
    play.seat(person(house))
    id = play.arrive()
    play.do("offer", id)
    play.gone(id)
    assert play.presence() == Presence.AVAILABLE


def test_wrap_up_ends_by_itself_only_with_an_outcome(house: House, play: Play, clock: FakeClock) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    clock.advance(house.settings[WRAP_UP] + 1)

    def over() -> None:
        with house.database.session_scope() as session:
            house.notes.time_is_over(session, house.seats.get(session, "seat-1"))

    over()
    assert play.presence() == Presence.WRAPPING
    with house.database.session_scope() as session:
        house.notes.classify(session, hanako, id, "pin", [], "faq")
    over()
    assert play.contact(id).state == State.CLOSED


def test_what_comes_after_the_contact_can_be_chosen_during_it(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    with house.database.session_scope() as session:
        house.seats.choose(session, hanako, "away", "lunch")
    assert play.presence() == Presence.ON_CONTACT
    play.do("seat_left", id)
    play.close(hanako, id)
    with house.database.reading() as session:
        seat = house.seats.get(session, "seat-1")
    assert (seat.presence, seat.reason) == (Presence.AWAY, "lunch")


def test_categories_are_at_most_four_all_different_and_from_the_list(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    bad = [("pin", ["pin"], "faq"), ("pin", ["new", "loss", "child", "fraud"], "faq"), ("nothing", [], "faq"), ("pin", [], "x")]
    for category, further, outcome in bad:
        with house.database.session_scope() as session, pytest.raises(BadInput):
            house.notes.classify(session, hanako, id, category, further, outcome)
    with house.database.session_scope() as session:
        house.notes.classify(session, hanako, id, "pin", ["new", "loss", "child"], "faq")


def test_number_and_note_are_nowhere_readable_in_the_database(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    with house.database.session_scope() as session:
        house.notes.write(session, hanako, id, "山田様は緑ヶ丘にお住まい")
    with house.database.reading() as session:
        tables = house.database.engine.dialect.get_table_names(session.connection())
        everything = " ".join(str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")))
        card = house.notes.access_card(session, hanako, id)
    assert "緑ヶ丘" not in everything
    assert "9012345678" not in everything
    assert card.note.reveal() == "山田様は緑ヶ丘にお住まい"
    assert card.number is not None


def test_every_look_at_a_number_is_audited_before_it_is_shown(house: House, play: Play) -> None:
    hanako = person(house)
    id = play.arrive()
    before = house.audit.record
    looks: list[str] = []

    def failing(act: Any) -> int:
        looks.append(act.act)
        raise NotAllowed("監査に書けません。")

    object.__setattr__(house.audit, "record", failing)
    with house.database.reading() as session, pytest.raises(NotAllowed):
        house.notes.access_card(session, hanako, id)
    object.__setattr__(house.audit, "record", before)
    assert looks == ["contact.personal.show"]


def test_another_citys_contact_does_not_exist_for_an_agent(house: House, play: Play) -> None:
    stranger = of_city(person(house), "elsewhere")
    id = play.arrive()
    with house.database.session_scope() as session:
        for look in (house.notes.access_card, house.board.contact):
            with pytest.raises(NotFound):
                look(session, stranger, id)
        with pytest.raises(NotFound):
            house.notes.write(session, stranger, id, "x")
        assert house.board.snapshot(session, stranger)["contacts"] == {}
        assert house.board.snapshot(session, stranger)["lines"] == {}


def test_only_who_serves_a_contact_writes_on_it(house: House, play: Play) -> None:
    hanako, jiro = person(house), person(house, "jiro")
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    with house.database.session_scope() as session, pytest.raises(Conflict):
        house.notes.write(session, jiro, id, "x")


def test_personal_values_are_erased_when_their_time_is_over(house: House, play: Play, clock: FakeClock) -> None:
    id = play.arrive()
    clock.advance(timedelta(days=89).total_seconds())
    hanako = person(house)
    with house.database.session_scope() as session:
        assert house.vault.erase_due(session) == 0
    clock.advance(timedelta(days=2).total_seconds())
    with house.database.session_scope() as session:
        assert house.vault.erase_due(session) == 1
    with house.database.reading() as session:
        assert house.notes.access_card(session, hanako, id).number is None
    assert not list((house.settings.home / "keys").glob("contact-2026-11-24.key"))


STEPS = (
    "arrive", "arrive", "offer", "answer", "not_answered", "seat_left", "gone", "close", "away", "call_back", "keep_place",
    "reached",
)  # fmt: skip


def _random_day(house: House, play: Play, clock: FakeClock, dice: random.Random, length: int) -> Any:
    """Random but possible things happen to contacts; yields after each."""
    actors = {f"seat-{n}": person(house, f"agent{n}") for n in (1, 2, 3)}
    for seat, actor in actors.items():
        play.seat(actor, seat)
    alive: list[int] = []
    for _ in range(length):
        clock.advance(dice.randrange(1, 900))
        what = dice.choice(STEPS)
        if what == "arrive":
            alive.append(play.arrive(dice.choice(["+819012345678", "+81312345678", None])))
        elif what == "away":
            with house.database.session_scope() as session:
                house.seats.choose(session, dice.choice(list(actors.values())), "available")
        elif what == "keep_place":
            free = [row.id for row in play.callbacks()]
            with suppress(AssertionError):
                alive.append(play.keep_place(dice.choice(free or [0])))
        elif what == "call_back":
            with suppress(Conflict, BadInput):
                callback = dice.choice([row.id for row in play.callbacks()] or [0])
                alive.append(play.call_back(dice.choice(list(actors.values())), callback)) if callback else None
        elif alive:
            id = dice.choice(alive)
            seat = dice.choice(list(actors))
            if what == "reached":
                play.reached(id)
            elif what == "gone":
                play.gone(id, dice.choice(list(Unserved)))
            elif what == "close":
                contact = play.contact(id)
                if contact.state == State.WRAPPING:
                    owner = next(a for a in actors.values() if a.person == contact.person_id)
                    play.close(owner, id, dice.choice(["pin", "loss"]), dice.choice(["faq", "reported"]))
                    alive.remove(id)
            elif what == "not_answered":
                play.not_answered(id, play.contact(id).seat_id or seat, dice.random() < 0.5)
            elif what != "offer" or play.presence(seat) == Presence.AVAILABLE:
                play.do(what, id, play.contact(id).seat_id or seat if what != "offer" else seat)
        yield


@pytest.mark.parametrize("seed", range(4))
def test_an_old_board_with_all_changes_is_a_fresh_board(house: House, play: Play, clock: FakeClock, seed: int) -> None:
    watcher = person(house, "watcher", "supervisor")
    with house.database.reading() as session:
        board, last = house.board.snapshot(session, watcher), house.log.last_id(session)
    for _ in _random_day(house, play, clock, random.Random(seed), 60):
        with house.database.reading() as session:
            for recorded in house.log.since(session, last):
                board = merge(board, house.board.changes(session, watcher, recorded) or {})
                last = recorded.id
            fresh = house.board.snapshot(session, watcher)
            # What the clock changes by itself comes with the pulse.
            board = merge(board, house.board.pulse(session, watcher))
        assert board == fresh


@pytest.mark.parametrize("seed", range(4))
def test_the_fold_and_independent_sql_agree(house: House, play: Play, clock: FakeClock, seed: int) -> None:
    start = day_of(clock.now())
    for _ in _random_day(house, play, clock, random.Random(100 + seed), 120):
        pass
    house.fold.catch_up()
    house.fold.catch_up()
    end = day_of(clock.now())
    with house.database.reading() as session:
        day = start
        while day <= end:
            by_fold = folded(session, day, day, CITIES)
            by_sql = counted(session, day, day, CITIES, house.settings[SERVICE_LEVEL])
            assert by_fold == by_sql
            day += timedelta(days=1)
        assert folded(session, start, end, CITIES).arrived > 10
