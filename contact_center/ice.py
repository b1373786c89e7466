"""The way of sound and picture through firewalls and address translation: what a browser is told of the city's TURN server.

The server knows no users. Whoever shares its secret makes a user name that says until when it is good, and the password that
belongs to it (draft-uberti-behave-turn-rest; `use-auth-secret` in coturn).
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import Any

from contact_center.clock import Clock
from contact_center.settings import SESSION_HOURS, TURN_SECRET, TURN_URLS, Settings

SECONDS_PER_HOUR = 3600


def servers(settings: Settings, clock: Clock, name: str) -> list[dict[str, Any]]:
    """What a browser takes as `iceServers`; none where the centre has no TURN server.

    It is good for as long as a person may stay signed in: whoever signs in anew, or begins a session anew, is given another.

    :param name: whose calls they are for, in the server's own record: a seat's or a device's, never a person's.
    """
    urls = [url.strip() for url in settings[TURN_URLS].split(",") if url.strip()]
    if not urls:
        return []
    until = int(clock.now().timestamp()) + settings[SESSION_HOURS] * SECONDS_PER_HOUR
    username = f"{until}:{name}"
    # SHA-1 is what these servers speak; as a keyed hash it still holds.
    password = hmac.digest(settings[TURN_SECRET].encode(), username.encode(), "sha1")
    return [{"urls": urls, "username": username, "credential": b64encode(password).decode()}]
