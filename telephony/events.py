"""The events of the telephone channel."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.events import Event


@dataclass(frozen=True, kw_only=True)
class LegLost(Event):
    """A seat's phone has come back and knows nothing of its seat's call: that died with the former page or connection."""

    seat: str


@dataclass(frozen=True, kw_only=True)
class CallOrdered(Event):
    """Asterisk is to do something with a conversation; a reaction carries it out.

    :param do: `consult`, `drop`, `join`, `hand_over`, `pass_on`, `back`, `supervise` or `end_supervision`.
    """

    seat: str
    do: str
