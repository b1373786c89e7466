"""Our own engine: BM25F over words, synonyms and characters, likeness of the question, and how much of the query is met.

Everything that does not depend on the query is computed when an entry comes in, so that a search adds up some arrays of numpy.
Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.6, is the source of BM25F.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq_engine.search.analysis import Features
from faq_engine.search.engine import FIELDS, Analysed, Hit, Keep

KINDS = {"words": 1.0, "synonyms": 0.2, "characters": 0.3, "pairs": 0.2}
"""Kinds of features, and what each counts for."""

FIELD_WEIGHTS = (2.0, 2.0, 1.0)
SATURATION = 4.0
"""BM25's k1: how soon one more occurrence tells nothing new."""

LENGTH = 0.6
"""BM25's b: how much a long text is held against itself."""

LIKENESS, COVERAGE = 2.0, 3.0
"""What the likeness of the question (cosine) and the part of the query that is met (both 0 to 1) count for."""

AT_THE_SIDE = 64
"""Entries that were put since the arrays were made; with more of them the arrays are made anew."""


@dataclass(frozen=True)
class Weights:
    """What each step of the ranking counts for; the ablation sets some to nothing."""

    kinds: dict[str, float] = field(default_factory=lambda: dict(KINDS))
    fields: tuple[float, float, float] = FIELD_WEIGHTS
    likeness: float = LIKENESS
    coverage: float = COVERAGE


@dataclass(frozen=True)
class _Statistics:
    """What all entries together say about one."""

    count: int
    lengths: dict[str, tuple[float, ...]]
    rarity: dict[str, dict[str, float]]

    def idf(self, kind: str, feature: str) -> float:
        """How rare a feature is; one that no entry has is the rarest."""
        return self.rarity[kind].get(feature) or math.log(1 + 2 * (self.count + 1))


