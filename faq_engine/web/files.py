"""Files: editions to deliver, sheets in and out, documents in versions with their receipts."""

from __future__ import annotations

import io
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from contact_center.errors import BadInput, MadoguchiError, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.web import actor, house, permission, uploads
from contact_center.web.reader import words
from faq_engine import documents, exchange, service, sheets
from faq_engine.content import document_from_json, from_json
from faq_engine.model import COMMON, NEWEST, Article, FileRow, Kind, Revision
from faq_engine.web.editor import LARGEST, chosen_city, city_names, document_of, names_of
from faq_engine.web.panel import blueprint


def _paper(session: Session, revision: Revision) -> Any:
    """A document under its own name; the same bytes may have been handed in under another."""
    document = document_from_json(revision.content)
    file = session.get_one(FileRow, document.file)
    return _download(FileRow(sha256=file.sha256, name=document.filename, media=file.media, data=file.data))


def _download(file: FileRow) -> Any:
    return send_file(io.BytesIO(file.data), mimetype=file.media, as_attachment=True, download_name=file.name, max_age=0)


# -- editions -----------------------------------------------------------------------------------------------------------------


@blueprint.route("/editions", methods=["GET", "POST"])
@permission("city.view")
def editions() -> Any:
    """The editions of a city, with the digests of their files; supervisors make new ones."""
    built, me = house(), actor()
    faq, sentence, status = service.of(built), "", 200
    if request.method == "POST":
        try:
            city = request.form.get("city", "")
            number = faq.editions.make(me, city, request.form.get("note", ""))
            return redirect(url_for("faq.editions", city=city, done=number))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        here = chosen_city(cities)
        rows = faq.editions.listed(session, here)
        who = names_of(session, [row.made_by for row in rows])
    done = request.args.get("done", "")
    return render_template(
        "faq_engine/editions.html", rows=rows, cities=cities, here=here, who=who, sentence=sentence, done=done
    ), status


@blueprint.get("/editions/<int:id>/<kind>")
@permission("city.view")
def edition_file(id: int, kind: str) -> Any:
    """A file of an edition, as it was delivered."""
    with house().database.reading() as session:
        return _download(service.of(house()).editions.file(session, actor(), id, kind))


# -- sheets -------------------------------------------------------------------------------------------------------------------


@blueprint.get("/export.<kind>")
@permission("faq.edit")
def export(kind: str) -> Any:
    """The newest revisions of a city's own articles, or of the common ones, as a sheet that can be handed in again."""
    city = request.args.get("city", COMMON)
    actor().require("faq.edit", city or None)
    wanted = NEWEST.where(Article.city == city, Article.kind == Kind.ARTICLE).order_by(Article.code)
    with house().database.reading() as session:
        rows = [sheets.as_row(article.code, from_json(revision.content)) for article, revision in session.execute(wanted)]
    name = f"faq-{city or 'common'}.{kind}"
    if kind == "csv":
        return _download(FileRow(sha256="", name=name, media="text/csv", data=sheets.to_csv(rows)))
    if kind != "xlsx":
        raise NotFound("そのページはありません。")
    data = sheets.to_xlsx({"FAQ": (tuple(sheets.COLUMNS), tuple(sheets.COLUMNS.values()), rows)})
    return _download(FileRow(sha256="", name=name, media="application/octet-stream", data=data))


@blueprint.route("/import", methods=["GET", "POST"])
@permission("faq.edit")
@uploads(LARGEST)
def take_in() -> Any:
    """Hand a sheet in: what each line would do is shown first, then all of it becomes drafts, or nothing."""
    built, me = house(), actor()
    sentence, status, planned, form = "", 200, None, request.form
    city, file = form.get("city", COMMON), form.get("file", "")
    if request.method == "POST":
        try:
            if form.get("do") == "apply":
                return redirect(url_for("faq.take_in", done=_apply(built, me, city, file)))
            given = request.files.get("sheet")
            with built.database.session_scope() as session:
                kept = documents.keep(session, given.filename or "" if given else "", given.read() if given else b"")
                file = kept.sha256
            planned = _plan(built, me, city, file)
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
            if form.get("do") == "apply":
                planned = _plan(built, me, city, file)
    with built.database.reading() as session:
        cities = city_names(built, session, me)
    return render_template(
        "faq_engine/import.html", cities=cities, city=city, file=file, planned=planned, sentence=sentence,
        done=request.args.get("done", ""), why=form.get("why", ""), plainly=words().gettext,
    ), status  # fmt: skip


