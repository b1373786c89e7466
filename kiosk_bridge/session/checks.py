"""What the operator lets the kiosk look for in the resident's page. The page answers yes or no; no value of it leaves it."""

from __future__ import annotations

import json

from kiosk_bridge.booth.booth import Place
from kiosk_bridge.booth.own import OwnPages

ID_IN_PAGE = (
    "[...document.querySelectorAll('input')].some((field) => /^\\d{23}$/.test(field.value.replace(/[\\s-]/g, '')))"
    " || /(?<!\\d)\\d{23}(?!\\d)/.test(document.body?.innerText.replace(/[ -]/g, '') ?? '')"
)
"""True where the 23 digits of an application stand in a page; they stay there."""


async def has_application_id(own: OwnPages) -> bool:
    """Whether an application's 23 digits stand in the page."""
    return await own.holds(ID_IN_PAGE) is True


async def is_signed_out(own: OwnPages, place: Place) -> bool:
    """Whether nobody is signed in any more; that nothing shows somebody says something only where the site itself is there."""
    site = await own.holds(f"{json.dumps(place.hosts)}.includes(location.host)", everywhere=True)
    signed_in = await own.holds(f"document.querySelector({json.dumps(place.signed_in)})", everywhere=True)
    return site is True and signed_in is False
