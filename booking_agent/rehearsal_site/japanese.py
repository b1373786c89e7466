"""Dates, times and letters as Japanese sites write them and ask for them."""

from __future__ import annotations

import re
from datetime import date, time

from booking_agent.rehearsal_site.model import Slot

WEEKDAYS = "月火水木金土日"
ERAS = {"令和": date(2019, 5, 1), "平成": date(1989, 1, 8), "昭和": date(1926, 12, 25), "大正": date(1912, 7, 30)}
_WIDE = str.maketrans("0123456789:-", "０１２３４５６７８９：－")
_KATAKANA = re.compile(r"[ァ-ヴー・]+")


def wide(text: object) -> str:
    """With full-width digits, colons and hyphens."""
    return str(text).translate(_WIDE)


def western(day: date) -> str:
    """2026年12月1日（火）."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def era_year(day: date) -> str:
    """令和8年; a first year is 元年."""
    name, first = next((name, first) for name, first in ERAS.items() if day >= first)
    year = day.year - first.year + 1
    return f"{name}{'元' if year == 1 else year}年"


def japanese(day: date) -> str:
    """令和8年12月1日(火)."""
    return f"{era_year(day)}{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def from_era(name: str, year: str, month: str, day: str) -> date | None:
    """The day that four select boxes mean; None where there is no such day."""
    try:
        meant = date(ERAS[name].year + int(year) - 1, int(month), int(day))
    except (KeyError, ValueError):
        return None
    return meant if era_year(meant).startswith(name) else None


def from_digits(text: str) -> date | None:
    """The day that eight half-width digits mean; None where there is no such day."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def clock_span(slot: Slot) -> str:
    """9:00～9:15."""
    return f"{slot.start.hour}:{slot.start:%M}～{slot.end.hour}:{slot.end:%M}"


def spoken_span(slot: Slot) -> str:
    """午前9時～9時15分, and 午前11時45分～午後0時 where noon lies between."""
    noon = slot.start.hour < 12 <= slot.end.hour
    return f"{_half(slot.start)}{_spoken(slot.start)}～{'午後' if noon else ''}{_spoken(slot.end)}"


def _half(at: time) -> str:
    return "午前" if at.hour < 12 else "午後"


def _spoken(at: time) -> str:
    return f"{at.hour % 12}時" + (f"{at.minute}分" if at.minute else "")


def is_wide(text: str) -> bool:
    """Whether a name is written in full-width letters only."""
    return all(ord(letter) > 0xFF for letter in text)


def is_katakana(text: str) -> bool:
    """Whether a reading is written in full-width katakana."""
    return _KATAKANA.fullmatch(text) is not None


def in_the_old_set(text: str) -> bool:
    """Whether every letter is one of JIS X 0208; old forms refuse others as 環境依存文字."""
    try:
        text.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True
