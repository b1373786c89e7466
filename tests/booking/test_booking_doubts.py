"""What is said of a booking whose site is built otherwise, answers oddly, or cannot be asked afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from booking_agent import prove
from booking_agent.checking import check_site
from booking_agent.driver.facts import Shown, Slot
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.model import What
from booking_agent.profiles import read
from booking_agent.prove import Prover
from contact_center.errors import BadInput
from tests.booking.city import City
from tests.booking.desk import CityClock, Desk
from tests.booking.other_site import OtherSite

TODAY = date(2026, 11, 24)


@pytest.fixture
def other(desk: Desk) -> Iterator[OtherSite]:
    site = OtherSite()
    site.write_profile(desk.house.settings.base / "sites")
    yield site
    site.close()


def begin(desk: Desk, day: str = "2026-12-02") -> int:
    """A booking on the other site until its time was chosen."""
    with desk.house.database.session_scope() as session:
        row = desk.bookings.plan(
            session, desk.actor, site="other", what="book", contact=None, flags=[], bring=[], people=1, counter="",
            values={"family": "見本"},
        )  # fmt: skip
    desk.runs[row.id] = desk.worker.conduct(row.id)
    desk.until(row.id, "slot")
    desk.say(row.id, "day", day=day)
    desk.until(row.id, "slot")
    return row.id


def test_a_page_that_shows_the_slot_only_in_fields_and_attributes_is_read(desk: Desk, other: OtherSite) -> None:
    id = begin(desk)
    desk.say(id, "choose", day="2026-12-02", start="11:00", end="")
    desk.until(id, "yes")
    desk.say(id, "yes")
    row = desk.until(id, "proved", "person", "failed")
    assert (row.state, row.proof) == ("proved", "page"), row.trouble
    assert other.booked == ["2026-12-02T11:00"]


def test_a_day_that_turns_out_to_be_empty_is_full_and_another_is_chosen(desk: Desk, other: OtherSite) -> None:
    id = begin(desk, "2026-12-01")
    assert dict(desk.seen(id).days)["2026-12-01"] == "full"
    desk.say(id, "day", day="2026-12-02")
    desk.until(id, "slot")
    desk.say(id, "choose", day="2026-12-02", start="10:00", end="")
    desk.until(id, "yes")
    desk.say(id, "yes")
    assert desk.until(id, "proved", "person", "failed").state == "proved"


def test_a_last_button_that_cannot_be_pressed_is_said_before_anybody_waits(desk: Desk, other: OtherSite) -> None:
    other.disabled = True
    id = begin(desk)
    desk.say(id, "choose", day="2026-12-02", start="10:00", end="")
    desk.until(id, "yes")
    desk.say(id, "yes")
    row = desk.until(id, "failed", "person")
    assert (row.state, row.booked, row.reason) == ("failed", "no", "changed")
    assert "押せない" in row.trouble["seen"]


def test_a_conflict_that_the_site_answers_in_words_nobody_knows_is_a_taken_slot(desk: Desk, other: OtherSite) -> None:
    other.status = 409
    id = begin(desk)
    desk.say(id, "choose", day="2026-12-02", start="10:00", end="")
    desk.until(id, "yes")
    desk.say(id, "yes")
    row = desk.until(id, "refused", "person", "failed")
    assert (row.state, row.booked, row.reason) == ("refused", "no", "taken")


def test_who_cannot_be_asked_any_more_keeps_nobody_waiting(desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "WITHIN", 3600.0)
    path = desk.house.settings.base / "sites" / "rehearsal-pages.yaml"
    text = path.read_text("utf-8")
    # The look-up page asks for something that nobody was asked when the booking was made.
    text = text.replace("proof: {mail: '予約番号：(\\d+)', already: true}\n", "")
    text = text.replace('{予約番号: "{number}", 生年月日', '{予約番号: "{letter_id}", 生年月日')
    path.write_text(text, "utf-8")
    city.switch("lost_after", face="pages")
    row = desk.book("pages", city.person("花子"))
    assert (row.waits, row.booked) == ("person", "unknown")


def test_a_lost_answer_is_proved_by_the_mail_that_confirms_day_and_time(desk: Desk, city: City) -> None:
    path = desk.house.settings.base / "sites" / "rehearsal-pages.yaml"
    text = path.read_text("utf-8")
    text = text.replace(
        "proof: {mail: '予約番号：(\\d+)', already: true}",
        "proof: {mail: '予約番号：(\\d+)', shows: {day: '日時：(.+)', time: '日時：(.+)'}}",
    )
    path.write_text(text[: text.index("find:\n")], "utf-8")
    city.switch("lost_after", face="pages")
    row = desk.book("pages", city.person("花子"))
    assert (row.state, row.proof) == ("proved", "mail"), row.trouble
    assert desk.show(row.id)["number"] == city.reservation()["number"]


class Told:
    """What a prover has written down."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.words.append(name)


