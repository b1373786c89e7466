"""The FAQ's section of the reports: what was asked most, what was not found, what was revised (IZ-06, IZ-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.house import House
from contact_center.reports.sections import Column, Days, Scope, Table, counts_compared
from faq_engine.content import from_json
from faq_engine.model import COMMON, EditionRow, Publication, Remark, Revision, UseRow
from faq_engine.service import NOT_FOUND, WRONG

MOST = 20
"""How many of the questions that were asked most are listed."""


def section(house: House, session: Session, scope: Scope) -> Iterator[Table]:
    """What stands there."""
    uses = [_uses(session, scope.city, one) for one in scope.spans]
    rows = [("回答に使った回数", [sum(used for _, used in one.values()) for one in uses])]
    rows.append(("開いた回数", [sum(opened for opened, _ in one.values()) for one in uses]))
    for name, kind in (("見つからなかった", NOT_FOUND), ("誤りの指摘", WRONG)):
        rows.append((name, [_remarks(session, scope.city, one, kind) for one in scope.spans]))
    rows.append(("記事の改訂（発行）", [_published(session, scope.city, one) for one in scope.spans]))
    rows.append(("版の発行", [_editions(session, scope.city, one) for one in scope.spans]))
    yield from counts_compared("FAQの利用と改訂", rows)
    questions = _questions(session, scope.city)
    most = sorted(uses[0].items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))[:MOST]
    before = uses[1]
    listed = tuple((questions.get(code, code), used, used - before.get(code, (0, 0))[1], opened) for code, (opened, used) in most)
    columns = (Column("質問", "text"), Column("回答に使った回数"), Column("前回との差"), Column("開いた回数"))
    yield Table("多い質問", columns, listed, bars=1)
    asked = select(Remark.asked).where(Remark.city == scope.city, Remark.kind == NOT_FOUND, Remark.asked != "")
    asked = asked.where(Remark.at >= scope.days.start, Remark.at < scope.days.end)
    counts = Counter(session.scalars(asked))
    note = "オペレーターが入れた言葉です。氏名や番号は、記録の前に伏せています。"
    found = tuple((text, n) for text, n in counts.most_common(MOST))
    yield Table("FAQにまだない質問", (Column("入れた言葉", "text"), Column("件数")), found, note=note)


def _uses(session: Session, city: str, days: Days) -> dict[str, tuple[int, int]]:
    wanted = select(UseRow.code, func.sum(UseRow.opened), func.sum(UseRow.used)).where(UseRow.city == city)
    wanted = wanted.where(UseRow.day.between(days.first, days.last)).group_by(UseRow.code)
    return {code: (int(opened), int(used)) for code, opened, used in session.execute(wanted)}


def _remarks(session: Session, city: str, days: Days, kind: str) -> int:
    wanted = select(func.count()).select_from(Remark).where(Remark.city == city, Remark.kind == kind)
    return session.scalar(wanted.where(Remark.at >= days.start, Remark.at < days.end)) or 0


def _published(session: Session, city: str, days: Days) -> int:
    wanted = select(func.count()).select_from(Publication).where(Publication.city.in_((city, COMMON)))
    return session.scalar(wanted.where(Publication.since >= days.start, Publication.since < days.end)) or 0


def _editions(session: Session, city: str, days: Days) -> int:
    wanted = select(func.count()).select_from(EditionRow).where(EditionRow.city == city)
    return session.scalar(wanted.where(EditionRow.made_at >= days.start, EditionRow.made_at < days.end)) or 0


def _questions(session: Session, city: str) -> dict[str, str]:
    """What the articles ask that were ever in force for the city; the newest words count."""
    wanted = select(Publication.code, Revision.content).join(Revision, Revision.id == Publication.revision_id)
    found = session.execute(wanted.where(Publication.city.in_((city, COMMON))).order_by(Publication.since))
    return {code: from_json(content).question for code, content in found if "question" in content}
