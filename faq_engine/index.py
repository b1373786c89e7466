"""The index of one process: what is in force for each city, in memory, fed from the database.

Nothing of it lies on a disk, so a process that was killed builds the same anew. Before each search it reads the changes since the
last: one look at a table, so an edit is found by the next key, in every process.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime

import jaconv
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.clock import Clock, day_of
from faq_engine.content import Content, from_json, synonyms_from_json
from faq_engine.model import Article, ChangeRow, Kind, Publication, Revision
from faq_engine.search import Analyzer, Entry, Finder, engine_named
from faq_engine.search.analysis import plain

_KANA = re.compile("[ぁ-ゖー]+")
_LATIN = re.compile("[a-z '-]+")
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
class Held:
    """A publication as it stands in a city."""

    publication: int
    revision: int
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Found:
    """An article that answers, as it is in force for the city that was searched for; `since`: of its edition there."""

    card: Card
    since: datetime


@dataclass(frozen=True)
class Wanted:
    """What is searched for beside the words.

    :param at: only what is in force at that moment and holds on its day.
    :param menu: only what belongs to this menu or to all; empty: any.
    :param public_only: only what residents may be shown.
    """

    city: str
    at: datetime
    menu: str = ""
    public_only: bool = False

    def allows(self, content: Content) -> bool:
        """Whether an article may be shown."""
        return (
            content.holds_on(day_of(self.at))
            and (not self.menu or content.menu in ("", self.menu))
            and not (self.public_only and content.audience != "public")
        )


class Index:
    """Articles in force, and finding them. Methods may be called from any thread.

    :param engine: name of the engine that ranks.
    """

    def __init__(self, engine: str, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self.analyzer = Analyzer()
        self._lock = threading.Lock()
        self._finder: Finder | None = None
        self._read_to = -1
        self._cards: dict[int, Card] = {}
        self._in_force: dict[str, dict[str, list[Held]]] = {}
        self._readings: dict[str, str] = {}
        self._synonyms: dict[str, dict[str, tuple[str, ...]]] = {}

    def search(self, session: Session, typed: str, wanted: Wanted, limit: int = 8) -> list[Found]:
        """What answers best to what was typed, best first."""
        finder = self.catch_up(session)

        def keep(id: str) -> bool:
            card = self._cards.get(int(id))
            if card is None or not wanted.allows(card.content):
                return False
            held = self._held(wanted.city, card.code, wanted.at)
            return held is not None and held.revision == card.revision

        typed = typed[:MOST_TYPED]
        hits = finder.search(typed, limit, keep, self._also(typed, wanted.city))
        # What another thread has taken out meanwhile is left out.
        cards = [card for hit in hits if (card := self._cards.get(int(hit.id))) is not None]
        return [Found(card, held.since) for card in cards if (held := self._held(wanted.city, card.code, wanted.at)) is not None]

    def get(self, session: Session, code: str, wanted: Wanted) -> Found | None:
        """The article of a code, where it may be shown."""
        self.catch_up(session)
        held = self._held(wanted.city, code, wanted.at)
        card = self._cards.get(held.revision) if held is not None else None
        return Found(card, held.since) if card is not None and held is not None and wanted.allows(card.content) else None

    def touches(self, session: Session, typed: str, text: str) -> bool:
        """Whether a text has any of the words that tell what was typed; what shares none answers something else."""
        finder = self.catch_up(session)
        return finder.touches(typed, text)

    def cards(self, session: Session, city: str, at: datetime) -> list[Card]:
        """All articles in force for a city at a moment, by code."""
        self.catch_up(session)
        held = [self._held(city, code, at) for code in sorted(self._in_force.get(city, {}))]
        return [self._cards[one.revision] for one in held if one is not None and one.revision in self._cards]

    def _held(self, city: str, code: str, at: datetime) -> Held | None:
        return next((one for one in self._in_force.get(city, {}).get(code, ()) if one.holds(at)), None)

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
        lasting = Publication.until.is_(None) | (Publication.until > self._clock.now())
        rows = session.execute(_PUBLISHED.where(lasting)).all()
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
        held = self._in_force.get(publication.city, {}).get(publication.code, [])
        held[:] = [one for one in held if one.publication != id]
        if publication.until is None or publication.until > self._clock.now():
            known = revision.id in self._cards
            card = self._begin(publication, article, revision)
            if card is not None and not known:
                finder.put(_entry(card))
        elif article.kind == Kind.DOCUMENT:
            return
        elif article.kind == Kind.SYNONYMS:
            self._synonyms.get(publication.city, {}).pop(publication.code, None)
        elif not any(one.revision == revision.id for codes in self._in_force.values() for rows in codes.values() for one in rows):
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
        held = Held(publication.id, revision.id, publication.since, publication.until)
        self._in_force.setdefault(publication.city, {}).setdefault(publication.code, []).append(held)
        return card

    def _also(self, typed: str, city: str) -> list[str]:
        """Other words for what was typed, by the groups in force in the city; whoever typed the reading of one has said it."""
        said = plain(typed)
        kana = said if _KANA.fullmatch(said) else str(jaconv.alphabet2kana(said)) if _LATIN.fullmatch(said) else ""
        found: list[str] = []
        for words in self._synonyms.get(city, {}).values():
            if any(plain(word) in said or (kana and self._reading(word) in kana) for word in words):
                found += [other for other in words if plain(other) not in said]
        return found

    def _reading(self, word: str) -> str:
        """How a word is read, in hiragana."""
        if word not in self._readings:
            self._readings[word] = "".join(reading for _, reading, *_ in self.analyzer.morphemes(word))
        return self._readings[word]


_PUBLISHED = (
    select(Publication, Article, Revision)
    .join(Revision, Publication.revision_id == Revision.id)
    .join(Article, Revision.article_id == Article.id)
    .order_by(Publication.id)
)


def _entry(card: Card) -> Entry:
    content = card.content
    return Entry(str(card.revision), content.question, content.answer, " ".join(content.keywords))
