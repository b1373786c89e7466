"""The editors' lists: what agents found wrong or missing, what expires, what nobody opens; notices; the cities' words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.contacts import Contact
from contact_center.errors import BadInput, MadoguchiError, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.web import actor, house, permission
from contact_center.web.reader import words
from faq_engine import service
from faq_engine.content import PLACES, Content
from faq_engine.documents import published
from faq_engine.drafts.prompt import Given
from faq_engine.model import Article, Revision
from faq_engine.service import NOT_FOUND, REWORDED, WRONG
from faq_engine.settings import EXPIRY_NOTICE
from faq_engine.web.editor import city_names, names_of
from faq_engine.web.panel import blueprint

NEVER = 60
"""Articles that nobody has opened that are shown at once."""


@blueprint.route("/lists", methods=["GET", "POST"])
@permission("faq.edit")
def lists() -> Any:
    """What awaits an editor (IZ-17b)."""
    built, me = house(), actor()
    faq, note, shown = service.of(built), "", 0
    if request.method == "POST":
        if request.form.get("do") == "propose":
            return redirect(url_for("faq.article", id=_propose(built, me, request.form.get("remark", 0, int))))
        if request.form.get("do") == "settle":
            with built.database.session_scope() as session:
                faq.settle(session, me, request.form.get("remark", 0, int))
            return redirect(url_for("faq.lists"))
        shown = request.form.get("contact", 0, int)
        with built.database.reading() as session:
            note = built.notes.access_card(session, me, shown).note.reveal()
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        missing, wrong = faq.remarks(session, cities, NOT_FOUND), faq.remarks(session, cities, WRONG)
        about = [row.contact_id for row in (*missing, *wrong) if row.contact_id]
        contacts = session.scalars(select(Contact).where(Contact.id.in_(about)))
        names = {c.code: c.name for city in cities for c in built.directory.choices(session, "category", city)}
        expiring = _expiring(built, session, cities)
        page = {
            "missing": missing, "wrong": wrong, "cities": cities, "note": note, "shown": shown, "assists": faq.endpoint.is_on,
            "categories": {contact.id: names.get(contact.category or "", "") for contact in contacts},
            "who": names_of(
                session, [row.actor for row in (*missing, *wrong)] + [f"person:{a.owner or 0}" for a, _ in expiring]
            ),
            "articles": _ids(session, {row.code for row in wrong}),
            "expiring": sorted(expiring, key=lambda row: row[0].owner != me.person),
            "never": _never(faq, session, cities, built.clock.now()),
        }  # fmt: skip
    return render_template("faq_engine/lists.html", today=day_of(built.clock.now()), **page)


def _propose(built: House, me: Actor, id: int) -> int:
    """A model's first version of an article that was missed: a draft without a source, which people must check first."""
    faq = service.of(built)
    with built.database.reading() as session:
        remark = next((row for row in faq.remarks(session, me.cities, NOT_FOUND) if row.id == id), None)
        if remark is None:
            raise NotFound("その指摘はもうありません。")
        asked, city = remark.said or remark.asked, remark.city
        found = faq.search(session, f"{remark.asked} {remark.said}", faq.wanted(city), 3)
    if not found:
        raise BadInput("近い記事がないので、案を作れません。新しい記事として書いてください。")
    given = [Given(one.code, one.number, one.question, one.answer) for one in found]
    written = faq.assistant.write(me, city, "article", asked, "", given)
    content = Content(question=written.question or asked, answer=written.answer, unsourced=True, machine=True)
    with built.database.session_scope() as session:
        return faq.workflow.create(session, me, f"proposal-{id}", city, content, "機械の案（人が確かめるまで出せません）").id


def _ids(session: Session, codes: set[str]) -> dict[str, int]:
    """The articles of some codes; a city's own before the common one."""
    wanted = select(Article).where(Article.code.in_(codes)).order_by(Article.city)
    return {article.code: article.id for article in session.scalars(wanted)}


