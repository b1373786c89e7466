"""Drafting a report, signing it off, and giving it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.model import Report
from admin.reports.contents import KINDS, MONTHLY, compile_report, drafted, period_of, scope_of
from admin.reports.paper import paper
from admin.reports.workbook import filled, workbook
from admin.settings import REPORTS_FORMS
from contact_center.audit import Act
from contact_center.clock import TOKYO, day_of
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.identity.model import Person

DUE_DAY = 10
"""The day of the next month by which a month's report is handed in (NB-14)."""

LONGEST = 8000
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf",
    "form": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class Reports:
    """The reports of one centre. Methods take the session of the caller's transaction; before it begins the caller has the fold
    catch up, which writes in a transaction of its own.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def all(self, session: Session, cities: Iterable[str], drafts: bool) -> list[Report]:
        """Every report of these cities, the newest first; drafts only for those who write them."""
        wanted = select(Report).where(Report.city.in_(list(cities)))
        wanted = wanted if drafts else wanted.where(Report.signed_at.is_not(None))
        return list(session.scalars(wanted.order_by(Report.first.desc(), Report.city, Report.kind, Report.version.desc())))

    def get(self, session: Session, actor: Actor, id: int) -> Report:
        """One of them.

        :raises NotFound: where there is none that this person may see.
        """
        row = session.get(Report, id)
        if row is None or not actor.serves(row.city) or (row.signed_at is None and "report.sign" not in actor.rights):
            raise NotFound("その報告書はありません。")
        actor.require("city.view", row.city)
        return row

    def begin(self, session: Session, actor: Actor, city: str, kind: str, period: str) -> Report:
        """Begin a report, or a new version of one that was signed off; its analysis goes on from there.

        :raises Conflict: where one is being written already.
        """
        actor.require("report.sign", city)
        if kind not in KINDS:
            raise BadInput("月次か年度を選んでください。")
        scope = scope_of(kind, city, period)
        former = self._newest(session, city, kind, scope.days.first)
        if former is not None and former.signed_at is None:
            raise Conflict("この期間の報告書は、もう下書きがあります。")
        analysis = former.analysis if former else drafted(compile_report(self._house, session, kind, scope))
        made = Report(
            city=city, kind=kind, first=scope.days.first, last=scope.days.last, version=former.version + 1 if former else 1,
            analysis=analysis, begun_at=self._house.clock.now(), begun_by=actor.word, marks={}, signed_by="",
        )  # fmt: skip
        if former is not None and kind == MONTHLY:
            # What was wrong can be corrected until the new version is signed off.
            self._house.corrections.freeze(session, actor, city, period, frozen=False)
        self._house.audit.record(Act(actor.word, "report.begin", f"city:{city}", {"period": period, "version": made.version}))
        session.add(made)
        session.flush()
        return made

    def analyse(self, session: Session, actor: Actor, id: int, text: str) -> None:
        """Write the analysis.

        :raises Conflict: where it was signed off.
        """
        row = self._draft(session, actor, id)
        if len(text) > LONGEST:
            raise BadInput("分析は%(most)s文字までです。", most=LONGEST)
        row.analysis = text.replace("\r\n", "\n").strip()

    def contents(self, session: Session, row: Report) -> dict[str, Any]:
        """What stands in it: as it was signed, or as it is counted now."""
        if row.contents is not None:
            return row.contents
        return compile_report(self._house, session, row.kind, scope_of(row.kind, row.city, period_of(row.kind, row.first)))

    def sign(self, session: Session, actor: Actor, id: int) -> None:
        """Sign it off: its files are made once and kept, and what is in a month is corrected no more.

        :raises BadInput: where its period is not over, or nothing was said of it.
        """
        row = self._draft(session, actor, id)
        if row.last >= day_of(self._house.clock.now()):
            raise BadInput("終わっていない期間の報告書は確定できません。")
        if not row.analysis:
            raise BadInput("分析・改善を書いてから確定してください。")
        contents = self.contents(session, row)
        now = self._house.clock.now()
        name = session.get_one(Person, actor.person).name
        signed = f"確定 {now.astimezone(TOKYO):%Y-%m-%d %H:%M}　{name}"
        row.xlsx, row.pdf = workbook(contents, row.analysis), paper(contents, row.analysis, row.version, signed)
        form = self.form(row.city)
        row.form = filled(form, contents, row.analysis) if form is not None else None
        files = {"xlsx": row.xlsx, "pdf": row.pdf, "form": row.form}
        row.marks = {kind: hashlib.sha256(data).hexdigest() for kind, data in files.items() if data is not None}
        row.contents, row.signed_at, row.signed_by = contents, now, actor.word
        period = period_of(row.kind, row.first)
        if row.kind == MONTHLY:
            self._house.corrections.freeze(session, actor, row.city, period, frozen=True)
        said = {"period": period, "version": row.version, **row.marks}
        self._house.audit.record(Act(actor.word, "report.sign", f"city:{row.city}", said))

    def file(self, session: Session, row: Report, kind: str) -> tuple[str, bytes]:
        """One of its files: name and bytes. Of a draft it is made now, and says on each page that it is one.

        :raises NotFound: where it has none.
        """
        period = period_of(row.kind, row.first)
        ending = {"xlsx": ".xlsx", "pdf": ".pdf", "form": "-form.xlsx"}.get(kind)
        form = self.form(row.city) if kind == "form" else None
        if ending is None or (kind == "form" and row.form is None and (row.signed_at is not None or form is None)):
            raise NotFound("そのファイルはありません。")
        name = f"report-{row.city}-{period}-v{row.version}{'' if row.signed_at else '-draft'}{ending}"
        kept: bytes | None = getattr(row, kind)
        if kept is not None:
            return name, kept
        contents = self.contents(session, row)
        if form is not None:
            return name, filled(form, contents, row.analysis)
        return name, workbook(contents, row.analysis) if kind == "xlsx" else paper(contents, row.analysis, row.version)

    def form(self, city: str) -> Path | None:
        """The city's own form; None where it has none."""
        folder = self._house.settings[REPORTS_FORMS]
        path = self._house.settings.base / folder / f"{city}.xlsx" if folder else None
        return path if path is not None and path.is_file() else None

    def due(self, session: Session, cities: Iterable[str]) -> list[tuple[str, str, date]]:
        """The cities whose last month's report was not signed off yet: city, month, the day on which it is due."""
        last = day_of(self._house.clock.now()).replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
        wanted = select(Report.city).where(Report.kind == MONTHLY, Report.first == first, Report.signed_at.is_not(None))
        done = set(session.scalars(wanted))
        by = (last + timedelta(days=1)).replace(day=DUE_DAY)
        return [(city, f"{first:%Y-%m}", by) for city in sorted(set(cities) - done)]

    def _newest(self, session: Session, city: str, kind: str, first: date) -> Report | None:
        wanted = select(Report).where(Report.city == city, Report.kind == kind, Report.first == first)
        return session.scalars(wanted.order_by(Report.version.desc())).first()

    def _draft(self, session: Session, actor: Actor, id: int) -> Report:
        row = self.get(session, actor, id)
        actor.require("report.sign", row.city)
        if row.signed_at is not None:
            raise Conflict("確定した報告書は変えられません。新しい版を作ってください。")
        return row
