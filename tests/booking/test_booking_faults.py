"""What goes wrong on the site: the operator is told whether anything was booked, and it is never booked twice or elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from booking_agent import prove
from booking_agent.driver import mailbox
from contact_center.errors import BadInput
from tests.booking.city import City
from tests.booking.desk import Desk, Worker
from tests.conftest import person

FACES = ("app", "pages", "frames")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up for a minute is looked up for some seconds."""
    monkeypatch.setattr(prove, "WITHIN", 8.0)
    monkeypatch.setattr(prove, "NOT_BEFORE", 2.0)
    monkeypatch.setattr(prove, "PAUSE", 0.3)


def slots(city: City) -> list[str]:
    return [one["slot"] for one in city.ledger("reservations") if one["state"] == "booked"]


@pytest.mark.parametrize("face", FACES)
def test_a_booking_whose_answer_was_lost_is_found_and_never_handed_in_again(desk: Desk, city: City, face: str) -> None:
    city.switch("lost_after", face=face)
    row = desk.book(face, city.person("花子"))
    assert (row.state, row.booked) == ("proved", "yes"), row.trouble
    assert len(city.ledger("submissions")) == 1
    number = city.reservation()["number"]
    # On this face nothing that we may look at tells the number: it is in the resident's own mail.
    assert desk.show(row.id)["number"] == ("" if face == "frames" else number)


@pytest.mark.parametrize("face", FACES)
def test_a_booking_that_was_lost_on_the_way_is_known_not_to_be_one_or_a_person_is_asked(desk: Desk, city: City, face: str) -> None:
    city.switch("lost_before", face=face)
    row = desk.book(face, city.person("花子"))
    assert len(city.ledger("submissions")) == 1 and city.ledger("reservations") == []
    if face == "app":
        # Its pages say nothing of a reservation whose number is unknown.
        assert (row.state, row.waits, row.booked) == ("unknown", "person", "unknown")
        with desk.house.database.session_scope() as session:
            desk.bookings.settle(session, desk.actor, row.id, False, "")
        assert desk.row(row.id).state == "failed"
    else:
        assert (row.state, row.booked) == ("failed", "no")


@pytest.mark.parametrize(("what", "fault"), [("change", "lost_after"), ("change", "lost_before"), ("cancel", "lost_after")])
def test_what_became_of_a_lost_change_or_cancellation_is_looked_up(desk: Desk, city: City, what: str, fault: str) -> None:
    who = city.person("花子")
    desk.book("pages", who)
    number, before = city.reservation()["number"], slots(city)
    id = desk.plan("pages", who, what=what, values={"number": number})
    if what == "change":
        desk.until(id, "slot")
        days = [day for day, mark in desk.seen(id).days if mark in ("free", "few")]
        desk.choose(id, days[-1])
    desk.until(id, "yes")
    city.switch(fault, face="pages")
    desk.say(id, "yes")
    row = desk.until(id, "proved", "failed", "person")
    done = slots(city) != before
    assert (row.state, row.booked) == (("proved", "yes") if done else ("failed", "no"))
    assert done == (fault == "lost_after")
    assert len(city.ledger("submissions")) == 2


@pytest.mark.parametrize(
    ("face", "fault"), [("app", "taken_500"), ("pages", "taken_message"), ("pages", "taken_500"), ("frames", "taken_other_person")]
)
def test_a_slot_that_was_taken_at_the_last_button_is_said_to_be_taken_and_nobody_is_named(
    desk: Desk, city: City, face: str, fault: str
) -> None:
    city.switch(fault, face=face)
    row = desk.book(face, city.person("花子"))
    assert (row.state, row.reason, row.booked) == ("refused", "taken", "no"), row.trouble
    assert city.ledger("reservations") == []
    others = {one["family"] for one in city.ledger("people")} - {"見本"}
    assert not any(name in str(row.trouble) for name in others if len(name) > 1)
    with desk.house.database.session_scope() as session:
        again = desk.bookings.again(session, desk.actor, row.id)
    desk.runs[again.id] = desk.worker.conduct(again.id)
    city.ask("/switches", [])
    desk.choose(again.id)
    desk.until(again.id, "yes")
    desk.say(again.id, "yes")
    assert desk.until(again.id, "proved", "failed", "refused").state == "proved"


@pytest.mark.parametrize("face", FACES)
def test_another_time_than_the_chosen_one_is_not_booked(desk: Desk, city: City, face: str) -> None:
    city.switch("other_time", face=face)
    id = desk.plan(face, city.person("花子"))
    desk.choose(id)
    row = desk.until(id, "failed", "yes")
    assert (row.state, row.reason, row.booked) == ("failed", "different", "no")
    assert city.ledger("submissions") == []
    if face == "app":
        assert city.ledger("holds") == []


@pytest.mark.parametrize("fault", ["lost_click", "late_answer"])
def test_a_click_that_the_site_loses_books_no_other_day(desk: Desk, city: City, fault: str) -> None:
    city.switch("slow", value=60)
    city.switch(fault, face="app")
    id = desk.plan("app", city.person("花子"))
    day, start = desk.choose(id)
    desk.until(id, "yes")
    desk.say(id, "yes")
    assert desk.until(id, "proved", "failed").state == "proved"
    assert slots(city) == [f"1-{day.replace('-', '')}-{start.replace(':', '')}"]


