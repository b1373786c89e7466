"""What a page looked like, with everything that may be a person's painted over."""

from __future__ import annotations

from booking_agent.driver.visit import Visit

_MASKS = ("input:not([type=button]):not([type=submit])", "textarea", "select", "td", "dd", "p", "li", "iframe[src*=captcha]")


def masked_picture(visit: Visit) -> bytes:
    """The page as PNG: buttons, headings and labels stay, all values, cells and sentences are black."""
    page = visit.page
    places = [frame.locator(selector) for frame in page.frames for selector in _MASKS]
    return bytes(page.screenshot(mask=places, mask_color="#000000", animations="disabled", timeout=5000))