def _expiring(built: House, session: Session, cities: dict[str, str]) -> list[tuple[Article, Revision]]:
    """What is in force and whose time is over soon, soonest first."""
    last = day_of(built.clock.now()) + timedelta(days=built.settings[EXPIRY_NOTICE])
    wanted = (
        select(Article, Revision)
        .join(Revision, Revision.article_id == Article.id)
        .where(Revision.id.in_(published(cities, built.clock.now())), Revision.valid_until <= last)
        .order_by(Revision.valid_until, Article.code)
    )
    return [(article, revision) for article, revision in session.execute(wanted)]


def _never(faq: service.Faq, session: Session, cities: dict[str, str], now: datetime) -> dict[str, list[Any]]:
    """What nobody has ever opened, for each city."""
    found = {}
    for city in cities:
        opened = faq.last_opened(session, city)
        found[city] = [card for card in faq.index.cards(session, city, now) if card.code not in opened][:NEVER]
    return found


@blueprint.route("/proposals", methods=["GET", "POST"])
@permission("faq.edit")
def proposals() -> Any:
    """Words with which agents searched in vain before they found an article with others."""
    built, me = house(), actor()
    faq = service.of(built)
    if request.method == "POST":
        with built.database.session_scope() as session:
            for id in request.form.getlist("remark", int):
                faq.settle(session, me, id)
        return redirect(url_for("faq.proposals"))
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        rows = faq.remarks(session, cities, REWORDED)
        counted = Counter((row.asked, row.code) for row in rows)
        ids: dict[tuple[str, str], list[int]] = {}
        for row in rows:
            ids.setdefault((row.asked, row.code), []).append(row.id)
        articles = _ids(session, {row.code for row in rows})
        questions = {
            card.code: card.content.question for city in cities for card in faq.index.cards(session, city, built.clock.now())
        }
    listed = [
        {"asked": asked, "code": code, "times": times, "remarks": ids[asked, code], "article": articles.get(code),
         "question": questions.get(code, code)}
        for (asked, code), times in counted.most_common()
    ]  # fmt: skip
    return render_template("faq_engine/proposals.html", rows=listed)


@blueprint.route("/notices", methods=["GET", "POST"])
@permission("faq.withdraw")
def notices() -> Any:
    """Dated notices that stand above the results."""
    built, me = house(), actor()
    faq, sentence, status, form = service.of(built), "", 200, request.form
    if request.method == "POST":
        try:
            with built.database.session_scope() as session:
                if form.get("do") == "unsay":
                    faq.unsay(session, me, form.get("notice", 0, int))
                else:
                    since = moment_in(form.get("since", "")) or built.clock.now()
                    until = moment_in(form.get("until", ""))
                    if until is None:
                        raise BadInput("いつまで出すかを選んでください。")
                    faq.say(session, me, form.get("city", ""), form.get("text", ""), since, until)
            return redirect(url_for("faq.notices"))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        rows = faq.notices_to_come(session, cities)
        who = names_of(session, [row.actor for row in rows])
    return render_template(
        "faq_engine/notices.html", rows=rows, cities=cities, who=who, sentence=sentence, form=form, now=built.clock.now()
    ), status


def moment_in(text: str) -> datetime | None:
    """A moment of a form, in Japanese time; None where it is empty."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=TOKYO) if text else None
    except ValueError as error:
        raise BadInput("日時を選んでください。") from error


@blueprint.route("/values", methods=["GET", "POST"])
@permission("faq.edit")
def values() -> Any:
    """What the places in the texts read in each city."""
    built, me = house(), actor()
    faq = service.of(built)
    if request.method == "POST":
        with built.database.session_scope() as session:
            for name in PLACES:
                faq.places.say(session, me, request.form.get("city", ""), name, request.form.get(name, ""))
        return redirect(url_for("faq.values", done=request.form.get("city", "")))
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        usual = {city: faq.places.local(session, city).values for city in cities}
        given = {city: faq.places.own(session, city) for city in cities}
    return render_template(
        "faq_engine/values.html", cities=cities, given=given, usual=usual, places=PLACES, done=request.args.get("done", "")
    )
