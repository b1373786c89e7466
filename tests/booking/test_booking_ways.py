"""Other ways to slots and mails: the read-only lane, a code that is read out, the city's staff sign-in; what stays of a person."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from booking_agent import prove, tasks
from booking_agent.model import CalendarRow, Intent
from booking_agent.rehearsal import write_staff
from booking_agent.staff import staff_sign_in
from contact_center.errors import BadInput
from contact_center.personal.model import PersonalValue
from tests.booking.city import City
from tests.booking.desk import Desk, typed


def looked(desk: Desk, site: str = "rehearsal-app") -> CalendarRow:
    """What the look-lane finds when somebody asks for a calendar."""
    with desk.house.database.session_scope() as session:
        id = desk.bookings.slots(session, site, "北支所", 1).id
    desk.worker.look(id)
    with desk.house.database.reading() as session:
        return session.get_one(CalendarRow, id)


def changed_profile(desk: Desk, site: str, *changes: tuple[str, str]) -> None:
    """The same profile with other words, as whoever keeps it would write them."""
    path = desk.house.settings.base / "sites" / f"{site}.yaml"
    text = path.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def test_the_lane_shows_the_slots_that_the_page_shows(desk: Desk, city: City) -> None:
    short = looked(desk)
    assert short.times() and short.reason == ""
    path = desk.house.settings.base / "sites" / "rehearsal-app.yaml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("lane:")] + text[text.index("book:") :], "utf-8")
    with desk.house.database.session_scope() as session:
        session.delete(session.get_one(CalendarRow, short.id))
    page = looked(desk)
    free = [[day for day, mark in row.days if mark in ("free", "few")] for row in (short, page)]
    assert free[0] == free[1] and len(free[0]) > 10
    assert short.times() == page.times()


def test_a_lane_that_is_gone_gives_way_to_the_page(desk: Desk, city: City) -> None:
    changed_profile(desk, "rehearsal-app", ("api/month?", "api/gone?"))
    row = looked(desk)
    assert row.reason == "" and any(mark == "free" for _, mark in row.days)


def test_a_busy_site_is_not_read_as_having_no_slots_by_the_lane(desk: Desk, city: City) -> None:
    city.switch("too_many", face="app")
    row = looked(desk)
    assert (row.reason, row.days) == ("busy", [])


def test_the_times_of_a_day_stay_in_sight_while_the_calendar_is_looked_at_anew(desk: Desk, city: City) -> None:
    row = looked(desk)
    other = [day for day, mark in row.days if mark == "free" and day not in row.times()][-1]
    for day in (other, ""):
        with desk.house.database.session_scope() as session:
            session.execute(update(CalendarRow).values(asked_at=None, asked_day=day))
        desk.worker.look(row.id)
    with desk.house.database.reading() as session:
        assert other in session.get_one(CalendarRow, row.id).times()


def test_a_code_that_the_resident_reads_out_continues_the_booking(desk: Desk, city: City) -> None:
    city.reset(rules={"pages": {"mailed": "code"}})
    changed_profile(
        desk, "rehearsal-pages", ("mailbox: desk", "mailbox: resident"),
        ("mail: {url: 'https?://\\S+/pages/continue\\?k=\\S+'}", "mail: {code: '\\d{6}', into: 認証コード}\n    - click: 次へ進む"),
        ("proof: {mail: '予約番号：(\\d+)', already: true}", "proof: {already: true}"),
    )  # fmt: skip
    who = city.person("花子")
    id = desk.plan("pages", who, values={"mail": who["mail"]})
    desk.until(id, "code")
    code = city.mail(who["mail"], "認証コード").partition("認証コード：")[2][:6]
    desk.say(id, "code", code=code)
    desk.choose(id)
    desk.until(id, "yes")
    desk.say(id, "yes")
    assert desk.until(id, "proved", "failed", "refused").state == "proved"
    assert city.reservation()["person"] == who["number"]


@pytest.fixture
def staffed(tmp_path: Path, city: City, quick_passwords: None) -> Any:
    made = Desk(tmp_path, city, more='[booking]\nstaff = "sites/staff.toml"\n')
    write_staff(tmp_path / "sites" / "staff.toml")
    yield made
    made.close()


def test_the_citys_staff_sign_in_books_without_anybodys_mail(staffed: Desk, city: City, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        who = city.person("花子")
        row = staffed.book("staff", who)
    assert (row.state, row.proof) == ("proved", "page"), row.trouble
    assert city.reservation()["person"] == who["number"] and city.ledger("mails") == []
    signs_in = staff_sign_in(staffed.house.settings, "rehearsal-staff")["staff_password"]
    assert signs_in not in caplog.text and signs_in not in everything_written(staffed)


def test_a_sign_in_that_others_could_read_is_not_used(staffed: Desk, city: City) -> None:
    (staffed.house.settings.base / "sites" / "staff.toml").chmod(0o644)
    with pytest.raises(BadInput) as refused:
        staffed.plan("staff", city.person("花子"))
    assert "chmod 600" in refused.value.sentence()


def everything_written(desk: Desk) -> str:
    """All that lies on the disk of this centre, but for the profiles and the sign-in."""
    files = (path for path in desk.house.settings.base.rglob("*") if path.is_file() and path.parent.name != "sites")
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


@pytest.mark.parametrize("fault", ["", "other_time", "lost_before", "labels"])
def test_no_value_of_a_person_is_written_anywhere_in_the_clear(
    desk: Desk, city: City, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove, "WITHIN", 3.0)
    if fault:
        city.switch(fault, face="app")
    who = city.person("涼子")
    with caplog.at_level(logging.DEBUG):
        id = desk.plan("app", who)
        if desk.until(id, "slot", "failed").waits == "slot":
            desk.choose(id)
        if desk.until(id, "yes", "failed").waits == "yes":
            desk.say(id, "yes")
            desk.until(id, "proved", "failed", "person")
    values = [one for name, one in typed(who).items() if name not in ("guardian", "letter_id", "letter_password")]
    written = everything_written(desk) + caplog.text
    assert "rehearsal-app" in written, "the search looks at the right place"
    assert [one for one in values if one in written or one.replace("-", "") in written] == []


def test_what_was_given_for_a_booking_that_did_not_come_about_is_erased_with_its_mails(desk: Desk, city: City) -> None:
    id = desk.plan("pages", city.person("花子"))
    desk.until(id, "slot")
    desk.say(id, "stop")
    desk.until(id, "failed")

    def kept() -> set[str]:
        with desk.house.database.reading() as session:
            return set(session.scalars(select(PersonalValue.field).where(PersonalValue.owner_kind == "booking")))

    tasks.tidy(desk.house, None)
    assert "card" in kept(), "another slot can still be tried with it"
    with desk.house.database.session_scope() as session:
        session.execute(update(Intent).values(ended_at=desk.house.clock.now() - timedelta(minutes=tasks.MEANS_MINUTES + 1)))
    address = desk.bookings.mail_address(id)
    with smtplib.SMTP("127.0.0.1", city.ports["smtp_port"]) as office:
        office.sendmail("a@b.example", [address], f"To: {address}\r\n\r\nlate words\r\n")
    tasks.tidy(desk.house, None)
    assert kept() == set()
    with pytest.raises(AssertionError):
        city.mail("centre@mihon.example", "late words", seconds=1)
