"""The words of the articles by their readings: kana without conversion, romaji, wrong conversions, half words, slips of keys.

What is typed in hiragana is cut into the words that the articles themselves use, by how often they do and what follows what (a
bigram model with linear interpolation, searched by Viterbi's algorithm): the dictionary alone would find words nobody here means.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import jaconv
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from faq_engine.search.analysis import (
    KANJI,
    SILENT,
    Analyzer,
    Features,
    Morpheme,
    Word,
    character_pairs,
    plain,
    weight_of,
    words_of,
)

BEGIN = "^"
FOLLOWING = 0.7
"""How far what follows what is believed, against how often a word is used at all."""

STRANGE = 6.0
"""What a character that begins no known word costs beyond the rarest word, in natural logarithms."""

MOST_FORMS, LEAST_SHARE = 4, 0.05
"""Of the ways to write a reading, so many are looked for, and none that is rarer than this share."""

SAME_READING, HALF_TYPED, ONE_SLIP = 0.8, 0.6, 0.5
"""How far a word is believed that was only read alike, was begun, or differs by one slip."""

SHORTEST_BEGUN, SHORTEST_SLIPPED = 2, 3
LONGEST_RUN = 14
"""Characters of a reading that is looked through for wrong conversions."""

FEW, PERHAPS = 3, 0.3
"""Of so few words, the last may still be being typed; so far it is believed beside the word that stands there."""
END: Morpheme = ("", "", ("補助記号",), ())
_KANA_ONLY = re.compile(r"[ぁ-ゖー\s、。?!？！]+")
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
_ROMAJI = re.compile(r"[a-z'-]+")


class Lexicon:
    """What readings the articles know, and how each is written there."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._forms: dict[str, Counter[tuple[str, tuple[str, ...]]]] = {}
        self._readings: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._before: Counter[str] = Counter()
        self._known: Counter[str] = Counter()
        self._synonyms: dict[str, tuple[int, ...]] = {}
        self._speaking: list[str] | None = None

    def learn(self, morphemes: Iterable[Morpheme], times: int = 1) -> None:
        """Take in the morphemes of a text, or give them back (`times` below zero)."""
        before = BEGIN
        for form, reading, part, synonyms in morphemes:
            if part[0] in ("補助記号", "記号", "空白") or not _HIRAGANA.fullmatch(reading):
                before = BEGIN
                continue
            self._forms.setdefault(reading, Counter())[form, part] += times
            self._readings[reading] += times
            self._pairs[before, reading] += times
            self._before[before] += times
            if part[0] not in SILENT:
                self._known[form] += times
                self._synonyms[form] = synonyms
            before = reading
        self._speaking = None

    def understand(self, typed: str) -> Features:
        """The features of what was typed, whichever way it was typed."""
        text = self._from_romaji(plain(typed))
        if _KANA_ONLY.fullmatch(text) and self._readings:
            return self._features([word for part in re.split(r"[^ぁ-ゖー]+", text) for word in self._from_kana(part)], text)
        words: list[Word] = []
        morphemes = self._analyzer.morphemes(text)
        found = words_of(morphemes)
        for place, word in enumerate(found):
            words.append(word)
            if not self._known[word.form]:
                words += self._alike(word.reading, word.weight, place == len(found) - 1)
        return self._features([*words, *self._converted_wrongly(morphemes)], text)

    def _converted_wrongly(self, morphemes: list[Morpheme]) -> list[Word]:
        """The words of the articles that are read like neighbours which no article knows: 暗証晩号, 安証番号 for 暗証番号."""
        words: list[Word] = []
        run, strange = "", False
        for form, reading, part, _ in [*morphemes, END]:
            if part[0] in ("名詞", "接頭辞", "接尾辞") and _HIRAGANA.fullmatch(reading):
                run, strange = run + reading, strange or not self._known[form]
                continue
            if strange and SHORTEST_SLIPPED <= len(run) <= LONGEST_RUN:
                cut = self.segment(run)
                if all(known for _, known in cut):
                    words += [replace(word, weight=word.weight * SAME_READING) for r, _ in cut for word in self._written(r, 1.0)]
            run, strange = "", False
        return words

    def segment(self, text: str) -> list[tuple[str, bool]]:
        """Hiragana cut into readings, and whether each is one that the articles know."""
        whole = sum(self._readings.values())
        longest = max(map(len, self._readings), default=1)
        strange = -math.log(whole + 1) - STRANGE
        # For each place the best way there by its last reading: logarithm of its likelihood, where that began, what was before.
        ways: list[dict[str, tuple[float, int, str]]] = [{} for _ in range(len(text) + 1)]
        ways[0][BEGIN] = (0.0, -1, "")
        for start in range(len(text)):
            ends = range(start + 1, min(len(text), start + longest) + 1)
            known = [text[start:end] for end in ends if self._readings[text[start:end]] > 0]
            for before, (so_far, _, _) in ways[start].items():
                for reading in known:
                    follows = self._pairs[before, reading] / self._before[before] if self._before[before] else 0.0
                    likely = FOLLOWING * follows + (1 - FOLLOWING) * self._readings[reading] / whole
                    _keep(ways[start + len(reading)], reading, (so_far + math.log(likely), start, before))
                if text[start] not in known:
                    _keep(ways[start + 1], "?", (so_far + strange, start, before))
        end, last, cut = len(text), max(ways[-1], key=lambda way: ways[-1][way][0]), list[tuple[str, bool]]()
        while end > 0:
            _, start, before = ways[end][last]
            cut.append((text[start:end], last != "?"))
            end, last = start, before
        return cut[::-1]

    # -- what may have been meant -------------------------------------------------------------------------------------------

    def _from_kana(self, text: str) -> list[Word]:
        words: list[Word] = []
        strange, cut = "", self.segment(text)
        for reading, known in [*cut, ("", True)]:
            if not known:
                strange += reading
                continue
            if len(strange) >= SHORTEST_BEGUN:
                words += self._alike(strange, 1.0, not reading)
            strange = ""
            words += self._written(reading, 1.0)
        return words + self._begun(text, cut)

    def _begun(self, text: str, cut: list[tuple[str, bool]]) -> list[Word]:
        """The words that may still be being typed at the end, though what stands there is a word by itself: ばん of ばんごう."""
        if len(cut) > FEW:
            return []
        tail = [reading for reading, known in cut if known][-2:]
        ends = {"".join(tail), *tail[-1:]}
        words: list[Word] = []
        for end in ends:
            if len(end) >= SHORTEST_BEGUN and text.endswith(end):
                further = [r for r in self._spoken() if r.startswith(end) and r != end]
                best = sorted(further, key=lambda r: -self._readings[r])[:2]
                words += [word for r in best for word in self._written(r, PERHAPS)]
        return words

    def _written(self, reading: str, believed: float) -> list[Word]:
        """The words that the articles write for a reading."""
        if not (whole := self._readings[reading]):
            return []
        return [
            Word(form, reading, believed * times / whole * weight_of(part), self._synonyms.get(form, ()))
            for (form, part), times in self._forms[reading].most_common(MOST_FORMS)
            if part[0] not in SILENT and times / whole >= LEAST_SHARE
        ]

    def _alike(self, reading: str, weight: float, is_last: bool) -> list[Word]:
        """Words that are read like one that no article knows: the same, begun, or with one slip of the keys."""
        if same := self._written(reading, SAME_READING * weight):
            return same
        if is_last and len(reading) >= SHORTEST_BEGUN:
            begun = sorted((r for r in self._spoken() if r.startswith(reading)), key=lambda r: -self._readings[r])[:3]
            if begun:
                return [word for r in begun for word in self._written(r, HALF_TYPED * weight)]
        if len(reading) < SHORTEST_SLIPPED:
            return []
        near = process.extract(reading, self._spoken(), scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=3)
        return [word for r, _, _ in near for word in self._written(r, ONE_SLIP * weight)]

    def _spoken(self) -> list[str]:
        """The readings of words that say something."""
        if self._speaking is None:
            self._speaking = [r for r, forms in self._forms.items() if any(part[0] not in SILENT for _, part in forms)]
        return self._speaking

    def _from_romaji(self, text: str) -> str:
        """Runs of Latin letters that are no word of the articles, as hiragana where they can be read so."""

        def read(run: re.Match[str]) -> str:
            if self._known[run.group()]:
                return run.group()
            kana = str(jaconv.alphabet2kana(run.group()))
            return kana if _HIRAGANA.fullmatch(kana) else run.group()

        return _ROMAJI.sub(read, text)

    def _features(self, words: list[Word], text: str) -> Features:
        found = Features()
        for word in words:
            _raise(found.words, word.form, word.weight)
            sure = min(1.0, 2 * word.weight)
            for group in word.synonyms:
                _raise(found.synonyms, str(group), sure)
            for character in KANJI.findall(word.form):
                _raise(found.characters, character, sure)
            for pair in character_pairs(word.form):
                _raise(found.pairs, pair, sure)
        for pair in character_pairs(text):
            _raise(found.pairs, pair, 1.0)
        return found


def _keep(ways: dict[str, tuple[float, int, str]], reading: str, way: tuple[float, int, str]) -> None:
    if reading not in ways or ways[reading][0] < way[0]:
        ways[reading] = way


def _raise(weights: dict[str, float], key: str, weight: float) -> None:
    weights[key] = max(weights.get(key, 0.0), weight)
