"""What the doctor asks of the counters."""

from __future__ import annotations

from collections.abc import Iterator

from contact_center.features import Finding
from contact_center.house import House
from video_desk import service
from video_desk.kiosks import PARTS, standings

WORDS = {
    "no kiosk enrolled": "端末が登録されていません（madoguchi device enrol --counter で登録できます）。",
    "kiosk not heard": "端末から便りがありません。電源と回線を確かめてください。",
    "face fault": "画面が動いていません。端末を再起動してください。",
    "browser fault": "利用者のブラウザーが動きません。端末を再起動してください。",
}
"""Why a counter cannot serve, and what to do."""


def check(house: House) -> Iterator[Finding]:
    """Kiosks that report, devices that work, sites that a procedure can open."""
    desk = service.of(house)
    with house.database.reading() as session:
        counters = list(standings(house, session))
    for one in counters:
        broken = [PARTS.get(part, part) for part, how in (one.state.checks if one.state else {}).items() if how == "fault"]
        said = WORDS.get(one.reason, one.reason) or ("使えない機器: " + "、".join(broken) if broken else "動いています。")
        yield Finding(f"窓口 {one.name}", not one.reason and not broken, said)
    without = [procedure.title for procedure in desk.procedures if procedure.site and desk.place(procedure) is None]
    if counters and without:
        yield Finding("窓口の手続き", False, "開くサイトの設定（desk.application_start など）がありません: " + "、".join(without))
