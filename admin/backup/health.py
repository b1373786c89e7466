"""What the doctor says of backups (NB-17j)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from admin.backup.backups import Backups
from admin.settings import BACKUPS_FOLDER, BACKUPS_KEYS
from contact_center.features import Finding
from contact_center.house import House

LATE = timedelta(hours=26)
"""A day, and what today's backup may take."""

REHEARSED = timedelta(days=92)
"""A drill each quarter."""


def check(house: House) -> Iterator[Finding]:
    """Whether the newest backup is of today, was rehearsed of late, and lies where a lost disk does not take it along."""
    backups, now = Backups(house), house.clock.now()
    rows = backups.all()
    made = max((one.made_at for one in rows if one.erased_at is None), default=None)
    drilled = max((one.drilled_at for one in rows if one.drilled_at is not None and one.all), default=None)
    fresh = made is not None and now - made <= LATE
    words = "今日の分があります。" if fresh else "1日より前です。madoguchi backup を実行してください。"
    yield Finding("バックアップ", fresh, words)
    known = drilled is not None and now - drilled <= REHEARSED
    words = "3か月以内にしました。" if known else "3か月していません。madoguchi drill を実行してください。"
    yield Finding("復元訓練", known, words)
    apart = bool(house.settings[BACKUPS_FOLDER] and house.settings[BACKUPS_KEYS])
    words = "別の場所にあります。" if apart else "backups.folder と backups.keys に、別のディスクの場所を書いてください。"
    yield Finding("バックアップの場所", apart, words)
