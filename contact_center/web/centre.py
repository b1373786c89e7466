"""The centre that an application serves, and the name of its session cookie."""

from __future__ import annotations

from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import current_app, request

from contact_center.house import House

COOKIE = "__Host-madoguchi"
"""The session's cookie; the prefix makes browsers refuse it without TLS or from another path."""

DEVICE_COOKIE = "__Host-madoguchi-device"
"""The cookie that a kiosk's bridge puts into the browser of its face: the device's token."""


def certificate() -> str:
    """SHA-256 of the certificate that the browser's PC has shown and the front door has checked; empty: it has shown none."""
    shown = request.headers.get("X-Client-Certificate", "")
    if request.headers.get("X-Client-Verified") != "SUCCESS" or not shown:
        return ""
    loaded = x509.load_pem_x509_certificate(unquote(shown).encode())
    return loaded.fingerprint(hashes.SHA256()).hex()


def address() -> str:
    """The network address that the request comes from, as the front door saw it."""
    return request.headers.get("X-Real-IP", "")


def house() -> House:
    """The centre this application serves."""
    found: House = current_app.extensions["house"]
    return found
