"""`madoguchi caller`: one scripted resident through the demo's carrier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from admin.demo.stage import RESIDENT_HOST
from contact_center.errors import Unavailable
from contact_center.house import House
from telephony.demo import RESIDENT_SAYS, voice
from telephony.settings import TRUNK_HOST, TRUNK_PORT
from telephony.softphone import SoftphoneProcess


def send(house: House, line: str, number: str, seconds: int) -> dict[str, Any]:
    """Phone a line, speak, hang up after so many seconds or when the other side does.

    :returns: whether the call got through (to an announcement or a person), and what the telephone said.
    :raises Unavailable: where no carrier of the demo is there.
    """
    if not (house.settings.home / "carrier").exists():
        raise Unavailable("練習用の電話会社がありません。make demo で動かしたセンターで使ってください。")
    with house.database.reading() as session:
        dialled = house.directory.line(session, line).number
    phone = SoftphoneProcess(RESIDENT_HOST)
    try:
        phone.do("open", uri=f"sip:{number}@{RESIDENT_HOST}")
        phone.wait("open")
        phone.do("play", path=str(voice(Path(house.settings.home) / "tmp", "resident", RESIDENT_SAYS)), loop=True)
        phone.do("dial", uri=f"sip:{dialled}@{house.settings[TRUNK_HOST]}:{house.settings[TRUNK_PORT]}")
        try:
            phone.wait("idle", seconds)
        except Unavailable:
            phone.do("hang_up")
            phone.wait("idle", 10)
    finally:
        phone.close()
    through = any(said["state"] == "talking" for said in phone.history)
    return {"got_through": through, "history": phone.history}
