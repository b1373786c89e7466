"""What the switchboard does when a kiosk is enrolled or revoked."""

from __future__ import annotations

from typing import Any

from twisted.internet import defer

from contact_center.events import Recorded
from contact_center.events.catalogue import DeviceChanged
from telephony.switchboard.members import kiosk_passwords
from telephony.switchboard.service import Switchboard

REVOKED = "21"
"""Q.850: call rejected."""


def device_changed(switchboard: Switchboard, recorded: Recorded) -> Any:
    """Let a kiosk dial, or no more; the call of one that was revoked ends."""
    assert isinstance(recorded.event, DeviceChanged)
    return defer.ensureDeferred(_bring(switchboard, f"kiosk-{recorded.event.place}"))


async def _bring(switchboard: Switchboard, endpoint: str) -> None:
    passwords = await switchboard.in_thread(kiosk_passwords, switchboard.house)
    if endpoint not in passwords:
        return
    await switchboard.in_thread(switchboard.passwords.set, endpoint, passwords[endpoint])
    if switchboard.link.protocol is not None:
        for event in await switchboard.link.protocol.collect("CoreShowChannels"):
            if event.get("Channel", "").startswith(f"PJSIP/{endpoint}-"):
                await switchboard.link.send("Hangup", Channel=event["Channel"], Cause=REVOKED)
