"""Agent seats: who sits there, presence, wrap-up. What Asterisk does with a seat follows from these rows."""

from contact_center.seats.model import IDLE, Presence, Seat
from contact_center.seats.service import Seats

__all__ = ["IDLE", "Presence", "Seat", "Seats"]
