"""Days, times and signs as reservation sites write them, and as callers say them."""

from __future__ import annotations

from datetime import date, time

import pytest

from booking_agent.japanese import Mark, birthday, read_date, read_mark, read_month, read_span
from booking_agent.profiles import Template
from booking_agent.shape import shaped
from booking_agent.spoken import spoken
from contact_center.errors import BadInput

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026年12月1日（火）", date(2026, 12, 1)), ("令和８年１２月１日(火)", date(2026, 12, 1)), ("R8.12.1", date(2026, 12, 1)),
        ("令和元年5月1日", date(2019, 5, 1)), ("2026/12/01", date(2026, 12, 1)), ("2026-12-01T09:00", date(2026, 12, 1)),
        ("12/1(火)", date(2026, 12, 1)), ("1月5日", date(2027, 1, 5)), ("20261201", date(2026, 12, 1)),
        ("Thursday, November 26, 2026 at 03:00 PM", date(2026, 11, 26)), ("1 Dec 2026", date(2026, 12, 1)),
        ("１１月 24, 2026", date(2026, 11, 24)), ("11/26/2026, 3:00:00 PM", date(2026, 11, 26)),
        ("12月の空き状況", None), ("9:00", None),
        ("12月1日(月)", None), ("2026年2月30日", None),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_and_not_where_its_weekday_is_anothers(written: str, day: date | None) -> None:
    assert read_date(written, TODAY) == day


@pytest.mark.parametrize(
    ("written", "month"),
    [("2026年12月", 12), ("令和８年１２月", 12), ("December 2026", 12), ("12/2026", 12), ("12月", 12), ("空き状況", None)],
)
def test_the_month_of_a_calendar_is_read(written: str, month: int | None) -> None:
    found = read_month(written, TODAY)
    assert found == (date(2026, month, 1) if month else None)


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("9:00～9:15", (time(9), time(9, 15))), ("９：００－９：１５", (time(9), time(9, 15))), ("9時", (time(9), None)),
        ("午前9時15分～9時30分", (time(9, 15), time(9, 30))), ("午後1時～1時15分", (time(13), time(13, 15))),
        ("午前11時45分～午後0時", (time(11, 45), time(12))), ("9時半", (time(9, 30), None)), ("正午", (time(12), None)),
        ("03:00 PM - 03:30 PM", (time(15), time(15, 30))), ("12:00 AM", (time(0), None)), ("9am", (time(9), None)),
        ("令和8年12月1日(火)　９：００～９：１５", (time(9), time(9, 15))), ("予約日", None), ("25:00", None),
    ],
)  # fmt: skip
def test_a_time_is_read_in_every_form(written: str, span: tuple[time, time | None] | None) -> None:
    assert read_span(written) == span


@pytest.mark.parametrize(
    ("signs", "mark"),
    [
        (["〇"], Mark.FREE), (["◯"], Mark.FREE), (["△"], Mark.FEW), (["残りわずか"], Mark.FEW), (["残り0"], Mark.FULL),
        (["残り1"], Mark.FEW), (["×"], Mark.FULL), (["満"], Mark.FULL), (["－"], Mark.CLOSED), (["受付終了"], Mark.CLOSED),
        (["空きあり"], Mark.FREE), (["予約"], None),
    ],
)  # fmt: skip
def test_a_sign_means_what_it_usually_means(signs: list[str], mark: Mark | None) -> None:
    assert read_mark(signs, {}) == mark


def test_what_a_profile_says_of_a_sign_goes_before() -> None:
    assert read_mark(["×"], {Mark.FREE: ["×"]}) == Mark.FREE
    assert read_mark(["9:00", "aki"], {Mark.FREE: ["aki"]}) == Mark.FREE


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("来週の木曜の午後", "11月23日から11月29日 木曜 12:00から"),
        ("あさっての10時ごろ", "11月24日 09:00から11:00まで"),
        ("12月の土曜日", "12月1日から12月31日 土曜"), ("再来週の月か水曜の午前中", "11月30日から12月6日 月・水曜 12:00まで"),
        ("15日の2時半", "12月15日 14:30から15:30まで"), ("三時まで", "15:00まで"),
        ("十二月十日の二時半", "12月10日 14:30から15:30まで"), ("三日", "12月3日"), ("来月の頭", "12月1日から12月10日"),
        ("さ来週の水曜以外", "11月30日から12月6日 月・火・木・金・土・日曜"), ("明日以降", "11月23日以降"),
        ("来週以降の火曜", "11月23日以降 火曜"), ("らいしゅうのもくようのごご", "11月23日から11月29日 木曜 12:00から"),
        ("なるべく早く", "11月22日以降"), ("10時から12時まで", "10:00から12:00まで"), ("月末", "11月22日から11月30日"),
        ("なんでもいいです", ""),
    ],
)  # fmt: skip
def test_what_a_caller_says_is_understood(words: str, read: str) -> None:
    assert spoken(words, TODAY).read == read


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{birthday:%Y%m%d}", "19800401"), ("{birthday|era}{birthday|era_year}年", "昭和55年"), ("{phone|part2}", "1234"),
        ("{phone|digits}", "09012345678"), ("{kana|half_kana}", "ﾐﾎﾝ ﾊﾅｺ"), ("{kana|hiragana}", "みほん　はなこ"),
        ("{name|wide}", "見本　花子"), ("{card|first3}-{card|last6}", "A1B-123456"), ("{birthday|month:02}", "04"),
    ],
)  # fmt: skip
def test_values_are_written_as_the_site_wants_them(template: str, text: str) -> None:
    values = {
        "birthday": date(1980, 4, 1), "phone": "090-1234-5678", "kana": "ミホン　ハナコ", "name": "見本　花子", "card": "A1B123456",
    }  # fmt: skip
    assert Template(template).fill(values) == text


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("birthday", "S55.4.1", "1980-04-01"), ("birthday", "昭和55年4月1日", "1980-04-01"), ("birthday", "19800401", "1980-04-01"),
        ("card", "a1b-123456", "A1B123456"), ("phone", "０９０１２３４５６７８", "090-1234-5678"),
        ("family_kana", "みほん", "ミホン"),
        ("mail", "", ""),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_in_one_shape(name: str, typed: str, kept: str) -> None:
    assert shaped(name, typed, TODAY) == kept


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("birthday", "4月1日"), ("birthday", "2030年1月1日"), ("phone", "12"), ("family_kana", "見本"), ("family", ""),
        ("address", "1234 5678 9012"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(name: str, typed: str) -> None:
    with pytest.raises(BadInput):
        shaped(name, typed, TODAY)


def test_a_birthday_is_no_day_to_come() -> None:
    with pytest.raises(BadInput):
        birthday("20301231", TODAY)
