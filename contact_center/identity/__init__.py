"""People and devices, what they may do, and signing in. The one door to "who is this and may they"."""

from contact_center.identity.actor import Actor
from contact_center.identity.devices import Devices
from contact_center.identity.factors import Factors
from contact_center.identity.people import People
from contact_center.identity.permissions import KERNEL_PERMISSIONS, ROLES, Rights
from contact_center.identity.sessions import HalfSignedIn, Sessions

__all__ = ["KERNEL_PERMISSIONS", "ROLES", "Actor", "Devices", "Factors", "HalfSignedIn", "People", "Rights", "Sessions"]
