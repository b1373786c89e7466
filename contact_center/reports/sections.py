"""The sections of the monthly and yearly reports: what a feature declares, and those of the telephone desk itself.

The order and what stands in each follow what cities ask for (IZ-15, NB-14, TO-11, KQ-08). Nothing here names a resident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO
from contact_center.contacts.model import Contact, Escalation
from contact_center.reports.figures import Figures, folded, grouped

Kind = Literal["text", "count", "share", "seconds", "minutes"]
Cell = str | int | float | None
Rows = tuple[tuple[Cell, ...], ...]
WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True)
class Column:
    """A column: what its cells are. A share is a part of 1; what is `signed` is a difference."""

    name: str
    kind: Kind = "count"
    signed: bool = False


@dataclass(frozen=True)
class Table:
    """A table of a report.

    :param bars: the column that is also drawn, as bars; -1: none.
    :param note: what has to be known to read it.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: int = -1
    note: str = ""


@dataclass(frozen=True)
class Days:
    """A span of days, both ends included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), TOKYO)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), TOKYO)


@dataclass(frozen=True)
class Scope:
    """What a report is of.

    :param before: the span before it, of the same kind.
    :param year_ago: the same span a year earlier.
    """

    city: str
    days: Days
    before: Days
    year_ago: Days

    @property
    def spans(self) -> tuple[Days, Days, Days]:
        """Its own span and the two that it is compared with."""
        return self.days, self.before, self.year_ago


def comparing(kind: Kind = "count") -> tuple[Column, ...]:
    """The columns that set a value beside those of the span before and of a year ago."""
    return Column("今回", kind), Column("前回", kind), Column("前回との差", kind, signed=True), Column("前年同期", kind)


def compared(title: str, rows: Sequence[tuple[str, Kind, Sequence[float | None]]], note: str = "") -> list[Table]:
    """Rows of one value each, beside the values of the span before and of a year ago.

    :param rows: what it is, of what kind, and its values in the order of `Scope.spans`.
    :returns: one table for each kind, as a column has one kind only.
    """
    # A span in which nothing at all was counted is one before the beginning: there is nothing to compare with.
    counts = [values for _, kind, values in rows if kind == "count"]
    known = [not counts or any(values[n] for values in counts) for n in range(3)]
    kinds: dict[Kind, list[tuple[Cell, ...]]] = {}
    for name, kind, values in rows:
        now, before, year_ago = (value if n == 0 or known[n] else None for n, value in enumerate(values))
        change = None if now is None or before is None else round(now - before, 4)
        kinds.setdefault(kind, []).append((name, now, before, change, year_ago))
    last = len(kinds) - 1
    return [
        Table(title if not n else "", (Column("項目", "text"), *comparing(kind)), tuple(found), note=note if n == last else "")
        for n, (kind, found) in enumerate(kinds.items())
    ]


def counts_compared(title: str, rows: Sequence[tuple[str, Sequence[float]]], note: str = "") -> list[Table]:
    """The same, of counts alone."""
    return compared(title, [(name, "count", values) for name, values in rows], note)


CALLS: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("着信", lambda f: f.arrived), ("応答", lambda f: f.answered), ("放棄", lambda f: f.abandoned),
    ("溢れ", lambda f: f.overflowed), ("途中切断", lambda f: f.interrupted), ("折返し希望", lambda f: f.callback_asked),
    ("時間外", lambda f: f.out_of_hours), ("無言", lambda f: f.silent), ("代替番号へ転送", lambda f: f.forwarded),
    ("発信", lambda f: f.dialled), ("つながった発信", lambda f: f.reached), ("不在の発信", lambda f: f.not_reached),
    ("電話以外（手入力）", lambda f: f.entered), ("記録済み", lambda f: f.closed),
    ("除外（間違い・無言・試験）", lambda f: f.excluded),
)  # fmt: skip
SPANS: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("平均待ち", lambda f: f.mean_wait), ("最長待ち", lambda f: f.longest_wait), ("平均通話", lambda f: f.mean_talk),
    ("平均後処理", lambda f: f.mean_wrap),
)  # fmt: skip


def _figures(session: Session, scope: Scope) -> list[Figures]:
    return [folded(session, one.first, one.last, frozenset((scope.city,))) for one in scope.spans]


def calls(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """How many called, and what became of them."""
    found = _figures(session, scope)
    rows: list[tuple[str, Kind, Sequence[float | None]]] = [(name, "count", [of(one) for one in found]) for name, of in CALLS]
    rows.append(("応答率", "share", [one.answer_rate for one in found]))
    yield from compared("着信と応答", rows)
    yield _by_way(house, session, scope)


def waits(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """How long they waited and were served."""
    found = _figures(session, scope)
    rows: list[tuple[str, Kind, Sequence[float | None]]] = [(name, "seconds", [of(one) for one in found]) for name, of in SPANS]
    rows.append(("サービスレベル", "share", [one.service_level for one in found]))
    yield from compared("待ち時間と処理時間", rows)


def _by_way(house: Any, session: Session, scope: Scope) -> Table:
    names = {view.line.id: view.line.name for view in house.directory.ways(session)}
    channels = {"phone": "電話", "kiosk": "窓口端末", "fallback": "代替番号", "fax": "FAX", "counter": "来庁"}
    wanted = (
        select(Contact.channel, Contact.line_id, Contact.menu, func.count())
        .where(Contact.city_id == scope.city, Contact.counted.is_(True), Contact.outgoing.is_(False))
        .where(Contact.arrived_at >= scope.days.start, Contact.arrived_at < scope.days.end)
        .group_by(Contact.channel, Contact.line_id, Contact.menu)
        .order_by(Contact.channel, Contact.line_id, Contact.menu)
    )
    menus = {one.id: one.name for one in house.directory.menus(session)}
    rows = tuple(
        (channels.get(channel, channel), names.get(line, line), menus.get(menu, menu) or "-", count)
        for channel, line, menu, count in session.execute(wanted)
    )
    columns = (Column("経路", "text"), Column("回線・窓口", "text"), Column("メニュー", "text"), Column("件数"))
    return Table("経路・メニュー別の受付", columns, rows, bars=3)


def subjects(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """What it was about, and how it ended."""
    found = _figures(session, scope)
    category = {one.code: one.name for one in house.directory.choices(session, "category", scope.city)}
    outcome = {one.code: one.name for one in house.directory.choices(session, "outcome", scope.city)}
    counts = [Counter({(c, o): n for c, o, n in one.subjects}) for one in found]
    totals = [Counter[str]() for _ in counts]
    for total, count in zip(totals, counts, strict=True):
        for (code, _), n in count.items():
            total[code] += n
    further = _further(session, scope)
    codes = sorted({code for total in totals for code in total} | set(further), key=lambda code: (-totals[0][code], code))
    now, before, year_ago = totals
    rows = tuple(
        (category.get(code, code), now[code], before[code], now[code] - before[code], year_ago[code], further[code])
        for code in codes
    )
    columns = (Column("分類", "text"), *comparing(), Column("副分類として"))
    yield Table("分類別の件数（多い順）", columns, rows, bars=1, note="件数は主分類です。一件に副分類を三つまで付けられます。")
    used = [code for code in outcome if any(key[1] == code for key in counts[0])]
    used += sorted({key[1] for key in counts[0]} - set(outcome))
    crossed: Rows = tuple(
        (category.get(code, code), *(counts[0][code, one] for one in used), now[code]) for code in codes if now[code]
    )
    if crossed:
        columns = (Column("分類", "text"), *(Column(outcome.get(one, one)) for one in used), Column("計"))
        yield Table("分類と対応結果", columns, crossed)


def _further(session: Session, scope: Scope) -> Counter[str]:
    wanted = select(Contact.further).where(
        Contact.city_id == scope.city, Contact.closed_at >= scope.days.start, Contact.closed_at < scope.days.end,
        Contact.outcome.is_not(None),
    )  # fmt: skip
    return Counter(code for further in session.scalars(wanted) for code in further or ())


def hours(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """When they called."""
    columns = (Column("着信"), Column("応答"), Column("応答率", "share"), Column("放棄"), Column("平均待ち", "seconds"))

    def rows(key: Callable[[date, int], Any], name: Callable[[Any], str]) -> tuple[tuple[Cell, ...], ...]:
        found = grouped(session, scope.days.first, scope.days.last, frozenset((scope.city,)), key)
        return tuple((name(value), f.arrived, f.answered, f.answer_rate, f.abandoned, f.mean_wait) for value, f in found.items())

    of_days = rows(lambda day, _: day.weekday(), lambda value: f"{WEEKDAYS[value]}曜日")
    yield Table("曜日別", (Column("曜日", "text"), *columns), of_days, bars=1)
    of_hours = rows(lambda _, hour: hour, lambda value: f"{value}時台")
    yield Table("時間帯別", (Column("時間帯", "text"), *columns), of_hours, bars=1)


def second_tier(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """What the desk finished itself, and what was handed on (IZ-04, IZ-17)."""
    rows: list[tuple[str, Kind, Sequence[float | None]]] = []
    closed = [one.closed for one in _figures(session, scope)]
    raised = {to: [_raised(session, scope.city, one, "question", to) for one in scope.spans] for to in ("supervisor", "city")}
    handed = [sum(values) for values in zip(*raised.values(), strict=True)]
    rows.append(("責任者が引き継いだ件数", "count", raised["supervisor"]))
    rows.append(("市へ報告した件数", "count", raised["city"]))
    rows.append(("完結率", "share", [(1 - min(1, n / whole)) if whole else None for n, whole in zip(handed, closed, strict=True)]))
    yield from compared("完結と引き継ぎ", rows, "完結率は、責任者や市に引き継がずに終えた応対の割合です。")
    yield _open(house, session, scope, "question", "まだ終わっていない引き継ぎ")


def complaints(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """Complaints and opinions, all shared with the city at once (NB-16, KQ-10)."""
    raised = [_raised(session, scope.city, one, "complaint") for one in scope.spans]
    received = [_raised(session, scope.city, one, "complaint", moment=Escalation.received_at) for one in scope.spans]
    closed = [_raised(session, scope.city, one, "complaint", moment=Escalation.closed_at) for one in scope.spans]
    yield from compared("苦情・意見", [("受付", "count", raised), ("市が受け取った", "count", received), ("完了", "count", closed)])
    yield _open(house, session, scope, "complaint", "まだ終わっていない苦情・意見")


def _raised(
    session: Session, city: str, days: Days, kind: str, to: str | None = None, moment: Any = Escalation.raised_at
) -> int:  # fmt: skip
    wanted = select(func.count()).select_from(Escalation).where(Escalation.city_id == city, Escalation.kind == kind)
    wanted = wanted.where(moment >= days.start, moment < days.end)
    return session.scalar(wanted if to is None else wanted.where(Escalation.to == to)) or 0


def _open(house: Any, session: Session, scope: Scope, kind: str, title: str) -> Table:
    """What had been raised by the end of the span and was not closed then; nobody is named."""
    wanted = select(Escalation).where(Escalation.city_id == scope.city, Escalation.kind == kind)
    wanted = wanted.where(Escalation.raised_at < scope.days.end)
    wanted = wanted.where(Escalation.closed_at.is_(None) | (Escalation.closed_at >= scope.days.end)).order_by(Escalation.raised_at)
    offices = {one.id: one.name for one in house.directory.departments(session, [scope.city])}
    until = min(scope.days.end, house.clock.now())
    rows = tuple(
        (f"{row.id}", f"{row.raised_at.astimezone(TOKYO):%Y-%m-%d}", "市" if row.to == "city" else "責任者",
         offices.get(row.office, "-"), "回答済み" if row.answered_at and row.answered_at < until else "回答待ち",
         max(0, (until - row.raised_at).days))
        for row in session.scalars(wanted)
    )  # fmt: skip
    columns = tuple(Column(one, "text") for one in ("番号", "受付日", "引き継ぎ先", "課", "状態"))
    return Table(title, (*columns, Column("経過日数")), rows)


def availability(house: Any, session: Session, scope: Scope) -> Iterator[Table]:
    """Minutes in which a caller would have been served, and those in which not (NB-20)."""
    rows: list[tuple[Cell, ...]] = []
    places = [view for view in house.directory.ways(session) if view.line.city_id == scope.city]
    for view in places:
        place = f"{'counter' if view.line.kind == 'counter' else 'line'}:{view.line.id}"
        whole = house.ledger.minutes(session, place, scope.days.start, scope.days.end)
        down = 0
        day = scope.days.first
        while day <= scope.days.last:
            start = datetime.combine(day, time(), TOKYO)
            found = house.ledger.minutes(session, place, start, start + timedelta(days=1))
            down += found.down > 0 and found.served == 0
            day += timedelta(days=1)
        share = whole.served / (whole.served + whole.down) if whole.served + whole.down else None
        rows.append((view.line.name, whole.served, whole.down, share, down))
    names: tuple[tuple[str, Kind], ...] = (("受けられた分", "minutes"), ("止まった分", "minutes"), ("稼働率", "share"))
    columns = (Column("回線・窓口", "text"), *(Column(name, kind) for name, kind in names), Column("一日じゅう止まった日"))
    note = "受付時間のうち、一分ごとに、電話や窓口の呼び出しを受けられたかを記録したものです。"
    yield Table("稼働と障害", columns, tuple(rows), note=note)


KERNEL_SECTIONS = (
    ("calls", "① 着信・応答", calls), ("waits", "② 待ち・通話・後処理", waits), ("subjects", "③ 分類と結果", subjects),
    ("hours", "④ 曜日・時間帯", hours), ("second_tier", "⑤ 完結・二次対応・市への報告", second_tier),
    ("complaints", "⑨ 苦情・意見", complaints), ("availability", "⑩ 稼働・障害", availability),
)  # fmt: skip
"""Of the kernel; ⑥ to ⑧ and those after ⑩ are features' own. Sections stand in the order of their titles."""

RULES = (
    "一件の応対は、起きたことを起きた時刻（日本時間）に数えます。着信は鳴った時、応答は出た時、記録は後処理を終えた時です。",
    "応答率＝応答 ÷（応答＋放棄＋溢れ＋途中切断＋折返し希望）。時間外・無言・代替番号への転送は含みません。",
    "サービスレベル＝決めた秒数（設定 reports.service_level）以内の応答 ÷ 応答。",
    "平均待ち＝着信から応答までの平均。平均通話と平均後処理は、記録を終えた電話の応対の平均で、手入力は含みません。",
    "除外（間違い・無言・試験）に分類した応対は、その件数のほか、どの数にも含みません。",
    "数は、できごとの記録から積み上げたものと、応対の表から数え直したものの二通りで数え、一致しない報告書は作りません。",
)
