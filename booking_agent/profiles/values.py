"""What is written into a site's fields: the person's values in the form that the site wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

import jaconv
import phonenumbers

from booking_agent.japanese import ERAS
from contact_center.errors import BadInput

if TYPE_CHECKING:
    from booking_agent.profiles.schema import Profile

Value = str | int | date | time


@dataclass(frozen=True)
class Field:
    """Something that is asked of the person and kept only with the intent.

    :param say: how the operator asks for it.
    """

    name: str
    title: str
    say: str


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("card", "製造番号", "お手元のはがきの製造番号を教えてください。"),
        Field("letter_id", "ID", "お手紙に書かれたIDを教えてください。"),
        Field("letter_password", "パスワード", "お手紙に書かれたパスワードを教えてください。"),
        Field("number", "予約番号", "予約番号を教えてください。"),
        Field("birthday", "生年月日", "生年月日を教えてください。"),
        Field("family", "姓", "お名前の漢字を教えてください。"),
        Field("given", "名", "お名前の漢字を教えてください。"),
        Field("family_kana", "セイ", "お名前の読みを教えてください。"),
        Field("given_kana", "メイ", "お名前の読みを教えてください。"),
        Field("guardian", "法定代理人の氏名", "一緒に来られる保護者（法定代理人）のお名前を教えてください。"),
        Field("phone", "電話番号", "日中つながる電話番号を教えてください。"),
        Field("mail", "メールアドレス", "メールアドレスを教えてください。"),
        Field("postcode", "郵便番号", "郵便番号を教えてください。"),
        Field("address", "住所", "ご住所を教えてください。"),
        Field("remark", "備考", "サイトの備考欄に書くことはありますか。"),
    )
}
"""In the order in which they are asked."""

COMPOSED = {"name": ("family", "given"), "kana": ("family_kana", "given_kana")}
NOT_ASKED = ("counter", "people")
STAFF = ("staff_user", "staff_password")
"""Known where the profile says `mailbox: staff`."""

_PLACE = re.compile(r"\{(\w+)((?:\|\w+)*)(?::([^{}]*))?\}")


def _phone_parts(text: str) -> list[str]:
    if "-" in text:
        return text.split("-")
    try:
        written = phonenumbers.format_number(phonenumbers.parse(text, "JP"), phonenumbers.PhoneNumberFormat.NATIONAL)
    except phonenumbers.NumberParseException:
        return [text]
    return written.split("-")


def _era(day: date) -> tuple[str, int]:
    begins = (("令和", date(2019, 5, 1)), ("平成", date(1989, 1, 8)), ("昭和", date(1926, 12, 25)), ("大正", date(1912, 7, 30)))
    name = next((name for name, first in begins if day >= first), "明治")
    return name, day.year - ERAS.get(name, 1867)


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _day(value: Value) -> date:
    if not isinstance(value, date):
        raise BadInput("日付の書き方は、日付の項目にだけ使えます。")
    return value


FILTERS: dict[str, Callable[[Value], Value]] = {
    "wide": lambda v: jaconv.h2z(_text(v), kana=True, ascii=True, digit=True),
    "narrow": lambda v: jaconv.z2h(_text(v), kana=False, ascii=True, digit=True),
    "half_kana": lambda v: jaconv.z2h(jaconv.hira2kata(_text(v)), kana=True, ascii=True, digit=True).replace("\u3000", " "),
    "hiragana": lambda v: jaconv.kata2hira(_text(v)),
    "katakana": lambda v: jaconv.hira2kata(_text(v)),
    "digits": lambda v: re.sub(r"\D", "", _text(v)),
    "hyphens": lambda v: "-".join(_phone_parts(_text(v))),
    "part1": lambda v: (_phone_parts(_text(v)) + [""])[0],
    "part2": lambda v: (_phone_parts(_text(v)) + ["", ""])[1],
    "part3": lambda v: (_phone_parts(_text(v)) + ["", "", ""])[2],
    "first3": lambda v: _text(v)[:3],
    "last6": lambda v: _text(v)[-6:],
    "last4": lambda v: _text(v)[-4:],
    "joined": lambda v: re.sub(r"\s", "", _text(v)),
    "spaced": lambda v: re.sub(r"\s+", " ", _text(v)),
    "upper": lambda v: _text(v).upper(),
    "era": lambda v: _era(_day(v))[0],
    "era_letter": lambda v: {"令和": "R", "平成": "H", "昭和": "S", "大正": "T"}.get(_era(_day(v))[0], "M"),
    "era_year": lambda v: _era(_day(v))[1],
    "era_year_kanji": lambda v: "元" if _era(_day(v))[1] == 1 else _era(_day(v))[1],
    "year": lambda v: _day(v).year,
    "month": lambda v: _day(v).month,
    "date": lambda v: _day(v).day,
}
"""What may stand behind a `|`."""


class Template:
    """A text of a profile with places such as `{birthday:%Y%m%d}` or `{phone|part1}`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def names(self) -> Iterator[tuple[str, list[str]]]:
        """The values that it needs, each with its filters."""
        for name, filters, _ in _PLACE.findall(self.text):
            yield name, [one for one in filters.split("|") if one]

    def fill(self, values: Mapping[str, Value]) -> str:
        """With its places filled.

        :raises KeyError: naming a value that is not known.
        """

        def one(found: re.Match[str]) -> str:
            value = values[found[1]]
            for name in found[2].split("|"):
                value = FILTERS[name](value) if name else value
            return f"{value:{found[3]}}" if found[3] else _text(value)

        return _PLACE.sub(one, self.text)


def wanted_fields(profile: Profile, what: str, given: set[str]) -> list[Field]:
    """What is to be asked of the person for a flow, in the order of asking.

    :param what: `book`, `find`, `change` or `cancel`.
    :param given: what questions have set, and what is known already: a step that is not done asks for nothing.
    """
    flows = [what] if what in ("book", "find") else ["find", what]
    names: set[str] = set()
    for place, step in profile.steps():
        if place.split(".")[0] not in flows or (step.when and step.when not in given):
            continue
        for text in step.templates():
            for name, _ in Template(text).names():
                names |= set(COMPOSED.get(name, (name,)))
    if what == "book" and "name" in {**profile.facts, **profile.flow(what).shows}:
        names |= {"family", "given"}
    if profile.mailbox in ("desk", "staff"):
        names.discard("mail")
    return [field for name, field in FIELDS.items() if name in names]
