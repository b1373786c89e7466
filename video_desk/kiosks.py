"""How the kiosks are: what they report, each day's record, whether a counter could serve in a minute (TO-06, NB-20, IZ-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import day_of
from contact_center.house import House
from video_desk.model import DeviceCheck, KioskState

HEARD_WITHIN = timedelta(seconds=150)
"""A kiosk that has reported within this time is there: two reports may be lost."""

NEEDED = ("face", "browser")
"""Without these nobody can be served; without a camera a counter goes on by voice."""

PARTS = {
    "face": "画面",
    "browser": "ブラウザー",
    "camera": "カメラ",
    "papers": "書画カメラ",
    "reader": "カードリーダー",
    "keys": "キーボードの近道止め",
    "power": "自動の電源",
    "forgotten": "カードの置き忘れ",
}


@dataclass(frozen=True)
class Standing:
    """How a counter's kiosk is now.

    :param reason: why it cannot serve; empty where it can.
    """

    counter: str
    name: str
    open: bool
    state: KioskState | None
    reason: str


def report(house: House, session: Session, counter: str, checks: dict[str, str]) -> None:
    """Keep what a kiosk has said; the first of a day, and whatever is worse, goes into the day's record."""
    now = house.clock.now()
    state = session.get(KioskState, counter) or KioskState(counter=counter)
    state.at, state.checks = now, checks
    session.add(state)
    good = "fault" not in checks.values()
    record = session.get(DeviceCheck, (counter, day_of(now)))
    if record is None:
        session.add(DeviceCheck(counter=counter, day=day_of(now), at=now, checks=checks, good=good))
    elif record.good and not good:
        record.at, record.checks, record.good = now, checks, good


def standings(house: House, session: Session) -> Iterator[Standing]:
    """Every counter as it is now."""
    now = house.clock.now()
    for view in house.directory.counters(session):
        id = view.line.id
        state = session.get(KioskState, id)
        if house.devices.kiosk_of(session, id) is None:
            reason = "no kiosk enrolled"
        elif state is None or now - state.at > HEARD_WITHIN:
            reason = "kiosk not heard"
        else:
            reason = next((f"{part} fault" for part in NEEDED if state.checks.get(part) == "fault"), "")
        yield Standing(id, view.line.name, house.directory.is_open(session, id, now), state, reason)


def witness(house: House, session: Session) -> None:
    """Write down for this minute whether each counter that is open could serve."""
    for one in standings(house, session):
        if one.open:
            house.ledger.witness(session, f"counter:{one.counter}", not one.reason, one.reason)


def checks(session: Session, counters: list[str], since: date) -> list[DeviceCheck]:
    """The records of the days, the newest first."""
    wanted = select(DeviceCheck).where(DeviceCheck.counter.in_(counters), DeviceCheck.day >= since)
    return list(session.scalars(wanted.order_by(DeviceCheck.day.desc(), DeviceCheck.counter)))
