"""One row a minute and place: whether a caller would have been served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_center.clock import Clock
from contact_center.database.types import Base, Moment


class MinuteRow(Base):
    """What a witness saw of a place in one minute."""

    __tablename__ = "availability"

    place: Mapped[str] = mapped_column(String(60), primary_key=True)
    minute: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    served: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(80), default="")


@dataclass(frozen=True)
class Minutes:
    """Witnessed minutes of a place in a span."""

    served: int
    down: int


class Ledger:
    """Writing and adding up the minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def witness(self, session: Session, place: str, served: bool, reason: str = "") -> None:
        """Write down the minute now. A minute once seen down stays down."""
        minute = self._clock.now().replace(second=0, microsecond=0)
        row = session.get(MinuteRow, (place, minute))
        if row is None:
            session.add(MinuteRow(place=place, minute=minute, served=served, reason=reason))
        elif row.served and not served:
            row.served, row.reason = False, reason

    def minutes(self, session: Session, place: str, start: datetime, end: datetime) -> Minutes:
        """The minutes of a place from `start` to before `end`."""
        rows = session.execute(
            select(MinuteRow.served, func.count())
            .where(MinuteRow.place == place, MinuteRow.minute >= start, MinuteRow.minute < end)
            .group_by(MinuteRow.served)
        )
        counts: dict[bool, int] = {row[0]: row[1] for row in rows}
        return Minutes(counts.get(True, 0), counts.get(False, 0))
