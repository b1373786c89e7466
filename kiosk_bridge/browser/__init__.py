"""Chromium on the kiosk: started on a folder in memory, driven over a pipe that no other process can open."""

from kiosk_bridge.browser.devtools import Devtools, Ended, Refused
from kiosk_bridge.browser.process import Chromium, sweep

__all__ = ["Chromium", "Devtools", "Ended", "Refused", "sweep"]
