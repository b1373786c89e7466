"""The hub: the WebSockets of consoles and devices. State goes out after each commit; messages come in and are answered."""

from contact_center.hub.hub import Hub

__all__ = ["Hub"]
