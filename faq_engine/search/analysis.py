"""What a text says, as features that can be compared: words, kinds of words, characters.

SudachiPy in mode A cuts compounds into their parts and writes each word in its normalized form, so that 申し込み, 申込み and
申込 are one word. A query and an article that use different words for one thing often share a Chinese character (受け取る and
受領), so characters count too, for less.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sudachipy import Dictionary, SplitMode

SILENT = frozenset({"助詞", "助動詞", "補助記号", "記号", "空白"})
"""Parts of speech that say how, not what."""

WEIGHTS = {
    "名詞": 1.0, "形状詞": 0.7, "動詞": 0.5, "形容詞": 0.5, "接尾辞": 0.5, "副詞": 0.3, "接頭辞": 0.3, "代名詞": 0.1, "連体詞": 0.1,
    "接続詞": 0.0, "感動詞": 0.0,
}  # fmt: skip
"""How much a word of a query tells of what is asked."""

NOUN_OF_DOING, NOUN_OF_TIME, HELPING_VERB, NUMERAL = 0.8, 0.5, 0.15, 0.5
KANJI = re.compile(r"[一-龯々]")
_NOT_WRITTEN_IN_IDEAS = re.compile(r"[^一-龯々ァ-ヶーa-z0-9]+")


Morpheme = tuple[str, str, tuple[str, ...], tuple[int, ...]]
"""Normalized form, reading in hiragana, part of speech, groups of synonyms."""


@dataclass(frozen=True)
class Word:
    """A word that says something.

    :param form: its normalized form.
    :param reading: in hiragana.
    :param weight: how much it tells in a query, 0 to 1.
    :param synonyms: ids of the groups of SudachiDict's synonym dictionary to which it belongs.
    """

    form: str
    reading: str
    weight: float
    synonyms: tuple[int, ...] = ()


@dataclass
class Features:
    """Features of a query with their weights, 0 to 1; of a text every weight is the number of times it occurs."""

    words: dict[str, float] = field(default_factory=dict)
    synonyms: dict[str, float] = field(default_factory=dict)
    characters: dict[str, float] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)


@cache
def _dictionary() -> Any:
    """The dictionary, loaded when a process first needs it, and once: it is large."""
    return Dictionary(dict="core")


class Analyzer:
    """Cuts Japanese text into words. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def morphemes(self, text: str) -> list[Morpheme]:
        """Every morpheme, in their order."""
        return [
            (m.normalized_form(), hiragana(m.reading_form()), tuple(m.part_of_speech()), tuple(m.synonym_group_ids()))
            for m in self._tokenizer.tokenize(plain(text))
        ]

    def surfaces(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        """Each morpheme as it is written, and its part of speech."""
        return [(m.surface(), tuple(m.part_of_speech())) for m in self._tokenizer.tokenize(text)]

    @property
    def _tokenizer(self) -> Any:
        """A tokenizer of SudachiPy belongs to one thread."""
        found = getattr(self._of_thread, "tokenizer", None)
        if found is None:
            found = self._of_thread.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
        return found

    def words(self, text: str) -> list[Word]:
        """The words that say something, in their order."""
        return words_of(self.morphemes(text))


def words_of(morphemes: Iterable[Morpheme]) -> list[Word]:
    """Those of the morphemes that say something."""
    return [Word(form, reading, weight_of(part), synonyms) for form, reading, part, synonyms in morphemes if part[0] not in SILENT]


def features_of(text: str, morphemes: Iterable[Morpheme]) -> Features:
    """Features of an article's field, counted.

    :param morphemes: those of the text.
    """
    found = Features()
    for word in words_of(morphemes):
        _add(found.words, word.form)
        for group in word.synonyms:
            _add(found.synonyms, str(group))
        for character in KANJI.findall(word.form):
            _add(found.characters, character)
    for pair in character_pairs(text):
        _add(found.pairs, pair)
    return found


def plain(text: str) -> str:
    """In one width and in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def hiragana(text: str) -> str:
    """Katakana as hiragana."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def character_pairs(text: str) -> Iterable[str]:
    """Each two neighbouring characters of what is written in ideas, katakana, letters and digits."""
    for run in _NOT_WRITTEN_IN_IDEAS.sub(" ", plain(text)).split():
        for place in range(len(run) - 1):
            yield run[place : place + 2]


def weight_of(part: tuple[str, ...]) -> float:
    """How much a word of this part of speech tells in a query."""
    if part[1] == "数詞":
        return NUMERAL
    if part[0] == "名詞" and part[2] == "サ変可能":
        return NOUN_OF_DOING
    if part[0] == "名詞" and part[2] == "副詞可能":
        return NOUN_OF_TIME
    if part[0] == "動詞" and part[1] == "非自立可能":
        return HELPING_VERB
    return WEIGHTS.get(part[0], 1.0)


def _add(counts: dict[str, float], key: str) -> None:
    counts[key] = counts.get(key, 0.0) + 1.0
