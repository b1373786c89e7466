"""The editors' pages: search first, edit in place, preview, history, the steps to the city (NB-15, TO-12)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from contact_center.clock import day_of
from contact_center.errors import BadInput, Conflict, MadoguchiError, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.identity.model import Person
from contact_center.web import actor, house, permission, uploads
from contact_center.web.reader import words
from faq_engine import documents, service
from faq_engine.content import FURTHER, Content, Document, Synonyms, Written, as_json, document_from_json, from_json
from faq_engine.diff import changed
from faq_engine.index import Card, Found
from faq_engine.model import COMMON, NEWEST, Article, Kind, Publication, Revision, Stage, in_force_at
from faq_engine.web.panel import blueprint
from faq_engine.workflow import OPERATOR, Workflow, label

LARGEST = 20
"""Megabytes of a file that is handed in."""

AT_ONCE = 20
PAGE = 100
"""Rows of a list."""


def names_of(session: Session, words_of_actors: list[str]) -> dict[str, str]:
    """The names of those who wrote or confirmed, by their word in the record."""
    ids = {int(word.partition(":")[2]) for word in words_of_actors if word.startswith("person:")}
    people = {f"person:{p.id}": p.name for p in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return {OPERATOR.word: "madoguchi", **people}


def chosen_city(cities: Mapping[str, str]) -> str:
    """The city that a page is about: the one that was chosen, else the first.

    :param cities: those that the reader serves, by id.
    :raises NotFound: where it is none of them.
    """
    here = request.values.get("city", "") or next(iter(cities), "")
    if here not in cities:
        raise NotFound("その市はありません。")
    return here


def city_names(built: House, session: Session, me: Actor) -> dict[str, str]:
    """The cities that somebody serves, by id."""
    return {city.id: city.name for city in built.directory.cities(session) if city.id in me.cities}


@blueprint.post("/")
@permission("faq.edit")
def onward() -> Any:
    """Submit every draft that has its sources, or approve everything that waits for the supervisor: an import brings hundreds."""
    built, me = house(), actor()
    workflow, stage = service.of(built).workflow, request.form.get("stage", "")
    step = {Stage.DRAFT.value: "submit", Stage.REVIEW.value: "review"}.get(stage)
    if step is None:
        raise BadInput("この操作は受け付けられません。前の画面からやり直してください。")
    with built.database.reading() as session:
        ids = [
            article.id
            for article in session.scalars(select(Article).where(Article.stage == stage))
            if me.serves(article.city or None)
        ]
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        with built.database.session_scope() as session:
            done += sum(_onward(workflow, session, me, id, step) for id in ids[start : start + AT_ONCE])
    return redirect(url_for("faq.articles", stage=stage, done=done))


def _onward(workflow: Workflow, session: Session, me: Actor, id: int, step: str) -> bool:
    found = session.get_one(Article, id)
    try:
        if step == "submit":
            workflow.submit(session, me, found, found.newest, minor=False)
        else:
            workflow.review(session, me, found, found.newest)
    except (BadInput, Conflict):
        # What has no confirmed source, or has moved on meanwhile, stays where it is.
        return False
    return True


@blueprint.get("/")
@permission("faq.edit")
def articles() -> Any:
    """All articles, found by words or by where they stand."""
    built, me = house(), actor()
    faq, typed = service.of(built), request.args.get("q", "").strip()
    stage, city = request.args.get("stage", ""), request.args.get("city", "")
    page = max(0, request.args.get("page", 0, int))
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        visible = Article.city.in_([COMMON, *cities])
        counted = select(Article.stage, func.count()).where(visible).group_by(Article.stage)
        counts = {row[0]: row[1] for row in session.execute(counted)}
        wanted = NEWEST.where(visible).order_by(Article.code, Article.city)
        if stage:
            wanted = wanted.where(Article.stage == stage)
        if typed:
            places = _matching(faq, session, visible, city or next(iter(cities), ""), typed, built.clock.now())
            wanted = NEWEST.where(Article.id.in_(list(places)[page * PAGE : (page + 1) * PAGE]))
            rows, whole = sorted(session.execute(wanted).all(), key=lambda row: places[row[0].id]), len(places)
        else:
            rows = list(session.execute(wanted.limit(PAGE).offset(page * PAGE)).all())
            whole = sum(count for at, count in counts.items() if stage in ("", at))
        codes = [article.code for article, _ in rows]
        in_force = select(Publication.city, Publication.code).where(in_force_at(built.clock.now()), Publication.code.in_(codes))
        held = {(where, code) for where, code in session.execute(in_force)}
        listed = [
            {
                "id": a.id, "code": a.code, "city": cities.get(a.city, ""), "label": label(r.content), "stage": a.stage,
                "kind": a.kind, "number": r.number, "valid_until": r.valid_until,
                "in_force": [name for where, name in cities.items() if (where, a.code) in held],
            }
            for a, r in rows
        ]  # fmt: skip
    return render_template(
        "faq_engine/articles.html", rows=listed, more=whole - len(listed) - page * PAGE, page=page, typed=typed, stage=stage,
        counts=counts, cities=cities, today=day_of(built.clock.now()), done=request.args.get("done", ""),
    )  # fmt: skip


def _matching(
    faq: service.Faq, session: Session, visible: ColumnElement[bool], city: str, typed: str, now: datetime
) -> dict[int, int]:
    """Articles in the order in which they answer, then those that only hold the words somewhere; those not in force among them."""
    answers = [one.card.code for one in faq.index.search(session, typed, faq.wanted(city), 30)]
    holding = {card.code for card in faq.index.cards(session, city, now) if typed in str(as_json(card.content))}
    unseen = NEWEST.where(Revision.id.not_in(select(Publication.revision_id).where(in_force_at(now))))
    holding |= {a.code for a, r in session.execute(unseen) if typed in a.code or typed in str(r.content)}
    order = {code: place for place, code in enumerate(dict.fromkeys([*answers, *sorted(holding)]))}
    articles = select(Article.id, Article.code).where(
        visible, Article.code.in_(order) | Article.code.contains(typed, autoescape=True)
    )
    found = sorted(session.execute(articles).all(), key=lambda row: order.get(row[1], len(order)))
    return {id: place for place, (id, _) in enumerate(found)}


@blueprint.route("/new", methods=["GET", "POST"])
@permission("faq.edit")
def new() -> Any:
    """Write a new article, a city's own in the place of a common one, or a group of synonyms."""
    built, me = house(), actor()
    kind = request.values.get("kind", Kind.ARTICLE)
    form, sentence, status = dict(request.form), "", 200
    if request.method == "POST":
        try:
            content = content_of(request.form, kind)
            with built.database.session_scope() as session:
                made = service.of(built).workflow.create(
                    session, me, form.get("code", "").strip(), form.get("city", ""), content, form.get("why", "")
                )
            return redirect(url_for("faq.article", id=made.id))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    given: Mapping[str, Any] = form or {"words": "\n".join(request.args.get("words", "").split())}
    base = request.args.get("from", type=int)
    with built.database.reading() as session:
        if request.method == "GET" and base is not None:
            workflow = service.of(built).workflow
            like = workflow.article(session, me, base)
            given, kind = {**form_of(workflow.newest(session, like).content), "code": like.code}, like.kind
        page = _page(built, session, me)
    return render_template("faq_engine/new.html", kind=kind, form=given, sentence=sentence, **page), status


