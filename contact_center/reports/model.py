"""Folded figures: one row an hour and line, one row a day, line, category and outcome, and how far the fold has come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base


class HourRow(Base):
    """What happened on a line in one hour; each happening is counted in its own hour. Spans are seconds."""

    __tablename__ = "report_hours"
    __table_args__ = (Index("ix_report_hours_city_day", "city", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    arrived: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    within_level: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    callback_asked: Mapped[int] = mapped_column(default=0)
    interrupted: Mapped[int] = mapped_column(default=0)
    overflowed: Mapped[int] = mapped_column(default=0)
    abandoned: Mapped[int] = mapped_column(default=0)
    out_of_hours: Mapped[int] = mapped_column(default=0)
    silent: Mapped[int] = mapped_column(default=0)
    forwarded: Mapped[int] = mapped_column(default=0)
    dialled: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    not_reached: Mapped[int] = mapped_column(default=0)
    entered: Mapped[int] = mapped_column(default=0)
    excluded: Mapped[int] = mapped_column(default=0)
    waited: Mapped[float] = mapped_column(Float, default=0.0)
    longest_wait: Mapped[float] = mapped_column(Float, default=0.0)
    talked: Mapped[float] = mapped_column(Float, default=0.0)
    wrapped: Mapped[float] = mapped_column(Float, default=0.0)


class SubjectRow(Base):
    """How many contacts of a day were closed with a category and an outcome."""

    __tablename__ = "report_subjects"
    __table_args__ = (Index("ix_report_subjects_city_day", "city", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    line: Mapped[str] = mapped_column(String(40), primary_key=True)
    category: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(40), primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    closed: Mapped[int] = mapped_column(default=0)


class FoldCursor(Base):
    """The last event that the fold has counted; one row."""

    __tablename__ = "report_cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
