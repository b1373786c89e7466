"""What a counter writes down of residents, each for one purpose: steps, the city's answer, defects, the list of persons helped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contact_center.clock import FakeClock, day_of
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from tests.conftest import of_city, person
from tests.database.test_counters import Counter
from video_desk import asks, checklist, followups, helped
from video_desk.model import Ask, DeskSession, FollowUp

WHO = {"name": "山田 花子", "address": "見本市本町一丁目2番3号", "birth": "1980-01-02"}
DIGITS = "12345678901234567890123"


class Served(Counter):
    """A counter at which an operator serves a session."""

    def __init__(self, house: House, clock: FakeClock, procedure: str) -> None:
        super().__init__(house, clock)
        self.agent = person(house, "agent")
        self.session = self.begins(procedure=procedure)
        self.is_served(self.agent)

    def do(self, work: Any, *values: Any) -> Any:
        """In a transaction, on the session's row."""
        with self.house.database.session_scope() as session:
            return work(session, session.get_one(DeskSession, self.session), *values)

    def tick(self, step: str, done: bool = True) -> None:
        procedure = self.desk.procedure(self.row(self.session).procedure)
        self.do(lambda session, row: checklist.tick(self.house, session, row, procedure, self.agent, step, done))

    def met(self, what: str) -> None:
        self.do(lambda session, row: self.desk.met(session, row, what))

    def steps(self) -> list[str]:
        return self.row(self.session).steps

    def ask(self, **said: str) -> Ask:
        return self.do(lambda session, row: asks.ask(self.house, session, self.agent, row, WHO | said))

    def follow(self, name: str = "山田 花子", phone: str = "090-1234-5678") -> FollowUp:
        return self.do(lambda session, row: followups.begin(self.house, session, self.agent, row, name, phone))

    def ends(self, outcome: str = "") -> None:
        self.do(lambda session, row: self.desk.end(session, row, "resident"))
        if outcome:
            self.do(lambda session, row: self.desk.say_outcome(session, self.agent, self.session, outcome))


def kept(house: House) -> int:
    with house.database.reading() as session:
        return int(session.execute(text("SELECT COUNT(*) FROM personal_values WHERE owner_kind != 'contact'")).scalar_one())


@pytest.fixture
def city(house: House) -> Actor:
    return person(house, "city", "city_staff")


# -- steps ------------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("NB-11", "NB-01")
def test_what_a_device_or_the_resident_must_do_no_operator_ticks(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "account")
    for step in ("card", "same", "log-out"):
        with pytest.raises(Conflict, match="端末か利用者"):
            made.tick(step)
    with pytest.raises(Conflict, match="カードを読み取り機"):
        made.tick("pin")
    made.met("card")
    made.tick("pin")
    made.tick("account")
    with pytest.raises(BadInput):
        made.tick("nothing")
    made.met("same")
    made.met("yes")
    made.met("logged_out")
    assert made.steps() == ["card", "pin", "account", "same", "read-back", "log-out"]
    made.tick("pin", False)
    assert "pin" not in made.steps()


@pytest.mark.requirement("NB-11")
def test_nobody_passes_the_names_that_were_not_said_to_be_the_same(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "account")
    made.met("card")
    made.met("yes")
    assert "read-back" in made.steps() and "same" not in made.steps()
    made.tick("pin")
    assert made.steps() == ["card", "read-back", "pin"]


def test_a_child_under_one_needs_no_photo(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "new-with-form")
    made.tick("age")
    made.met("application_id")
    with pytest.raises(Conflict, match="写真"):
        made.tick("birthday")
    made.do(lambda session, row: checklist.say_fact(house, session, row, made.agent, "under_one", True))
    made.tick("birthday")
    assert made.steps() == ["age", "form", "birthday"]
    with pytest.raises(BadInput):
        made.do(lambda session, row: checklist.say_fact(house, session, row, made.agent, "keep", True))


# -- asking the city ----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("IZ-11", "NB-04")
def test_the_city_answers_with_the_digits_and_who_was_asked_about_is_forgotten(house: House, clock: FakeClock, city: Actor) -> None:
    made = Served(house, clock, "new-without-form")
    asked = made.ask()
    with pytest.raises(NotFound, match="まだ"):
        made.do(lambda session, row: asks.take(house, session, made.agent, row))
    with house.database.reading() as session:
        assert [one.id for one in asks.waiting(session, city.cities)] == [asked.id]
        assert asks.show(house, session, city, asked.id) == WHO
    with house.database.session_scope() as session, pytest.raises(BadInput, match="22"):
        asks.answer(house, session, city, asked.id, DIGITS[1:])
    with house.database.session_scope() as session:
        asks.answer(house, session, city, asked.id, "１２３４５-67890 12345 67890 123")
    assert kept(house) == 1
    assert made.do(lambda session, row: asks.take(house, session, made.agent, row)) == DIGITS
    with house.database.reading() as session, pytest.raises(NotFound):
        asks.show(house, session, city, asked.id)
    made.ends("done")
    assert kept(house) == 0


@pytest.mark.requirement("NB-04")
@pytest.mark.parametrize("field", ["name", "address"])
def test_a_my_number_is_never_sent_to_the_city(house: House, clock: FakeClock, field: str) -> None:
    made = Served(house, clock, "new-without-form")
    with pytest.raises(BadInput, match="マイナンバー"):
        made.ask(**{field: f"{WHO[field]} 1234 5678 9018"})
    assert kept(house) == 0
    for said in ({"name": " "}, {"birth": "1980-13-02"}):
        with pytest.raises(BadInput):
            made.ask(**said)
    made.ask()
    with pytest.raises(Conflict):
        made.ask()


