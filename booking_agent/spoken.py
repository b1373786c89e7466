"""Days and times as callers say them: 「来週の木曜の午後」「あさっての10時ごろ」「12月の土曜日」."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from booking_agent.japanese import plain, read_date

_WEEKDAYS = "月火水木金土日"
_DAYS = {"今日": 0, "本日": 0, "きょう": 0, "明日": 1, "あした": 1, "あす": 1, "明後日": 2, "あさって": 2, "しあさって": 3}
_WEEKS = {"今週": 0, "来週": 1, "再来週": 2}
_MONTHS = {"今月": 0, "来月": 1, "再来月": 2}
_WRITTEN = {
    "さらいしゅう": "再来週", "さ来週": "再来週", "らいしゅう": "来週", "こんしゅう": "今週",
    "さらいげつ": "再来月", "さ来月": "再来月", "らいげつ": "来月", "こんげつ": "今月",
    "げつよう": "月曜", "かよう": "火曜", "すいよう": "水曜", "もくよう": "木曜", "きんよう": "金曜", "どよう": "土曜",
    "にちよう": "日曜", "へいじつ": "平日", "ごぜん": "午前", "ごご": "午後", "ゆうがた": "夕方", "ひるすぎ": "昼過ぎ",
    "いこう": "以降", "いがい": "以外",
}  # fmt: skip
"""What an operator types before it is converted."""

_SOON = ("なるべく早", "できるだけ早", "早め", "一番早", "最短", "いつでも")
_PARTS = {
    "午前中": (time(0), time(12)), "午前": (time(0), time(12)), "朝": (time(0), time(10, 30)), "昼過ぎ": (time(13), time(15)),
    "昼": (time(11), time(14)), "夕方": (time(16), time(19)), "午後": (time(12), time(23, 59)), "夜": (time(18), time(23, 59)),
}  # fmt: skip
_NUMBERS = {letter: place for place, letter in enumerate("〇一二三四五六七八九十")}
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分|(半))?)(以降|から|過ぎ|までに|まで|より前|前|ごろ|頃|くらい)?")
_KANJI = re.compile(r"([一二三四五六七八九十]{1,3})(?=[月日時分])(?!月曜|日曜)")


@dataclass(frozen=True)
class Wish:
    """What somebody would like; what is not said is open.

    :param read: what was understood, to be shown; empty where nothing was.
    """

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = field(default_factory=frozenset)
    start: time | None = None
    end: time | None = None
    read: str = ""


def spoken(words: str, today: date) -> Wish:
    """What the words mean, seen from today; weeks begin on Monday."""
    said = plain(words).replace(" ", "")
    for heard, written in _WRITTEN.items():
        said = said.replace(heard, written)
    said = _KANJI.sub(lambda found: str(_kanji(found[1])), said)
    first, last = _days(said, today)
    if first is not None and re.search(r"(?<!時)(?<!分)(以降|から|より後)", said) and not re.search(r"から.*まで", said):
        last = None
    weekdays = _weekdays(said)
    if (
        first is None
        and (weekdays or any(word in said for word in _SOON))
        and not any(word in said for word in (*_WEEKS, *_MONTHS))
    ):
        first, last = today, None
    start, end = _hours(said)
    return Wish(first, last, weekdays, start, end, _told(first, last, weekdays, start, end))


def _kanji(text: str) -> int:
    """The number that kanji say, up to 39."""
    tens, ten, ones = text.partition("十")
    return (_NUMBERS.get(tens, 1) * 10 if ten else 0) + (_NUMBERS.get(ones if ten else tens, 0))


def _days(said: str, today: date) -> tuple[date | None, date | None]:
    for word, ahead in sorted(_DAYS.items(), key=lambda one: -len(one[0])):
        if word in said:
            return today + timedelta(days=ahead), today + timedelta(days=ahead)
    for word, ahead in sorted(_WEEKS.items(), key=lambda one: -len(one[0])):
        if word in said:
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
            return max(monday, today), monday + timedelta(days=6)
    for word, ahead in sorted(_MONTHS.items(), key=lambda one: -len(one[0])):
        if word in said:
            return _part_of_month(said, _month_on(today.replace(day=1), ahead), today)
    exact = read_date(said, today)
    if exact is not None:
        return exact, exact
    if re.search(r"(?<!\d)月末", said):
        return _part_of_month("末", today.replace(day=1), today)
    if (found := re.search(r"(\d{1,2})月", said)) is not None and 1 <= int(found[1]) <= 12:
        month = today.replace(day=1)
        while month.month != int(found[1]):
            month = _month_on(month, 1)
        return _part_of_month(said, month, today)
    if (found := re.search(r"(?<!\d)(\d{1,2})日", said)) is not None:
        return _next_day(int(found[1]), today)
    return None, None


def _next_day(number: int, today: date) -> tuple[date | None, date | None]:
    for ahead in range(3):
        try:
            day = _month_on(today.replace(day=1), ahead).replace(day=number)
        except ValueError:
            continue
        if day >= today:
            return day, day
    return None, None


def _month_on(first: date, ahead: int) -> date:
    for _ in range(ahead):
        first = (first + timedelta(days=31)).replace(day=1)
    return first


def _part_of_month(said: str, month: date, today: date) -> tuple[date, date]:
    end = _month_on(month, 1) - timedelta(days=1)
    parts = {
        "上旬": (1, 10),
        "初め": (1, 10),
        "頭": (1, 10),
        "はじめ": (1, 10),
        "中旬": (11, 20),
        "半ば": (11, 20),
        "下旬": (21, end.day),
        "末": (21, end.day),
    }
    first, last = next((span for word, span in parts.items() if word in said), (1, end.day))
    return max(month.replace(day=first), today), month.replace(day=last)


def _weekdays(said: str) -> frozenset[int]:
    """The days of the week that are meant; those that are named before 「以外」 are the others."""
    named, _, rest = said.partition("以外")
    if rest or "以外" in said:
        return frozenset(range(7)) - _named_weekdays(named)
    return _named_weekdays(said)


def _named_weekdays(said: str) -> frozenset[int]:
    if "平日" in said:
        return frozenset(range(5))
    if "土日" in said or "週末" in said or "休みの日" in said:
        return frozenset({5, 6})
    found = set(re.findall(rf"([{_WEEKDAYS}])曜", said)) | set(re.findall(rf"\(([{_WEEKDAYS}])\)", said))
    if (pair := re.search(rf"([{_WEEKDAYS}])か([{_WEEKDAYS}])曜", said)) is not None:
        found |= set(pair.groups())
    return frozenset(_WEEKDAYS.index(letter) for letter in found)


def _hours(said: str) -> tuple[time | None, time | None]:
    part = next((span for word, span in _PARTS.items() if word in said), None)
    found = _HOUR.search(said)
    if found is None:
        return part if part is not None else (None, None)
    hour, minute = int(found[1]), int(found[2] or found[3] or (30 if found[4] else 0))
    if hour < 12 and (any(word in said for word in ("午後", "夕方", "夜")) or (1 <= hour <= 6 and "午前" not in said)):
        # Nobody fetches a card at three in the morning.
        hour += 12
    if hour > 23 or minute > 59:
        return part if part is not None else (None, None)
    at, how = time(hour, minute), found[5] or ""
    if how in ("以降", "から", "過ぎ"):
        until = _hours(said[found.end() :])[1] if _HOUR.search(said, found.end()) else None
        return at, until or (part[1] if part is not None else None)
    if how in ("まで", "までに", "前", "より前"):
        return (part[0] if part is not None else None), at
    if how in ("ごろ", "頃", "くらい"):
        return _moved(at, -60), _moved(at, 60)
    return at, _moved(at, 60)


def _moved(at: time, minutes: int) -> time:
    total = max(0, min(at.hour * 60 + at.minute + minutes, 23 * 60 + 59))
    return time(total // 60, total % 60)


def _told(first: date | None, last: date | None, weekdays: frozenset[int], start: time | None, end: time | None) -> str:
    parts = []
    if first is not None:
        span = f"{first.month}月{first.day}日"
        if last is None:
            span += "以降"
        elif last != first:
            span += f"から{last.month}月{last.day}日"
        parts.append(span)
    if weekdays:
        parts.append("・".join(_WEEKDAYS[day] for day in sorted(weekdays)) + "曜")
    if start is not None or end is not None:
        parts.append(
            (f"{start:%H:%M}から" if start and start > time(0) else "") + (f"{end:%H:%M}まで" if end and end < time(23, 59) else "")
        )
    return " ".join(parts)