def _page(built: House, session: Session, me: Actor) -> dict[str, Any]:
    cities = city_names(built, session, me)
    choices = {c.code: c.name for city in cities for c in built.directory.choices(session, "category", city)}
    return {
        "cities": cities, "categories": choices,
        "menus": {m.id: m.name for m in built.directory.menus(session)},
        "offices": {d.id: d.name for d in built.directory.departments(session, me.cities)},
    }  # fmt: skip


@blueprint.route("/article/<int:id>", methods=["GET", "POST"])
@permission("faq.edit")
@uploads(LARGEST)
def article(id: int) -> Any:
    """One article: edit it, see it as an agent and as a resident do, its history, and its next step."""
    built, me = house(), actor()
    sentence, status, given, conflict = "", 200, None, False
    if request.method == "POST":
        try:
            if request.form.get("assist"):
                given = _assisted(built, me, id)
            else:
                with built.database.session_scope() as session:
                    _act(service.of(built), session, me, id)
                return redirect(url_for("faq.article", id=id, done=request.form.get("do", "")))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
            given = dict(request.form) if request.form.get("do") == "write" else None
            conflict = isinstance(error, Conflict) and given is not None and not request.form.get("assist")
    with built.database.reading() as session:
        page = _article_page(built, session, me, id, given)
    said = {"sentence": sentence, "conflict": conflict, "assisted": given is not None and not sentence}
    return render_template("faq_engine/article.html", done=request.args.get("done", ""), **said, **page), status


