"""The small interface behind which an index works."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from faq_engine.search.analysis import Features

FIELDS = ("title", "keywords", "body")
Keep = Callable[[str], bool]
"""Whether an article may be found, by its id."""


@dataclass(frozen=True)
class Entry:
    """What of an article can be found.

    :param title: its question.
    :param keywords: words of residents, separated by spaces.
    :param body: its answer.
    """

    id: str
    title: str
    body: str
    keywords: str = ""


@dataclass(frozen=True)
class Analysed:
    """An entry with the features of its fields, in the order of `FIELDS`."""

    id: str
    fields: tuple[Features, Features, Features]


@dataclass(frozen=True)
class Hit:
    """An article that was found; `score` says how well, and only beside other scores of the same search."""

    id: str
    score: float


class Engine(Protocol):
    """Keeps analysed entries and ranks them. Not safe for several threads at once: its owner locks."""

    def replace(self, entries: Iterable[Analysed]) -> None:
        """Keep these and nothing else."""

    def put(self, entry: Analysed) -> None:
        """Add an entry, or put it in the place of the one with its id; it is found at once."""

    def remove(self, id: str) -> None:
        """Forget an entry."""

    def search(self, query: Features, limit: int, keep: Keep) -> list[Hit]:
        """The best entries, best first; entries that nothing of the query touches are never among them."""
