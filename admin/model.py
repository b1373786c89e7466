"""What the office keeps of its own: the backups that were made, and the reports for the cities."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, BigId, Moment


class Backup(Base):
    """One backup.

    :ivar name: of its file in `backups.folder`.
    :ivar size: bytes.
    :ivar sha256: of the sealed file.
    :ivar key_id: of its own key; where that is destroyed, nothing opens it again, wherever a copy lies.
    :ivar tables: rows of each table when it was made.
    :ivar erased_at: when its key was destroyed and its file deleted.
    :ivar drilled_at: when it was last restored for practice; `seconds` that took, and whether `all` was there again.
    """

    __tablename__ = "backups"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    name: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(80))
    tables: Mapped[dict[str, Any]] = mapped_column(JSON)
    erased_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    drilled_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    seconds: Mapped[float | None] = mapped_column(default=None)
    all: Mapped[bool | None] = mapped_column(Boolean, default=None)


class Report(Base):
    """One version of a report for a city.

    :ivar kind: `monthly` or `yearly`.
    :ivar analysis: what the supervisor says of it.
    :ivar signed_at: when it was signed off; from then on nothing of it changes, and its files are kept as they are.
    :ivar contents: what stood in it when it was signed.
    :ivar xlsx: its file; `pdf` likewise; `form`: the city's own form, filled, where it has one. `marks`: the SHA-256 of each.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("city", "kind", "first", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    version: Mapped[int]
    analysis: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(Moment)
    begun_by: Mapped[str] = mapped_column(String(80))
    signed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    signed_by: Mapped[str] = mapped_column(String(80), default="")
    contents: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    xlsx: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    form: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class Erasure(Base):
    """One erasure that somebody has ordered, for the erasure report (TO-08, KQ-09, NB-17k).

    :ivar contact: whose values were erased; None: all of `city`.
    :ivar witness: who was there, in their own words.
    :ivar counts: how many values, by `kind.field`.
    :ivar keys: the keys that had sealed them, each with the moment at which it was destroyed, or empty.
    """

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    witness: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(40))
    contact: Mapped[int | None] = mapped_column(BigId, default=None)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    keys: Mapped[dict[str, str]] = mapped_column(JSON)
    done_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
