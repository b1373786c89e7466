"""The counters' section of the reports: who was served in what, applications and their defects, the kiosks' days (NB-14, TO-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.house import House
from contact_center.reports.sections import Column, Days, Rows, Scope, Table, counts_compared
from video_desk import service
from video_desk.model import Declaration, DeskSession, DeviceCheck, FollowUp, Helped
from video_desk.procedures import OUTCOMES

LANGUAGES = {
    "ja": "日本語", "easy": "やさしい日本語", "en": "英語", "zh": "中国語", "ko": "韓国語", "pt": "ポルトガル語",
    "vi": "ベトナム語",
}  # fmt: skip


def section(house: House, session: Session, scope: Scope) -> Iterator[Table]:
    """What stands there."""
    served = [_sessions(session, scope.city, one) for one in scope.spans]
    totals = [sum(one.values()) for one in served]
    finished = [sum(n for (_, outcome), n in one.items() if outcome == "done") for one in served]
    listed = [_in(session, Helped.day, Helped.city, scope.city, one) for one in scope.spans]
    sent = [_in(session, FollowUp.day, FollowUp.city, scope.city, one) for one in scope.spans]
    rows = [("受け付けた手続き", totals), ("完了した手続き", finished), ("名簿に載せた人数", listed), ("結果を追う申請", sent)]
    moments = (("不備の連絡", FollowUp.defect_on), ("不備を説明", FollowUp.explained_on), ("再申請", FollowUp.reapplied_on))
    for name, moment in moments:
        rows.append((name, [_in(session, moment, FollowUp.city, scope.city, one) for one in scope.spans]))
    yield from counts_compared("窓口の件数", rows)
    yield _by_menu(house, served[0])
    yield _declared(session, scope)
    yield _checks(house, session, scope)


def _sessions(session: Session, city: str, days: Days) -> Counter[tuple[str, str]]:
    wanted = (
        select(DeskSession.procedure, DeskSession.outcome, func.count())
        .where(DeskSession.city == city, DeskSession.began_at >= days.start, DeskSession.began_at < days.end)
        .group_by(DeskSession.procedure, DeskSession.outcome)
    )
    return Counter({(procedure, outcome): n for procedure, outcome, n in session.execute(wanted)})


def _in(session: Session, day: Any, city_of: Any, city: str, days: Days) -> int:
    wanted = select(func.count()).where(city_of == city, day.between(days.first, days.last))
    return session.scalar(wanted) or 0


def _by_menu(house: House, counts: Counter[tuple[str, str]]) -> Table:
    titles = {one.id: one.title for one in service.of(house).procedures}
    used = [code for code in (*OUTCOMES, "") if any(outcome == code for _, outcome in counts)]
    names = {**OUTCOMES, "": "未記入"}
    procedures = sorted({procedure for procedure, _ in counts}, key=lambda one: list(titles).index(one) if one in titles else 99)
    rows: Rows = tuple(
        (titles.get(one, one), sum(counts[one, code] for code in used), *(counts[one, code] for code in used)) for one in procedures
    )
    columns = (Column("メニュー", "text"), Column("受付"), *(Column(names[one]) for one in used))
    return Table("メニュー別の支援と結果", columns, rows, bars=1)


def _declared(session: Session, scope: Scope) -> Table:
    wanted = select(Declaration.language, func.count()).where(Declaration.city == scope.city)
    wanted = wanted.where(Declaration.day.between(scope.days.first, scope.days.last)).group_by(Declaration.language)
    wanted = wanted.order_by(func.count().desc())
    rows = tuple((LANGUAGES.get(language, language), n) for language, n in session.execute(wanted))
    note = "同意と申告の記録の数です。記録に氏名はなく、名簿とは結び付きません。"
    return Table("同意と申告（ことば別）", (Column("ことば", "text"), Column("件数")), rows, note=note)


def _checks(house: House, session: Session, scope: Scope) -> Table:
    rows = []
    for view in house.directory.counters(session):
        if view.line.city_id != scope.city:
            continue
        wanted = select(DeviceCheck.good, func.count()).where(DeviceCheck.counter == view.line.id)
        wanted = wanted.where(DeviceCheck.day.between(scope.days.first, scope.days.last)).group_by(DeviceCheck.good)
        found: dict[bool, int] = {bool(good): int(n) for good, n in session.execute(wanted)}
        rows.append((view.line.name, found.get(True, 0), found.get(False, 0)))
    columns = (Column("窓口", "text"), Column("異常のなかった日"), Column("異常のあった日"))
    return Table("機器の日次点検", columns, tuple(rows))
