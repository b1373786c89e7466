"""Numbers that may never be kept: each run of twelve digits (My Number, Number Use Act article 20) and PINs, in any writing.

Safe before handy: what only may be such a number is masked too, where ordinary dates, telephone numbers and fees stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MASKED = "［番号は記録しません］"
KATAKANA_TO_HIRAGANA = ord("ァ") - ord("ぁ")

DIGITS = "0-9〇零一二三四五六七八九壱弐参"
_LONG, _SHORT = "いち|さん|よん|ろく|なな|しち|はち|きゅう|ぜろ|れい|まる", "に|し|ご|く"
SPOKEN = f"{_LONG}|{_SHORT}"
UNIT = rf"(?:[{DIGITS}]|{_LONG}|(?<![{DIGITS}])(?:{_SHORT})|(?:{_SHORT})(?=[{DIGITS}]|{_LONG}))"
"""A digit, written or spoken; a single kana right behind a written one is a particle: 09012345678に電話."""
ONES = "[一二三四五六七八九]"
READ_OUT = rf"{ONES}?千(?=[百十一二三四五六七八九])(?:{ONES}?百)?(?:{ONES}?十)?{ONES}?"
"""A number of four digits as it is read: 千二百三十四."""

_RUN = re.compile(rf"{UNIT}(?:(?:[\W_]|[のとー])*{UNIT}){{11,}}")
_MOMENT = re.compile(r"(?<!\d)(?:(?:19|20)\d\d([/-])(?:1[0-2]|0?[1-9])\1(?:3[01]|[12]\d|0?[1-9])|(?:2[0-3]|[01]?\d):[0-5]\d)(?!\d)")
_GROUPS = re.compile(
    r"(?<!\d)(?:\d{4}(?!\d)(?:[^\d\n]{1,8}(?<!\d)\d{4}(?!\d)){2}|\d{6}(?!\d)[^\d\n]{1,8}\d{6}(?!\d))"
    rf"|{READ_OUT}(?:[^\d\n千]{{0,4}}{READ_OUT}){{2}}"
)
"""The same twelve digits said in parts: 1234と5678、最後は9012."""

_PIN_WORD = re.compile(
    r"暗証|暗唱|暗号番号|あんしょう|ぴん|p\s*i\s*n(?![a-z])|ぱすわあど|ぱすわーど|password|ぱす|(?<![a-z])pw(?![a-z])|合言葉"
    r"|[4四よ]ん?(?:桁|けた)|英数字|署名用|利用者証明|券面事項|住民基本台帳用|ろっく"
)
REACH, REACH_BACK = 40, 8
"""Characters behind and before the word for a PIN within which a number is taken for one."""

_COUNTED = "年月日時回桁円件人分歳才階番号"
_SECRET = re.compile(
    rf"(?<![{DIGITS}])(?<![{DIGITS}][\-/,.:])[{DIGITS}](?:[ \-・、,]?[{DIGITS}]){{3}}(?![ \-/,.:]?[{DIGITS}]|[{_COUNTED}])"
    rf"|(?:{SPOKEN})(?:[ \-・、,]?(?:{SPOKEN})){{3}}"
    rf"|{READ_OUT}(?![{_COUNTED}])"
    r"|(?<![a-z0-9])(?=[a-z0-9]*[a-z])(?=[a-z0-9]*[0-9])[a-z0-9]{6,16}(?![a-z0-9])"
)
_BEFORE = re.compile(rf"(?<![{DIGITS}])(?<![{DIGITS}][\-/,.:])[{DIGITS}]{{4}}(?![ \-/,.:]?[{DIGITS}]|[{_COUNTED}])")


def mask(text: str) -> str:
    """The text with each run of twelve or more digits and each PIN replaced, whatever its width, spacing or script.

    The check digit is no help: one in ten random numbers passes it.
    """
    folded = _fold(text)
    # A date and a time of day beside each other are no such number, though they have twelve digits.
    searched = _MOMENT.sub(lambda moment: "x" * len(moment.group()), folded)
    kept, position = list[str](), 0
    for start, end in sorted([*_numbers(searched), *_pins(searched)]):
        if end <= position:
            continue
        kept += [text[position : max(start, position)], MASKED]
        position = end
    return re.sub(rf"(?:{re.escape(MASKED)}){{2,}}", MASKED, "".join([*kept, text[position:]]))


def _numbers(folded: str) -> Iterator[tuple[int, int]]:
    for pattern in (_RUN, _GROUPS):
        # A telephone number written with its country code or several numbers in a row are masked too.
        yield from (found.span() for found in pattern.finditer(folded))


def _pins(folded: str) -> Iterator[tuple[int, int]]:
    """Numbers of four digits and passwords of the signature (6 to 16 letters and digits) beside a word for a PIN."""
    for word in _PIN_WORD.finditer(folded):
        for found in _SECRET.finditer(folded, word.end(), word.end() + REACH):
            yield found.span()
        for found in _BEFORE.finditer(folded, max(0, word.start() - REACH_BACK), word.start()):
            yield found.span()


def _fold(text: str) -> str:
    """The text in small letters of one width, in hiragana and with plain digits: a character for a character."""

    def one(character: str) -> str:
        digit = unicodedata.digit(character, None)
        if digit is None and unicodedata.category(character) == "Nl":
            value = unicodedata.numeric(character)
            digit = int(value) if value in range(10) else None
        if digit is not None and character not in "〇零一二三四五六七八九壱弐参":
            return str(digit)
        narrow = unicodedata.normalize("NFKC", character).lower()
        if len(narrow) != 1:
            return character
        return chr(ord(narrow) - KATAKANA_TO_HIRAGANA) if "ァ" <= narrow <= "ヶ" else narrow

    return "".join(map(one, text))
