"""Who may do what with an article: written, reviewed by a supervisor, confirmed by the city, in force (IZ-06, NB-15, TO-12).

Revisions are never changed. Whoever writes says with which revision they began; a newer one is a conflict, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contact_center.audit import Act, AuditTrail
from contact_center.clock import TOKYO, Clock
from contact_center.directory import Directory
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.events import EventLog
from contact_center.identity import Actor
from faq_engine.content import CODE, Content, Document, Synonyms, Written, as_json, check
from faq_engine.events import FaqPublished, FaqWithdrawn
from faq_engine.model import COMMON, Article, AwaitingRow, ChangeRow, Kind, Publication, Revision, Stage, Step, StepRow, in_force_at

OPERATOR = Actor(0, "operator", frozenset({"faq.edit", "faq.review"}), frozenset(), device="operator")
"""Who sits at the machine's shell and loads what comes with the product."""

KINDS = {Content: Kind.ARTICLE, Synonyms: Kind.SYNONYMS, Document: Kind.DOCUMENT}
OPEN = (Stage.DRAFT, Stage.SENT_BACK)
"""Stages in which a revision may be submitted."""


class Workflow:
    """The steps of articles. Methods take the session of the caller's transaction."""

    def __init__(self, clock: Clock, log: EventLog, audit: AuditTrail, directory: Directory) -> None:
        self._clock = clock
        self._log = log
        self._audit = audit
        self._directory = directory

    # -- finding ------------------------------------------------------------------------------------------------------------

    def article(self, session: Session, actor: Actor, id: int) -> Article:
        """One article.

        :raises NotFound: where there is none, or it is another city's.
        """
        row = session.get(Article, id)
        if row is None or not actor.serves(row.city or None):
            raise NotFound("その記事はありません。一覧から選び直してください。")
        return row

    def newest(self, session: Session, article: Article) -> Revision:
        """The newest revision of an article."""
        return self.revision(session, article, article.newest)

    def revision(self, session: Session, article: Article, number: int) -> Revision:
        """A revision by its number.

        :raises NotFound: where there is none.
        """
        found = session.scalar(select(Revision).where(Revision.article_id == article.id, Revision.number == number))
        if found is None:
            raise NotFound("その改訂はありません。一覧から選び直してください。")
        return found

    def history(self, session: Session, article: Article) -> list[Revision]:
        """All revisions, newest first."""
        wanted = select(Revision).where(Revision.article_id == article.id).order_by(Revision.number.desc())
        return list(session.scalars(wanted))

    def steps(self, session: Session, revisions: Iterable[int]) -> dict[int, list[StepRow]]:
        """The steps of some revisions, oldest first."""
        found: dict[int, list[StepRow]] = {}
        for row in session.scalars(select(StepRow).where(StepRow.revision_id.in_(list(revisions))).order_by(StepRow.id)):
            found.setdefault(row.revision_id, []).append(row)
        return found

    def awaiting(self, session: Session, cities: Iterable[str]) -> list[tuple[AwaitingRow, Article, Revision]]:
        """What these cities have not confirmed yet, oldest first."""
        wanted = (
            select(AwaitingRow, Article, Revision)
            .join(Revision, AwaitingRow.revision_id == Revision.id)
            .join(Article, Revision.article_id == Article.id)
            .where(AwaitingRow.city.in_(list(cities)))
            .order_by(AwaitingRow.since, Article.code)
        )
        return [(row, article, revision) for row, article, revision in session.execute(wanted)]

    def in_force(self, session: Session, city: str, code: str) -> Publication | None:
        """What is in force for a city under a code."""
        wanted = select(Publication).where(Publication.city == city, Publication.code == code)
        return session.scalar(wanted.where(in_force_at(self._clock.now())).order_by(Publication.id.desc()))

    def to_come(self, session: Session, city: str, code: str) -> list[Publication]:
        """What will be in force for a city under a code, and is not yet."""
        wanted = select(Publication).where(Publication.city == city, Publication.code == code)
        return list(session.scalars(wanted.where(Publication.since > self._clock.now(), self._lasts())))

    def _lasts(self) -> ColumnElement[bool]:
        """Of publications, those that are not over."""
        return Publication.until.is_(None) | (Publication.until > self._clock.now())

    # -- writing ------------------------------------------------------------------------------------------------------------

    def create(self, session: Session, actor: Actor, code: str, city: str, content: Written, why: str) -> Article:
        """A new article, as a draft; a city's own beside the common one of the same code stands in its place there.

        :raises Conflict: where that city has the code already.
        """
        actor.require("faq.edit", city or None)
        if not CODE.fullmatch(code):
            raise BadInput("記号は英小文字・数字・ハイフンで、2～59文字で書いてください（例: pickup-proxy）。")
        if session.scalar(select(Article.id).where(Article.code == code, Article.city == city)) is not None:
            raise Conflict("「%(code)s」はもうあります。その記事を開いて直してください。", code=code)
        kind = KINDS[type(content)]
        common = session.scalar(select(Article.kind).where(Article.code == code))
        if common not in (None, kind):
            raise Conflict("「%(code)s」は別の種類で使われています。別の記号にしてください。", code=code)
        article = Article(code=code, city=city, kind=kind, owner=actor.person or None, newest=0, stage=Stage.DRAFT)
        session.add(article)
        session.flush()
        self.write(session, actor, article, 0, content, why)
        return article

    def write(self, session: Session, actor: Actor, article: Article, began_with: int, content: Written, why: str) -> Revision:
        """A new revision of an article.

        :param began_with: number of the revision that the writer had before them; 0 for a new article.
        :raises Conflict: where somebody else has written meanwhile.
        """
        actor.require("faq.edit", article.city or None)
        check(content)
        if began_with != article.newest:
            raise Conflict("開いている間に、ほかの方がこの記事を改訂しました。違いを確かめてから保存してください。")
        if not why.strip():
            raise BadInput("改訂の理由を書いてください。")
        if article.newest:
            self._forget_waiting(session, self.newest(session, article))
        revision = Revision(
            article_id=article.id, number=article.newest + 1, content=as_json(content), made_at=self._clock.now(),
            made_by=actor.word, why=why.strip(), valid_until=getattr(content, "valid_until", None),
        )  # fmt: skip
        session.add(revision)
        article.newest, article.stage = revision.number, Stage.DRAFT
        session.flush()
        return revision

    def own(self, session: Session, actor: Actor, article: Article) -> None:
        """From now on this person is asked when the article's time is over."""
        actor.require("faq.edit", article.city or None)
        article.owner = actor.person

    # -- the way to the city ------------------------------------------------------------------------------------------------

    def ship(self, session: Session, code: str, content: Content | Synonyms, why: str) -> bool:
        """An article that comes with the product, or with a city's first edition, goes to the cities as if reviewed; whether it was
        new. What has no confirmed source stays a draft.
        """
        if session.scalar(select(Article.id).where(Article.code == code, Article.city == COMMON)) is not None:
            return False
        article = self.create(session, OPERATOR, code, COMMON, content, why)
        article.owner = None
        if not getattr(content, "unsourced", False):
            self.submit(session, OPERATOR, article, 1, minor=False)
            self.review(session, OPERATOR, article, 1)
        return True

    def submit(self, session: Session, actor: Actor, article: Article, number: int, minor: bool) -> None:
        """Hand the newest revision to the supervisor.

        :param minor: a change of no weight for residents; a second person, who reviews it, must say so too.
        """
        actor.require("faq.edit", article.city or None)
        revision = self._newest_in(session, article, number, OPEN)
        if revision.content.get("unsourced"):
            raise BadInput("出典未確認の記事は提出できません。出典を確かめて、印を外してから提出してください。")
        if minor and not self._scope_in_force(session, article):
            raise BadInput("まだ公開していない記事は、軽微な変更にできません。")
        if minor and self._city_wants_it_changed(session, article):
            raise BadInput("市が差し戻した記事です。直したあと、もう一度市の確認を受けてください。")
        self._step(session, revision, Step.MINOR if minor else Step.SUBMITTED, actor.word)
        article.stage = Stage.REVIEW

    def review(self, session: Session, actor: Actor, article: Article, number: int, minor: bool = False) -> None:
        """Approve a revision: on to the city, or, if two people call it minor, in force at once.

        :raises NotAllowed: where the one who submitted it as minor approves it as minor.
        """
        actor.require("faq.review", article.city or None)
        revision = self._newest_in(session, article, number, (Stage.REVIEW,))
        submitted = self.steps(session, [revision.id])[revision.id][-1]
        if minor and submitted.step != Step.MINOR:
            raise BadInput("提出した方が軽微な変更としていないので、市の確認が必要です。")
        if minor and actor.word in (submitted.actor, revision.made_by):
            raise NotAllowed("軽微な変更は、書いた方と別の方が認めてください。")
        self._step(session, revision, Step.APPROVED_MINOR if minor else Step.APPROVED, actor.word)
        article.owner = article.owner or actor.person or None
        cities = self._scope(session, article)
        if minor:
            for city in cities:
                self._publish(session, article, revision, city, actor.word)
            article.stage = Stage.DONE
            return
        now = self._clock.now()
        session.add_all(AwaitingRow(revision_id=revision.id, city=city, since=now) for city in cities)
        article.stage = Stage.CITY if cities else Stage.DONE
        session.flush()

    def confirm(self, session: Session, actor: Actor, city: str, revisions: Sequence[int]) -> int:
        """The city confirms revisions: they are in force there from now on; how many.

        :raises Conflict: where one does not wait for that city any more; nothing is confirmed then.
        """
        actor.require("faq.confirm", city)
        self._audit.record(Act(actor.word, "faq.confirm", f"city:{city}", {"revisions": list(revisions)}))
        for id in revisions:
            article, revision = self._waiting(session, city, id)
            self._step(session, revision, Step.CONFIRMED, actor.word, city)
            self._publish(session, article, revision, city, actor.word)
            self._settle(session, article, revision)
        return len(revisions)

    def send_back(self, session: Session, actor: Actor, article: Article, number: int, reason: str, city: str = COMMON) -> None:
        """A supervisor, or a city, wants a revision changed first.

        :param city: the city that does; empty: the supervisor at the review.
        """
        if not reason.strip():
            raise BadInput("差し戻す理由を書いてください。")
        if city:
            actor.require("faq.confirm", city)
            _, revision = self._waiting(session, city, self.revision(session, article, number).id)
            self._forget_waiting(session, revision)
        else:
            actor.require("faq.review", article.city or None)
            revision = self._newest_in(session, article, number, (Stage.REVIEW,))
        self._step(session, revision, Step.SENT_BACK, actor.word, city, reason.strip())
        if article.newest == revision.number:
            article.stage = Stage.SENT_BACK

    def withdraw(self, session: Session, actor: Actor, article: Article, reason: str) -> int:
        """Take an article out of use at once, in every city where it is in force; in how many."""
        actor.require("faq.withdraw", article.city or None)
        if not reason.strip():
            raise BadInput("取り下げる理由を書いてください。")
        wanted = (
            select(Publication)
            .join(Revision, Publication.revision_id == Revision.id)
            .where(Revision.article_id == article.id, self._lasts())
        )
        rows = [row for row in session.scalars(wanted) if actor.serves(row.city)]
        self._audit.record(Act(actor.word, "faq.withdraw", f"faq:{article.id}", {"cities": [row.city for row in rows]}))
        for row in rows:
            self._end(session, row)
            revision = session.get_one(Revision, row.revision_id)
            self._step(session, revision, Step.WITHDRAWN, actor.word, row.city, reason.strip())
            self._log.append(session, FaqWithdrawn(city=row.city, contact=None, actor=actor.word, code=article.code))
            self._fall_back(session, article, row.city, actor.word)
        return len(rows)

    def _fall_back(self, session: Session, article: Article, city: str, actor: str) -> None:
        """Where a city's own article is taken out, what it has confirmed of the common one answers again."""
        if article.city == COMMON:
            return
        wanted = (
            select(Article, Revision)
            .join(Revision, Revision.article_id == Article.id)
            .join(StepRow, StepRow.revision_id == Revision.id)
            .where(Article.code == article.code, Article.city == COMMON, StepRow.city == city, StepRow.step == Step.CONFIRMED)
            .order_by(Revision.number.desc())
        )
        found = session.execute(wanted).first()
        if found is not None:
            self._publish(session, found[0], found[1], city, actor)

    def _city_wants_it_changed(self, session: Session, article: Article) -> bool:
        """Whether a city has sent this article back and has confirmed nothing of it since."""
        wanted = select(StepRow).join(Revision, StepRow.revision_id == Revision.id).where(Revision.article_id == article.id)
        of_cities = wanted.where(StepRow.city != COMMON, StepRow.step.in_((Step.SENT_BACK, Step.CONFIRMED)))
        last = session.scalars(of_cities.order_by(StepRow.id.desc()).limit(1)).first()
        return last is not None and last.step == Step.SENT_BACK

    # -- parts --------------------------------------------------------------------------------------------------------------

    def _newest_in(self, session: Session, article: Article, number: int, stages: Sequence[str]) -> Revision:
        if number != article.newest or article.stage not in stages:
            raise Conflict("この改訂は、もう先へ進んだか、新しい改訂があります。開き直して確かめてください。")
        return self.newest(session, article)

    def _waiting(self, session: Session, city: str, revision: int) -> tuple[Article, Revision]:
        if session.get(AwaitingRow, (revision, city)) is None:
            raise Conflict("この改訂は、もう確認済みか、新しい改訂に替わっています。一覧を開き直してください。")
        row = session.get_one(Revision, revision)
        return session.get_one(Article, row.article_id), row

    def _forget_waiting(self, session: Session, revision: Revision) -> None:
        for row in session.scalars(select(AwaitingRow).where(AwaitingRow.revision_id == revision.id)).all():
            session.delete(row)
        session.flush()

    def _settle(self, session: Session, article: Article, revision: Revision) -> None:
        """A city has confirmed: the article is done where no other has yet to."""
        session.flush()
        if session.scalar(select(AwaitingRow.city).where(AwaitingRow.revision_id == revision.id).limit(1)) is None:
            article.stage = Stage.DONE

    def _scope(self, session: Session, article: Article) -> list[str]:
        """The cities that an article is for: its own, or all where none of their own is in force under its code."""
        if article.city != COMMON:
            return [article.city]
        wanted = (
            select(Publication.city)
            .join(Revision, Publication.revision_id == Revision.id)
            .join(Article, Revision.article_id == Article.id)
            .where(Publication.code == article.code, self._lasts(), Article.city != COMMON)
        )
        own = set(session.scalars(wanted))
        return [city.id for city in self._directory.cities(session) if city.id not in own]

    def _scope_in_force(self, session: Session, article: Article) -> bool:
        return all(self.in_force(session, city, article.code) is not None for city in self._scope(session, article))

    def _publish(self, session: Session, article: Article, revision: Revision, city: str, actor: str) -> None:
        waiting = session.get(AwaitingRow, (revision.id, city))
        if waiting is not None:
            session.delete(waiting)
        if article.city != COMMON:
            self._forget_common(session, article.code, city)
        since = self._begins(revision)
        lasting = select(Publication).where(Publication.city == city, Publication.code == article.code, self._lasts())
        for former in session.scalars(lasting).all():
            # What would have begun later is not wanted any more; what answers today answers until the new one begins.
            self._end(session, former, max(former.since, since))
        row = Publication(city=city, code=article.code, revision_id=revision.id, since=since, until=None)
        session.add(row)
        session.flush()
        session.add(ChangeRow(publication_id=row.id))
        self._step(session, revision, Step.PUBLISHED, actor, city)
        self._log.append(session, FaqPublished(city=city, contact=None, actor=actor, code=article.code, revision=revision.number))

    def _forget_common(self, session: Session, code: str, city: str) -> None:
        """A city that has an article of its own is not asked to confirm the common one any more."""
        wanted = (
            select(AwaitingRow)
            .join(Revision, AwaitingRow.revision_id == Revision.id)
            .join(Article, Revision.article_id == Article.id)
            .where(AwaitingRow.city == city, Article.code == code, Article.city == COMMON)
        )
        for row in session.scalars(wanted).all():
            session.delete(row)

    def _begins(self, revision: Revision) -> datetime:
        """When a revision begins to be in force: now, or on its first day."""
        now, first = self._clock.now(), revision.content.get("valid_from")
        return max(now, datetime.combine(date.fromisoformat(first), time(), TOKYO)) if first else now

    def _end(self, session: Session, row: Publication, at: datetime | None = None) -> None:
        row.until = at or max(row.since, self._clock.now())
        session.add(ChangeRow(publication_id=row.id))
        session.flush()

    def _step(self, session: Session, revision: Revision, step: Step, actor: str, city: str = COMMON, reason: str = "") -> None:
        session.add(StepRow(revision_id=revision.id, step=step, city=city, at=self._clock.now(), actor=actor, reason=reason))
        session.flush()


def label(content: dict[str, Any]) -> str:
    """What an article or a group of synonyms is called in a list."""
    return str(content.get("question") or content.get("title") or "＝".join(content.get("words", ())))
