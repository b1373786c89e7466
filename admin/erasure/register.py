"""The register of personal information: what is kept, for what, where, how long, who answers for it (TO-07).

It is written from what the features declare, so that nothing can be kept that does not stand in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.features import PersonalData
from contact_center.house import KERNEL_PERSONAL_DATA, House
from contact_center.personal.model import PersonalValue

WHERE = "データベース（暗号化。鍵は別の場所）と、毎日のバックアップ（それぞれの鍵で暗号化）"
NAMES = {
    "contact.number": "電話番号", "contact.note": "応対のメモ", "escalation.question": "引き継ぎの内容",
    "escalation.answer": "引き継ぎの回答", "ask.name": "氏名", "ask.address": "住所", "ask.birth": "生年月日",
    "ask.application_id": "申請書ID", "follow_up.name": "氏名", "follow_up.phone": "電話番号", "helped.name": "氏名",
    "booking.number": "予約番号", "booking.shown": "予約サイトの表示", "booking.picture": "予約サイトの画面（値は塗りつぶし）",
    "booking.visit": "予約サイトの訪問",
}  # fmt: skip
"""What the fields are called; others stand by the name that their feature gives them."""


@dataclass(frozen=True)
class Entry:
    """One kind of personal data.

    :param days: after how many days it is erased.
    :param kept: how many values are kept now; `oldest`: when the next of them is erased.
    """

    kind: str
    name: str
    purpose: str
    days: int
    responsible: str
    kept: int
    next: datetime | None


def register(house: House, session: Session) -> list[Entry]:
    """Every kind of personal data that the centre may keep."""
    wanted = select(PersonalValue.owner_kind, PersonalValue.field, func.count(), func.min(PersonalValue.erase_at))
    found = {
        (kind, field): (count, at)
        for kind, field, count, at in session.execute(wanted.group_by(PersonalValue.owner_kind, PersonalValue.field))
    }
    declared: list[PersonalData] = [*KERNEL_PERSONAL_DATA, *(one for feature in house.features for one in feature.personal_data)]
    entries = []
    for one in declared:
        count, at = found.get((one.owner, one.field), (0, None))
        kind = f"{one.owner}.{one.field}"
        name = NAMES.get(kind, one.field)
        entries.append(Entry(kind, name, one.purpose, house.settings[one.days], one.responsible, count, at))
    return entries
