"""The 23 digits of an application form. How the public ones are checked is not told; this check is the practice site's own."""

from __future__ import annotations

import re

HEAD = "9999"
"""With this all practice ids begin, so that nobody takes one for a real id."""


def check_digit(digits: str) -> str:
    """The last digit that belongs to the 22 before it: Luhn's, which finds a wrong digit and most that changed places."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        doubled = int(letter) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def application_id(number: int) -> str:
    """The id of the practice form with that number."""
    digits = f"{HEAD}{number * 7_919_773:018}"
    return digits + check_digit(digits)


def misread(text: str) -> str:
    """What is wrong with an id as it was typed, in words; empty where it may be one."""
    if not re.fullmatch(r"[0-9]{23}", text):
        return "申請書IDは半角数字23桁で入力してください。"
    if check_digit(text[:-1]) != text[-1]:
        return "申請書IDに誤りがあります。交付申請書に記載されている申請書IDを確認してください。"
    return ""
