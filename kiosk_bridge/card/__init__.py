"""The card in the reader: which it is, how many tries are left, when its certificate ends; nothing that names anybody."""

from kiosk_bridge.card.profile import CardProfile, profiles
from kiosk_bridge.card.read import Advice, CardState, Kind, advice, read

__all__ = ["Advice", "CardProfile", "CardState", "Kind", "advice", "profiles", "read"]
