"""Whoosh behind the same interface: the words of each field, ranked by its BM25F, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whoosh.analysis import RegexTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from faq_engine.search.analysis import Features
from faq_engine.search.engine import FIELDS, Analysed, Hit, Keep
from faq_engine.search.ranked import FIELD_WEIGHTS, KINDS

MARKS = {"words": "", "synonyms": "#"}
"""Words and groups of synonyms are terms of the same field; a mark keeps them apart."""


class WhooshEngine:
    """The engine that our user named. It sums the BM25 of each field, where BM25F weighs the fields before it saturates."""

    def __init__(self) -> None:
        # Terms come analysed: they are only parted at the control character that joins them.
        text = TEXT(analyzer=RegexTokenizer("[^\x1f]+"), phrase=False)
        self._schema = Schema(id=ID(stored=True, unique=True), **dict.fromkeys(FIELDS, text))
        self._index: Any = RamStorage().create_index(self._schema)

    def replace(self, entries: Iterable[Analysed]) -> None:  # noqa: D102
        self._index = RamStorage().create_index(self._schema)
        with self._index.writer() as writer:
            for entry in entries:
                writer.add_document(**_document(entry))

    def put(self, entry: Analysed) -> None:  # noqa: D102
        with self._index.writer() as writer:
            writer.update_document(**_document(entry))

    def remove(self, id: str) -> None:  # noqa: D102
        with self._index.writer() as writer:
            writer.delete_by_term("id", id)

    def search(self, query: Features, limit: int, keep: Keep) -> list[Hit]:  # noqa: D102
        terms = [
            Term(field, mark + feature, boost=KINDS[kind] * weight * field_weight)
            for kind, mark in MARKS.items()
            for feature, weight in getattr(query, kind).items() if weight > 0
            for field, field_weight in zip(FIELDS, FIELD_WEIGHTS, strict=True)
        ]  # fmt: skip
        if not terms:
            return []
        with self._index.searcher(weighting=BM25F()) as searcher:
            found = searcher.search(Or(terms), limit=None, scored=True)
            kept = (Hit(hit["id"], float(hit.score)) for hit in found if keep(hit["id"]))
            return sorted(kept, key=lambda hit: (-hit.score, hit.id))[:limit]


def _document(entry: Analysed) -> dict[str, str]:
    texts = {}
    for field, features in zip(FIELDS, entry.fields, strict=True):
        counted = [(mark + f, int(n)) for kind, mark in MARKS.items() for f, n in getattr(features, kind).items()]
        texts[field] = "\x1f".join("\x1f".join([term] * times) for term, times in counted)
    return {"id": entry.id, **texts}