def _article_page(built: House, session: Session, me: Actor, id: int, given: dict[str, str] | None) -> dict[str, Any]:
    faq = service.of(built)
    found = faq.workflow.article(session, me, id)
    newest, history = faq.workflow.newest(session, found), faq.workflow.history(session, found)
    steps = faq.workflow.steps(session, [one.id for one in history])
    cities = city_names(built, session, me)
    in_force = {city: faq.workflow.in_force(session, city, found.code) for city in ([found.city] if found.city else cities)}
    numbers = {one.id: one.number for one in history}
    before = {one.number: history[place + 1].content if place + 1 < len(history) else {} for place, one in enumerate(history)}
    mine = None
    if given is not None and found.kind != Kind.DOCUMENT:
        # Where it was refused for what it says, not for who came first, there is nothing to compare.
        with suppress(MadoguchiError):
            mine = as_json(content_of(given, found.kind))
    city = found.city or next(iter(cities), "")
    return {
        "article": found, "newest": newest, "history": history, "steps": steps, "form": given or form_of(newest.content),
        "in_force": {cities.get(c, c): numbers.get(p.revision_id) for c, p in in_force.items() if p is not None},
        "to_come": {
            cities.get(c, c): [(p.since, numbers[p.revision_id]) for p in faq.workflow.to_come(session, c, found.code)
                               if p.revision_id in numbers] for c in in_force
        },
        "diffs": {one.number: changed(before[one.number], one.content) for one in history},
        "mine": changed(newest.content, mine) if mine is not None else [],
        "names": names_of(
            session,
            [f"person:{found.owner or 0}", *(one.made_by for one in history), *(s.actor for rows in steps.values() for s in rows)],
        ),
        "preview": _preview(faq, session, found, newest, city) if found.kind == Kind.ARTICLE else None,
        "uses": faq.uses(session, city).get(found.code, 0),
        "assists": faq.endpoint.is_on and found.kind == Kind.ARTICLE, **_page(built, session, me),
    }  # fmt: skip


def _preview(faq: service.Faq, session: Session, found: Article, newest: Revision, city: str) -> service.Reading:
    card = Card(newest.id, newest.number, found.code, from_json(newest.content))
    return faq.readings(session, [Found(card, newest.made_at)], city)[0]


def _assisted(built: House, me: Actor, id: int) -> dict[str, str]:
    """The form as it was sent, with a model's text in one field, for a person to check; nothing is saved."""
    form, task = dict(request.form), request.form["assist"]
    with built.database.reading() as session:
        city = service.of(built).workflow.article(session, me, id).city
    written = service.of(built).assistant.write(
        me, city, "easy" if task == "easy" else "english", form.get("question", ""), form.get("answer", "")
    )
    if task == "easy":
        return {**form, "easy": written.answer}
    return {**form, "english_question": written.question, "english": written.answer}


