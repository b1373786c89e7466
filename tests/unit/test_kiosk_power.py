"""When a kiosk shuts itself down and begins again: by its counter's calendar (NB-20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk_bridge.power import BEFORE_OPENING, rest

JST = ZoneInfo("Asia/Tokyo")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=JST)


# Tuesday, then Thursday: the day between is a holiday.
SPANS = [(at(24, 9), at(24, 16, 30)), (at(26, 9), at(26, 16, 30))]


@pytest.mark.requirement("NB-20", "TO-01")
def test_a_kiosk_is_off_from_after_closing_until_before_it_opens_again() -> None:
    now = at(24, 17)
    assert now + rest(SPANS, now) == at(26, 9) - BEFORE_OPENING


@pytest.mark.requirement("NB-20")
@pytest.mark.parametrize(
    ("now", "why"),
    [
        (at(24, 12), "it is open"), (at(24, 16, 40), "whoever was let in may still be there"),
        (at(26, 8, 30), "it opens soon"), (at(26, 17), "nobody knows when it opens again"),
    ],
)  # fmt: skip
def test_a_kiosk_stays_on_where(now: datetime, why: str) -> None:
    assert rest(SPANS, now) is None, why


def test_a_break_at_noon_is_not_worth_shutting_down_for() -> None:
    spans = [(at(24, 9), at(24, 12)), (at(24, 13), at(24, 16))]
    assert rest(spans, at(24, 12, 20)) is None
    assert rest([], at(24, 12)) is None
    assert rest(SPANS, at(24, 4)) == timedelta(hours=5) - BEFORE_OPENING
