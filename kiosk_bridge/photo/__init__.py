"""The photo for the card: looked at live, checked, cut to the application's limits. It never leaves the memory of this process."""

from kiosk_bridge.photo.check import Fault, Verdict, check
from kiosk_bridge.photo.cut import cut, encode

__all__ = ["Fault", "Verdict", "check", "cut", "encode"]
