"""The city's page: what awaits its confirmation, as difference, to confirm or to send back. Plain forms: it stands behind networks
that let nothing else through.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.errors import BadInput, MadoguchiError
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.web import actor, house, permission
from contact_center.web.reader import words
from faq_engine import service
from faq_engine.content import from_json
from faq_engine.diff import changed
from faq_engine.model import Publication, Revision
from faq_engine.places import Local
from faq_engine.web.editor import chosen_city, city_names, day_in, names_of
from faq_engine.web.panel import blueprint

AT_ONCE = 20
PAGE = 20
"""Revisions on one page; more would not be read."""


@blueprint.route("/city", methods=["GET", "POST"])
@permission("faq.confirm")
def city() -> Any:
    """What awaits the city (IZ-06, NB-15)."""
    built, me = house(), actor()
    sentence, status = "", 200
    if request.method == "POST":
        try:
            return redirect(url_for("faq.city", **_decide(built, me)))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    with built.database.reading() as session:
        page = _page(built, session, me)
    return render_template("faq_engine/city.html", sentence=sentence, done=request.args.get("done", ""), **page), status


def _decide(built: House, me: Actor) -> dict[str, Any]:
    form, workflow = request.form, service.of(built).workflow
    where = form.get("city", "")
    if form.get("do") == "all":
        return {"city": where, "done": _confirm_all(built, me, where)}
    with built.database.session_scope() as session:
        if form.get("do") == "send_back":
            revision = session.get(Revision, form.get("revision", 0, int))
            if revision is None:
                raise BadInput("差し戻す改訂を選び直してください。")
            article = workflow.article(session, me, revision.article_id)
            workflow.send_back(session, me, article, revision.number, form.get("reason", ""), where)
            return {"city": where, "done": "back"}
        chosen = form.getlist("revision", int)
        if not chosen:
            raise BadInput("確認する改訂を選んでください。")
        return {"city": where, "done": workflow.confirm(session, me, where, chosen)}


def _confirm_all(built: House, me: Actor, where: str) -> int:
    """A first edition may be hundreds: they are confirmed in handfuls, so that calls go on meanwhile."""
    workflow = service.of(built).workflow
    me.require("faq.confirm", where)
    with built.database.reading() as session:
        waiting = [revision.id for _, _, revision in workflow.awaiting(session, [where])]
    for start in range(0, len(waiting), AT_ONCE):
        with built.database.session_scope() as session:
            workflow.confirm(session, me, where, waiting[start : start + AT_ONCE])
    return len(waiting)


def _page(built: House, session: Session, me: Actor) -> dict[str, Any]:
    faq = service.of(built)
    cities = city_names(built, session, me)
    here = chosen_city(cities)
    waiting = faq.workflow.awaiting(session, [here])
    local = faq.places.local(session, here)
    rows: list[dict[str, Any]] = []
    for awaiting, article, revision in waiting[:PAGE]:
        publication = faq.workflow.in_force(session, here, article.code)
        before = session.get_one(Revision, publication.revision_id) if publication is not None else None
        rows.append({
            "since": awaiting.since, "article": article, "revision": revision, "before": before,
            "diff": changed(before.content, revision.content) if before is not None else [],
            "answer": local.fill(revision.content.get("answer", "")),
        })  # fmt: skip
    return {
        "rows": rows, "cities": cities, "here": here, "whole": len(waiting),
        "names": names_of(session, [row["revision"].made_by for row in rows]),
    }  # fmt: skip


@blueprint.get("/as-of")
@permission("city.view")
def as_of() -> Any:
    """What was answered on a day: every article that was in force then."""
    built, me = house(), actor()
    faq = service.of(built)
    day = day_in(request.args, "day") or day_of(built.clock.now())
    first, last = datetime.combine(day, time(), TOKYO), datetime.combine(day, time(23, 59, 59), TOKYO)
    with built.database.reading() as session:
        cities = city_names(built, session, me)
        city = chosen_city(cities)
        wanted = (
            select(Publication, Revision)
            .join(Revision, Publication.revision_id == Revision.id)
            .where(Publication.city == city, Publication.since <= last, Publication.since.is_distinct_from(Publication.until))
            .where(Publication.until.is_(None) | (Publication.until > first))
            .order_by(Publication.code, Publication.since)
        )
        found = [(p, from_json(r.content), r) for p, r in session.execute(wanted) if "answer" in r.content]
        spoken: dict[datetime, Local] = {}
        rows = []
        for publication, content, revision in found:
            if content.holds_on(day):
                moment = min(last, publication.until or last)
                spoken[moment] = local = spoken.get(moment) or faq.places.local(session, city, moment)
                row = {"publication": publication, "number": revision.number, "question": local.fill(content.question)}
                rows.append({**row, "answer": local.fill(content.answer)})
    return render_template("faq_engine/as_of.html", rows=rows, day=day, city=city, cities=cities)
