"""Numbers that may never be kept: each run of twelve digits (My Number, Number Use Act article 20) in any writing."""

from __future__ import annotations

import re
import unicodedata

DIGITS = "0-9〇零一二三四五六七八九壱弐参"
BETWEEN = r"\s\-‐‑‒–—―−ー・.,、。/／_:：;=~〜～|*#+()（）\[\]［］【】「」『』〔〕の\u200b-\u200d\u2060\ufeff"
_RUN = re.compile(rf"[{DIGITS}](?:[{BETWEEN}]*[{DIGITS}]){{11,}}")
_MOMENT = re.compile(r"(?<!\d)(?:(?:19|20)\d\d([/-])(?:1[0-2]|0?[1-9])\1(?:3[01]|[12]\d|0?[1-9])|(?:2[0-3]|[01]?\d):[0-5]\d)(?!\d)")
_PIN = re.compile(
    rf"(暗証番号|暗証|あんしょうばんごう|ピン番号|ピン|パスワード|ｐｉｎ|pin|password)([^。\n0-9A-Za-z{DIGITS}]{{0,8}})"
    rf"((?:[{DIGITS}][ \-・]?){{4}}(?![{DIGITS}年月日時回桁])|[A-Za-z0-9]{{6,16}})",
    re.IGNORECASE,
)
MASKED = "［番号は記録しません］"


def mask(text: str) -> str:
    """The text with each run of twelve or more digits replaced, whatever its width, spacing or script.

    The check digit is no help: one in ten random numbers passes it.
    """
    # Widths are folded one character at a time, so that places in both texts agree.
    folded = "".join(c if len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text)
    # A date and a time of day beside each other are no such number, though they have twelve digits.
    searched = _MOMENT.sub(lambda moment: "x" * len(moment.group()), folded)
    kept, position = [], 0
    for run in _RUN.finditer(searched):
        # A telephone number written with its country code or several numbers in a row are masked too: safe before handy.
        kept += [text[position : run.start()], MASKED]
        position = run.end()
    return _mask_pins("".join([*kept, text[position:]]))


def _mask_pins(text: str) -> str:
    """The text without what stands behind the word for a PIN: four digits, or the 6 to 16 letters of the signature's password."""
    folded = "".join(c if len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text)
    kept, position = [], 0
    for found in _PIN.finditer(folded):
        kept += [text[position : found.start(3)], MASKED]
        position = found.end(3)
    return "".join([*kept, text[position:]])
