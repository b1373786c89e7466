"""Sessions at counters, by their services: hours, consent, declarations that lead to nobody, places in the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contact_center.audit.trail import AuditRow
from contact_center.clock import FakeClock
from contact_center.contacts import Contact, Unserved
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from tests.conftest import person
from video_desk import checklist, codes, languages, service
from video_desk.model import Declaration, DeskSession
from video_desk.service import VideoDesk

from .play import Play


def tick(counter: Counter, session: Session, agent: Actor, id: int, step: str, done: bool) -> None:
    row = counter.desk.of_operator(session, agent, id)
    checklist.tick(counter.house, session, row, counter.desk.procedure(row.procedure), agent, step, done)


class Counter:
    """The kiosk of a counter and what it says."""

    def __init__(self, house: House, clock: FakeClock, id: str = "hall") -> None:
        self.house, self.clock, self.id = house, clock, id
        self.desk: VideoDesk = service.of(house)
        self.play = Play(house, clock)
        self.serial = 0

    def begins(self, procedure: str = "account", declared: tuple[str, ...] = ("mine",), family: bool = False, **more: str) -> int:
        version = more.get("version", languages.version())
        with self.house.database.session_scope() as session:
            return self.desk.begin(session, self.id, procedure, "ja", declared, version, family).id

    def calls(self) -> int:
        self.serial += 1
        with self.house.database.session_scope() as session:
            contact = self.house.contacts.arrive(session, f"{self.id}-{self.serial}", self.id, None, self.clock.now())
            self.house.contacts.queue(session, contact, "main", self.clock.now())
            self.desk.arrived(session, contact.id, self.id)
            return contact.id

    def is_served(self, by: Actor) -> int:
        contact = self.calls()
        self.play.seat(by)
        self.play.do("offer", contact)
        self.play.do("answer", contact)
        return contact

    def row(self, id: int) -> DeskSession:
        with self.house.database.reading() as session:
            return session.get_one(DeskSession, id)

    def standing(self, id: int) -> dict[str, object]:
        with self.house.database.reading() as session:
            return self.desk.standing(session, session.get_one(DeskSession, id))


@pytest.fixture
def counter(house: House, clock: FakeClock) -> Counter:
    return Counter(house, clock)


@pytest.mark.requirement("TO-01", "TO-03")
def test_each_counter_keeps_its_own_hours_and_says_when_it_opens(house: House, clock: FakeClock) -> None:
    hall, branch = Counter(house, clock), Counter(house, clock, "branch")
    clock.advance(10 * 3600)
    assert hall.begins()
    with pytest.raises(Conflict, match="時間外"):
        branch.begins()
    with house.database.reading() as session:
        told = branch.desk.counter(session, "branch")
    assert told["open"] is False and told["spans"] and told["name"] == "東支所の窓口"
    assert told["phone"] == "0559990001"


@pytest.mark.requirement("TO-02", "NB-09")
@pytest.mark.parametrize("declared", [(), ("child_parent",), ("mine", "child_card"), ("something",)])
def test_nobody_begins_without_all_declarations_of_their_choice(counter: Counter, declared: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        counter.begins(declared=declared)
    assert counter.begins(declared=("child_card", "child_parent"))


def test_nobody_begins_on_texts_that_have_changed_meanwhile(counter: Counter) -> None:
    with pytest.raises(Conflict, match="同意"):
        counter.begins(version="older")


@pytest.mark.requirement("NB-06", "NB-07", "TO-02")
def test_what_is_declared_is_kept_by_day_and_counter_and_leads_to_nobody(counter: Counter, house: House) -> None:
    first, second = counter.begins(declared=("mine",)), counter.begins(declared=("child_parent", "child_card"))
    with house.database.reading() as session:
        rows = session.query(Declaration).all()
        columns = set(session.execute(text("SELECT * FROM desk_declarations")).keys())
    said = [("terms", "privacy", "child_card", "child_parent"), ("terms", "privacy", "mine")]
    assert sorted(tuple(row.what) for row in rows) == said
    assert {row.id for row in rows}.isdisjoint({first, second}) and all(row.id > 1000 for row in rows)
    assert columns == {"id", "day", "counter", "city", "procedure", "language", "version", "what"}
    assert all(str(row.day) == "2026-11-24" and row.version == languages.version() for row in rows)


def test_the_version_of_the_texts_changes_with_any_text_that_is_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    before, former = languages.version(), languages.words("vi")
    languages.version.cache_clear()
    monkeypatch.setattr(languages, "words", lambda one: {**former, "consent.terms": "khác"} if one == "vi" else {})
    after = languages.version()
    languages.version.cache_clear()
    assert before != after


@pytest.mark.requirement("IZ-01", "NB-12", "TO-05")
def test_a_kiosk_knows_its_place_among_all_who_wait_and_who_serves(counter: Counter, clock: FakeClock, house: House) -> None:
    counter.play.arrive()
    clock.advance(5)
    session = counter.begins()
    assert counter.standing(session)["state"] == "calling"
    contact = counter.calls()
    clock.advance(5)
    counter.play.arrive("+819011112222")
    waits = {"session": session, "state": "waiting", "place": 2, "operator": "", "contact": contact}
    assert counter.standing(session) == waits
    agent = person(house, "agent")
    counter.play.seat(agent)
    counter.play.do("offer", contact)
    counter.play.do("answer", contact)
    assert counter.standing(session)["state"] == "talking"
    assert counter.standing(session)["operator"] == "agent"


@pytest.mark.requirement("NB-01")
def test_a_family_goes_on_with_its_operator_also_after_the_hours(house: House, clock: FakeClock) -> None:
    counter = Counter(house, clock, "branch")
    clock.advance(3600)
    agent = person(house, "agent")
    first = counter.begins()
    contact = counter.is_served(agent)
    clock.advance(12 * 3600)
    second = counter.begins(family=True)
    assert counter.row(first).how == "resident" and counter.row(second).contact_id == contact
    with pytest.raises(Conflict):
        counter.begins(family=False)


def test_whoever_was_cut_off_calls_once_more_in_the_same_session(counter: Counter) -> None:
    session = counter.begins()
    counter.play.gone(counter.calls(), Unserved.OVERFLOWED)
    assert counter.standing(session)["state"] == "unserved"
    again = counter.calls()
    assert counter.row(session).contact_id == again and counter.standing(session)["state"] == "waiting"


@pytest.mark.requirement("NB-13")
def test_who_stands_at_a_counter_is_on_no_list_of_people_to_call(counter: Counter, house: House) -> None:
    counter.begins()
    contact = counter.calls()
    counter.play.gone(contact, Unserved.OVERFLOWED)
    with house.database.reading() as session:
        assert session.get_one(Contact, contact).channel == "kiosk"
        assert house.callbacks.waiting(session, frozenset({"mihon"})) == []


@pytest.mark.requirement("IZ-07")
def test_only_the_operator_who_serves_a_resident_may_look(counter: Counter, house: House) -> None:
    agent, other = person(house, "agent"), person(house, "other")
    begun = counter.begins()
    contact = counter.is_served(agent)
    with house.database.reading() as session:
        assert counter.desk.served_by(session, agent, contact).id == begun
        with pytest.raises(NotAllowed):
            counter.desk.served_by(session, other, contact)
        with pytest.raises(NotAllowed):
            counter.desk.of_operator(session, other, begun)
        with pytest.raises(NotFound):
            counter.desk.of_counter(session, "branch", begun)
    with house.database.session_scope() as session:
        counter.desk.end(session, session.get_one(DeskSession, begun), "resident")
    with house.database.reading() as session, pytest.raises(NotFound):
        counter.desk.served_by(session, agent, contact)


@pytest.mark.requirement("NB-11")
def test_steps_and_outcome_are_those_of_the_procedure(counter: Counter, house: House) -> None:
    agent = person(house, "agent")
    begun = counter.begins()
    counter.is_served(agent)
    with house.database.session_scope() as session:
        counter.desk.met(session, counter.desk.of_operator(session, agent, begun), "card")
        tick(counter, session, agent, begun, "pin", True)
        counter.desk.say_outcome(session, agent, begun, "locked")
    assert counter.row(begun).steps == ["card", "pin"] and counter.row(begun).outcome == "locked"
    for wrong in ("photo_failed", "nothing"):
        with house.database.session_scope() as session, pytest.raises(BadInput):
            counter.desk.say_outcome(session, agent, begun, wrong)
    with house.database.session_scope() as session, pytest.raises(BadInput):
        tick(counter, session, agent, begun, "photo", True)


def test_old_sessions_and_declarations_are_deleted(counter: Counter, house: House, clock: FakeClock) -> None:
    counter.begins()
    with house.database.session_scope() as session:
        counter.desk.forget(session, clock.now() + timedelta(days=401))
        assert session.query(DeskSession).count() == session.query(Declaration).count() == 0


@pytest.mark.requirement("IZ-14")
def test_a_code_on_the_screen_brings_the_session_to_the_telephone_once(counter: Counter, house: House, clock: FakeClock) -> None:
    agent, other = person(house, "agent"), person(house, "other")
    begun = counter.begins()
    counter.play.gone(counter.calls(), Unserved.OVERFLOWED)
    with house.database.session_scope() as session:
        told = codes.show(house, session, session.get_one(DeskSession, begun))
    assert told["phone"] == "0559990001" and len(told["code"]) == 6 and "<svg" in told["qr"]
    call = counter.play.arrive()
    counter.play.seat(agent)
    counter.play.do("offer", call)
    counter.play.do("answer", call)
    for wrong in ("000000x", "", "１"):
        with house.database.session_scope() as session, pytest.raises(BadInput):
            codes.take(house, session, agent, call, wrong)
    with house.database.session_scope() as session, pytest.raises(NotAllowed):
        codes.take(house, session, other, call, told["code"])
    with house.database.session_scope() as session:
        codes.take(house, session, agent, call, f"{told['code'][:3]}-{told['code'][3:]}")
    with house.database.reading() as session:
        assert counter.desk.served_by(session, agent, call).id == begun
    with house.database.session_scope() as session, pytest.raises(BadInput):
        codes.take(house, session, agent, call, told["code"])
    with house.database.session_scope() as session:
        again = codes.show(house, session, session.get_one(DeskSession, begun))
    clock.advance(31 * 60)
    with house.database.session_scope() as session, pytest.raises(BadInput):
        codes.take(house, session, agent, call, again["code"])


@pytest.mark.requirement("IZ-07")
def test_nobody_tries_codes_until_one_is_good_and_each_wrong_one_is_on_the_record(counter: Counter, house: House) -> None:
    agent = person(house, "agent")
    begun = counter.begins()
    counter.play.gone(counter.calls(), Unserved.OVERFLOWED)
    with house.database.session_scope() as session:
        told = codes.show(house, session, session.get_one(DeskSession, begun))
    call = counter.play.arrive()
    counter.play.seat(agent)
    counter.play.do("offer", call)
    counter.play.do("answer", call)
    for _ in range(codes.MOST_TRIES):
        with house.database.session_scope() as session, pytest.raises(BadInput):
            codes.take(house, session, agent, call, "x")
    with house.database.session_scope() as session, pytest.raises(NotAllowed, match="試せません"):
        codes.take(house, session, agent, call, told["code"])
    with house.audit.database.reading() as session:
        tries = session.scalars(select(AuditRow).where(AuditRow.act == "desk.code_refused")).all()
    assert len(tries) == codes.MOST_TRIES


@pytest.mark.requirement("IZ-07")
def test_whoever_has_hung_up_does_not_look_at_the_resident_any_more(counter: Counter, house: House) -> None:
    agent = person(house, "agent")
    begun, call = counter.begins(), counter.calls()
    counter.play.seat(agent)
    counter.play.do("offer", call)
    counter.play.do("answer", call)
    with house.database.reading() as session:
        assert counter.desk.served_by(session, agent, call).id == begun
    counter.play.do("seat_left", call)
    with house.database.reading() as session, pytest.raises(NotFound):
        counter.desk.served_by(session, agent, call)


@pytest.mark.requirement("IZ-09")
def test_a_machine_that_has_taken_anothers_place_says_nothing_of_what_that_one_has_kept(
    counter: Counter, house: House, clock: FakeClock
) -> None:
    id = counter.id
    house.devices.enrol(house.devices.invite("operator", "kiosk", "first", id))
    begun = counter.begins()
    with house.database.reading() as session:
        assert counter.desk.counter(session, id)["unwiped"] == [begun]
    clock.advance(60)
    house.devices.enrol(house.devices.invite("operator", "kiosk", "second", id))
    with house.database.reading() as session:
        assert counter.desk.counter(session, id)["unwiped"] == []
