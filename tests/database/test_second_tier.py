"""Questions handed on, corrections and exclusions, months that are frozen, what a seat is trained for: by the services."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contact_center.clock import FakeClock, day_of
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.house import House
from contact_center.reports import folded
from contact_center.reports.figures import counted
from contact_center.settings import SERVICE_LEVEL
from tests.conftest import of_city, person

from .play import CITIES, Play


def figures_agree(house: House, first: FakeClock) -> dict[str, object]:
    """The day's figures, as the fold has them; the independent batch says the same."""
    house.fold.catch_up()
    today = day_of(first.now())
    with house.database.reading() as session:
        fold = folded(session, today, today, CITIES)
        assert fold == counted(session, today, today, CITIES, house.settings[SERVICE_LEVEL])
    return fold.__dict__


@pytest.mark.requirement("IZ-04", "IZ-17")
def test_an_answered_question_puts_the_resident_on_the_list_and_telling_them_is_kept(
    house: House, play: Play, clock: FakeClock
) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    with house.database.session_scope() as session:
        row = house.escalations.hand_on(session, hanako, id, "city", "発送日は", office="citizens")
        question = row.id
        assert row.due_at == clock.now() + timedelta(hours=24)
    with house.database.session_scope() as session, pytest.raises(Conflict):
        house.escalations.close(session, boss, question)
    with house.database.session_scope() as session:
        house.escalations.answer(session, boss, question, "昨日発送")
        (listed,) = house.callbacks.waiting(session, CITIES)
        assert (listed.how, listed.urgency) == ("to_tell", "must")
    with house.database.session_scope() as session:
        house.callbacks.tried(session, hanako, listed.id, reached=True)
        (waiting,) = house.escalations.waiting(session, CITIES)
        assert waiting.told_at is not None
        house.escalations.close(session, hanako, question)
        assert house.escalations.waiting(session, CITIES) == []


def test_a_question_of_another_city_is_seen_by_nobody_else(house: House, play: Play) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    with house.database.session_scope() as session:
        question = house.escalations.hand_on(session, hanako, id, "city", "発送日は").id
    other = of_city(boss, "elsewhere")
    with house.database.session_scope() as session:
        assert house.escalations.waiting(session, other.cities) == []
        with pytest.raises(NotFound):
            house.escalations.access_texts(session, other, question)


def test_closing_a_question_takes_whoever_was_to_be_told_off_the_list(house: House, play: Play) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    with house.database.session_scope() as session:
        question = house.escalations.hand_on(session, hanako, id, "supervisor", "上の人を").id
        house.escalations.answer(session, boss, question, "話して納得")
        house.escalations.close(session, boss, question)
        assert house.callbacks.waiting(session, CITIES) == []


@pytest.mark.requirement("KQ-10", "NB-16")
def test_a_complaint_is_shared_with_the_city_at_once_and_followed_to_its_end(house: House, play: Play) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    with house.database.session_scope() as session:
        complaint = house.escalations.hand_on(session, hanako, id, "city", "三回かけたとのこと", kind="complaint").id
    with house.database.session_scope() as session:
        (row,) = house.escalations.waiting(session, CITIES)
        assert (row.kind, row.to) == ("complaint", "city")
        assert house.escalations.access_texts(session, boss, complaint).question.reveal() == "三回かけたとのこと"
        house.escalations.receive(session, boss, complaint)
        house.escalations.answer(session, boss, complaint, "共有しました")
        # A complaint is answered by what is done about it; nobody need be called.
        assert house.callbacks.waiting(session, CITIES) == []
        house.escalations.close(session, boss, complaint)
        assert house.escalations.waiting(session, CITIES) == []


def test_an_excluded_contact_is_in_no_figure_but_its_category_and_comes_back_when_corrected(
    house: House, play: Play, clock: FakeClock
) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    ids = []
    for category in ("pin", "excluded"):
        id = play.arrive()
        clock.advance(7)
        for step in ("offer", "answer", "seat_left"):
            play.do(step, id)
            clock.advance(11)
        with house.database.session_scope() as session:
            house.notes.classify(session, hanako, id, category, [], "faq")
            house.notes.close(session, hanako, id)
        ids.append(id)
    day = figures_agree(house, clock)
    assert (day["arrived"], day["answered"], day["closed"], day["excluded"]) == (1, 1, 1, 1)
    with house.database.session_scope() as session:
        house.corrections.correct(session, boss, ids[1], "pin", [], "faq")
    day = figures_agree(house, clock)
    assert (day["arrived"], day["answered"], day["closed"], day["excluded"]) == (2, 2, 2, 0)
    with house.database.session_scope() as session:
        house.corrections.correct(session, boss, ids[0], "excluded", [], "faq")
    assert figures_agree(house, clock)["excluded"] == 1


@pytest.mark.requirement("NB-13")
def test_a_contact_entered_by_hand_is_counted_as_such_and_has_no_talk(house: House, clock: FakeClock) -> None:
    hanako = person(house)
    with house.database.session_scope() as session:
        house.corrections.enter(session, hanako, "line1", "fax", clock.now() - timedelta(minutes=20), "pin", "faq", "ファクス")
    day = figures_agree(house, clock)
    assert (day["arrived"], day["entered"], day["closed"], day["talked"]) == (0, 1, 1, 0)
    with house.database.session_scope() as session, pytest.raises(BadInput):
        house.corrections.enter(session, hanako, "line1", "fax", clock.now() + timedelta(minutes=1), "pin", "faq", "")


@pytest.mark.requirement("IZ-17")
def test_what_is_in_a_frozen_month_is_corrected_no_more(house: House, play: Play, clock: FakeClock) -> None:
    hanako, boss = person(house), person(house, "boss", "supervisor")
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer", "seat_left"):
        play.do(step, id)
    play.close(hanako, id)
    with house.database.session_scope() as session:
        with pytest.raises(NotAllowed):
            house.corrections.freeze(session, hanako, "mihon", "2026-11", True)
        with pytest.raises(BadInput):
            house.corrections.freeze(session, boss, "mihon", "2026-11", True)
    clock.advance(10 * 24 * 3600)
    boss = person(house, "boss2", "supervisor")
    with house.database.session_scope() as session:
        house.corrections.freeze(session, boss, "mihon", "2026-11", True)
    with house.database.session_scope() as session, pytest.raises(Conflict):
        house.corrections.correct(session, boss, id, "pin", [], "faq")
    with house.database.session_scope() as session:
        house.corrections.freeze(session, boss, "mihon", "2026-11", False)
        house.corrections.correct(session, boss, id, "pin", [], "faq")


def test_a_source_is_named_and_taken_back(house: House, play: Play) -> None:
    hanako = person(house)
    play.seat(hanako)
    id = play.arrive()
    for step in ("offer", "answer"):
        play.do(step, id)
    with house.database.session_scope() as session:
        house.notes.link(session, hanako, id, "faq:12", True)
        house.notes.link(session, hanako, id, "department:citizens", True)
        house.notes.link(session, hanako, id, "faq:12", False)
        with pytest.raises(NotFound):
            house.notes.link(session, hanako, id, "department:nowhere", True)
    assert play.contact(id).sources == ["department:citizens"]


def test_a_seat_serves_the_queues_whose_every_menu_its_agent_knows(house: House) -> None:
    with house.database.reading() as session:
        assert "main" in house.directory.trained_pools(session, None)
        menus = [menu.id for menu in house.directory.menus(session) if menu.pool_id == "main"]
        assert menus
        assert "main" in house.directory.trained_pools(session, menus)
        assert "main" not in house.directory.trained_pools(session, menus[:-1])
