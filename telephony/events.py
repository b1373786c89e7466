"""The events of the telephone channel."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.events import Event


@dataclass(frozen=True, kw_only=True)
class RingLost(Event):
    """A seat's phone has come back and does not ring, though its seat does: the call died with the former connection."""

    seat: str
