"""Tables of the FAQ. Revisions and steps are only ever added (the database refuses anything else); what is in force for a city
is a publication, with its beginning and its end, so that "what did we answer on 3 June" can be asked.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.database.types import Base, BigId, Moment

COMMON = ""
"""The city of what all cities share."""


class Kind(StrEnum):
    """What goes through the same workflow."""

    ARTICLE = "article"
    SYNONYMS = "synonyms"
    DOCUMENT = "document"


class Stage(StrEnum):
    """Where the newest revision of an article stands."""

    DRAFT = "draft"
    REVIEW = "review"
    CITY = "city"
    SENT_BACK = "sent_back"
    DONE = "done"


class Step(StrEnum):
    """What was done with a revision."""

    SUBMITTED = "submitted"
    MINOR = "minor"
    """Submitted as a minor change, which the supervisor may approve without the city."""

    APPROVED = "approved"
    APPROVED_MINOR = "approved_min"
    """Approved, and called minor by this second person too."""

    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Article(Base):
    """What is asked and answered, under one code; a city's own stands in the place of the common one."""

    __tablename__ = "faq_articles"
    __table_args__ = (UniqueConstraint("code", "city"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    city: Mapped[str] = mapped_column(String(40), default=COMMON)
    kind: Mapped[str] = mapped_column(String(12))
    owner: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who is asked when its time is over."""

    newest: Mapped[int] = mapped_column(default=0)
    """Number of the newest revision; whoever began with another one is shown the conflict."""

    stage: Mapped[str] = mapped_column(String(12), default=Stage.DRAFT)


class Revision(Base):
    """What somebody wrote; never changed."""

    __tablename__ = "faq_revisions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("faq_articles.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(300))
    valid_until: Mapped[date | None] = mapped_column(Date, index=True)
    """As in its content, to be asked for."""


NEWEST = select(Article, Revision).join(Revision, (Revision.article_id == Article.id) & (Revision.number == Article.newest))
"""Each article with its newest revision."""


class StepRow(Base):
    """One step of a revision; never changed. City empty: for all."""

    __tablename__ = "faq_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("faq_revisions.id"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    city: Mapped[str] = mapped_column(String(40), default=COMMON)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300), default="")


class AwaitingRow(Base):
    """A revision that a city has not confirmed yet."""

    __tablename__ = "faq_awaiting"

    revision_id: Mapped[int] = mapped_column(ForeignKey("faq_revisions.id"), primary_key=True)
    city: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class Publication(Base):
    """What was in force for a city, from when to when (None: still). Both may lie ahead: a revision that begins next month follows
    the one that answers until then.
    """

    __tablename__ = "faq_publications"
    __table_args__ = (Index("ix_faq_publications_city_until", "city", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(60))
    revision_id: Mapped[int] = mapped_column(ForeignKey("faq_revisions.id"))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)


def in_force_at(moment: datetime) -> ColumnElement[bool]:
    """Of publications, those that are in force at a moment."""
    return (Publication.since <= moment) & (Publication.until.is_(None) | (Publication.until > moment))


class ChangeRow(Base):
    """A publication has begun or ended; without one: read all anew. Ids grow in the order of commit: an index reads those after the
    last it has read.
    """

    __tablename__ = "faq_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("faq_publications.id"))


class NoticeRow(Base):
    """A dated notice above the results: the national system has stopped, a counter is closed today."""

    __tablename__ = "faq_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(40), default=COMMON)
    text: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))


class PlaceValue(Base):
    """What a place in the texts of the articles reads in a city, such as `{booking_url}`, from when to when (None: still)."""

    __tablename__ = "faq_values"
    __table_args__ = (Index("ix_faq_values_city_name", "city", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)


class Remark(Base):
    """What an agent found while searching, for the editors: wrong, not found, or found only with other words.

    `asked` is what was typed, masked; no person stands in it that the agent did not type.
    """

    __tablename__ = "faq_remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    city: Mapped[str] = mapped_column(String(40))
    contact_id: Mapped[int | None] = mapped_column(BigId)
    code: Mapped[str] = mapped_column(String(60), default="")
    asked: Mapped[str] = mapped_column(String(300), default="")
    said: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str | None] = mapped_column(String(80))


class UseRow(Base):
    """How often an article was opened and used on a day."""

    __tablename__ = "faq_uses"

    city: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    opened: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)


class FileRow(Base):
    """A file as it was delivered or handed in, under its SHA-256."""

    __tablename__ = "faq_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    media: Mapped[str] = mapped_column(String(100))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class EditionRow(Base):
    """What was in force for a city at one moment, frozen and numbered: the first edition, and its revisions."""

    __tablename__ = "faq_editions"
    __table_args__ = (UniqueConstraint("city", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(300))
    revisions: Mapped[dict[str, int]] = mapped_column(JSON)
    """Code to the id of the revision that was in force."""

    xlsx: Mapped[str] = mapped_column(ForeignKey("faq_files.sha256"))
    pdf: Mapped[str] = mapped_column(ForeignKey("faq_files.sha256"))


class ReceiptRow(Base):
    """Somebody has received a version of a document (KQ-03)."""

    __tablename__ = "faq_receipts"

    revision_id: Mapped[int] = mapped_column(ForeignKey("faq_revisions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
