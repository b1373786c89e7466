"""What the rest of the house asks of the FAQ: finding, reading out, what agents remark, notices, the cities' own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from contact_center.clock import day_of
from contact_center.contacts import Contact
from contact_center.errors import BadInput, NotFound
from contact_center.events import Event
from contact_center.house import House
from contact_center.identity import Actor
from faq_engine.drafts import Assistant, Drafter, Endpoint
from faq_engine.drafts.masking import mask_out
from faq_engine.editions import Editions
from faq_engine.events import FaqAnnounced, FaqPublished, FaqUnanswered, FaqUsed, FaqWithdrawn
from faq_engine.index import Found, Index, Wanted
from faq_engine.model import COMMON, NoticeRow, Remark, Revision, UseRow
from faq_engine.places import Local, Places
from faq_engine.settings import ENGINE
from faq_engine.workflow import Workflow

WRONG, NOT_FOUND, REWORDED = "wrong", "not_found", "reworded"
LONGEST_REMARK = 300


@dataclass(frozen=True)
class Reading:
    """An article as it is read in one city, with every place filled.

    :param office: name of the responsible office, and its telephone.
    :param since: when it came into force there.
    """

    code: str
    number: int
    question: str
    answer: str
    easy: str
    english_question: str
    english: str
    others: Mapping[str, tuple[str, str]]
    audience: str
    office: str
    office_phone: str
    since: datetime

    @property
    def first_lines(self) -> list[str]:
        """The two lines that are read aloud."""
        return [line for line in self.answer.splitlines() if line.strip()][:2]


class Faq:
    """The FAQ of one process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._clock = house.clock
        self._log = house.log
        self.workflow = Workflow(house.clock, house.log, house.audit, house.directory)
        self.index = Index(house.settings[ENGINE], house.clock)
        self.places = Places(house.directory, house.clock)
        self.editions = Editions(house, self.places)
        self.endpoint = Endpoint(house.settings, house.clock, house.audit)
        self.drafter = Drafter(self.endpoint, self.index.analyzer)
        self.assistant = Assistant(self.endpoint, self.index.analyzer)

    # -- finding ------------------------------------------------------------------------------------------------------------

    def wanted(self, city: str, menu: str = "", public_only: bool = False) -> Wanted:
        """What may be shown today."""
        return Wanted(city, self._clock.now(), menu, public_only)

    def search(self, session: Session, typed: str, wanted: Wanted, limit: int = 8) -> list[Reading]:
        """What answers best to what was typed, best first (IZ-16)."""
        return self.readings(session, self.index.search(session, typed, wanted, limit), wanted.city)

    def read(self, session: Session, code: str, wanted: Wanted) -> Reading:
        """One article.

        :raises NotFound: where it is not in force in that city, or not to be shown.
        """
        found = self.index.get(session, code, wanted)
        if found is None:
            raise _not_in_force()
        return self.readings(session, [found], wanted.city)[0]

    def readings(self, session: Session, found: Iterable[Found], city: str) -> list[Reading]:
        """Articles as they are read in a city."""
        local = self.places.local(session, city)
        return [_reading(one, local) for one in found]

    # -- what agents remark -------------------------------------------------------------------------------------------------

    def opened(self, session: Session, city: str, code: str, used: bool = False) -> None:
        """Count that an article was opened, or used."""
        key = (city, code, day_of(self._clock.now()))
        row = session.get(UseRow, key)
        if row is None:
            row = UseRow(city=key[0], code=key[1], day=key[2], opened=0, used=0)
            session.add(row)
        if used:
            row.used += 1
        else:
            row.opened += 1

    def used(self, session: Session, actor: Actor, contact: Contact, code: str, typed: Iterable[str]) -> None:
        """An agent has answered from an article.

        :param typed: what was typed in vain before it was found, for synonyms.
        """
        publication = self.workflow.in_force(session, contact.city_id, code)
        if publication is None:
            raise _not_in_force()
        number = session.get_one(Revision, publication.revision_id).number
        self._house.notes.link(session, actor, contact.id, f"faq:{code}", True)
        self.opened(session, contact.city_id, code, used=True)
        event = FaqUsed(city=contact.city_id, contact=contact.id, actor=actor.word, code=code, revision=number)
        self._log.append(session, event)
        for words in typed:
            if words.strip():
                session.add(self._remark(REWORDED, actor, contact.city_id, contact.id, code, words, ""))

    def remark(
        self, session: Session, actor: Actor, kind: str, city: str, contact: int | None, code: str, typed: str, said: str
    ) -> int:
        """An agent says that an article is wrong, or that none answers; its id on the editors' list (IZ-17b).

        :param typed: what was searched for; `said`: what is wrong, or what the resident wants to know.
        """
        actor.require("seat.use", city)
        if kind not in (WRONG, NOT_FOUND):
            raise BadInput("「違っている」か「見つからない」を選んでください。")
        row = self._remark(kind, actor, city, contact, code, typed, said)
        session.add(row)
        session.flush()
        event = FaqUnanswered(city=city, contact=contact, actor=actor.word, remark=row.id, kind=kind)
        self._log.append(session, event)
        return row.id

    def _remark(self, kind: str, actor: Actor, city: str, contact: int | None, code: str, typed: str, said: str) -> Remark:
        return Remark(
            kind=kind, city=city, contact_id=contact, code=code, at=self._clock.now(), actor=actor.word,
            asked=self._without_people(typed), said=self._without_people(said),
        )  # fmt: skip

    def _without_people(self, text: str) -> str:
        """What editors read names nobody: it may become an article, and articles are for ever."""
        return mask_out(text[:LONGEST_REMARK], self.index.analyzer).text[:LONGEST_REMARK]

    def remarks(self, session: Session, cities: Iterable[str], kind: str) -> list[Remark]:
        """What agents have remarked and nobody has dealt with, newest first."""
        wanted = select(Remark).where(Remark.kind == kind, Remark.city.in_(list(cities)), Remark.done_at.is_(None))
        return list(session.scalars(wanted.order_by(Remark.id.desc()).limit(200)))

    def settle(self, session: Session, actor: Actor, id: int) -> None:
        """An editor has dealt with a remark."""
        row = session.get(Remark, id)
        if row is None or not actor.serves(row.city):
            raise NotFound("その指摘はもうありません。")
        actor.require("faq.edit", row.city)
        row.done_at, row.done_by = self._clock.now(), actor.word

    def last_opened(self, session: Session, city: str) -> set[str]:
        """The codes that somebody has opened at any time."""
        return set(session.scalars(select(UseRow.code).where(UseRow.city == city, UseRow.opened + UseRow.used > 0).distinct()))

    def uses(self, session: Session, city: str) -> dict[str, int]:
        """How often each article was used."""
        wanted = select(UseRow.code, func.sum(UseRow.used)).where(UseRow.city == city).group_by(UseRow.code)
        return {code: int(used) for code, used in session.execute(wanted)}

    # -- notices ------------------------------------------------------------------------------------------------------------

    def notices(self, session: Session, city: str) -> list[NoticeRow]:
        """The dated notices that stand above the results now."""
        now = self._clock.now()
        wanted = select(NoticeRow).where(or_(NoticeRow.city == city, NoticeRow.city == COMMON), NoticeRow.since <= now)
        wanted = wanted.where(NoticeRow.until > now, NoticeRow.withdrawn_at.is_(None)).order_by(NoticeRow.id.desc())
        return list(session.scalars(wanted))

    def notices_to_come(self, session: Session, cities: Iterable[str]) -> list[NoticeRow]:
        """Those of some cities that are or will be shown."""
        wanted = select(NoticeRow).where(NoticeRow.city.in_([COMMON, *cities]), NoticeRow.until > self._clock.now())
        return list(session.scalars(wanted.where(NoticeRow.withdrawn_at.is_(None)).order_by(NoticeRow.since)))

    def say(self, session: Session, actor: Actor, city: str, text: str, since: datetime, until: datetime) -> None:
        """Show a notice above the results of a city, or of all."""
        actor.require("faq.withdraw", city or None)
        if not text.strip():
            raise BadInput("知らせる文を書いてください。")
        if until <= max(since, self._clock.now()):
            raise BadInput("終わりの時刻は、始まりと今より後にしてください。")
        row = NoticeRow(city=city, text=text.strip()[:300], since=since, until=until, withdrawn_at=None, actor=actor.word)
        session.add(row)
        session.flush()
        self._announce(session, actor, row)

    def unsay(self, session: Session, actor: Actor, id: int) -> None:
        """Take a notice back."""
        row = session.get(NoticeRow, id)
        if row is None or not actor.serves(row.city or None):
            raise NotFound("そのお知らせはもうありません。")
        actor.require("faq.withdraw", row.city or None)
        row.withdrawn_at = self._clock.now()
        self._announce(session, actor, row)

    def _announce(self, session: Session, actor: Actor, row: NoticeRow) -> None:
        for city in [row.city] if row.city else [one.id for one in self._house.directory.cities(session)]:
            self._log.append(session, FaqAnnounced(city=city, contact=None, actor=actor.word, notice=row.id))


