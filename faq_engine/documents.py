"""Manuals, training material and forms in versions, and who has received which (KQ-03)."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contact_center.clock import Clock
from contact_center.errors import BadInput, NotFound
from contact_center.identity import Actor
from contact_center.identity.model import Person
from faq_engine.model import Article, EditionRow, FileRow, Kind, Publication, ReceiptRow, Revision, in_force_at

KINDS_OF_FILE = (".pdf", ".xlsx", ".docx", ".pptx", ".csv", ".txt", ".png", ".jpg", ".mp4")


def keep(session: Session, name: str, data: bytes) -> FileRow:
    """Keep a file that was handed in, once.

    :raises BadInput: where it is empty or of a kind that nobody hands out.
    """
    name = plain_name(name)
    if not data:
        raise BadInput("ファイルを選んでください。")
    if PurePath(name).suffix.lower() not in KINDS_OF_FILE:
        raise BadInput("扱えるファイルは %(kinds)s です。", kinds="、".join(KINDS_OF_FILE))
    digest = hashlib.sha256(data).hexdigest()
    found = session.get(FileRow, digest)
    if found is None:
        found = FileRow(sha256=digest, name=name, media=mimetypes.guess_type(name)[0] or "application/octet-stream", data=data)
        session.add(found)
        session.flush()
    return found


def plain_name(name: str) -> str:
    """The name of a file without folders, as it is offered for download."""
    return PurePath(name.replace("\\", "/")).name[-120:]


def forget(session: Session, digest: str) -> None:
    """Drop a file that was only handed in to be read; one that an article or an edition has stays."""
    row = session.get(FileRow, digest)
    kept = select(EditionRow.id).where((EditionRow.xlsx == digest) | (EditionRow.pdf == digest))
    documents = select(Revision.content).join(Article).where(Article.kind == Kind.DOCUMENT)
    if row is None or session.scalar(kept) is not None:
        return
    if all(content.get("file") != digest for content in session.scalars(documents)):
        session.delete(row)


def published(cities: Iterable[str], now: datetime) -> Select[int]:
    """The ids of the revisions that are in force for some cities."""
    return select(Publication.revision_id).where(in_force_at(now), Publication.city.in_(list(cities)))


def in_force(session: Session, cities: Iterable[str], now: datetime) -> list[tuple[Article, Revision]]:
    """The documents that somebody who serves these cities works with, each in its newest version."""
    wanted = (
        select(Article, Revision)
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.kind == Kind.DOCUMENT, Revision.id.in_(published(cities, now)))
        .order_by(Article.code)
    )
    return [(article, revision) for article, revision in session.execute(wanted)]


def receive(session: Session, actor: Actor, clock: Clock, revision: int) -> None:
    """Somebody has received a version; the first time counts.

    :raises NotFound: where it is not what they work with now.
    """
    if all(one.id != revision for _, one in in_force(session, actor.cities, clock.now())):
        raise NotFound("その資料はもう配られていません。一覧を開き直してください。")
    if session.get(ReceiptRow, (revision, actor.person)) is None:
        session.add(ReceiptRow(revision_id=revision, person_id=actor.person, at=clock.now()))


def receipts(session: Session, revisions: Iterable[int]) -> dict[int, list[tuple[ReceiptRow, Person]]]:
    """Who has received which version, and when."""
    wanted = select(ReceiptRow, Person).join(Person, ReceiptRow.person_id == Person.id)
    found: dict[int, list[tuple[ReceiptRow, Person]]] = {}
    for row, person in session.execute(wanted.where(ReceiptRow.revision_id.in_(list(revisions))).order_by(ReceiptRow.at)):
        found.setdefault(row.revision_id, []).append((row, person))
    return found


def readers(session: Session, cities: frozenset[str]) -> list[Person]:
    """Who works for these cities and should have every document."""
    people = session.scalars(select(Person).where(Person.left_at.is_(None)).order_by(Person.id))
    return [one for one in people if cities & set(one.cities) and {"agent", "supervisor"} & set(one.roles)]
