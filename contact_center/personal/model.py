"""One table holds every personal value of the house, encrypted; no other table has any."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, Moment


class PersonalValue(Base):
    """An encrypted value, found by what it belongs to, or by its keyed index."""

    __tablename__ = "personal_values"
    __table_args__ = (Index("ix_personal_values_found", "field", "fingerprint"),)

    owner_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(80), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    erase_at: Mapped[datetime] = mapped_column(Moment, index=True)
