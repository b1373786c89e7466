"""The ledger of minutes served and down per line and counter, written by a witness outside the switchboard (NB-20)."""

from contact_center.availability.ledger import Ledger, MinuteRow

__all__ = ["Ledger", "MinuteRow"]
