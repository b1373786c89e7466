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
_TOPICS = frozenset((particle, "助詞") for particle in ("は", "だけ", "へ", "から", "より", "まで", "に"))
"""Particles by which things are told apart; of two or more, what belongs to which may be exchanged."""

_CONTRAST = 2
_UNIT = re.compile(r"[。\n]")
_PIECE = re.compile(r"(\d[\d,.:万]*(?:時\d+分|時半|時|分|円|歳|日|年|月|回|人|桁|階|週間|か月|ヶ月)?)")
_SAYS_NOTHING = frozenset(
    ("為る", "居る", "下さる", "頂く", "御座る", "有る", "成る", "致す", "為さる", "方", "場合", "事", "物", "時", "言う")
)


def exchanged(text: str, quote: str, morphemes: Callable[[str], Sequence[Morpheme]], numbers: Numbers) -> bool:
    """Whether a sentence joins what its quote keeps apart. Quotes without a contrast have nothing to exchange."""
    parts = [one for one in _UNIT.split(quote) if one]
    told = [(key, unit) for unit, part in enumerate(parts) for key in _keys(part, morphemes, numbers)]
    topics = sum((form, part[0]) in _TOPICS for form, _, part, _ in morphemes(quote))
    if max(sum(key.startswith(_MARK) for key, _ in told), len(parts), topics) < _CONTRAST:
        return False
    known = {key for key, _ in told}
    return any(not _follows(sentence, told, known, morphemes, numbers) for sentence in _UNIT.split(text))


def _keys(text: str, morphemes: Callable[[str], Sequence[Morpheme]], numbers: Numbers) -> list[str]:
    """Words and numbers in their order."""
    keys: list[str] = []
    for piece in _PIECE.split(text):
        if piece[:1].isdigit():
            keys += sorted(_MARK + value for value, _ in numbers(piece))
        else:
            keys += [form for form, _, part, _ in morphemes(piece) if part[0] not in SILENT and form not in _SAYS_NOTHING]
    return keys


def _follows(
    sentence: str, told: list[tuple[str, int]], known: set[str], morphemes: Callable[[str], Sequence[Morpheme]], numbers: Numbers
) -> bool:
    """Whether a sentence is found in the quote in its order, each clause in one unit, without a number being passed over."""
    reached: set[int] | None = None
    for clause in sentence.split("、"):
        begins = True
        for key in _keys(clause, morphemes, numbers):
            if key not in known:
                continue
            places = {place for place, (one, _) in enumerate(told) if one == key}
            if reached is not None:
                before = reached
                places = {place for place in places if any(_may_follow(told, was, place, begins) for was in before)}
            reached, begins = places, False
    return reached is None or bool(reached)


def _may_follow(told: list[tuple[str, int]], before: int, after: int, new_clause: bool) -> bool:
    if after <= before or (told[before][1] != told[after][1] and not new_clause):
        return False
    return not any(key.startswith(_MARK) for key, _ in told[before + 1 : after])
