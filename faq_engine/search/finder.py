"""Articles in, words in, the right articles out: analysis, lexicon and engine together."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import fields

from faq_engine.search.analysis import Analyzer, Features, Morpheme, features_of
from faq_engine.search.engine import Analysed, Engine, Entry, Hit, Keep
from faq_engine.search.lexicon import Lexicon

COUNTS = (3, 3, 1)
"""How often a reading of the title, the keywords and the body counts for the lexicon: a question is believed more."""

SAME = 0.8
"""What a word counts for that the city says means the same as one that was typed."""

TELLING = 0.6
"""From this weight on a word tells what is asked."""

Read = tuple[list[Morpheme], list[Morpheme], list[Morpheme]]
"""The morphemes of title, keywords and body."""


class Finder:
    """A corpus that can be searched. Its methods may be called from any thread.

    :param engine: what ranks; it must be empty.
    """

    def __init__(self, analyzer: Analyzer, engine: Engine) -> None:
        self._analyzer = analyzer
        self._engine = engine
        self._lexicon = Lexicon(analyzer)
        self._read: dict[str, Read] = {}
        self._lock = threading.Lock()

    def replace(self, entries: Iterable[Entry]) -> None:
        """Keep these and nothing else."""
        lexicon, read, analysed = Lexicon(self._analyzer), dict[str, Read](), list[Analysed]()
        for entry in entries:
            read[entry.id], features = self._analyse(entry)
            analysed.append(features)
            _teach(lexicon, read[entry.id], 1)
        with self._lock:
            self._read, self._lexicon = read, lexicon
            self._engine.replace(analysed)

    def put(self, entry: Entry) -> None:
        """Add or change one; it is found at once."""
        read, analysed = self._analyse(entry)
        with self._lock:
            self._forget(entry.id)
            self._read[entry.id] = read
            _teach(self._lexicon, read, 1)
            self._engine.put(analysed)

    def remove(self, id: str) -> None:
        """Take one out."""
        with self._lock:
            self._forget(id)
            self._engine.remove(id)

    def search(self, typed: str, limit: int = 10, keep: Keep = lambda _: True, also: Iterable[str] = ()) -> list[Hit]:
        """What answers best to what was typed, best first.

        :param also: words that mean the same as some of what was typed.
        """
        with self._lock:
            query = self._lexicon.understand(typed)
            for word in also:
                _join(query, self._lexicon.understand(word))
            return self._engine.search(query, limit, keep)

    def touches(self, typed: str, text: str) -> bool:
        """Whether a text has any of the telling words of what was typed, or one that means the same."""
        morphemes = self._analyzer.morphemes(text)
        forms = {form for form, *_ in morphemes}
        groups = {str(group) for *_, synonyms in morphemes for group in synonyms}
        with self._lock:
            query = self._lexicon.understand(typed)
        telling = {word for word, weight in query.words.items() if weight >= TELLING}
        return bool(telling & forms) or bool(groups & set(query.synonyms)) or not telling

    def _analyse(self, entry: Entry) -> tuple[Read, Analysed]:
        """Each text is cut into morphemes once, for the engine and for the lexicon."""
        texts = (entry.title, entry.keywords, entry.body)
        title, keywords, body = (self._analyzer.morphemes(text) for text in texts)
        parts = (features_of(texts[0], title), features_of(texts[1], keywords), features_of(texts[2], body))
        return (title, keywords, body), Analysed(entry.id, parts)

    def _forget(self, id: str) -> None:
        if (former := self._read.pop(id, None)) is not None:
            _teach(self._lexicon, former, -1)


def _join(query: Features, further: Features) -> None:
    """Add what means the same, for less than what was typed."""
    for one in fields(Features):
        given: dict[str, float] = getattr(query, one.name)
        for feature, weight in getattr(further, one.name).items():
            given[feature] = max(given.get(feature, 0.0), weight * SAME)


def _teach(lexicon: Lexicon, read: Read, times: int) -> None:
    for morphemes, counts in zip(read, COUNTS, strict=True):
        lexicon.learn(morphemes, counts * times)
