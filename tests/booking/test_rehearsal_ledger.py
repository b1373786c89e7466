"""The ledger tells the truth, the switches count, the post office is a real one, and the command ends cleanly."""

from __future__ import annotations

import imaplib
import json
import re
import smtplib
import socket
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from booking_agent.rehearsal_site.faults import Faults, Switch
from booking_agent.rehearsal_site.japanese import from_era, japanese, spoken_span
from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.model import Denied, Reason, Slot, Start, Wish
from booking_agent.rehearsal_site.people import CENTRE
from booking_agent.rehearsal_site.visits import IDLE, Visits
from contact_center.clock import TOKYO, FakeClock
from tests.booking.city import City, Plain


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at a Tuesday morning."""
    return FakeClock(datetime(2026, 11, 24, 10, tzinfo=TOKYO))


@pytest.fixture
def ledger(clock: FakeClock) -> Ledger:
    """A fresh one."""
    return Ledger(clock)


def free(ledger: Ledger, day: date = date(2026, 12, 8)) -> Slot:
    return next(slot for slot in ledger.slots(1, day) if ledger.left(slot) == 1)


def test_of_many_submits_for_the_last_place_one_is_booked_and_all_are_written_down(ledger: Ledger) -> None:
    slot = free(ledger)
    wishes = [Wish(face="pages", what="book", person=number, slot=slot.id) for number in ledger.people]

    def hand_in(wish: Wish) -> str:
        try:
            return ledger.submit(wish).number
        except Denied as no:
            return no.reason.value

    with ThreadPoolExecutor(8) as several:
        outcomes = sorted(several.map(hand_in, wishes))
    assert outcomes[1:] == ["full"] * 11
    assert outcomes == sorted(one["outcome"] for one in json.loads(ledger.as_json("submissions")))
    assert slot.taken == slot.capacity


def test_a_hold_keeps_others_out_until_it_ends(ledger: Ledger, clock: FakeClock) -> None:
    slot, (first, second, *_) = free(ledger), ledger.people
    held = ledger.hold("pages", slot.id, 1)
    with pytest.raises(Denied, match="full"):
        ledger.submit(Wish(face="app", what="book", person=second, slot=slot.id))
    clock.advance(10 * 60)
    with pytest.raises(Denied, match="ended"):
        ledger.submit(Wish(face="pages", what="book", person=first, slot=slot.id, hold=held.id))
    ledger.submit(Wish(face="app", what="book", person=second, slot=slot.id))


def test_who_may_do_what_until_when_is_a_rule(ledger: Ledger, clock: FakeClock) -> None:
    ledger.reset(Start(rules={"app": {"largest_party": 1}, "pages": {"until_days": 3, "one_each": True}}))
    one, day = next(iter(ledger.people)), date(2026, 12, 8)
    slots = [slot for slot in ledger.slots(1, day) if ledger.left(slot)]
    with pytest.raises(Denied, match=Reason.PARTY.value):
        ledger.submit(Wish(face="app", what="book", person=one, slot=slots[0].id, people=2))
    with pytest.raises(Denied, match=Reason.OUTSIDE.value):
        ledger.submit(Wish(face="app", what="book", person=one, slot=ledger.slots(1, date(2027, 2, 1))[0].id))
    taken = [slot.taken for slot in slots]
    done = ledger.submit(Wish(face="pages", what="book", person=one, slot=slots[0].id))
    with pytest.raises(Denied, match=Reason.ALREADY.value):
        ledger.submit(Wish(face="pages", what="book", person=one, slot=slots[1].id))
    clock.advance(timedelta(days=11).total_seconds())
    ledger.submit(Wish(face="pages", what="change", slot=slots[1].id, reservation=done.number))
    clock.advance(timedelta(days=1).total_seconds())
    with pytest.raises(Denied, match=Reason.LATE.value):
        ledger.submit(Wish(face="pages", what="cancel", reservation=done.number))
    assert [slot.taken for slot in slots[:2]] == [taken[0], taken[1] + 1]


def test_the_same_seed_makes_the_same_city_on_any_day(ledger: Ledger) -> None:
    ledger.reset(Start(seed=5, first_day=date(2027, 1, 4)))
    first = json.loads(ledger.as_json())
    ledger.reset(Start(seed=5, first_day=date(2027, 1, 4)))
    assert first == json.loads(ledger.as_json())
    assert first["now"] == "2027-01-04T10:00:00+09:00"
    assert {one["under_15"] for one in first["people"]} == {True, False}
    assert all(re.fullmatch("[A-Z0-9]{3}[0-9]{6}", one["number"]) for one in first["people"])
    assert all(re.fullmatch("090-0000-[0-9]{4}", one["phone"]) for one in first["people"])


def test_a_switch_can_be_for_one_face_and_for_the_next_requests_only(clock: FakeClock) -> None:
    faults = Faults(clock)
    faults.set([Switch(fault="lag", face="app", times=2, value=3)])
    assert faults.meets("lag", "pages") is None
    assert [faults.meets("lag", "app") for _ in range(3)] == [3, 3, None]
    assert faults.on() == []
    assert [faults.count("app", "a") for _ in range(3)] == [1, 2, 3]
    clock.advance(121)
    assert faults.count("app", "a") == 1


def test_an_idle_visit_ends(clock: FakeClock) -> None:
    visits = Visits(clock)
    visit = visits.of("app", "")
    assert visits.of("app", visit.id) is visit
    assert visits.of("pages", visit.id) is not visit
    clock.advance(IDLE)
    assert visits.of("app", visit.id) is not visit


def test_dates_and_times_are_written_as_on_japanese_sites() -> None:
    assert japanese(date(2019, 5, 1)) == "令和元年5月1日(水)"
    assert from_era("昭和", "64", "1", "7") == date(1989, 1, 7)
    assert from_era("昭和", "64", "1", "8") is None, "that day was 平成 already"
    assert from_era("平成", "2", "2", "30") is None
    noon = datetime(2026, 12, 1, 11, 45)
    slot = Slot(id="", counter=0, day=noon.date(), start=noon.time(), end=datetime(2026, 12, 1, 12).time(), capacity=1, taken=0)
    assert spoken_span(slot) == "午前11時45分～午後0時"


def test_the_ledger_and_the_switches_open_with_the_token_only(city: City) -> None:
    for path, body in (("/ledger", None), ("/switches", []), ("/ledger/reset", {})):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            city.ask(path, body, token="guessed")
    for wrong in ({"rules": {"pages": {"opens": 3}}}, {"rules": {"pages": {"until_days": "two"}}}, {"day": 1}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            city.ask("/ledger/reset", wrong)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        city.ask("/switches", [{"fault": "earthquake"}])


def test_mails_come_in_by_smtp_and_are_fetched_by_imap(city: City) -> None:
    password = city.ledger("mailboxes")[CENTRE]
    name, _, domain = CENTRE.partition("@")
    with smtplib.SMTP("127.0.0.1", city.ports["smtp_port"]) as office:
        office.sendmail("a@b.example", [f"{name}+call7@{domain}"], "Subject: one\r\n\r\nfirst\r\n.dotted\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            office.sendmail("a@b.example", ["nobody@b.example"], "Subject: two\r\n\r\n")
    with imaplib.IMAP4("127.0.0.1", city.ports["imap_port"]) as box:
        with pytest.raises(imaplib.IMAP4.error):
            box.login(CENTRE, "wrong")
        box.login(CENTRE, password)
        box.select("INBOX")
        assert box.uid("SEARCH", "UNSEEN")[1] == [b"1"]
        assert box.fetch("1", "(BODY.PEEK[])")[1][0][1].endswith(b"Subject: one\r\n\r\nfirst\r\n.dotted\r\n")
        assert box.search(None, "UNSEEN")[1] == [b"1"], "only peeked at"
        box.fetch("1", "(RFC822)")
        assert not box.search(None, "UNSEEN")[1][0]
        box.store("1", "+FLAGS", "\\Deleted")
        assert box.expunge()[1] == [b"1"]
        assert box.status("INBOX", "(MESSAGES UIDNEXT)")[1] == [b"INBOX (MESSAGES 0 UIDNEXT 2)"]


def test_the_command_listens_on_this_machine_only_ends_on_sigterm_and_logs_nobody() -> None:
    city = City()
    mine = Plain(city, city.person("花子"))
    mine.to_the_calendar()
    for port in (city.ports["port"], city.ports["smtp_port"], city.ports["imap_port"]):
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=1):
            pass
    assert city.close() == (0, "")