@pytest.mark.requirement("NB-17d")
def test_only_the_citys_own_staff_see_whom_a_counter_asks_about(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "new-without-form")
    asked = made.ask()
    for stranger in (person(house, "lead", "supervisor"), of_city(person(house, "afar", "city_staff"), "elsewhere")):
        with house.database.reading() as session, pytest.raises((NotFound, NotAllowed)):
            asks.show(house, session, stranger, asked.id)


@pytest.mark.requirement("IZ-11")
def test_what_was_asked_ends_with_the_session(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "new-without-form")
    made.ask()
    made.ends()
    assert kept(house) == 0


@pytest.mark.requirement("IZ-11")
@pytest.mark.parametrize(("digits", "state"), [(DIGITS, "answered"), ("", "unknown")])
def test_who_agreed_to_be_told_and_went_home_is_told_what_the_city_found(
    house: House, clock: FakeClock, city: Actor, digits: str, state: str
) -> None:
    made = Served(house, clock, "new-without-form")
    asked = made.ask()
    made.met("keep")
    id = made.follow().id
    made.ends("waits_for_city")
    with house.database.session_scope() as session:
        assert asks.states(session, [made.session]) == {made.session: "asked"}
        asks.answer(house, session, city, asked.id, digits)
    with house.database.reading() as session:
        assert asks.states(session, [made.session]) == {made.session: state}
        shown = followups.show(house, session, made.agent, id)
        assert shown == {"name": "山田 花子", "phone": "090-1234-5678", "digits": digits}


# -- defects ----------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("NB-08")
def test_nobody_is_kept_for_a_defect_who_has_not_touched_that_they_agree(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "new-with-form")
    with pytest.raises(NotAllowed, match="同意"):
        made.follow()
    made.met("keep")
    for name, phone in (("", "09012345678"), ("山田", "123")):
        with pytest.raises(BadInput):
            made.follow(name, phone)
    made.follow()
    with pytest.raises(Conflict):
        made.follow()


@pytest.mark.requirement("NB-08")
def test_a_defect_is_followed_from_its_reason_to_the_new_application_and_then_forgotten(
    house: House, clock: FakeClock, city: Actor
) -> None:
    made = Served(house, clock, "new-with-form")
    made.met("keep")
    id = made.follow().id

    def move(state: str, reason: str = "", who: Actor = made.agent) -> None:
        with house.database.session_scope() as session:
            followups.move(house, session, who, id, state, reason)

    with pytest.raises(Conflict):
        move("explained")
    with pytest.raises(BadInput, match="理由"):
        move("defect")
    with pytest.raises(NotAllowed):
        move("defect", "photo", city)
    move("defect", "photo")
    with house.database.reading() as session:
        assert followups.show(house, session, city, id) == {"name": "山田 花子", "phone": "090-1234-5678", "digits": ""}
    clock.advance(86400)
    move("explained")
    move("reapplied")
    with house.database.reading() as session:
        (row,) = followups.listed(session, city.cities)
        assert (row.state, row.reason) == ("reapplied", "photo")
        assert row.explained_on == row.reapplied_on == row.defect_on + timedelta(days=1)
    move("accepted")
    assert kept(house) == 0


@pytest.mark.requirement("NB-08")
def test_who_is_kept_is_forgotten_when_the_days_are_over(house: House, clock: FakeClock) -> None:
    made = Served(house, clock, "new-with-form")
    made.met("keep")
    made.follow()
    clock.advance(91 * 86400)
    with house.database.session_scope() as session:
        house.vault.erase_due(session)
    assert kept(house) == 0


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ("申請内容に不備がありました。\n不備の内容：顔写真に不備がありました。", ("defect", "photo")),
        ("申請内容に不備があります。住所の入力をお確かめください。", ("defect", "entry")),
        ("再申請のお願い", ("defect", "other")), ("審査が完了しました。", ("accepted", "")), ("メールアドレスの確認", ("", "")),
    ],
)  # fmt: skip
def test_a_mail_tells_what_has_become_of_an_application(mail: str, told: tuple[str, str]) -> None:
    assert followups.told_by(mail) == told


# -- the list of persons helped -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("NB-06", "NB-07")
def test_the_list_of_persons_helped_leads_to_no_session_and_no_declaration(house: House, clock: FakeClock, city: Actor) -> None:
    made = Served(house, clock, "new-with-form")
    made.do(lambda session, row: helped.add(house, session, row, "山田 花子"))
    with pytest.raises(Conflict):
        made.do(lambda session, row: helped.add(house, session, row, "山田 花子"))
    today = day_of(clock.now())
    with house.database.reading() as session:
        (entry,) = helped.month(house, session, city, city.cities, today, today)
        row = session.execute(text("SELECT * FROM desk_helped")).mappings().one()
    assert (entry.day, entry.procedure, entry.name) == (today, "new-with-form", "山田 花子")
    assert set(row) == {"id", "day", "counter", "city", "procedure"} and row["id"] > 1000
    with house.database.reading() as session, pytest.raises(NotAllowed):
        helped.month(house, session, made.agent, made.agent.cities, today, today)


@pytest.mark.requirement("NB-06")
def test_the_list_is_forgotten_when_the_city_has_had_it(house: House, clock: FakeClock, city: Actor) -> None:
    made = Served(house, clock, "new-with-form")
    made.do(lambda session, row: helped.add(house, session, row, "山田 花子"))
    clock.advance(61 * 86400)
    with house.database.session_scope() as session:
        house.vault.erase_due(session)
        made.desk.forget(session, clock.now())
        assert helped.month(house, session, city, city.cities, date(2020, 1, 1), date(2030, 1, 1)) == []
    assert kept(house) == 0
