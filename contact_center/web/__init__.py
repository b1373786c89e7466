"""What every page shares: access, forms, errors, the base template. Nothing of a channel."""

from contact_center.web.access import (
    actor,
    check_views,
    device,
    device_only,
    for_programs,
    permission,
    public,
    sensitive,
    signed_in,
    uploads,
)  # fmt: skip
from contact_center.web.base import prepare
from contact_center.web.centre import COOKIE, DEVICE_COOKIE, house
from contact_center.web.reader import page_words

__all__ = [
    "COOKIE", "DEVICE_COOKIE", "actor", "check_views", "device", "device_only", "for_programs", "house", "page_words",
    "permission", "prepare", "public", "sensitive", "signed_in", "uploads",
]  # fmt: skip
