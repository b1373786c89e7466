"""Measuring the checks: judged statements, and questions that no article answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from contact_center.errors import BadInput
from faq_engine.drafts import fake
from faq_engine.drafts.checks import Checker
from faq_engine.drafts.prompt import Given, Said
from faq_engine.search import Analyzer, Entry, Finder, engine_named
from faq_engine.shipped import shipped

ALL_FALSE = "false, all kinds"
FALSE_KINDS = ("number", "polarity", "foreign", "exchanged")
Z = 1.96


@dataclass(frozen=True)
class Rate:
    """How many of a kind were let through, with the interval that holds the rate in 95 of 100 samples (Wilson, 1927)."""

    kind: str
    count: int
    accepted: int

    @property
    def rate(self) -> float:
        """Part that was let through, 0 to 1."""
        return self.accepted / self.count if self.count else 0.0

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return max(0.0, self._middle() - self._width())

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return min(1.0, self._middle() + self._width())

    def _middle(self) -> float:
        n = max(1, self.count)
        return (self.rate + Z * Z / (2 * n)) / (1 + Z * Z / n)

    def _width(self) -> float:
        n = max(1, self.count)
        return Z * math.sqrt(self.rate * (1 - self.rate) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "kind": self.kind, "count": self.count, "accepted": self.accepted, "rate": round(self.rate, 4),
            "low": round(self.low, 4), "high": round(self.high, 4),
        }  # fmt: skip


def read_statements(path: Path | None = None, own: str = "kept-back") -> list[dict[str, Any]]:
    """Judged statements: article, quote, text, whether it is true, and in what it is wrong.

    :param own: where there is no path, which of the product's own: `tuned`, on which the rules were made, or `kept-back`.
    :raises BadInput: where the file is none.
    """
    try:
        text = (path or files("faq_engine").joinpath("judged", f"statements-{own}.json")).read_text("utf-8")
        found: list[dict[str, Any]] = json.loads(text)
        return found
    except (OSError, ValueError) as error:
        raise BadInput("%(path)s を読めません。JSONのファイルか確かめてください。", path=path) from error


def evaluate(statements: list[dict[str, Any]]) -> list[Rate]:
    """The rate of each kind."""
    articles, checker = dict(shipped()), Checker(Analyzer())
    counts: dict[str, list[int]] = {}
    for one in statements:
        if one["article"] not in articles:
            continue
        content = articles[one["article"]]
        said = Said(one["text"], one["article"], 1, one["quote"].replace("○○市", "{city}"))
        passed = checker.bears_out(said, Given(one["article"], 1, content.question, content.answer))
        for kind in [one["kind"], *([ALL_FALSE] if one["kind"] in FALSE_KINDS else [])]:
            count = counts.setdefault(kind, [0, 0])
            count[0] += 1
            count[1] += passed
    return [Rate(kind, count, accepted) for kind, (count, accepted) in sorted(counts.items())]


def abstention() -> Rate:
    """Sentences that a model which always answers (with facts of its own) gets through for questions that no article answers."""
    entries = {code: content for code, content in shipped() if not content.unsourced}
    finder, checker = Finder(Analyzer(), engine_named("ranked")), Checker(Analyzer())
    finder.replace(Entry(code, c.question, c.answer, " ".join(c.keywords)) for code, c in entries.items())
    accepted = count = 0
    for question in _unanswerable():
        count += 1
        hits = finder.search(question, 5)
        given = [Given(hit.id, 1, entries[hit.id].question, entries[hit.id].answer) for hit in hits]
        asked = {"question": question, "articles": [vars(one) | {"id": one.code} for one in given]}
        lines = [json.loads(line) for line in fake.lines_of("foreign", asked)] if given else []
        accepted += any(checker.bears_out(Said(x["text"], x["article"], 1, x["quote"]), given[0]) for x in lines)
    return Rate("unanswerable", count, accepted)


def _unanswerable() -> Iterator[str]:
    situations = json.loads(files("faq_engine").joinpath("judged", "situations.json").read_text("utf-8"))
    yield from (one["sentence"] for one in situations if not one["answerable"])
