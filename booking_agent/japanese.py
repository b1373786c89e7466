"""Days, times and marks as reservation sites write them, in Japanese and in English."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from enum import StrEnum

from contact_center.errors import BadInput

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "r": 2018, "h": 1988, "s": 1925, "t": 1911}
"""The year before the first of each era."""

_MONTHS = {
    name: place
    for place, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = "(?P<name>" + "|".join(_MONTHS) + r")[a-z]*\.?"
_WEEKDAYS = "月火水木金土日"
_ERA = r"(?P<era>令和|平成|昭和|大正|(?<![a-z])[rhst])\s*(?P<of>\d{1,2}|元)\s*[年./-]\s*"
_YEAR, _NUMBER, _DAY = r"(?<!\d)(?P<year>\d{4})", r"(?<!\d)(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_DATES = (
    re.compile(_ERA + rf"(?P<month>\d{{1,2}})\s*[月./-]\s*{_DAY}(?!\d)"),
    re.compile(_YEAR + rf"\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*{_DAY}(?!\d)"),
    re.compile(_NUMBER + rf"\s*月\s*{_DAY}\s*日?,?\s+(?P<year>\d{{4}})(?!\d)"),
    re.compile(_NUMBER + rf"/{_DAY}/(?P<year>\d{{4}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(_MONTH + rf"\s+{_DAY}(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}(?:st|nd|rd|th)?\s+" + _MONTH + r"(?:,?\s+(?P<year>\d{4}))?"),
    re.compile(_NUMBER + rf"\s*[月/]\s*{_DAY}(?![\d/])"),
)
_MONTHS_OF = (
    re.compile(_ERA + r"(?P<month>\d{1,2})\s*月?"),
    re.compile(_YEAR + r"\s*[年./-]\s*(?P<month>\d{1,2})(?!\d)"),
    re.compile(_MONTH + r",?\s+(?P<year>\d{4})"),
    re.compile(_NUMBER + r"\s*[月./-]\s*(?P<year>\d{4})(?!\d)"),
    re.compile(_NUMBER + r"\s*月"),
)
_ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH_WEEKDAY = re.compile(r"(?<![a-z])(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?\.?(?:,\s*|\s+)$")
_WEEKDAY = re.compile(rf"[(\[]\s*([{_WEEKDAYS}])(?:曜日?)?(?:[・･]祝)?\s*[)\]]|([{_WEEKDAYS}])曜")
_HALF = r"(午前|午後|am|pm|a\.m\.|p\.m\.)?"
_CLOCK = re.compile(
    rf"{_HALF}\s*(?<!\d)(\d{{1,2}})\s*(?::\s*(\d{{2}})(?::\d{{2}})?|時\s*(?:(\d{{1,2}})\s*分|(半))?)\s*(am|pm|a\.m\.|p\.m\.)?(?!\d)"
)
_BARE_HALF = re.compile(r"(?<![\d:])(\d{1,2})\s*(am|pm|a\.m\.|p\.m\.)")
_NOON = re.compile(r"正午|(?<![a-z])noon")


class Mark(StrEnum):
    """How a day or a time stands on a site; `unknown` is what no rule of the profile reads."""

    FREE = "free"
    FEW = "few"
    FULL = "full"
    CLOSED = "closed"
    UNKNOWN = "unknown"


MARKS: dict[Mark, frozenset[str]] = {
    Mark.FREE: frozenset(
        [
            "○",
            "〇",
            "◯",
            "◎",
            "⭕",
            "o",
            "空",
            "空き",
            "空きあり",
            "空あり",
            "あり",
            "予約可",
            "予約可能",
            "受付中",
            "可",
            "available",
            "✔",
            "✓",
        ]
    ),
    Mark.FEW: frozenset(["△", "▲", "残りわずか", "残少", "残りわずか!", "few"]),
    Mark.FULL: frozenset(
        ["×", "✕", "✖", "✗", "╳", "x", "満", "満席", "満員", "満了", "予約済", "予約不可", "不可", "なし", "空きなし", "full"]
    ),
    Mark.CLOSED: frozenset(
        [
            "-",
            "−",
            "–",
            "—",
            "―",
            "ー",
            "／",
            "/",
            "休",
            "休業",
            "休業日",
            "休館日",
            "休診",
            "閉",
            "対象外",
            "受付終了",
            "終了",
            "受付前",
            "期間外",
            "closed",
        ]
    ),
}
"""What a mark means where a profile says nothing."""

_LEFT = re.compile(r"(?:残り?|あと|空き)\s*[:]?\s*(\d+)")


def plain(text: str) -> str:
    """In one width, one kind of blank and small letters."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("〜", "~").replace("－", "-")).strip().lower()


