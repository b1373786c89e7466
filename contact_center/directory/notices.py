"""Temporary announcements: what a supervisor types is heard by every caller of a line, until its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.directory.model import Line, Notice
from contact_center.errors import BadInput, NotFound
from contact_center.events import EventLog
from contact_center.events.catalogue import HoursChanged
from contact_center.personal import mask

LONGEST = 300


class Notices:
    """Saying and withdrawing. Methods take the session of the caller's transaction."""

    def __init__(self, clock: Clock, log: EventLog) -> None:
        self._clock = clock
        self._log = log

    def say(self, session: Session, line: str, text: str, until: datetime, actor: str) -> Notice:
        """Let the callers of a line hear a text from now on; it takes the place of the former one.

        :raises BadInput: for a text that cannot be spoken, or an end that is over.
        :raises NotFound: for a line that is not in the directory.
        """
        words = " ".join(text.split())
        if not words or len(words) > LONGEST:
            raise BadInput("臨時の案内は、1文字から%(most)s文字までで書いてください。", most=LONGEST)
        if mask(words) != words:
            raise BadInput("12桁以上の番号は案内に書けません。")
        if until <= self._clock.now():
            raise BadInput("終わりの時刻は、今より後にしてください。")
        if session.get(Line, line) is None:
            raise NotFound("回線「%(id)s」はありません。", id=line)
        self._end(session, line)
        notice = Notice(line_id=line, text=words, since=self._clock.now(), until=until, actor=actor)
        session.add(notice)
        self._log.append(session, HoursChanged(actor=actor, what="notice"))
        return notice

    def withdraw(self, session: Session, line: str, actor: str) -> None:
        """Let callers hear it no more."""
        if self._end(session, line):
            self._log.append(session, HoursChanged(actor=actor, what="notice"))

    def of(self, session: Session, line: str) -> Notice | None:
        """The announcement that callers of a line hear, or are about to hear."""
        return next((notice for notice in self.wanted(session) if notice.line_id == line), None)

    def wanted(self, session: Session) -> list[Notice]:
        """Every announcement that is not over."""
        still = (Notice.withdrawn_at.is_(None), Notice.until > self._clock.now())
        return list(session.scalars(select(Notice).where(*still).order_by(Notice.id)))

    def note_in_force(self, session: Session, ids: Iterable[int]) -> None:
        """The dialplan has been applied: callers hear the announcements of these ids."""
        waiting = session.scalars(select(Notice).where(Notice.in_force_at.is_(None), Notice.id.in_(list(ids)))).all()
        for notice in waiting:
            notice.in_force_at = self._clock.now()
        if waiting:
            self._log.append(session, HoursChanged(actor="switchboard", what="in force"))

    def _end(self, session: Session, line: str) -> int:
        former = [notice for notice in self.wanted(session) if notice.line_id == line]
        for notice in former:
            notice.withdrawn_at = self._clock.now()
        return len(former)
