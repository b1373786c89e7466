"""What the office keeps of its own: the backups that were made, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, String
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
