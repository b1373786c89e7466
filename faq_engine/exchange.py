"""Taking a sheet of articles in: first what would change, line by line; then all of it, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.errors import BadInput, Conflict, MadoguchiError
from contact_center.identity import Actor
from faq_engine.content import CODE, Content, as_json, check, from_json
from faq_engine.diff import Changed, changed
from faq_engine.model import NEWEST, Article, Kind, Revision
from faq_engine.sheets import COLUMNS, as_row, content_of
from faq_engine.workflow import Workflow

FIRST_LINE = 2
"""The line of the first article: the headings stand above it."""


class Effect(StrEnum):
    """What a line does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """A line of the sheet and what it would do.

    :param number: as the sheet counts.
    :param refusal: why it is refused.
    :param newest: number of the revision that it would follow; 0 for a new article.
    """

    number: int
    code: str
    effect: Effect
    content: Content | None = None
    changes: tuple[Changed, ...] = ()
    refusal: MadoguchiError | None = None
    newest: int = 0


class Plan(tuple[Line, ...]):
    """What a sheet would do. `mark` is another one as soon as it would do something else."""

    __slots__ = ()

    @property
    def mark(self) -> str:
        """A digest of what each line would do."""
        told = repr([(line.number, line.code, line.effect, line.newest) for line in self])
        return hashlib.sha256(told.encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        """How many lines do what."""
        return {effect.value: sum(line.effect == effect for line in self) for effect in Effect}


@dataclass(frozen=True)
class Known:
    """The codes that a sheet may name."""

    categories: frozenset[str]
    menus: frozenset[str]
    departments: frozenset[str]

    def check(self, content: Content, before: Content | None) -> None:
        """Refuse what no page could show; what an article says already may stay.

        :raises BadInput: naming column and code.
        """
        for field, codes in (("category", self.categories), ("menu", self.menus), ("department", self.departments)):
            code = getattr(content, field)
            if code and code not in codes and (before is None or getattr(before, field) != code):
                raise BadInput(
                    "%(column)sに「%(code)s」はありません。使えるのは %(known)s です。",
                    column=COLUMNS[field], code=code[:40], known="、".join(sorted(codes)),
                )  # fmt: skip


def plan(session: Session, actor: Actor, city: str, rows: Sequence[Mapping[str, str]], codes: Known) -> Plan:
    """What a sheet would do to a city's articles, or to the common ones; nothing is changed.

    :param codes: what lines may name.

    A column that the sheet does not have leaves what an article says there.
    """
    actor.require("faq.edit", city or None)
    known = {article.code: (article, revision) for article, revision in session.execute(NEWEST.where(Article.city == city))}
    lines, seen = [], set[str]()
    for number, row in enumerate(rows, start=FIRST_LINE):
        code = row.get("code", "").strip()
        try:
            if not CODE.fullmatch(code):
                raise BadInput("記号は英小文字・数字・ハイフンで、2～59文字で書いてください（例: pickup-proxy）。")
            if code in seen:
                raise BadInput("同じ記号の行が上にあります。一つにしてください。")
            seen.add(code)
            lines.append(_line(number, code, row, known.get(code), codes))
        except MadoguchiError as refusal:
            lines.append(Line(number, code, Effect.REFUSED, refusal=refusal))
    return Plan(lines)


def _line(
    number: int, code: str, row: Mapping[str, str], known: tuple[Article, Revision] | None, codes: Known
) -> Line:  # fmt: skip
    if known is None:
        content = content_of(row)
        check(content)
        codes.check(content, None)
        return Line(number, code, Effect.NEW, content)
    article, revision = known
    if article.kind != Kind.ARTICLE:
        raise BadInput("「%(code)s」は別の種類で使われています。別の記号にしてください。", code=code)
    before = from_json(revision.content)
    content = content_of({**as_row(code, before), **row})
    check(content)
    codes.check(content, before)
    # Languages that a sheet has no column for stay as they are.
    after = {**as_json(content), "others": revision.content.get("others", {})}
    differences = tuple(changed(revision.content, after))
    effect = Effect.CHANGED if differences else Effect.SAME
    return Line(number, code, effect, from_json(after), differences, newest=revision.number)


def apply(session: Session, workflow: Workflow, actor: Actor, city: str, planned: Plan, mark: str, why: str) -> int:
    """Do what was shown: each line becomes a draft; how many.

    :param mark: of the plan that the person has seen.
    :raises Conflict: where the sheet would do something else now; nothing was changed.
    """
    if planned.mark != mark:
        raise Conflict("確認してから今までに記事が変わりました。変わる内容をもう一度確かめてください。")
    if any(line.effect == Effect.REFUSED for line in planned):
        raise BadInput("読み込めない行があります。直してから、もう一度読み込んでください。")
    done = 0
    for line in planned:
        if line.content is None or line.effect == Effect.SAME:
            continue
        if line.effect == Effect.NEW:
            workflow.create(session, actor, line.code, city, line.content, why)
        else:
            article = session.scalars(select(Article).where(Article.code == line.code, Article.city == city)).one()
            workflow.write(session, actor, article, line.newest, line.content, why)
        done += 1
    return done
