"""Folding events into figures, in steps of a few hundred, exactly once each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.database import Database
from contact_center.events import EventLog, Recorded
from contact_center.events.catalogue import (
    ContactAnswered,
    ContactArrived,
    ContactClosed,
    ContactCorrected,
    ContactDialled,
    ContactReached,
    ContactRecounted,
    ContactUnserved,
)
from contact_center.reports.model import FoldCursor, HourRow, SubjectRow

STEP = 500


class Fold:
    """The fold of one centre.

    :param service_level: seconds within which an answer counts for the service level.
    """

    def __init__(self, database: Database, log: EventLog, service_level: int) -> None:
        self._database = database
        self._log = log
        self._service_level = service_level

    def catch_up(self) -> int:
        """Count every event that was not yet counted; how many there were."""
        counted = 0
        while True:
            with self._database.reading() as session:
                cursor = session.scalar(select(FoldCursor.last)) or 0
                if not self._log.since(session, cursor, 1):
                    return counted
            with self._database.session_scope() as session:
                row = session.scalar(select(FoldCursor).with_for_update())
                if row is None:
                    row = FoldCursor(id=1, last=0)
                    session.add(row)
                news = self._log.since(session, row.last, STEP)
                hours: dict[tuple[date, int, str], HourRow] = {}
                for recorded in news:
                    self._count(session, recorded, hours)
                    row.last = recorded.id
                counted += len(news)

    def _count(self, session: Session, recorded: Recorded, hours: dict[tuple[date, int, str], HourRow]) -> None:
        event = recorded.event
        if isinstance(event, ContactArrived):
            self._hour(session, recorded.at, event.line, event.city, hours).arrived += 1
        elif isinstance(event, ContactAnswered):
            row = self._hour(session, recorded.at, event.line, event.city, hours)
            row.answered += 1
            row.within_level += event.waited <= self._service_level
            row.waited += event.waited
            row.longest_wait = max(row.longest_wait, event.waited)
        elif isinstance(event, ContactDialled):
            self._hour(session, recorded.at, event.line, event.city, hours).dialled += 1
        elif isinstance(event, ContactReached):
            self._hour(session, recorded.at, event.line, event.city, hours).reached += 1
        elif isinstance(event, ContactUnserved):
            row = self._hour(session, recorded.at, event.line, event.city, hours)
            setattr(row, event.how, getattr(row, event.how) + 1)
        elif isinstance(event, ContactClosed):
            row = self._hour(session, recorded.at, event.line, event.city, hours)
            row.closed += 1
            row.entered += event.entered
            if not event.entered:
                row.talked += event.talked
                row.wrapped += event.wrapped
            day = day_of(recorded.at)
            self._subject(session, day, event.line, event.city, event.category, event.outcome).closed += 1
        elif isinstance(event, ContactRecounted):
            self._recount(session, event, hours)
        elif isinstance(event, ContactCorrected):
            day = date.fromisoformat(event.day)
            self._subject(session, day, event.line, event.city, event.old_category, event.old_outcome).closed -= 1
            self._subject(session, day, event.line, event.city, event.category, event.outcome).closed += 1

    def _recount(self, session: Session, event: ContactRecounted, hours: dict[tuple[date, int, str], HourRow]) -> None:
        """Undo, or do again, what the events of one contact have counted, each in its own hour."""

        def at(moment: str) -> HourRow:
            return self._hour(session, datetime.fromisoformat(moment), event.line, event.city, hours)

        sign = event.sign
        begun, ended = at(event.arrived), at(event.closed)
        if event.outgoing:
            begun.dialled += sign
        elif not event.entered:
            begun.arrived += sign
        if event.answered:
            row = at(event.answered)
            if event.outgoing:
                row.reached += sign
            else:
                row.answered += sign
                row.within_level += sign * (event.waited <= self._service_level)
                row.waited += sign * event.waited
        if event.how:
            setattr(ended, event.how, getattr(ended, event.how) + sign)
        if event.classified:
            ended.closed += sign
            ended.entered += sign * event.entered
            if not event.entered:
                ended.talked += sign * event.talked
                ended.wrapped += sign * event.wrapped
        ended.excluded -= sign

    def _hour(
        self, session: Session, at: datetime, line: str, city: str | None, hours: dict[tuple[date, int, str], HourRow]
    ) -> HourRow:
        key = (day_of(at), at.astimezone(TOKYO).hour, line)
        row = hours.get(key) or session.get(HourRow, key)
        if row is None:
            row = HourRow(day=key[0], hour=key[1], line=line, city=city or "")
            session.add(row)
            session.flush()
        hours[key] = row
        return row

    def _subject(self, session: Session, day: date, line: str, city: str | None, category: str, outcome: str) -> SubjectRow:
        row = session.get(SubjectRow, (day, line, category, outcome))
        if row is None:
            row = SubjectRow(day=day, line=line, category=category, outcome=outcome, city=city or "", closed=0)
            session.add(row)
            session.flush()
        return row
