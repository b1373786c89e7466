"""The centre that an application serves, and the name of its session cookie."""

from __future__ import annotations

from flask import current_app

from contact_center.house import House

COOKIE = "__Host-madoguchi"
"""The session's cookie; the prefix makes browsers refuse it without TLS or from another path."""

DEVICE_COOKIE = "__Host-madoguchi-device"
"""The cookie that a kiosk's bridge puts into the browser of its face: the device's token."""


def house() -> House:
    """The centre this application serves."""
    found: House = current_app.extensions["house"]
    return found
