"""Opening hours, as the tenders ask them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.clock import TOKYO
from contact_center.errors import BadInput
from contact_center.hours import CalendarRule, intervals, is_open_at, working_hours_after
from contact_center.hours.rule import SpecialDay, day_rule, japanese_holidays

IZUNOKUNI = CalendarRule(
    week={
        "mon": ("08:30-17:15",), "tue": ("08:30-17:15",), "wed": ("08:30-17:15",), "thu": ("08:30-19:00",),
        "fri": ("08:30-17:15",),
    },
    year_end="12-29..01-03",
)  # fmt: skip
KITAKYUSHU = CalendarRule(week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",)), year_end="12-28..01-03")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.requirement("IZ-03")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24T08:29", False), ("2026-11-24T08:30", True), ("2026-11-24T17:14:59", True), ("2026-11-24T17:15", False),
        ("2026-11-26T18:59", True), ("2026-11-26T19:00", False), ("2026-11-28T10:00", False), ("2026-11-23T10:00", False),
        ("2026-12-28T10:00", True), ("2026-12-29T10:00", False), ("2027-01-03T10:00", False), ("2027-01-04T10:00", True),
    ],
)  # fmt: skip
def test_izunokuni_is_open_on_weekdays_and_longer_on_thursdays(moment: str, is_open: bool) -> None:
    assert is_open_at(IZUNOKUNI, at(moment)) is is_open


@pytest.mark.requirement("IZ-03")
def test_a_thursday_that_is_a_holiday_is_closed_all_day() -> None:
    # 29 April 2027, Showa Day, is a Thursday.
    assert japanese_holidays(2027)[date(2027, 4, 29)] == "昭和の日"
    assert not is_open_at(IZUNOKUNI, at("2027-04-29T18:00"))


@pytest.mark.requirement("KQ-01")
def test_another_city_keeps_its_own_hours_and_year_end() -> None:
    assert is_open_at(KITAKYUSHU, at("2026-11-24T16:59"))
    assert not is_open_at(KITAKYUSHU, at("2026-11-24T17:00"))
    assert not is_open_at(KITAKYUSHU, at("2026-12-28T10:00"))
    assert is_open_at(IZUNOKUNI, at("2026-12-28T10:00"))


def test_substitute_and_citizens_holidays_are_known() -> None:
    names = japanese_holidays(2026)
    # 3 May 2026 is a Sunday; its substitute is the first day after that is no holiday itself.
    assert "振替" in names[date(2026, 5, 6)]
    # 22 September 2026 lies between two holidays.
    assert date(2026, 9, 22) in names


def test_a_calendar_says_itself_what_a_holiday_means() -> None:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("10:00-18:00",))
    shopping_centre = CalendarRule(week=week, holiday="as_weekday")
    as_sunday = CalendarRule(week=week | {"sun": ("10:00-16:00",)}, holiday="sunday")
    holiday = at("2026-11-23T17:00")
    assert is_open_at(shopping_centre, holiday)
    assert not is_open_at(as_sunday, holiday)


def test_lunch_is_taken_out_of_every_day() -> None:
    rule = CalendarRule(week={"tue": ("08:30-17:15",)}, lunch="12:00-13:00")
    spans = [(i.start.hour, i.end.hour) for i in intervals(rule, date(2026, 11, 24), date(2026, 11, 24))]
    assert spans == [(8, 12), (13, 17)]


def test_a_single_day_stands_above_week_and_holiday() -> None:
    opened = SpecialDay(first=date(2026, 11, 23), open=("09:00-12:00",), reason="臨時開庁")
    rule = CalendarRule(week=IZUNOKUNI.week, days=(opened,))
    assert is_open_at(rule, at("2026-11-23T10:00"))
    assert day_rule(rule, date(2026, 11, 23)).reason == "臨時開庁"


@pytest.mark.parametrize("text", ["8-17", "17:00-08:00", "08:30-24:30", "08:60-09:00", ""])
def test_hours_that_cannot_be_read_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="08:30-17:15"):
        CalendarRule(week={"mon": (text,)}).check()


@settings(max_examples=200, deadline=None, database=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_intervals_and_is_open_always_agree(moment: datetime) -> None:
    moment = moment.replace(tzinfo=TOKYO)
    day = moment.date()
    inside = any(i.start <= moment < i.end for i in intervals(IZUNOKUNI, day - timedelta(1), day + timedelta(1)))
    assert inside is is_open_at(IZUNOKUNI, moment)


def test_what_is_due_in_a_days_time_is_due_on_the_next_day_on_which_somebody_works() -> None:
    friday = at("2026-11-20T16:00")
    # Saturday, Sunday and the holiday of the 23rd do not count.
    assert working_hours_after(IZUNOKUNI, friday, 24) == at("2026-11-24T16:00")
    assert working_hours_after(IZUNOKUNI, at("2026-11-25T10:00"), 4) == at("2026-11-25T14:00")
    assert working_hours_after(IZUNOKUNI, at("2026-12-28T10:00"), 24) == at("2027-01-04T10:00")


def test_a_calendar_that_never_opens_counts_every_day() -> None:
    assert working_hours_after(CalendarRule(week={}), at("2026-11-20T16:00"), 48) == at("2026-11-22T16:00")