class RankedEngine:
    """The engine of the house.

    :param weights: what each step counts for.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self._entries: dict[str, Analysed] = {}
        self._side: dict[str, Analysed] = {}
        self._arrays()

    def replace(self, entries: Iterable[Analysed]) -> None:  # noqa: D102
        self._entries = {entry.id: entry for entry in entries}
        self._arrays()

    def put(self, entry: Analysed) -> None:  # noqa: D102
        self._entries[entry.id] = self._side[entry.id] = entry
        self._hide(entry.id)
        if len(self._side) > max(AT_THE_SIDE, len(self._ids) // 20):
            self._arrays()

    def remove(self, id: str) -> None:  # noqa: D102
        self._entries.pop(id, None)
        self._side.pop(id, None)
        self._hide(id)

    def search(self, query: Features, limit: int, keep: Keep) -> list[Hit]:  # noqa: D102
        scores = self._scores(query)
        scores[self._hidden] = 0.0
        hits = [Hit(id, score) for id, entry in self._side.items() if keep(id) and (score := self._score(query, entry)) > 0]
        # Most searches are of one city: the best are looked at in growing handfuls until enough of them may be shown.
        taken, handful = 0, 4 * limit
        while taken < len(scores) and sum(hit.id not in self._side for hit in hits) < limit:
            order = _best(scores, taken + handful)
            for place in order[taken:]:
                if scores[place] > 0 and keep(self._ids[place]):
                    hits.append(Hit(self._ids[place], float(scores[place])))
            if not len(order) or scores[order[-1]] <= 0:
                break
            taken, handful = taken + handful, handful * 4
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

    # -- making the arrays --------------------------------------------------------------------------------------------------

    def _arrays(self) -> None:
        self._side = {}
        self._ids = list(self._entries)
        self._places = {id: place for place, id in enumerate(self._ids)}
        self._hidden: list[int] = []
        self._statistics = _statistics(self._entries.values())
        found: dict[str, dict[str, tuple[list[int], list[float]]]] = {kind: {} for kind in KINDS}
        titles: dict[str, tuple[list[int], list[float]]] = {}
        for place, entry in enumerate(self._entries.values()):
            for kind, feature, value in self._values(entry):
                places, values = found[kind].setdefault(feature, ([], []))
                places.append(place)
                values.append(value)
            for feature, value in self._title(entry).items():
                places, values = titles.setdefault(feature, ([], []))
                places.append(place)
                values.append(value)
        self._postings = {kind: {f: _pair(*lists) for f, lists in features.items()} for kind, features in found.items()}
        self._titles = {feature: _pair(*lists) for feature, lists in titles.items()}

    def _values(self, entry: Analysed) -> Iterator[tuple[str, str, float]]:
        """Each feature of an entry and what it adds where a query has it."""
        statistics = self._statistics
        for kind, counts_for in self._weights.kinds.items():
            if not counts_for:
                continue
            frequency: dict[str, float] = {}
            for part, weight, usual in zip(entry.fields, self._weights.fields, statistics.lengths[kind], strict=True):
                counted: dict[str, float] = getattr(part, kind)
                length = 1 - LENGTH + LENGTH * sum(counted.values()) / usual
                for feature, times in counted.items():
                    frequency[feature] = frequency.get(feature, 0.0) + weight * times / length
            for feature, value in frequency.items():
                yield kind, feature, counts_for * statistics.idf(kind, feature) * value / (SATURATION + value)

    def _title(self, entry: Analysed) -> dict[str, float]:
        """The words of the question as a vector of length one."""
        vector = {word: self._statistics.idf("words", word) for word in entry.fields[0].words}
        size = math.sqrt(sum(value * value for value in vector.values()))
        return {word: value / size for word, value in vector.items()}

    def _hide(self, id: str) -> None:
        if id in self._places:
            self._hidden.append(self._places[id])

    # -- ranking ------------------------------------------------------------------------------------------------------------

    def _scores(self, query: Features) -> NDArray[Any]:
        total = np.zeros(len(self._ids), dtype=np.float32)
        for kind, postings in self._postings.items():
            for feature, weight in getattr(query, kind).items():
                if feature in postings:
                    places, values = postings[feature]
                    total[places] += weight * values
        asked, size, whole = self._asked(query)
        for word, value in asked.items():
            if word in self._titles and size:
                places, values = self._titles[word]
                total[places] += self._weights.likeness * value / size * values
            if word in self._postings["words"] and whole:
                total[self._postings["words"][word][0]] += self._weights.coverage * value / whole
        return total

    def _score(self, query: Features, entry: Analysed) -> float:
        """The same for one entry beside the arrays."""
        total = 0.0
        for kind, feature, value in self._values(entry):
            total += getattr(query, kind).get(feature, 0.0) * value
        asked, size, whole = self._asked(query)
        title, words = self._title(entry), {word for part in entry.fields for word in part.words}
        for word, value in asked.items():
            total += self._weights.likeness * value / size * title.get(word, 0.0) if size else 0.0
            total += self._weights.coverage * value / whole if whole and word in words else 0.0
        return total

    def _asked(self, query: Features) -> tuple[dict[str, float], float, float]:
        """The query's words by how much each tells, their length as a vector, and their sum."""
        asked = {word: weight * self._statistics.idf("words", word) for word, weight in query.words.items()}
        return asked, math.sqrt(sum(value * value for value in asked.values())), sum(asked.values())


def _statistics(entries: Iterable[Analysed]) -> _Statistics:
    entries = list(entries)
    lengths: dict[str, tuple[float, ...]] = {}
    rarity: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        sums, having = [0.0] * len(FIELDS), Counter[str]()
        for entry in entries:
            parts = [getattr(part, kind) for part in entry.fields]
            sums = [total + sum(part.values()) for total, part in zip(sums, parts, strict=True)]
            having.update(set().union(*parts))
        lengths[kind] = tuple(max(total / max(1, len(entries)), 1.0) for total in sums)
        rarity[kind] = {f: math.log(1 + (len(entries) - n + 0.5) / (n + 0.5)) for f, n in having.items()}
    return _Statistics(len(entries), lengths, rarity)


def _pair(places: list[int], values: list[float]) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.array(places, dtype=np.int32), np.array(values, dtype=np.float32)


def _best(scores: NDArray[Any], count: int) -> NDArray[Any]:
    """The places of the best scores, best first; where two are as good, the earlier."""
    if count < len(scores):
        chosen = np.argpartition(-scores, count - 1)[:count]
        chosen.sort()
    else:
        chosen = np.arange(len(scores))
    return np.asarray(chosen[np.argsort(-scores[chosen], kind="stable")])
