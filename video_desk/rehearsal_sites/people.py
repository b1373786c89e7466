"""The made-up residents of 見本市."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from video_desk.rehearsal_sites.model import Card, Person
from video_desk.rehearsal_sites.numbers import application_id

CITY = "見本市"

_PEOPLE: tuple[tuple[str, str, str, float, dict[str, Any] | None], ...] = (
    # id, name, katakana, years of age, what is special about the card, or None where there is no card yet
    ("hanako", "見本 花子", "ミホン ハナコ", 34, {"pin": "2580", "sign_pin": "HANAKO25"}),
    ("taro", "見本 太郎", "ミホン タロウ", 36, None),
    ("sakura", "見本 さくら", "ミホン サクラ", 8, None),
    ("akari", "見本 あかり", "ミホン アカリ", 0.5, None),
    ("ichiro", "例示 一郎", "レイジ イチロウ", 71, {"pin": "1470", "sign_pin": "ICHIRO14", "expired": True}),
    ("kyoko", "例示 京子", "レイジ キョウコ", 68, {"pin": "3690", "sign_pin": "KYOKO369", "left": 1, "sign_left": 1}),
    ("jiro", "試験 次郎", "シケン ジロウ", 25, {"pin": "7531", "sign_pin": "JIRO7531", "entry": "popup"}),
    ("misaki", "練習 美咲", "レンシュウ ミサキ", 19, {"pin": "8642", "sign_pin": "MISAKI86", "entry": "shadow_open"}),
    ("shiki", "仮名 四季", "カメイ シキ", 52, {"pin": "9517", "sign_pin": "SHIKI951", "entry": "shadow_closed", "licence": True}),
    ("ryoko", "髙見本 涼子", "タカミホン リョウコ", 85, {"pin": "", "face_only": True}),
    ("john", "ＳＡＭＰＬＥ ＪＯＨＮ", "サンプル ジョン", 29, {"pin": "6248", "sign_pin": "JOHN6248", "left": 0}),
    ("minato", "練習 湊", "レンシュウ ミナト", 14, {"pin": "4826"}),
)


def residents(today: date) -> list[Person]:
    """Everybody, as old as the list says whatever the day is."""
    return [_resident(place, today) for place in range(len(_PEOPLE))]


def _resident(place: int, today: date) -> Person:
    id, name, kana, age, special = _PEOPLE[place]
    # Two days more than a number of years of 365.25 days: the birthday of the year has passed, for the very young too.
    birthday = today - timedelta(days=round(age * 365.25) + 2)
    licence = False
    card = None
    if special is not None:
        known = dict(special)
        licence = known.pop("licence", False)
        until = today + timedelta(days=-10 if known.pop("expired", False) else 400 + place)
        card = Card(until=until, sign_until=until, **known)
    return Person(
        id=id, name=name, kana=kana, birthday=birthday, application_id=application_id(place + 1), card=card,
        address=f"見本県{CITY}中央{place % 3 + 1}丁目{place + 1}番{place * 2 + 1}号", driving_licence=licence,
        insurer=f"{CITY}国民健康保険" if place % 2 else "練習健康保険組合",
    )  # fmt: skip