def board(house: House, session: Session, actor: Actor, event: Event | None) -> dict[str, Any]:
    """What consoles are told of the FAQ: for each city what has changed last, so that their hits are fetched anew."""
    kinds = {FaqPublished: "published", FaqWithdrawn: "withdrawn", FaqAnnounced: "announced"}
    if event is None:
        return {city: {"at": "", "code": "", "what": ""} for city in sorted(actor.cities)}
    what = kinds.get(type(event))
    if what is None or event.city is None:
        return {}
    at = house.clock.now().isoformat(timespec="milliseconds")
    return {event.city: {"at": at, "code": getattr(event, "code", ""), "what": what}}


def _not_in_force() -> NotFound:
    return NotFound("その記事は今は公開されていません。もう一度検索してください。")


def of(house: House) -> Faq:
    """The FAQ of this process."""
    found: Faq = house.service("faq_engine")
    return found


def warm_up(house: House) -> None:
    """Build the index; a search that comes meanwhile waits for it."""
    faq = of(house)
    with house.database.reading() as session:
        faq.index.catch_up(session)


def _reading(found: Found, local: Local) -> Reading:
    content = found.card.content
    office, phone = local.office(content.department)
    return Reading(
        code=found.card.code, number=found.card.number, question=local.fill(content.question), answer=local.fill(content.answer),
        easy=local.fill(content.easy), english_question=content.english_question, english=local.fill(content.english),
        others={tag: (question, local.fill(answer)) for tag, (question, answer) in content.others.items()},
        audience=content.audience, office=office, office_phone=phone, since=found.since,
    )  # fmt: skip