def proved_change(found: Shown, tmp_path: Path) -> list[str]:
    """What is said of a change after which the look-up page shows this."""
    site = OtherSite()
    site.close()
    find = "find:\n  enter:\n    - open: .\nchange:\n  commit:\n    - click: Book\n  done: {see: Reservation complete}\n"
    profile = read(site.write_profile(tmp_path, ("book:\n", find + "book:\n")))

    class _Work:
        def find(self) -> Shown:
            return found

    @contextmanager
    def visit(_state: Any, _what: str) -> Iterator[_Work]:
        yield _Work()

    told, clock = Told(), CityClock()
    wanted, former = Slot(date(2026, 12, 2), time(10)), Slot(date(2026, 12, 1), time(11))
    since = clock.now() - timedelta(seconds=prove.WITHIN + 1)
    prover = Prover(
        told, profile, What.CHANGE, clock, {"number": "N1"}, wanted, former, visit, None, lambda: None, since  # type: ignore[arg-type]
    )  # fmt: skip
    prover.run(Trouble(Reason.IN_DOUBT))
    return told.words


def shown(day: str, start: str) -> Shown:
    return Shown({"day": day, "time": start}, TODAY)


def test_a_change_is_said_not_to_be_done_only_where_the_former_time_still_stands(tmp_path: Path) -> None:
    assert "proved" in proved_change(shown("2026-12-02", "10:00"), tmp_path)
    assert "stopped" in proved_change(shown("2026-12-01", "11:00"), tmp_path)
    neither = proved_change(shown("2026-12-05", "10:00"), tmp_path)
    assert "hand_over" in neither and "stopped" not in neither


def test_whatever_goes_wrong_while_proving_a_person_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bool:
        raise KeyError("birthday")

    monkeypatch.setattr(Prover, "_look", broken)
    assert "hand_over" in proved_change(shown("2026-12-02", "10:00"), tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ('cells: "#times button"', 'cells: "#times button["', 12, "閉じていません"),
        ("number: \"css:#number\"", "number: 'url:N(\\d+'", 20, "正規表現"),
        ("- click: Book", "- click: Book[3/2]", 19, "3番目"),
        ('cells: "#days button"', 'cells: "#days button"\n  marks: {closes: [x]}', 11, "使えません"),
    ],
)  # fmt: skip
def test_lint_names_the_line_of_what_would_fail_later(before: str, after: str, line: int, said: str, tmp_path: Path) -> None:
    site = OtherSite()
    site.close()
    with pytest.raises(BadInput) as refused:
        read(site.write_profile(tmp_path, (before, after)))
    assert f"other.yaml:{line}:" in refused.value.sentence() and said in refused.value.sentence()


def test_check_names_the_line_and_what_the_profile_says_in_vain(desk: Desk, other: OtherSite) -> None:
    folder = desk.house.settings.base / "sites"

    def checked(*changes: tuple[str, str]) -> Any:
        path = other.write_profile(folder, *changes)
        values = {"family": "見本"}
        return desk.worker._thread.submit(
            lambda: check_site(desk.worker.bookings.chromium, read(path), CityClock(), values, None, path)
        ).result(60)

    good = checked()
    assert good.good and any("2026-12-01" in line and "時間がありません" in line for line in good.lines)
    wrong = checked(("Your name", "Her name"))
    assert not wrong.good and any("other.yaml:17" in line and "book.fill 1" in line for line in wrong.lines), wrong.told()
    vain = checked(('cells: "#days button"', 'cells: "#days button"\n  marks: {full: [売切]}'))
    assert any("一度も出なかった印 売切" in line for line in vain.lines)
    closed = checked(('cells: "#days button"', 'cells: "#days button"\n  marks: {closed: ["1", "2"]}\n  marked: true'))
    assert not closed.good and any("marks" in line for line in closed.lines), closed.told()


def test_a_site_whose_mails_nobody_can_read_is_refused_before_it_is_touched(
    desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contact_center.settings import MAIL_HOST

    monkeypatch.setitem(desk.house.settings._values, MAIL_HOST.name, "")
    with pytest.raises(BadInput) as refused:
        desk.plan("pages", city.person("花子"))
    assert "mail.host" in refused.value.sentence() and city.outcomes() == []


