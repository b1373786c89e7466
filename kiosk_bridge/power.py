"""When the kiosk shuts itself down, and when it begins again: by its counter's calendar (NB-20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

AFTER_CLOSING = timedelta(minutes=15)
"""Whoever was let in before the end of the hours is finished first; then this long nobody has come."""

BEFORE_OPENING = timedelta(minutes=20)
"""So early a kiosk begins: it starts, warms up, and its devices are looked at before the first resident comes."""

WORTH = timedelta(minutes=40)
"""A shorter break is not worth shutting down for."""


def rest(spans: Iterable[tuple[datetime, datetime]], now: datetime) -> timedelta | None:
    """For how long the kiosk can be off from now on.

    :param spans: when its counter is open, in their order.
    :returns: None where it is open, has just closed, opens soon, or nobody knows when it opens again.
    """
    before = [end for _, end in spans if end <= now]
    if before and now - before[-1] < AFTER_CLOSING:
        return None
    coming = next(((start, end) for start, end in spans if end > now), None)
    if coming is None or coming[0] <= now:
        return None
    off = coming[0] - BEFORE_OPENING - now
    return off if off >= WORTH else None
