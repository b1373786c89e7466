"""Numbers that may never be kept: each run of twelve digits (My Number, Number Use Act article 20) in any writing."""

from __future__ import annotations

import re
import unicodedata

DIGITS = "0-9〇零一二三四五六七八九壱弐参"
BETWEEN = r"\s\-‐‑‒–—―−ー・.,、。/／_:：;=~〜～|*#+()（）\[\]［］【】「」『』〔〕の\u200b-\u200d\u2060\ufeff"
SPOKEN = "いち|さん|よん|ろく|なな|しち|はち|きゅう|ぜろ|れい|まる|に|し|ご|く"
UNIT = rf"(?:[{DIGITS}]|{SPOKEN})"
_RUN = re.compile(rf"{UNIT}(?:[{BETWEEN}]*{UNIT}){{11,}}")
_MOMENT = re.compile(r"(?<!\d)(?:(?:19|20)\d\d([/-])(?:1[0-2]|0?[1-9])\1(?:3[01]|[12]\d|0?[1-9])|(?:2[0-3]|[01]?\d):[0-5]\d)(?!\d)")
PIN_WORDS = "暗証|あんしょうばんごう|ぴん|ぱすわあど|ぱすわーど|pin|password"
_COUNTED = "年月日時回桁円件人分"
_PIN = re.compile(
    rf"(?:{PIN_WORDS}|[4四]桁)(?:番号)?[^。\n0-9A-Za-z{DIGITS}]{{0,8}}?"
    rf"(?P<behind>{UNIT}(?:[ \-・、,]?{UNIT}){{3}}(?![ \-]?[{DIGITS}]|[{_COUNTED}])|[A-Za-z0-9]{{6,16}})"
    rf"|(?<![{DIGITS}])(?P<before>[{DIGITS}]{{4}})(?![{DIGITS}{_COUNTED}])(?=[^。\n0-9A-Za-z{DIGITS}]{{0,6}}(?:{PIN_WORDS}|ろっく))",
    re.IGNORECASE,
)
MASKED = "［番号は記録しません］"
KATAKANA_TO_HIRAGANA = ord("ァ") - ord("ぁ")


def mask(text: str) -> str:
    """The text with each run of twelve or more digits replaced, whatever its width, spacing or script.

    The check digit is no help: one in ten random numbers passes it.
    """
    folded = _fold(text)
    # A date and a time of day beside each other are no such number, though they have twelve digits.
    searched = _MOMENT.sub(lambda moment: "x" * len(moment.group()), folded)
    kept, position = [], 0
    for run in _RUN.finditer(searched):
        # A telephone number written with its country code or several numbers in a row are masked too: safe before handy.
        kept += [text[position : run.start()], MASKED]
        position = run.end()
    return _mask_pins("".join([*kept, text[position:]]))


def _mask_pins(text: str) -> str:
    """The text without what stands beside the word for a PIN: four digits, or the 6 to 16 letters of the signature's password."""
    kept, position = [], 0
    for found in _PIN.finditer(_fold(text)):
        start, end = found.span("behind" if found["behind"] else "before")
        kept += [text[position:start], MASKED]
        position = end
    return "".join([*kept, text[position:]])


def _fold(text: str) -> str:
    """The text in one width and in hiragana, a character for a character, so that places in both texts agree."""
    narrow = (c if len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text)
    return "".join(chr(ord(c) - KATAKANA_TO_HIRAGANA) if "ァ" <= c <= "ヶ" else c for c in narrow)
