"""The booking section of the reports: what was booked, changed and cancelled for callers, and what did not come about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_agent.model import DONE, Intent, State, What
from contact_center.house import House
from contact_center.reports.sections import Column, Days, Rows, Scope, Table, counts_compared

WORK = {What.BOOK: "新規", What.CHANGE: "変更", What.CANCEL: "取消"}
STATES = {State.PROVED: "確定", State.REFUSED: "サイトが断った", State.FAILED: "押す前に止めた", State.UNKNOWN: "確認中"}


def section(house: House, session: Session, scope: Scope) -> Iterator[Table]:
    """Each kind of work, with the span before; and how what was begun has ended."""
    done = [_proved(session, scope.city, one) for one in scope.spans]
    failed = [_count(session, scope.city, one, (State.REFUSED, State.FAILED)) for one in scope.spans]
    rows = [(name, [one[what] for one in done]) for what, name in WORK.items()] + [("不成立", failed)]
    yield from counts_compared("予約の件数", rows, "確定を、予約サイトの控えで確かめたものだけを数えます。")
    wanted = (
        select(Intent.what, Intent.state, func.count())
        .where(Intent.city == scope.city, Intent.created_at >= scope.days.start, Intent.created_at < scope.days.end)
        .where(Intent.what.in_([str(one) for one in WORK]), Intent.state.in_([str(one) for one in STATES]))
        .group_by(Intent.what, Intent.state)
    )
    counts = {(what, state): n for what, state, n in session.execute(wanted)}
    columns = (Column("操作", "text"), *(Column(name) for name in STATES.values()))
    crossed: Rows = tuple((name, *(counts.get((str(what), str(state)), 0) for state in STATES)) for what, name in WORK.items())
    yield Table("操作と結果", columns, crossed)


def _proved(session: Session, city: str, days: Days) -> Counter[str]:
    wanted = (
        select(Intent.what, func.count())
        .where(Intent.city == city, Intent.state == State.PROVED, Intent.created_at >= days.start, Intent.created_at < days.end)
        .group_by(Intent.what)
    )
    return Counter({str(what): n for what, n in session.execute(wanted)})


def _count(session: Session, city: str, days: Days, states: tuple[State, ...]) -> int:
    assert set(states) <= set(DONE)
    wanted = select(func.count()).select_from(Intent).where(Intent.city == city, Intent.state.in_([str(one) for one in states]))
    wanted = wanted.where(Intent.what.in_([str(one) for one in WORK]))
    return session.scalar(wanted.where(Intent.created_at >= days.start, Intent.created_at < days.end)) or 0
