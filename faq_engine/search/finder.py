"""Articles in, words in, the right articles out: analysis, lexicon and engine together."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from faq_engine.search.analysis import Analyzer
from faq_engine.search.engine import Analysed, Engine, Entry, Hit, Keep
from faq_engine.search.lexicon import Lexicon

TITLE_COUNTS = 3
"""A reading in a question is believed like so many in an answer."""


class Finder:
    """A corpus that can be searched. Its methods may be called from any thread.

    :param engine: what ranks; it must be empty.
    """

    def __init__(self, analyzer: Analyzer, engine: Engine) -> None:
        self._analyzer = analyzer
        self._engine = engine
        self._lexicon = Lexicon(analyzer)
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def replace(self, entries: Iterable[Entry]) -> None:
        """Keep these and nothing else."""
        given = list(entries)
        analysed = [self._analyse(entry) for entry in given]
        lexicon = Lexicon(self._analyzer)
        for entry in given:
            self._teach(lexicon, entry, 1)
        with self._lock:
            self._entries, self._lexicon = {entry.id: entry for entry in given}, lexicon
            self._engine.replace(analysed)

    def put(self, entry: Entry) -> None:
        """Add or change one; it is found at once."""
        analysed = self._analyse(entry)
        with self._lock:
            self._forget(entry.id)
            self._entries[entry.id] = entry
            self._teach(self._lexicon, entry, 1)
            self._engine.put(analysed)

    def remove(self, id: str) -> None:
        """Take one out."""
        with self._lock:
            self._forget(id)
            self._engine.remove(id)

    def search(self, typed: str, limit: int = 10, keep: Keep = lambda _: True) -> list[Hit]:
        """What answers best to what was typed, best first."""
        with self._lock:
            return self._engine.search(self._lexicon.understand(typed), limit, keep)

    def _analyse(self, entry: Entry) -> Analysed:
        of_text = self._analyzer.of_text
        return Analysed(entry.id, (of_text(entry.title), of_text(entry.keywords), of_text(entry.body)))

    def _forget(self, id: str) -> None:
        if (former := self._entries.pop(id, None)) is not None:
            self._teach(self._lexicon, former, -1)

    def _teach(self, lexicon: Lexicon, entry: Entry, times: int) -> None:
        for text, counts in ((entry.title, TITLE_COUNTS), (entry.keywords, TITLE_COUNTS), (entry.body, 1)):
            lexicon.learn(self._analyzer.morphemes(text), counts * times)
