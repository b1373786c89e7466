"""Editions: what is in force for a city, frozen, numbered and delivered as xlsx and PDF with a table of changes (IZ-06, TO-12)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.clock import TOKYO
from contact_center.directory.model import City
from contact_center.errors import BadInput, Conflict, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.identity.model import Person
from faq_engine.content import from_json
from faq_engine.diff import Changed, changed, text_of
from faq_engine.model import EditionRow, FileRow, Publication, Revision, in_force_at
from faq_engine.places import Local, Places
from faq_engine.sheets import COLUMNS, as_row, to_xlsx

CHANGE_TITLES = ("区分", "記号", "質問", "改訂番号", "改訂した人", "改訂日", "理由", "改訂前", "改訂後")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


@dataclass(frozen=True)
class Change:
    """A line of the table of changes, against the edition before."""

    how: str
    code: str
    question: str
    number: str
    who: str
    when: str
    why: str
    before: str
    after: str
    pieces: tuple[Changed, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """An edition that is ready to be kept."""

    number: int
    revisions: dict[str, int]
    files: tuple[FileRow, FileRow]


class Editions:
    """Making and finding editions."""

    def __init__(self, house: House, places: Places) -> None:
        self._house = house
        self._places = places
        self._pages = Environment(loader=PackageLoader("faq_engine", "papers"), autoescape=select_autoescape(), trim_blocks=True)

    def listed(self, session: Session, city: str) -> list[EditionRow]:
        """The editions of a city, newest first."""
        wanted = select(EditionRow).where(EditionRow.city == city).order_by(EditionRow.number.desc())
        return list(session.scalars(wanted))

    def make(self, actor: Actor, city: str, note: str) -> int:
        """Freeze what is in force for a city now; the number of the edition.

        The files are drawn before anything is written, so that no call waits for them.

        :raises BadInput: where nothing has changed since the last edition.
        :raises Conflict: where somebody else has made an edition meanwhile.
        """
        actor.require("faq.review", city)
        with self._house.database.reading() as session:
            drawn = self._draw(session, city, note)
        self._house.audit.record(Act(actor.word, "faq.edition", f"city:{city}", {"number": drawn.number}))
        with self._house.database.session_scope() as session:
            if any(row.number >= drawn.number for row in self.listed(session, city)):
                raise Conflict("ほかの方が版を作りました。一覧を開き直してください。")
            for file in drawn.files:
                if session.get(FileRow, file.sha256) is None:
                    session.add(file)
            session.flush()
            session.add(
                EditionRow(
                    city=city, number=drawn.number, made_at=self._house.clock.now(), made_by=actor.word, note=note.strip()[:300],
                    revisions=drawn.revisions, xlsx=drawn.files[0].sha256, pdf=drawn.files[1].sha256,
                )
            )  # fmt: skip
        return drawn.number

    def file(self, session: Session, actor: Actor, id: int, kind: str) -> FileRow:
        """A file of an edition, as it was delivered.

        :param kind: `xlsx` or `pdf`.
        """
        row = session.get(EditionRow, id)
        if row is None or not actor.serves(row.city) or kind not in ("xlsx", "pdf"):
            raise NotFound("その版はありません。")
        return session.get_one(FileRow, getattr(row, kind))

    def _draw(self, session: Session, city: str, note: str) -> Drawn:
        former = next(iter(self.listed(session, city)), None)
        now = self._house.clock.now().astimezone(TOKYO)
        wanted = (
            select(Publication.code, Revision)
            .join(Revision, Publication.revision_id == Revision.id)
            .where(Publication.city == city, in_force_at(now))
            .order_by(Publication.code)
        )
        in_force = {code: revision for code, revision in session.execute(wanted) if _answers(revision, now.date())}
        revisions = {code: revision.id for code, revision in in_force.items()}
        if former is not None and former.revisions == revisions:
            raise BadInput("前の版から変わったところがありません。")
        if not in_force:
            raise BadInput("公開中の記事がありません。市の確認が済んでから版を作ってください。")
        number = former.number + 1 if former else 1
        local = self._places.local(session, city)
        changes = self._changes(session, former.revisions, in_force, local) if former else []
        name = session.get_one(City, city).name
        title = f"{name} マイナンバーカードコールセンター FAQ"
        cover = {
            "title": title, "edition": "初版" if number == 1 else f"第{number}版", "city": name, "number": number, "note": note,
            "made": f"{now:%Y年%m月%d日}", "count": len(in_force),
        }  # fmt: skip
        stem = f"faq-{city}-{number:03}"
        files = (
            _file(f"{stem}.xlsx", XLSX, self._xlsx(session, city, cover, in_force, changes, local)),
            _file(f"{stem}.pdf", PDF, self._pdf(session, city, cover, in_force, changes, local)),
        )
        return Drawn(number, revisions, files)

    def _changes(self, session: Session, former: Mapping[str, int], in_force: Mapping[str, Revision], local: Local) -> list[Change]:
        before = {row.id: row for row in session.scalars(select(Revision).where(Revision.id.in_(former.values())))}
        found = []
        for code in sorted({*former, *in_force}):
            old, new = before.get(former.get(code, 0)), in_force.get(code)
            if old is not None and new is not None and old.id == new.id:
                continue
            how = "追加" if old is None else "廃止" if new is None else "改訂"
            shown = new or old
            assert shown is not None
            fields = changed(_read(old, local), _read(new, local)) if old is not None and new is not None else []
            texts = ["\n".join(text_of(_read(side, local).get(one.field)) for one in fields) if side else "" for side in (old, new)]
            found.append(
                Change(
                    how, code, local.fill(shown.content["question"]), str(new.number) if new else "",
                    self._who(session, shown.made_by), f"{shown.made_at.astimezone(TOKYO):%Y-%m-%d}", new.why if new else "",
                    texts[0], texts[1], tuple(fields),
                )
            )  # fmt: skip
        return found

    def _who(self, session: Session, word: str) -> str:
        kind, _, id = word.partition(":")
        person = session.get(Person, int(id)) if kind == "person" else None
        return person.name if person is not None else "madoguchi"

    def _names(self, session: Session, city: str) -> dict[str, str]:
        return {choice.code: choice.name for choice in self._house.directory.choices(session, "category", city)}

    def _xlsx(
        self, session: Session, city: str, cover: dict[str, Any], in_force: Mapping[str, Revision], changes: Sequence[Change],
        local: Local,
    ) -> bytes:  # fmt: skip
        names = self._names(session, city)
        menus = {menu.id: menu.name for menu in self._house.directory.menus(session)}
        rows = []
        for code, revision in in_force.items():
            content = from_json(revision.content)
            row = {field: local.fill(text) for field, text in as_row(code, content).items()}
            row |= {
                "category": names.get(content.category, ""), "menu": menus.get(content.menu, ""),
                "department": " ".join(local.office(content.department)).strip(), "revision": str(revision.number),
            }  # fmt: skip
            rows.append(row)
        facts = [
            {"name": "版", "value": f"{cover['title']} {cover['edition']}"}, {"name": "作成日", "value": cover["made"]},
            {"name": "件数", "value": cover["count"]}, {"name": "備考", "value": cover["note"]},
        ]  # fmt: skip
        table = ("how", "code", "question", "number", "who", "when", "why", "before", "after")
        return to_xlsx({
            "表紙": (("name", "value"), ("項目", "内容"), facts),
            "FAQ": ((*COLUMNS, "revision"), (*COLUMNS.values(), "改訂番号"), rows),
            "改訂表": (table, CHANGE_TITLES, [vars(one) for one in changes]),
        })  # fmt: skip

    def _pdf(
        self, session: Session, city: str, cover: dict[str, Any], in_force: Mapping[str, Revision], changes: Sequence[Change],
        local: Local,
    ) -> bytes:  # fmt: skip
        # WeasyPrint is heavy and only needed here.
        from weasyprint import HTML

        names = self._names(session, city)
        groups: dict[str, list[dict[str, Any]]] = {}
        for code, revision in in_force.items():
            content = from_json(revision.content)
            groups.setdefault(names.get(content.category, "そのほか"), []).append({
                "code": code, "number": revision.number, "question": local.fill(content.question),
                "answer": local.fill(content.answer), "office": " ".join(local.office(content.department)).strip(),
                "audience": content.audience, "valid_from": content.valid_from, "valid_until": content.valid_until,
                "sources": content.sources, "easy": local.fill(content.easy), "english": local.fill(content.english),
                "english_question": content.english_question,
            })  # fmt: skip
        order = {name: place for place, name in enumerate(names.values())}
        sections = sorted(groups.items(), key=lambda group: order.get(group[0], len(order)))
        page = self._pages.get_template("edition.html").render(cover=cover, sections=sections, changes=changes)
        return bytes(HTML(string=page).write_pdf() or b"")


def _read(revision: Revision, local: Local) -> dict[str, Any]:
    """A revision's content as it reads in the city, without what is empty."""

    def fill(value: Any) -> Any:
        return local.fill(value) if isinstance(value, str) else value

    return {field: fill(value) for field, value in revision.content.items()}


def _answers(revision: Revision, day: date) -> bool:
    """Whether it is an article that may be shown as current on a day."""
    return "answer" in revision.content and from_json(revision.content).holds_on(day)


def _file(name: str, media: str, data: bytes) -> FileRow:
    return FileRow(sha256=hashlib.sha256(data).hexdigest(), name=name, media=media, data=data)