def _written(session: Session, workflow: Workflow, found: Article) -> Written:
    """What the form says that the article shall be."""
    if found.kind == Kind.DOCUMENT:
        return document_of(session, document_from_json(workflow.newest(session, found).content))
    return content_of(request.form, found.kind)


def _act(faq: service.Faq, session: Session, me: Actor, id: int) -> None:
    form, workflow = request.form, faq.workflow
    found = workflow.article(session, me, id)
    number, minor = form.get("number", 0, int), form.get("minor") == "yes"
    match form.get("do"):
        case "write":
            workflow.write(session, me, found, number, _written(session, workflow, found), form.get("why", ""))
        case "submit":
            workflow.submit(session, me, found, number, minor)
        case "review":
            workflow.review(session, me, found, number, minor)
        case "send_back":
            workflow.send_back(session, me, found, number, form.get("reason", ""))
        case "own":
            workflow.own(session, me, found)
        case "withdraw":
            workflow.withdraw(session, me, found, form.get("reason", ""))
        case _:
            raise BadInput("この操作は受け付けられません。前の画面からやり直してください。")


# -- forms --------------------------------------------------------------------------------------------------------------------


def content_of(form: Mapping[str, str], kind: str) -> Content | Synonyms:
    """What a form holds.

    :raises BadInput: saying which field cannot be read.
    """
    lines = lambda name: tuple(line.strip() for line in form.get(name, "").splitlines() if line.strip())  # noqa: E731
    if kind == Kind.SYNONYMS:
        return Synonyms(words=tuple(dict.fromkeys(lines("words"))))
    text = lambda name: form.get(name, "").replace("\r\n", "\n").strip()  # noqa: E731
    audience = form.get("audience", "public")
    if audience not in ("agent", "public"):
        raise BadInput("見せる相手を選んでください。")
    return Content(
        question=text("question"), answer=text("answer"), easy=text("easy"), english_question=text("english_question"),
        english=text("english"), keywords=lines("keywords"), category=text("category"), menu=text("menu"),
        department=text("department"), audience=audience, sources=lines("sources"),  # type: ignore[arg-type]
        others={tag: (text(f"question-{tag}"), text(f"answer-{tag}")) for tag in FURTHER if text(f"answer-{tag}")},
        valid_from=day_in(form, "valid_from"), valid_until=day_in(form, "valid_until"), checked=day_in(form, "checked"),
        unsourced=form.get("unsourced") == "yes", machine=form.get("machine") == "yes",
    )  # fmt: skip


def document_of(session: Session, former: Document | None) -> Document:
    """What the form of a document holds; without a new file the former one stays."""
    form, given = request.form, request.files.get("sheet")
    if given is not None and given.filename:
        file = documents.keep(session, given.filename, given.read())
        digest, name = file.sha256, documents.plain_name(given.filename)
    elif former is not None:
        digest, name = former.file, former.filename
    else:
        raise BadInput("ファイルを選んでください。")
    sort = form.get("sort", "manual")
    if sort not in ("manual", "training", "form"):
        raise BadInput("資料の種類を選んでください。")
    return Document(
        title=form.get("title", "").strip(), sort=sort, about=form.get("about", "").strip(), file=digest, filename=name,  # type: ignore[arg-type]
        valid_until=day_in(form, "valid_until"),
    )  # fmt: skip


def day_in(form: Mapping[str, str], name: str) -> date | None:
    """A day of a form; None where it is empty."""
    try:
        return date.fromisoformat(form[name]) if form.get(name) else None
    except ValueError as error:
        raise BadInput("日付は 2026-11-24 の形で書いてください。") from error


def form_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """An article as a form shows it."""
    others = data.get("others") or {}
    further = {f"question-{tag}": question for tag, (question, _) in others.items()}
    further |= {f"answer-{tag}": answer for tag, (_, answer) in others.items()}
    return further | {
        key: "\n".join(value) if isinstance(value, list) else "yes" if value is True else value or ""
        for key, value in data.items() if key != "others"
    }  # fmt: skip
