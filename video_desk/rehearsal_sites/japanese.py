"""Days and letters as the public sites write them and ask for them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

ERAS = {
    "R": ("令和", date(2019, 5, 1)),
    "H": ("平成", date(1989, 1, 8)),
    "S": ("昭和", date(1926, 12, 25)),
    "T": ("大正", date(1912, 7, 30)),
}
"""By the letter that stands for them in forms, the latest first."""

_KATAKANA = re.compile(r"[ァ-ヴー（）．－　 ]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


def _letter(day: date) -> str:
    return next((letter for letter, (_, first) in ERAS.items() if day >= first), "T")


def _year(letter: str, number: int) -> str:
    return f"{ERAS[letter][0]}{'元' if number == 1 else number}年"


def era_day(day: date) -> str:
    """令和8年12月1日."""
    letter = _letter(day)
    return f"{_year(letter, day.year - ERAS[letter][1].year + 1)}{day.month}月{day.day}日"


def era_years(today: date) -> list[tuple[str, str]]:
    """What a list of years offers, such as `("R8", "令和8年")`; a year in which an era changed is offered twice."""
    offered, last = [], today.year
    for letter, (_, first) in ERAS.items():
        offered += [(f"{letter}{n}", _year(letter, n)) for n in range(last - first.year + 1, 0, -1)]
        last = first.year
    return offered


def from_era(year: str, month: str, day: str) -> date | None:
    """The day that three lists mean; None where there is no such day, or the era had not begun or was over."""
    try:
        meant = date(ERAS[year[:1]][1].year + int(year[1:]) - 1, int(month), int(day))
    except (KeyError, ValueError):
        return None
    return meant if _letter(meant) == year[:1] else None


def from_iso(text: str) -> date | None:
    """The day of a browser's own date field; None where it is empty or no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def katakana(text: str) -> str:
    """A holder as banks write it, in full-width katakana without blanks; empty where other letters are in it."""
    wide = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s", "", wide) if _KATAKANA.fullmatch(wide) else ""


def is_mail(text: str) -> bool:
    """Whether it looks like an address."""
    return _MAIL.fullmatch(text) is not None
