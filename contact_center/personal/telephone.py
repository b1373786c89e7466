"""Telephone numbers in one form (ITU-T E.164), so that the same caller is recognised however the carrier writes him."""

from __future__ import annotations

import re


def e164(number: str, country: str = "81") -> str | None:
    """The number as `+81…`, or None where it is no number (withheld, payphone, odd).

    :param number: as the carrier sends it: `0312345678`, `+81312345678`, `81-3-1234-5678`.
    :param country: calling code that stands for the leading zero.
    """
    digits = re.sub(r"[\s\-().]", "", number)
    if re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        return digits
    if re.fullmatch(r"0[1-9]\d{8,9}", digits):
        return f"+{country}{digits[1:]}"
    if re.fullmatch(rf"{country}[1-9]\d{{8,9}}", digits):
        return f"+{digits}"
    return None


def national(number: str, country: str = "81") -> str:
    """The number as it is dialled inside the country: `0312345678`."""
    return "0" + number[len(country) + 1 :] if number.startswith(f"+{country}") else number
