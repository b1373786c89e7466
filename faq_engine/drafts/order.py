"""Whether what a sentence puts together stands together in its quote: of 「通常は1,000円、特急は2,000円」 no price changes place.

Each word and number of the sentence must be found in the quote in the same order, with no number of the quote passed over in
between: whoever says less must leave off at an end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from faq_engine.search.analysis import SILENT, Morpheme

Numbers = Callable[[str], set[tuple[str, str]]]
_MARK = "#"
_CONTRAST = 2
_UNIT = re.compile(r"[。\n]")
_SAYS_NOTHING = frozenset(
    ("為る", "居る", "下さる", "頂く", "御座る", "有る", "成る", "致す", "為さる", "方", "場合", "事", "物", "時", "言う")
)


def exchanged(text: str, quote: str, morphemes: Callable[[str], Sequence[Morpheme]], numbers: Numbers) -> bool:
    """Whether a sentence joins what its quote keeps apart. Quotes without a contrast have nothing to exchange."""
    told = _keys(quote, morphemes, numbers)
    if sum(key.startswith(_MARK) for key in told) < _CONTRAST and len([one for one in _UNIT.split(quote) if one]) < _CONTRAST:
        return False
    return any(not _follows([key for key in _keys(part, morphemes, numbers) if key in told], told) for part in _UNIT.split(text))


def _keys(text: str, morphemes: Callable[[str], Sequence[Morpheme]], numbers: Numbers) -> list[str]:
    """Words and numbers in their order."""
    keys: list[str] = []
    for piece in re.split(r"(\d[\d,.:万]*(?:時\d+分|時半|時|分|円|歳|日|年|月|回|人|桁|階|週間|か月|ヶ月)?)", text):
        if piece[:1].isdigit():
            keys += sorted(_MARK + value for value, _ in numbers(piece))
        else:
            keys += [form for form, _, part, _ in morphemes(piece) if part[0] not in SILENT and form not in _SAYS_NOTHING]
    return keys


def _follows(said: list[str], told: list[str]) -> bool:
    """Whether one list is found in the other in its order, without a number being passed over."""
    if not said:
        return True
    reached = {place for place, key in enumerate(told) if key == said[0]}
    for key in said[1:]:
        reached = {
            place for place, one in enumerate(told)
            if one == key and any(before < place and not _number_between(told, before, place) for before in reached)
        }  # fmt: skip
    return bool(reached)


def _number_between(told: list[str], before: int, after: int) -> bool:
    return any(key.startswith(_MARK) for key in told[before + 1 : after])
