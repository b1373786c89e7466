"""The only door to personal data: encrypted values, a keyed index of telephone numbers, erasure by row and by key."""

from contact_center.personal.keyring import Keyring
from contact_center.personal.masking import mask
from contact_center.personal.telephone import e164
from contact_center.personal.value import Personal
from contact_center.personal.vault import Owner, Vault

__all__ = ["Keyring", "Owner", "Personal", "Vault", "e164", "mask"]
