"""A contact of any channel, from arrival to outcome; callbacks for those not served; escalations to the second tier."""

from contact_center.contacts.callbacks import Callbacks
from contact_center.contacts.model import OPEN, Callback, Contact, Escalation, State, Third, Unserved
from contact_center.contacts.notes import Notes
from contact_center.contacts.outgoing import Outgoing
from contact_center.contacts.service import Contacts
from contact_center.contacts.sharing import Sharing

__all__ = [
    "OPEN", "Callback", "Callbacks", "Contact", "Contacts", "Escalation", "Notes", "Outgoing", "Sharing", "State", "Third",
    "Unserved",
]  # fmt: skip
