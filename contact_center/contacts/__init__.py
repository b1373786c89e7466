"""A contact of any channel, from arrival to outcome; callbacks for those not served; escalations to the second tier."""

from contact_center.contacts.callbacks import Callbacks
from contact_center.contacts.corrections import Corrections
from contact_center.contacts.escalations import Escalations
from contact_center.contacts.model import BY_HAND, OPEN, Callback, Contact, Escalation, State, Third, Unserved
from contact_center.contacts.notes import Notes
from contact_center.contacts.outgoing import Outgoing
from contact_center.contacts.service import Contacts
from contact_center.contacts.sharing import Sharing

__all__ = [
    "BY_HAND", "OPEN", "Callback", "Callbacks", "Contact", "Contacts", "Corrections", "Escalation", "Escalations", "Notes",
    "Outgoing", "Sharing", "State", "Third", "Unserved",
]  # fmt: skip
