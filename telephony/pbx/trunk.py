"""How the connection to the carrier is, as Asterisk itself sees it; asked on its local console."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contact_center.house import House
from telephony.pbx import render
from telephony.settings import TRUNKS, TrunkSettings

NOT_NEEDED, REGISTERED = "not needed", "Registered"

QUALIFIED_WITHIN = 4.0
"""Seconds; Asterisk gives a question up after three."""


@dataclass(frozen=True)
class TrunkState:
    """What is known of the carrier.

    :param reachable: it answers our OPTIONS.
    :param registration: `not needed`, `Registered`, or Asterisk's word for what it is instead.
    """

    reachable: bool
    registration: str


def trunk_state(house: House, trunk: TrunkSettings = TRUNKS[0]) -> TrunkState:
    """The state of a trunk now; Asterisk asks the carrier every ten seconds.

    :raises Unavailable: where Asterisk does not run.
    """
    contacts = render.console(house, "pjsip show contacts")
    reachable = re.search(rf"{trunk.name}/\S+\s+\S+\s+Avail", contacts) is not None
    if house.settings[trunk.kind] != "registration":
        return TrunkState(reachable, NOT_NEEDED)
    said = re.search(rf"(?m)^\s*{trunk.name}/\S+\s+\S+\s+(\w+)", render.console(house, "pjsip show registrations"))
    return TrunkState(reachable, said.group(1) if said else "Unregistered")


def answers_now(house: House) -> bool:
    """Whether the carrier answers when it is asked anew: that it did not may be the end of a question from before it came back."""
    render.console(house, f"pjsip qualify {TRUNKS[0].name}")
    until = house.clock.monotonic() + QUALIFIED_WITHIN
    while not (reachable := trunk_state(house).reachable) and house.clock.monotonic() < until:
        house.clock.sleep(0.2)
    return reachable
