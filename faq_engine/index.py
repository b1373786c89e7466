"""The index of one process: what is in force for each city, in memory, fed from the database.

Nothing of it lies on a disk, so a process that was killed builds the same anew. Before each search it reads the changes since the
last: one look at a table, so an edit is found by the next key, in every process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_engine.content import Content, from_json, synonyms_from_json
from faq_engine.model import Article, ChangeRow, Kind, Publication, Revision
from faq_engine.search import Analyzer, Entry, Finder, engine_named
from faq_engine.search.analysis import plain

MOST_TYPED = 400
"""Characters of a query that are read: more than anybody says in one breath."""


@dataclass(frozen=True)
class Card:
    """A revision as it is in force somewhere."""

    revision: int
    number: int
    code: str
    content: Content


@dataclass(frozen=True)
class Found:
    """An article that answers, as it is in force for the city that was searched for; `since`: of its edition there."""

    card: Card
    since: datetime


@dataclass(frozen=True)
class Wanted:
    """What is searched for beside the words.

    :param day: only what holds on that day.
    :param menu: only what belongs to this menu or to all; empty: any.
    :param public_only: only what residents may be shown.
    """

    city: str
    day: date
    menu: str = ""
    public_only: bool = False

    def allows(self, content: Content) -> bool:
        """Whether an article may be shown."""
        return (
            content.holds_on(self.day)
            and (not self.menu or content.menu in ("", self.menu))
            and not (self.public_only and content.audience != "public")
        )


class Index:
    """Articles in force, and finding them. Methods may be called from any thread.

    :param engine: name of the engine that ranks.
    """

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.analyzer = Analyzer()
        self._lock = threading.Lock()
        self._finder: Finder | None = None
        self._read_to = -1
        self._cards: dict[int, Card] = {}
        self._in_force: dict[str, dict[str, tuple[int, datetime]]] = {}
        self._synonyms: dict[str, dict[str, tuple[str, ...]]] = {}

    def search(self, session: Session, typed: str, wanted: Wanted, limit: int = 8) -> list[Found]:
        """What answers best to what was typed, best first."""
        finder = self.catch_up(session)
        here = self._in_force.get(wanted.city, {})

        def keep(id: str) -> bool:
            card = self._cards.get(int(id))
            return card is not None and here.get(card.code, (0,))[0] == card.revision and wanted.allows(card.content)

        typed = typed[:MOST_TYPED]
        hits = finder.search(typed, limit, keep, self._also(typed, wanted.city))
        # What another thread has taken out meanwhile is left out.
        cards = [card for hit in hits if (card := self._cards.get(int(hit.id))) is not None]
        return [Found(card, held[1]) for card in cards if (held := here.get(card.code)) is not None]

    def get(self, session: Session, code: str, wanted: Wanted) -> Found | None:
        """The article of a code, where it may be shown."""
        self.catch_up(session)
        revision, since = self._in_force.get(wanted.city, {}).get(code, (0, None))
        card = self._cards.get(revision)
        return Found(card, since) if card is not None and since is not None and wanted.allows(card.content) else None

    def cards(self, session: Session, city: str) -> list[Card]:
        """All articles in force for a city, by code."""
        self.catch_up(session)
        here = self._in_force.get(city, {})
        return [self._cards[revision] for _, (revision, _) in sorted(here.items()) if revision in self._cards]

    def catch_up(self, session: Session) -> Finder:
        """Read what has changed since the last look."""
        with self._lock:
            wanted = select(ChangeRow.id, ChangeRow.publication_id).where(ChangeRow.id > self._read_to).order_by(ChangeRow.id)
            if self._finder is None:
                return self._read_all(session)
            changes = session.execute(wanted).all()
            for id, publication in changes:
                if publication is None:
                    return self._read_all(session)
                self._apply(session, self._finder, publication)
                self._read_to = id
            return self._finder

    def _read_all(self, session: Session) -> Finder:
        finder = self._finder or Finder(self.analyzer, engine_named(self._engine))
        last = session.scalar(select(func.max(ChangeRow.id))) or 0
        rows = session.execute(_PUBLISHED.where(Publication.until.is_(None))).all()
        self._cards, self._in_force, self._synonyms = {}, {}, {}
        entries: dict[int, Entry] = {}
        for publication, article, revision in rows:
            card = self._begin(publication, article, revision)
            if card is not None:
                entries[revision.id] = _entry(card)
        finder.replace(entries.values())
        self._finder, self._read_to = finder, last
        return finder

    def _apply(self, session: Session, finder: Finder, id: int) -> None:
        publication, article, revision = session.execute(_PUBLISHED.where(Publication.id == id)).one()
        here = self._in_force.get(publication.city, {})
        if publication.until is None:
            known = revision.id in self._cards
            card = self._begin(publication, article, revision)
            if card is not None and not known:
                finder.put(_entry(card))
        elif article.kind == Kind.DOCUMENT:
            return
        elif article.kind == Kind.SYNONYMS:
            self._synonyms.get(publication.city, {}).pop(publication.code, None)
        elif here.get(publication.code, (0,))[0] == revision.id:
            del here[publication.code]
            if not any(revision.id == held for cities in self._in_force.values() for held, _ in cities.values()):
                self._cards.pop(revision.id, None)
                finder.remove(str(revision.id))

    def _begin(self, publication: Publication, article: Article, revision: Revision) -> Card | None:
        if article.kind == Kind.DOCUMENT:
            return None
        if article.kind == Kind.SYNONYMS:
            self._synonyms.setdefault(publication.city, {})[publication.code] = synonyms_from_json(revision.content).words
            return None
        card = Card(revision.id, revision.number, publication.code, from_json(revision.content))
        self._cards[revision.id] = card
        self._in_force.setdefault(publication.city, {})[publication.code] = (revision.id, publication.since)
        return card

    def _also(self, typed: str, city: str) -> list[str]:
        """The city's own words for what was typed."""
        said = plain(typed)
        groups: Iterable[Sequence[str]] = self._synonyms.get(city, {}).values()
        return [
            other for words in groups if any(plain(word) in said for word in words) for other in words if plain(other) not in said
        ]


_PUBLISHED = (
    select(Publication, Article, Revision)
    .join(Revision, Publication.revision_id == Revision.id)
    .join(Article, Revision.article_id == Article.id)
    .order_by(Publication.id)
)


def _entry(card: Card) -> Entry:
    content = card.content
    return Entry(str(card.revision), content.question, content.answer, " ".join(content.keywords))