def _rows(built: House, file: str) -> list[dict[str, str]]:
    """The lines of a sheet that was handed in. A large one takes a while: no transaction is open meanwhile."""
    with built.database.reading() as session:
        kept = session.get(FileRow, file)
    if kept is None:
        raise BadInput("ファイルを選び直してください。")
    return sheets.read(kept.data, kept.name)


def _known(built: House, session: Session, me: Actor) -> exchange.Known:
    """The codes that a sheet may name: those of the cities that somebody works for."""
    categories = {choice.code for city in me.cities for choice in built.directory.choices(session, "category", city)}
    departments = {office.id for office in built.directory.departments(session, me.cities)}
    return exchange.Known(
        frozenset(categories), frozenset(menu.id for menu in built.directory.menus(session)), frozenset(departments)
    )


def _plan(built: House, me: Actor, city: str, file: str) -> exchange.Plan:
    rows = _rows(built, file)
    with built.database.reading() as session:
        return exchange.plan(session, me, city, rows, _known(built, session, me))


def _apply(built: House, me: Actor, city: str, file: str) -> int:
    """Take the sheet in as it was shown, and forget the file."""
    workflow, form, rows = service.of(built).workflow, request.form, _rows(built, file)
    with built.database.session_scope() as session:
        planned = exchange.plan(session, me, city, rows, _known(built, session, me))
        done = exchange.apply(session, workflow, me, city, planned, form.get("mark", ""), form.get("why", ""))
        documents.forget(session, file)
    return done


# -- documents ----------------------------------------------------------------------------------------------------------------


@blueprint.route("/documents", methods=["GET", "POST"])
@permission("contact.read")
@uploads(LARGEST)
def papers() -> Any:
    """The documents people work with, each in its newest version: fetch it, and say that it was received."""
    built, me = house(), actor()
    sentence, status = "", 200
    if request.method == "POST":
        try:
            if request.form.get("do") == "new":
                return redirect(url_for("faq.article", id=_new(built, me)))
            with built.database.session_scope() as session:
                documents.receive(session, me, built.clock, request.form.get("revision", 0, int))
            return redirect(url_for("faq.papers"))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    with built.database.reading() as session:
        rows = documents.in_force(session, me.cities, built.clock.now())
        received = documents.receipts(session, [revision.id for _, revision in rows])
        cities = city_names(built, session, me)
        people = documents.readers(session, me.cities)
    return render_template(
        "faq_engine/documents.html",
        rows=rows,
        received=received,
        people=people,
        cities=cities,
        sentence=sentence,
        form=request.form,
    ), status


def _new(built: House, me: Actor) -> int:
    form = request.form
    with built.database.session_scope() as session:
        content = document_of(session, None)
        made = service.of(built).workflow.create(
            session, me, form.get("code", "").strip(), form.get("city", ""), content, form.get("why", "")
        )
        return made.id


@blueprint.get("/documents/<int:revision>")
@permission("city.view")
def paper_of(revision: int) -> Any:
    """A version of a document for who reviews or confirms it."""
    built, me = house(), actor()
    with built.database.reading() as session:
        row = session.get(Revision, revision)
        if row is None:
            raise NotFound("その資料はありません。")
        service.of(built).workflow.article(session, me, row.article_id)
        return _paper(session, row)


@blueprint.get("/documents/<int:revision>/file")
@permission("contact.read")
def paper(revision: int) -> Any:
    """A document that is in force."""
    built, me = house(), actor()
    with built.database.reading() as session:
        for _, one in documents.in_force(session, me.cities, built.clock.now()):
            if one.id == revision:
                return _paper(session, one)
    raise NotFound("その資料はもう配られていません。一覧を開き直してください。")