@pytest.mark.parametrize(
    ("face", "fault", "reason"),
    [("app", "too_many", "busy"), ("app", "maintenance", "stopped"), ("pages", "maintenance_200", "stopped"),
     ("frames", "maintenance", "stopped"), ("frames", "too_many", "busy")],
)  # fmt: skip
def test_a_site_that_is_away_or_busy_is_said_to_be_so(desk: Desk, city: City, face: str, fault: str, reason: str) -> None:
    city.switch(fault, face=face)
    row = desk.until(desk.plan(face, city.person("花子")), "failed", "slot")
    assert (row.state, row.reason, row.booked) == ("failed", reason, "no")


@pytest.mark.parametrize("face", FACES)
def test_a_rebuilt_site_stops_with_what_was_expected_and_what_is_there(desk: Desk, city: City, face: str) -> None:
    city.switch("labels", face=face)
    row = desk.until(desk.plan(face, city.person("花子")), "failed", "slot", "yes")
    assert (row.state, row.reason, row.booked) == ("failed", "changed", "no")
    assert row.trouble["step"] and row.trouble["expected"] and row.trouble["seen"]
    assert desk.show(row.id)["picture"], "a masked picture is kept for whoever mends the profile"


@pytest.mark.parametrize(("face", "fault"), [("app", "columns"), ("pages", "buttons"), ("frames", "columns")])
def test_buttons_and_columns_that_have_moved_do_no_harm(desk: Desk, city: City, face: str, fault: str) -> None:
    city.switch(fault, face=face)
    assert desk.book(face, city.person("花子")).state == "proved"


def test_a_mail_that_never_comes_ends_with_a_word(desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "PATIENCE", 1.0)
    city.switch("mail_never", face="pages")
    row = desk.until(desk.plan("pages", city.person("花子")), "failed", "slot")
    assert (row.reason, row.booked) == ("mail", "no")


def test_only_this_bookings_mail_is_opened_and_then_deleted(desk: Desk, city: City) -> None:
    import smtplib

    with smtplib.SMTP("127.0.0.1", city.ports["smtp_port"]) as office:
        office.sendmail("a@b.example", ["centre+b9-else@mihon.example"], "To: centre+b9-else@mihon.example\r\n\r\nnot yours\r\n")
    assert desk.book("pages", city.person("花子")).state == "proved"
    assert city.mail("centre@mihon.example", "not yours")
    left = [one for one in city.ledger("mails") if one["state"] == "sent"]
    assert len(left) >= 2
    with pytest.raises(AssertionError):
        city.mail("centre@mihon.example", "予約番号", seconds=1)


def test_two_seats_do_not_work_on_one_slot_or_one_person(desk: Desk, city: City) -> None:
    first = desk.plan("app", city.person("花子"))
    day, start = desk.choose(first)
    desk.until(first, "yes")
    other = Worker(desk.house)
    desk.worker, mine = other, desk.worker
    try:
        same_person = desk.plan("app", city.person("花子"))
        assert desk.until(same_person, "failed", "slot").reason == "ours"
        second = desk.plan("app", city.person("太郎"))
        desk.until(second, "slot")
        desk.say(second, "day", day=day)
        desk.until(second, "slot")
        desk.say(second, "choose", day=day, start=start, end="")
        assert desk.until(second, "failed", "yes").reason == "ours"
    finally:
        other.close()
        desk.worker = mine
    desk.say(first, "yes")
    assert desk.until(first, "proved").state == "proved"


def test_an_intent_is_committed_once_and_taken_by_one_conductor(desk: Desk, city: City) -> None:
    id = desk.plan("app", city.person("花子"))
    desk.choose(id)
    desk.until(id, "yes")
    rival: Any = Worker(desk.house)
    try:
        rival.conduct(id).result(10)
        desk.say(id, "yes")
        assert desk.until(id, "proved").state == "proved"
        rival.conduct(id).result(10)
    finally:
        rival.close()
    assert len(city.ledger("submissions")) == 1


def test_what_cannot_be_booked_is_refused_before_the_site_is_touched(desk: Desk, city: City) -> None:
    who = city.person("花子")
    for wrong in ({"birthday": "昨日"}, {"card": ""}, {"phone": "123"}, {"family": "123456789012"}):
        with pytest.raises(BadInput):
            desk.plan("app", who, values=wrong)
    with pytest.raises(BadInput):
        desk.plan("app", who, slot={"day": "2027-11-24", "start": "09:00:00", "end": "09:15:00"})
    with pytest.raises(BadInput):
        desk.plan("frames", who, people=2)


def test_who_does_not_book_sees_no_booking(desk: Desk, city: City) -> None:
    row = desk.book("app", city.person("花子"))
    for role in ("auditor", "city_staff", "agent"):
        stranger = person(desk.house, f"x-{role}".replace("_", "-"), role)
        with desk.house.database.reading() as session, pytest.raises(Exception, match="権限|ありません"):
            desk.bookings.access(session, stranger, row.id)


def test_a_name_that_the_site_cannot_write_is_said_to_be_refused(desk: Desk, city: City) -> None:
    id = desk.plan("pages", city.person("涼子"))
    desk.choose(id)
    row = desk.until(id, "refused", "failed", "yes")
    assert (row.state, row.booked, row.reason) == ("refused", "no", "refused"), row.trouble
    assert "使用できない文字" in row.trouble["seen"]
