"""The booking panel in real Chromium during a call, on a practice site: by keyboard, in every trouble, clean under axe."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from admin.demo.ports import free_port
from admin.demo.stage import Stage, stage, temporary_home
from booking_agent import demo
from booking_agent.events import BookingHandedOver
from booking_agent.model import CalendarRow, Intent
from booking_agent.settings import REHEARSAL_PORT, REHEARSAL_TOKEN
from contact_center.personal import Owner, Personal
from telephony.demo import RESIDENT_SAYS
from tests.asterisk.conftest import Desk
from tests.pages.test_console import complaints

SITE, COUNTER = "rehearsal-app", "北支所"


class Counter:
    """A seat of a centre with a practice city, during one call."""

    def __init__(self, on_stage: Stage, page: Any) -> None:
        self.stage, self.page, self.house = on_stage, page, on_stage.house
        self.caller = on_stage.resident(demo.RESIDENT_NUMBER)

    def city(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.house.settings[REHEARSAL_PORT]}{path}"
        request = urllib.request.Request(url, data, {"X-Control": self.house.settings[REHEARSAL_TOKEN]})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def fresh(self, *faults: str) -> None:
        """A fresh ledger with these faults on, and a panel in which nothing was begun."""
        self.city("/ledger/reset", {"seed": 1})
        self.city("/switches", [{"fault": fault, "face": "app"} for fault in faults])
        for key in ("shut", "stop"):
            if self.page.locator(f"#bk-run button[data-does={key}]").count():
                self.page.click(f"#bk-run button[data-does={key}]")
        self.page.click("#bk-fresh")

    def person(self, given: str = "花子") -> dict[str, Any]:
        return next(one for one in self.city("/ledger/people") if one["given"] == given)

    def asks(self, *answers: str) -> None:
        for number, answer in enumerate(answers):
            self.page.check(f"#bk-questions-list input[name=bk-q{number}][value={answer}]")

    def fills(self, who: dict[str, Any]) -> None:
        demo._fills(self.page, who)

    def trouble(self) -> str:
        self.page.wait_for_selector("#bk-run .bk-stop", timeout=90000)
        return str(self.page.locator("#bk-run .bk-stop").inner_text())


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    """One centre and one call for all tests here."""
    with stage(temporary_home(), quiet=True, any_ports=True, more=demo.settings(free_port)) as on_stage:
        chromium = on_stage.browser()
        context = chromium.new_context(
            ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="ja-JP", permissions=["microphone"],
            bypass_csp=True,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(30000)
        on_stage.sign_in(page, "agent")
        page.wait_for_selector("#take-seat:not([hidden])")
        on_stage.take_seat(page)
        made = Counter(on_stage, page)
        made.caller.says(on_stage.voice("books", RESIDENT_SAYS))
        made.caller.calls()
        Desk(on_stage, page).rings()
        yield made
        made.caller.leaves()
        context.close()


def looked_at(counter: Counter) -> list[str]:
    with counter.house.database.reading() as session:
        return [row.site for row in session.scalars(select(CalendarRow)) if row.seen_at is not None]


@pytest.mark.requirement("IZ-18")
def test_the_slots_are_looked_at_while_it_still_rings(counter: Counter) -> None:
    counter.stage.wait(lambda: SITE in looked_at(counter), 30, "nobody has looked")
    assert counter.page.locator("body[data-phone=ringing]").count() == 1
    counter.page.keyboard.press("F4")
    counter.page.wait_for_selector("#presence[data-state=on_contact]")
    counter.page.keyboard.press("Alt+y")
    counter.page.select_option("#bk-site", SITE)
    counter.asks("yes", "yes", "yes", "no")
    assert counter.page.locator("#bk-slots .bk-days button:enabled").count() > 5


def test_nobody_is_shown_a_slot_who_may_not_book(counter: Counter) -> None:
    counter.fresh()
    assert not counter.page.locator("#bk-slots").is_visible()
    counter.asks("yes", "no")
    assert "はがきが届いてから" in counter.page.locator("#bk-stop").inner_text()
    assert not counter.page.locator("#bk-slots").is_visible() and not counter.page.locator("#bk-form").is_visible()
    assert complaints(counter.page) == []


def test_a_pickup_is_booked_by_keyboard_alone_from_the_spoken_date_to_the_number(counter: Counter) -> None:
    counter.fresh()
    page = counter.page
    page.focus("#bk-questions-list input[name=bk-q0][value=yes]")
    for answer in ("Space", "Space", "Space", "ArrowRight"):
        page.keyboard.press(answer)
        page.keyboard.press("Tab")
    page.select_option("#bk-counter", COUNTER)
    page.wait_for_selector("#bk-slots .bk-days button:enabled")
    page.fill("#bk-slots-said", "平日の午前中")
    page.locator("#bk-slots .bk-said", has_text="月・火・水・木・金曜").wait_for()
    offered = page.locator("#bk-slots .bk-next button").first.inner_text()
    assert complaints(page) == []
    page.focus("#bk-slots .bk-next button >> nth=0")
    page.keyboard.press("Enter")
    assert offered.split(" ")[1] in page.locator("#bk-picked").inner_text()
    who = counter.person()
    names = page.locator("#bk-fields input").evaluate_all("(all) => all.map((one) => one.name)")
    assert page.evaluate("document.activeElement.name") == names[0]
    assert max(page.locator(".bk-pair").evaluate_all("(all) => all.map((one) => one.querySelectorAll('input').length)")) == 2
    for name in names:
        page.keyboard.type(str(who["number"] if name == "card" else who[name]))
        page.keyboard.press("Enter" if name == names[-1] else "Tab")
    page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
    assert page.locator(".bk-hold").inner_text().startswith("枠は")
    shown = page.locator(".bk-shown").inner_text()
    assert COUNTER in shown and "見本" in shown
    assert counter.city("/ledger/reservations") == [] and complaints(page) == []
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector("#bk-run button[data-does=keep]", timeout=60000)
    (booked,) = counter.city("/ledger/reservations")
    assert page.locator(".bk-number").inner_text() == booked["number"]
    assert "本人確認書類" in page.locator(".bk-bring").inner_text() and complaints(page) == []
    page.click("#bk-run button[data-does=keep]")
    assert booked["number"] in page.locator("#note").input_value()


def test_times_of_another_day_never_stand_under_what_was_said(counter: Counter) -> None:
    counter.fresh()
    page = counter.page
    counter.asks("yes", "yes", "yes", "no")
    page.select_option("#bk-counter", COUNTER)
    page.locator("#bk-slots .bk-days button:enabled").first.click()
    page.locator("#bk-slots .bk-times button:enabled").first.wait_for()
    day = page.locator("#bk-slots .bk-days button[aria-pressed=true] span").inner_text()
    assert page.locator("#bk-slots .bk-day").inner_text() == day
    closed = page.locator("#bk-slots .bk-days button:disabled").last.get_attribute("data-day").split("-")
    page.fill("#bk-slots-said", f"{int(closed[1])}月{int(closed[2])}日の午後")
    page.wait_for_function("document.querySelectorAll('#bk-slots .bk-times button').length === 0")
    assert page.locator("#bk-slots .bk-day").inner_text() == ""
    assert "空きはありません" in page.locator("#bk-slots .bk-next").get_attribute("data-title")


def test_what_the_site_does_not_know_is_corrected_where_it_was_typed(counter: Counter) -> None:
    counter.fresh()
    counter.asks("yes", "yes", "yes", "no")
    counter.page.select_option("#bk-counter", COUNTER)
    demo._slot(counter.page, "#bk-slots")
    who = counter.person()
    counter.fills(who | {"number": "ZZZ999999"})
    counter.page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
    counter.page.keyboard.press("Alt+Enter")
    assert "一致しません" in counter.trouble()
    counter.page.click("#bk-run button[data-does=edit]")
    assert counter.page.locator("#bk-fields input[name=family]").input_value() == who["family"]
    counter.fills(who)
    counter.page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
    counter.page.click("#bk-run button[data-does=no]")
    # What the operator has stopped is no alarm.
    counter.page.wait_for_selector("#bk-run p.quiet[role=alert]")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("taken_500", "先に埋まりました"), ("other_time", "選んだ内容と違う"), ("labels", "画面が変わって"), ("maintenance", "停止中"),
     ("too_many", "混雑しています")],
)  # fmt: skip
def test_every_trouble_is_said_in_words_that_tell_whether_anything_was_booked(counter: Counter, fault: str, words: str) -> None:
    counter.fresh()
    counter.asks("yes", "yes", "yes", "no")
    counter.page.select_option("#bk-counter", COUNTER)
    demo._slot(counter.page, "#bk-slots")
    counter.city("/switches", [{"fault": fault, "face": "app"}])
    counter.fills(counter.person())
    if fault == "taken_500":
        counter.page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
        counter.page.keyboard.press("Alt+Enter")
    said = counter.trouble()
    assert words in said and "予約はされていません" in said
    assert counter.city("/ledger/reservations") == [] and complaints(counter.page) == []


def test_what_nobody_can_look_up_is_found_out_by_the_supervisor(counter: Counter) -> None:
    counter.fresh()
    now = counter.house.clock.now()
    with counter.house.database.session_scope() as session:
        row = Intent(
            city="mihon", site=SITE, what="book", person_id=1, state="unknown", waits="person", created_at=now, changed_at=now,
            handed_at=now, committed_at=now, booked="unknown", counter=COUNTER, people=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        counter.house.vault.put(session, Owner("booking", str(row.id)), "family", Personal("見本"))
        counter.house.vault.put(session, Owner("booking", str(row.id)), "letter_password", Personal("himitsu9"))
        counter.house.log.append(session, BookingHandedOver(city="mihon", actor="booking_agent", intent=row.id, reason="in_doubt"))
    page = counter.stage.page(counter.page.context.browser)
    counter.stage.sign_in(page, "supervisor", "/supervise")
    page.locator("#attention a").click()
    page.click("#cases button.strong")
    page.wait_for_selector(".bk-settle")
    assert "もう一度申し込まず" in page.locator("#bk-run .bk-stop").inner_text()
    known = page.locator(".bk-known").inner_text()
    assert "見本市 市民課" in known and "見本" in known and "himitsu9" not in page.content()
    page.fill("#bk-settle-number", "12345678")
    page.click(".bk-settle button[value=yes]")
    page.wait_for_selector(".bk-number")
    assert page.locator(".bk-number").inner_text() == "12345678"
    assert page.locator("#cases button").count() == 0
    page.goto(f"{counter.stage.url}/supervise")
    page.wait_for_selector("#lines li")
    assert not page.locator("#attention a").is_visible()
    page.context.close()


def test_what_was_done_for_one_caller_does_not_stand_beside_the_next(counter: Counter) -> None:
    counter.fresh()
    page, who = counter.page, counter.person()
    counter.asks("yes", "yes", "yes", "no")
    page.select_option("#bk-counter", COUNTER)
    demo._slot(page, "#bk-slots")
    counter.fills(who)
    page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector("#bk-run button[data-does=keep]", timeout=60000)
    number = page.locator(".bk-number").inner_text()
    page.select_option("#bk-what", "cancel", force=True)
    counter.caller.leaves()
    page.wait_for_selector("#presence[data-state=wrapping]")
    page.check("#categories input[value=booking]", force=True)
    page.check("#outcomes input[value=booked]", force=True)
    page.click("#finish:not([disabled])")
    page.wait_for_selector("#presence[data-state=available]")
    counter.caller = counter.stage.resident("0705555" + "6666")
    counter.caller.says(counter.stage.voice("books", RESIDENT_SAYS))
    counter.caller.calls()
    Desk(counter.stage, page).rings()
    page.wait_for_selector("#bk-plan:not([hidden])")
    assert number not in page.locator("#panel-booking").inner_text()
    assert page.locator("#bk-what").input_value() == "book" and not page.locator("#bk-run").is_visible()
