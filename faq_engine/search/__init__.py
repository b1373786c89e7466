"""Finding articles while the agent types: analysis, lexicon, ranking; engines behind one interface."""

from __future__ import annotations

from contact_center.errors import BadInput
from faq_engine.search.analysis import Analyzer, Features, Word
from faq_engine.search.engine import Analysed, Engine, Entry, Hit
from faq_engine.search.finder import Finder
from faq_engine.search.ranked import RankedEngine

__all__ = [
    "ENGINES",
    "Analysed",
    "Analyzer",
    "Engine",
    "Entry",
    "Features",
    "Finder",
    "Hit",
    "RankedEngine",
    "Word",
    "engine_named",
]

ENGINES = ("ranked", "whoosh")
"""The engines that a setting may name."""


def engine_named(name: str) -> Engine:
    """An empty engine.

    :raises BadInput: for a name that is no engine.
    """
    if name == "ranked":
        return RankedEngine()
    if name == "whoosh":
        # Whoosh is loaded only where it is asked for.
        from faq_engine.search.whoosh_engine import WhooshEngine

        return WhooshEngine()
    raise BadInput("検索エンジンは次から選んでください: %(names)s", names=", ".join(ENGINES))
