"""An agent's shift, played through in Chromium: thirty contacts of every kind; the figures at its end equal what was played."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from admin.demo.stage import Stage, temporary_home
from contact_center.clock import day_of
from contact_center.contacts import Contact
from contact_center.reports import folded
from contact_center.reports.figures import counted
from contact_center.settings import SERVICE_LEVEL
from telephony.demo import RESIDENT_SAYS, Resident, voice
from tests.asterisk.conftest import agent_voice, callbacks, sit_down
from tests.conftest import CLONE, short_greetings

SHIFT = """
[seats]
wrap_up = 4
[contacts]
abandon_after = 1
[telephony]
ring_seconds = 3
say_place_every = 0
same_seat_within = 2
"""
LINE, CLOSED, ALONE, OFFICE = "0559990001", "0559990002", "0559990004", "0559990100"
MORNING = (
    ("new", "faq"), ("renewal", "faq"), ("certificate", "department"), ("booking", "booked"), ("booking", "not_booked"),
    ("proxy", "faq"), ("pin", "supervisor"), ("return", "national"),
)  # fmt: skip


class Shift:
    """One agent, a supervisor, residents, an office; and what was played so far."""

    def __init__(self, centre: Stage, browser: Any) -> None:
        self.centre = centre
        self.boss = sit_down(centre, browser, "supervisor", "seat-2")
        self.boss.page.select_option("#away-reason", "paperwork")
        self.boss.page.click("#go-away")
        self.boss.presence("away")
        self.desk = sit_down(centre, browser)
        self.page = self.desk.page
        self.played: Counter[str] = Counter()
        self.subjects: Counter[tuple[str, str]] = Counter()
        said = voice(centre.home / "tmp", "resident", RESIDENT_SAYS)
        self.residents = [Resident(centre, f"031114000{n}") for n in range(3)]
        self.office = Resident(centre, OFFICE)
        for one in (*self.residents, self.office):
            one.says(said)
        self.caller = self.residents[0]

    def contact(self) -> Contact:
        with self.centre.house.database.reading() as session:
            return session.get_one(Contact, self.centre.house.seats.get(session, "seat-1").contact_id)

    def answers(self) -> None:
        self.caller.calls()
        self.played["arrived"] += 1
        self.desk.rings()
        self.desk.answers()
        self.played["answered"] += 1

    def resident_hangs_up(self) -> None:
        self.caller.hangs_up()
        self.caller.waits("idle")

    def hears_something(self) -> None:
        """An announcement, or music, for a second."""
        self.caller.waits("talking")
        start = self.caller.heard_so_far().size
        self.centre.wait(lambda: self.caller.heard_so_far().size > start + 16000, 20, "nothing is heard")

    def writes_up(self, category: str = "booking", outcome: str = "faq", presence: str = "available") -> None:
        self.desk.presence("wrapping")
        self.desk.classifies(category, outcome)
        self.desk.finishes()
        self.desk.presence(presence)
        self.closed(category, outcome)

    def closed(self, category: str, outcome: str) -> None:
        self.played["closed"] += 1
        self.subjects[category, outcome] += 1

    def picks(self, key: str, text: str, take: str = "Enter") -> None:
        self.page.locator(f"#{key}:not([hidden])").wait_for()
        self.page.click(f"#{key}")
        self.page.keyboard.type(text)
        self.page.keyboard.press(take)

    def away(self) -> None:
        self.page.click("#go-away")
        self.desk.presence("away")

    def available(self) -> None:
        self.page.click("#go-available")
        self.desk.presence("available")

    # -- the kinds of contact -----------------------------------------------------------------------------------------

    def ordinary(self, category: str, outcome: str) -> None:
        self.answers()
        self.resident_hangs_up()
        self.writes_up(category, outcome)

    def agent_hangs_up(self) -> None:
        self.answers()
        self.page.keyboard.press("F8")
        self.caller.waits("idle")
        self.writes_up("pin", "department")

    def held_and_muted(self) -> None:
        self.answers()
        for key, state in (("F9", "held"), ("F9", "talking")):
            self.page.keyboard.press(key)
            self.page.wait_for_selector(f"body[data-phone={state}]")
        self.page.keyboard.press("F10")
        self.page.wait_for_selector("#mute[aria-pressed=true]")
        self.resident_hangs_up()
        self.writes_up("loss", "national")

    def handed_over(self) -> None:
        self.answers()
        self.picks("transfer", "しみ")
        self.office.picks_up()
        self.page.get_by_text("市民課と相談中").wait_for()
        self.page.keyboard.press("Alt+g")
        self.writes_up("address", "department")
        self.resident_hangs_up()
        self.office.waits("idle")

    def passed_on(self) -> None:
        self.answers()
        self.picks("transfer", "しみ", "Shift+Enter")
        self.office.picks_up()
        self.writes_up("address", "department")
        self.resident_hangs_up()
        self.office.waits("idle")

    def three_together(self) -> None:
        self.answers()
        self.picks("transfer", "しみ")
        self.office.picks_up()
        self.page.get_by_text("市民課と相談中").wait_for()
        self.page.keyboard.press("Alt+j")
        self.page.get_by_text("市民課と三者で通話中").wait_for()
        self.office.hangs_up()
        self.office.waits("idle")
        self.page.locator("#transfer:not([hidden])").wait_for()
        self.resident_hangs_up()
        self.writes_up("foreigner", "department")

    def another_city(self) -> None:
        self.answers()
        self.picks("neighbours", "となり")
        self.resident_hangs_up()
        self.desk.presence("wrapping")
        self.page.wait_for_selector("#outcomes input[value=other_city]:checked", state="attached")
        self.desk.finishes()
        self.desk.presence("available")
        self.closed("elsewhere", "other_city")

    def nuisance(self) -> None:
        self.answers()
        self.page.locator("#nuisance:not([hidden])").wait_for()
        for _ in range(2):
            self.page.keyboard.press("Alt+m")
        self.page.get_by_text("終話の言葉").wait_for()
        self.boss.page.click("#seats button[data-supervise=seat-1][data-how=join]")
        self.page.get_by_text("鈴木 一郎が加わっています").first.wait_for()
        self.page.keyboard.press("F8")
        self.caller.waits("idle")
        self.boss.presence("away")
        self.writes_up("complaint", "harassment")

    def wrong_number(self) -> None:
        self.answers()
        self.resident_hangs_up()
        self.writes_up("excluded", "broken_off")
        for what in ("arrived", "answered", "closed"):
            self.played[what] -= 1
        self.played["excluded"] += 1

    def escalated(self) -> None:
        self.answers()
        self.page.keyboard.press("Alt+q")
        self.page.select_option("#hand-on-to", "city")
        self.page.fill("#hand-on-text", "交付の予定日を確認")
        self.page.click("#hand-on-form button.strong")
        self.page.get_by_text("引き継ぎました").wait_for()
        self.resident_hangs_up()
        self.writes_up("new", "reported")

    def gives_up(self) -> None:
        self.away()
        self.caller.calls()
        self.played["arrived"] += 1
        self.desk.sees_waiting(1)
        self.hears_something()
        self.resident_hangs_up()
        self.desk.sees_waiting(0)
        self.played["abandoned"] += 1
        self.available()

    def out_of_hours(self) -> None:
        self.caller.calls(CLOSED)
        self.played["arrived"] += 1
        self.played["out_of_hours"] += 1
        self.hears_something()
        self.resident_hangs_up()

    def called_back(self, reached: bool) -> None:
        known = {row.id for row in callbacks(self.centre)}
        self.caller = self.residents[1 if reached else 2]
        self.caller.calls(ALONE)
        self.played["arrived"] += 1
        self.played["overflowed"] += 1
        self.hears_something()
        self.resident_hangs_up()
        row = self.centre.wait(lambda: {row.id for row in callbacks(self.centre)} - known, 10, "nobody is listed").pop()
        self.page.click(f"#callbacks button[data-callback='{row}'][data-does=call]")
        self.played["dialled"] += 1
        if reached:
            self.caller.picks_up()
            self.page.wait_for_selector("body[data-phone=talking]")
            self.desk.presence("on_contact")
            self.centre.wait(lambda: row not in {one.id for one in callbacks(self.centre)}, 5, "still listed")
            self.resident_hangs_up()
            self.played["reached"] += 1
            self.writes_up("booking", "callback")
        else:
            self.caller.waits("ringing")
            self.caller.hangs_up()
            self.played["not_reached"] += 1
            self.desk.presence("available")
        self.caller = self.residents[0]

    def calls_out(self) -> None:
        self.picks("dial", OFFICE)
        self.office.picks_up()
        self.desk.presence("on_contact")
        self.centre.wait(lambda: self.contact().state == "talking", 5, "not reached")
        self.page.keyboard.press("F8")
        self.office.waits("idle")
        self.played["dialled"] += 1
        self.played["reached"] += 1
        self.writes_up("general", "department")

    def not_answered(self) -> None:
        self.caller.calls()
        self.played["arrived"] += 1
        self.desk.rings()
        self.page.locator("#presence", has_text="応答なし").wait_for()
        self.page.click("#go-available")
        self.desk.rings()
        self.desk.answers()
        self.played["answered"] += 1
        self.resident_hangs_up()
        self.writes_up("child", "faq")

    def overdue(self) -> None:
        self.answers()
        self.resident_hangs_up()
        self.desk.presence("wrapping")
        self.boss.page.locator("#seats button[data-release=seat-1]").click()
        self.desk.presence("available")
        self.closed("unclassified", "unclassified")

    def entered_by_hand(self) -> None:
        page = self.page.context.new_page()
        page.goto(self.centre.url + "/enter")
        page.select_option("#channel", "counter")
        page.select_option("#category", "pin")
        page.select_option("#outcome", "department")
        page.click("button.strong")
        page.get_by_text("記録しました").wait_for()
        page.close()
        self.played["entered"] += 1
        self.closed("pin", "department")


@pytest.fixture
def shift() -> Iterator[Shift]:
    """A centre of its own with short timers, and everybody at their places."""
    home = temporary_home()
    short_greetings(home)
    centre = Stage(home, quiet=True, any_ports=True, directory=CLONE / "tests" / "asterisk" / "directory.toml", more=SHIFT)
    try:
        centre.open()
        made = Shift(centre, centre.browser(agent_voice(centre)))
        yield made
        for one in (*made.residents, made.office):
            one.leaves()
    finally:
        centre.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.timeout(400)
@pytest.mark.requirement("IZ-02", "IZ-04", "IZ-17", "NB-14")
def test_an_agents_shift_and_its_figures(shift: Shift) -> None:
    for category, outcome in MORNING:
        shift.ordinary(category, outcome)
    shift.agent_hangs_up()
    shift.held_and_muted()
    shift.gives_up()
    shift.handed_over()
    shift.out_of_hours()
    shift.passed_on()
    shift.another_city()
    shift.three_together()
    shift.wrong_number()
    shift.called_back(reached=True)
    shift.escalated()
    shift.called_back(reached=False)
    shift.not_answered()
    shift.nuisance()
    shift.calls_out()
    shift.overdue()
    shift.entered_by_hand()
    for category in ("insurance", "account", "mynaportal", "phone", "licence"):
        shift.ordinary(category, "faq")
    house = shift.centre.house
    house.fold.catch_up()
    today = day_of(house.clock.now())
    with house.database.reading() as session:
        figures = folded(session, today, today, frozenset({"mihon"}))
        assert figures == counted(session, today, today, frozenset({"mihon"}), house.settings[SERVICE_LEVEL])
    told = {name: getattr(figures, name) for name in shift.played}
    assert told == dict(shift.played)
    assert Counter({(c, o): n for c, o, n in figures.subjects}) == shift.subjects
    assert (figures.interrupted, figures.silent, figures.forwarded, figures.callback_asked) == (0, 0, 0, 0)
    shift.page.locator("#figures [data-figure=closed]", has_text=str(shift.played["closed"])).wait_for()
