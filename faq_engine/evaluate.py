"""Measuring search: judged queries against a corpus, engines side by side.

The files are plain JSON: corpus `{id: "Question: …\\nAnswer: …"}`, queries `{id: text}`, judgements `{query: {id: grade}}`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contact_center.errors import BadInput
from faq_engine.search.analysis import Analyzer
from faq_engine.search.engine import Engine, Entry
from faq_engine.search.finder import Finder
from faq_engine.shipped import shipped

DEPTH = 10
RESAMPLES = 2000
"""Times the queries are drawn anew for the interval (bootstrap)."""

Judgements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Measure:
    """A mean over all queries, with the interval that holds it in 95 of 100 drawings."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Measure:
        """The mean of these values, one a query."""
        given = np.array(values, dtype=float)
        drawn = np.random.default_rng(20190721).choice(given, (RESAMPLES, len(given))).mean(axis=1)
        low, high = np.percentile(drawn, [2.5, 97.5])
        return cls(float(given.mean()), float(low), float(high))


@dataclass(frozen=True)
class Result:
    """What one engine made of the queries; latencies in milliseconds, analysis of what was typed included."""

    engine: str
    queries: int
    ndcg: Measure
    mrr: Measure
    hit: dict[int, Measure]
    p50_ms: float
    p95_ms: float

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "engine": self.engine, "queries": self.queries, "ndcg_at_10": round(self.ndcg.mean, 4), "mrr": round(self.mrr.mean, 4),
            **{f"hit_at_{depth}": round(hit.mean, 4) for depth, hit in self.hit.items()},
            "p50_ms": round(self.p50_ms, 3), "p95_ms": round(self.p95_ms, 3),
        }  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A corpus with judged queries."""

    entries: tuple[Entry, ...]
    queries: Mapping[str, str]
    judgements: Judgements


def read_judged(corpus: Path, queries: Path, qrels: Path) -> Judged:
    """Read the three files.

    :raises BadInput: where one cannot be read, or a query has no judgement at all.
    """
    texts, asked, judgements = (_read(path) for path in (corpus, queries, qrels))
    unjudged = [id for id in asked if not judgements.get(id)]
    if unjudged:
        raise BadInput("%(file)sに、判定のない質問があります: %(ids)s", file=qrels.name, ids=", ".join(unjudged[:5]))
    return Judged(tuple(entry(id, text) for id, text in texts.items()), asked, judgements)


def own(form: str) -> Judged:
    """The product's own articles and judged situations; those that no article answers are left out.

    :param form: how they are asked: `sentence`, `words`, `kana`, `typo` or `romaji`.
    """
    folder = files("faq_engine").joinpath("judged")
    situations = json.loads(folder.joinpath("situations.json").read_text("utf-8"))
    judgements: Judgements = json.loads(folder.joinpath("qrels.json").read_text("utf-8"))
    entries = tuple(Entry(code, c.question, c.answer, " ".join(c.keywords)) for code, c in shipped() if not c.unsourced)
    known = {one.id for one in entries}
    graded = {id: {code: grade for code, grade in grades.items() if code in known} for id, grades in judgements.items()}
    asked = {
        one["id"]: one[form] for one in situations if one["answerable"] and any(g > 1 for g in graded.get(one["id"], {}).values())
    }
    return Judged(entries, asked, graded)


def entry(id: str, text: str) -> Entry:
    """An entry from `Question: …` and `Answer: …`."""
    question, _, answer = text.partition("\nAnswer:")
    return Entry(id, question.removeprefix("Question:").strip(), answer.strip())


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput("%(file)sを読めません。JSONのファイルを指定してください。", file=str(path)) from error
    if not isinstance(found, dict):
        raise BadInput("%(file)sは、idから値へのJSONではありません。", file=str(path))
    return found


def in_kana(analyzer: Analyzer, text: str) -> str:
    """A text as it is typed without conversion: its reading in hiragana."""
    return "".join(reading for _, reading, part, _ in analyzer.morphemes(text) if part[0] not in ("補助記号", "記号", "空白"))


def evaluate(
    name: str, engine: Engine, analyzer: Analyzer, judged: Judged, change: Callable[[str], str] = lambda text: text
) -> Result:
    """Ask an engine every query.

    :param engine: an empty one.
    :param change: how the queries are typed.
    """
    finder = Finder(analyzer, engine)
    finder.replace(judged.entries)
    ndcg, mrr, seconds = list[float](), list[float](), list[float]()
    hit: dict[int, list[float]] = {1: [], 3: [], 10: []}
    for id, text in judged.queries.items():
        typed = change(text)
        began = time.perf_counter()
        found = [one.id for one in finder.search(typed, DEPTH)]
        seconds.append(time.perf_counter() - began)
        grades = judged.judgements[id]
        ndcg.append(gain(found, grades))
        first = next((place for place, one in enumerate(found, 1) if grades.get(one, 0) > 0), math.inf)
        mrr.append(1 / first)
        for depth, hits in hit.items():
            hits.append(float(first <= depth))
    p50, p95 = (float(value) for value in _milliseconds(seconds))
    measures = {depth: Measure.of(hits) for depth, hits in hit.items()}
    return Result(name, len(ndcg), Measure.of(ndcg), Measure.of(mrr), measures, p50, p95)


def gain(found: Iterable[str], grades: Mapping[str, int]) -> float:
    """nDCG@10 where the gain is the grade itself (Järvelin and Kekäläinen, 2002)."""
    reached = sum(grades.get(id, 0) / math.log2(place + 1) for place, id in enumerate(found, 1))
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    return reached / sum(grade / math.log2(place + 1) for place, grade in enumerate(best, 1))


def _milliseconds(seconds: Sequence[float]) -> NDArray[Any]:
    return np.asarray(np.percentile(np.array(seconds) * 1000, [50, 95]))
