"""The made-up residents: names fixed, numbers and birthdays by the seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from booking_agent.rehearsal_site.model import Person

DOMAIN = "mihon.example"
CENTRE = f"centre@{DOMAIN}"
"""A mailbox that belongs to nobody: who books for others has mail sent there."""

STAFF = "daiko01"
"""Who signs in at the city's desk to book for others."""

_NAMES = (
    # family, given, in katakana, the mailbox, years of age
    ("見本", "花子", "ミホン", "ハナコ", "hanako", 34),
    ("見本", "太郎", "ミホン", "タロウ", "taro", 36),
    ("見本", "さくら", "ミホン", "サクラ", "sakura", 8),
    ("例示", "一郎", "レイジ", "イチロウ", "ichiro", 71),
    ("例示", "京子", "レイジ", "キョウコ", "kyoko", 68),
    ("試験", "次郎", "シケン", "ジロウ", "jiro", 25),
    ("練習", "美咲", "レンシュウ", "ミサキ", "misaki", 19),
    ("仮名", "四季", "カメイ", "シキ", "shiki", 52),
    # A letter outside JIS X 0208, a name in Latin letters and a name of one letter: forms stumble over them.
    ("髙見本", "涼子", "タカミホン", "リョウコ", "ryoko", 45),
    ("ＳＡＭＰＬＥ", "ＪＯＨＮ", "サンプル", "ジョン", "john", 29),
    ("例", "あ", "レイ", "ア", "a", 90),
    ("練習", "湊", "レンシュウ", "ミナト", "minato", 14),
)


def residents(rng: Random, today: date) -> list[Person]:
    """Everybody who was invited.

    :param today: by it somebody is under 15 or not.
    """
    made = []
    for place, (family, given, family_kana, given_kana, box, age) in enumerate(_NAMES):
        head = rng.choice("ABCDEFGHJKMN") + str(rng.randrange(10)) + rng.choice("PQRSTUVWXY")
        # A year of 365 days and not quite a year more: whatever the day is, the age is the one of the list.
        birthday = today - timedelta(days=round(age * 365.25) + 2 + rng.randrange(360))
        made.append(
            Person(
                number=f"{head}{rng.randrange(10**6):06}", birthday=birthday, family=family, given=given, family_kana=family_kana,
                given_kana=given_kana, phone=f"090-0000-{1000 + place * 37 + rng.randrange(37):04}", mail=f"{box}@{DOMAIN}",
                mail_password=secret(rng), letter_id=f"{place + 1:02}{rng.randrange(10**6):06}", letter_password=secret(rng),
                under_15=age < 15,
            )
        )  # fmt: skip
    return made


def secret(rng: Random) -> str:
    """A password as letters bring them: without signs that look alike."""
    return "".join(rng.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(8))