def read_date(text: str, near: date) -> date | None:
    """The first day that a text names, in any of the usual forms; None where there is none or its weekday belongs to another.

    :param near: today; a day without a year is the next one, or one that was just over.
    """
    said = plain(text)
    for pattern in _DATES:
        found = pattern.search(said)
        if found is None:
            continue
        day = _day(found.groupdict(), near)
        weekday = _WEEKDAY.match(said[found.end() :].lstrip("日 "))
        before = _ENGLISH_WEEKDAY.search(said[: found.start()])
        if before is not None and day is not None and _ENGLISH_WEEKDAYS.index(before[1]) != day.weekday():
            return None
        if day is None or (weekday and _WEEKDAYS.index(weekday[1] or weekday[2]) != day.weekday()):
            return None
        return day
    return None


def _day(parts: dict[str, str | None], near: date) -> date | None:
    month = _MONTHS[parts.get("name") or ""] if parts.get("name") else int(parts["month"] or 0)
    day, year = int(parts.get("day") or 1), parts.get("year")
    if parts.get("era"):
        return _real(ERAS[parts["era"] or ""] + _number(parts["of"] or ""), month, day)
    return _real(int(year), month, day) if year else _nearest(month, day, near)


def _number(year: str) -> int:
    return 1 if year == "元" else int(year)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, near: date) -> date | None:
    """The day without a year that is meant: the next one, or one of the last sixty days."""
    around = [_real(year, month, day) for year in (near.year - 1, near.year, near.year + 1)]
    return next((one for one in around if one is not None and (one - near).days > -60), None)


def read_month(text: str, near: date) -> date | None:
    """The first day of the month that a heading names."""
    said = plain(text)
    found = next((found for pattern in _MONTHS_OF if (found := pattern.search(said)) is not None), None)
    return _day(found.groupdict(), near.replace(day=1)) if found is not None else None


def read_span(text: str) -> tuple[time, time | None] | None:
    """The first time that a text names, and the end where it names one; None where there is none or no such time."""
    said = _NOON.sub("12:00", plain(text))
    said = _BARE_HALF.sub(r"\1:00 \2", said)
    found = [match.groups() for match in _CLOCK.finditer(said)][:2]
    if not found:
        return None
    start_half = found[0][0] or found[0][5] or (found[1][5] if len(found) > 1 and not found[1][0] and found[1][5] else None)
    start = _clock(found[0], start_half)
    if start is None:
        return None
    if len(found) < 2:
        return start, None
    own_half = found[1][0] or found[1][5]
    end = _clock(found[1], own_half or start_half)
    if end is not None and end <= start and not own_half and end.hour < 12:
        end = end.replace(hour=end.hour + 12)
    return start, end


def _clock(parts: tuple[str | None, ...], half: str | None) -> time | None:
    hour, minute = int(parts[1] or 0), int(parts[2] or parts[3] or (30 if parts[4] else 0))
    if half and hour <= 12:
        later = half.startswith(("午後", "p"))
        hour = hour % 12 + (12 if later else 0) if hour < 12 or half[0] in "ap" else (12 if later else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_number(text: str) -> int | None:
    """The first whole number of a text."""
    found = re.search(r"\d+", plain(text))
    return int(found[0]) if found else None


def read_mark(tokens: list[str], own: dict[Mark, list[str]]) -> Mark | None:
    """What the signs of a cell mean; None where it has none.

    :param tokens: its words, alternative texts and classes.
    :param own: what the profile says; it goes before what is usual. A word of two letters or more may also be part of a token.
    """
    said = [plain(token) for token in tokens if token.strip()]
    for mark, words in own.items():
        folded = [plain(word) for word in words]
        if any(word in said or (len(word) > 1 and any(word in token for token in said)) for word in folded):
            return mark
    for token in said:
        if (left := _LEFT.search(token)) is not None:
            return Mark.FULL if int(left[1]) == 0 else Mark.FEW if int(left[1]) <= 2 else Mark.FREE
        for mark, usual in MARKS.items():
            if token in usual:
                return mark
    return None


def birthday(text: str, today: date) -> date:
    """A day of birth as it is typed or said: `19800401`, `S55.4.1`, `昭和55年4月1日`.

    :raises BadInput: where no such day is meant, or one that is yet to come.
    """
    found = read_date(text, today)
    if found is None or not re.search(r"\d{4}|[年rhst]", plain(text)) or found > today or found.year < today.year - 130:
        raise BadInput("生年月日は「19800401」か「S55.4.1」のように入れてください。")
    return found
