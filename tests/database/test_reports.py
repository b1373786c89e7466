"""Reports for the cities: counted twice, compared, signed off once and for all, re-issued as a new version."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName
from sqlalchemy import text

from admin.model import Report
from admin.reports.contents import compile_report, scope_of
from admin.reports.service import Reports
from bench.year import fill
from contact_center.clock import FakeClock
from contact_center.contacts.model import FrozenMonth
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from tests.conftest import make_house, person

CITY, MONTH = "mihon", "2026-10"


@pytest.fixture
def year(tmp_path: Path, clock: FakeClock, quick_passwords: None) -> House:
    """A centre with a year of 3,000 contacts behind it."""
    forms = tmp_path / "forms"
    forms.mkdir()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "様式"
    for name, place in (("着信_今回", "B2"), ("応答率_今回", "B3"), ("分析", "B4"), ("知らない名前", "B5")):
        book.defined_names[name] = DefinedName(name, attr_text=f"様式!${place[0]}${place[1]}")
    sheet["B5"] = "もとのまま"
    book.save(forms / f"{CITY}.xlsx")
    house = make_house(tmp_path, clock, '[reports]\nforms = "forms"\n')
    fill(house, 3000)
    return house


def begun(house: House, actor: Actor, period: str = MONTH, kind: str = "monthly") -> int:
    with house.database.session_scope() as session:
        return Reports(house).begin(session, actor, CITY, kind, period).id


def signed(house: House, actor: Actor, id: int) -> Report:
    with house.database.session_scope() as session:
        Reports(house).sign(session, actor, id)
    with house.database.reading() as session:
        row = session.get_one(Report, id)
        session.expunge(row)
    return row


@pytest.mark.requirement("IZ-15", "NB-14", "TO-11", "IZ-17")
def test_a_month_is_told_in_full_beside_the_month_before_and_signed_off_for_good(year: House) -> None:
    supervisor = person(year, "taro", "supervisor")
    id = begun(year, supervisor)
    row = signed(year, supervisor, id)
    values = (row.contents or {})["values"]
    with year.database.reading() as session:
        arrived = session.scalar(
            text("SELECT count(*) FROM contacts WHERE date(arrived_at / 1000 + 32400, 'unixepoch') LIKE '2026-10-%'")
        )
        assert session.get(FrozenMonth, (CITY, MONTH)) is not None
    assert values["着信_今回"] == arrived and arrived > 200
    assert values["着信_前回との差"] == values["着信_今回"] - values["着信_前回"]
    assert {"calls", "subjects", "hours", "bookings", "counters", "faq", "complaints", "availability"} <= {
        one["id"] for one in (row.contents or {})["sections"]
    }
    assert f"着信は{arrived:,}件" in row.analysis
    # The files are what was signed, and say so.
    assert (row.pdf or b"").startswith(b"%PDF") and set(row.marks) == {"xlsx", "pdf", "form"}
    book = load_workbook(io.BytesIO(row.xlsx or b""))
    sheet = next(book[name] for name in book.sheetnames if name.startswith("①"))
    assert [one.value for one in sheet["A"][:6]][3:5] == ["項目", "着信"] and sheet["B5"].value == arrived
    # The city's own form has its numbers where it names them, and nothing else is touched.
    form = load_workbook(io.BytesIO(row.form or b""))["様式"]
    assert form["B2"].value == arrived and 0.5 < form["B3"].value <= 1
    assert form["B4"].value == row.analysis and form["B5"].value == "もとのまま"
    # Nothing of it changes any more.
    with pytest.raises(Conflict, match="新しい版"), year.database.session_scope() as session:
        Reports(year).analyse(session, supervisor, id, "あとから")


@pytest.mark.requirement("IZ-15")
def test_what_was_wrong_is_issued_anew_as_a_version_of_its_own(year: House) -> None:
    supervisor = person(year, "taro", "supervisor")
    first = signed(year, supervisor, begun(year, supervisor))
    second = begun(year, supervisor)
    with year.database.session_scope() as session:
        # Until it is signed off, contacts of the month can be corrected.
        assert session.get(FrozenMonth, (CITY, MONTH)) is None
        Reports(year).analyse(session, supervisor, second, "数を直しました。")
    with pytest.raises(Conflict, match="下書き"):
        begun(year, supervisor)
    again = signed(year, supervisor, second)
    assert (first.version, again.version) == (1, 2) and again.analysis == "数を直しました。"
    with year.database.reading() as session:
        assert [one.version for one in Reports(year).all(session, [CITY], drafts=False)] == [2, 1]
        assert session.get_one(Report, first.id).pdf == first.pdf


def test_numbers_that_differ_by_their_way_of_counting_are_given_to_nobody(year: House) -> None:
    supervisor = person(year, "taro", "supervisor")
    id = begun(year, supervisor)
    with year.database.session_scope() as session:
        session.execute(text("UPDATE report_hours SET answered = answered + 1 WHERE day = '2026-10-14' AND arrived > 0"))
    with pytest.raises(Conflict, match="answered"):
        signed(year, supervisor, id)
    with year.database.reading() as session:
        assert session.get_one(Report, id).signed_at is None and session.get(FrozenMonth, (CITY, MONTH)) is None


@pytest.mark.requirement("IZ-15")
def test_a_period_that_is_not_over_is_shown_but_not_signed_off(year: House) -> None:
    supervisor = person(year, "taro", "supervisor")
    with pytest.raises(BadInput, match="終わっていない"):
        signed(year, supervisor, begun(year, supervisor, "2026-11"))
    with year.database.reading() as session:
        assert [(city, month, str(by)) for city, month, by in Reports(year).due(session, [CITY])] == [(CITY, MONTH, "2026-11-10")]
    signed(year, supervisor, begun(year, supervisor))
    with year.database.reading() as session:
        assert Reports(year).due(session, [CITY]) == []


@pytest.mark.requirement("NB-17d", "IZ-15")
def test_the_city_sees_what_was_signed_and_another_city_nothing(year: House) -> None:
    supervisor, city = person(year, "taro", "supervisor"), person(year, "city", "city_staff")
    id = begun(year, supervisor)
    with year.database.reading() as session, pytest.raises(NotFound):
        Reports(year).get(session, city, id)
    signed(year, supervisor, id)
    with year.database.reading() as session:
        row = Reports(year).get(session, city, id)
        assert Reports(year).file(session, row, "pdf")[0] == f"report-{CITY}-{MONTH}-v1.pdf"
    elsewhere = Actor(**{**vars(city), "cities": frozenset({"tonari"})})
    with year.database.reading() as session, pytest.raises(NotFound):
        Reports(year).get(session, elsewhere, id)


@pytest.mark.requirement("IZ-15", "TO-11")
def test_a_fiscal_year_is_told_beside_the_year_before(house: House) -> None:
    scope = scope_of("yearly", CITY, "2026")
    assert (scope.days.first, scope.days.last) == (date(2026, 4, 1), date(2027, 3, 31))
    with house.database.reading() as session:
        contents = compile_report(house, session, "yearly", scope)
    assert contents["title"].endswith("年度完了報告書") and contents["values"]["着信_今回"] == 0
