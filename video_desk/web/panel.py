"""The operator's panel: the fragment that the console loads, with every procedure that is offered here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import render_template

from contact_center.clock import day_of
from contact_center.web import actor, house, page_words, permission
from video_desk import health, kiosks, languages, service
from video_desk.interpreter.phrases import phrases
from video_desk.procedures import OUTCOMES, Procedure
from video_desk.web import blueprint

READING = re.compile(r"\{([^{}|]+)\|[^{}]*\}")
"""A word with its reading, as easy Japanese has them."""


@blueprint.get("/desk/panel")
@permission("desk.control")
def panel() -> Any:
    """The fragment."""
    desk = service.of(house())
    with house().database.reading() as session:
        counters = {view.line.id: view.line.name for view in house().directory.counters(session)}
    names = {one: READING.sub(r"\1", languages.words(one)["language.name"]) for one in languages.LANGUAGES}
    data = {
        "languages": names,
        "procedures": {one.id: _procedure(one, desk.place(one) is not None) for one in desk.procedures}, "counters": counters,
        "interprets": any(desk.interpreter.place(city) is not None for city in actor().cities),
        "phrases": [one["ja"] for one in phrases()],
        "words": {key: text.replace("{office}", "市の担当課") for key, text in languages.words("ja").items()},
    }  # fmt: skip
    return render_template("video_desk/panel.html", data=data)


def _procedure(one: Procedure, opens: bool) -> dict[str, Any]:
    steps = [{"id": step.id, "say": step.say, "touch": step.touch, "guard": step.guard, "unless": step.unless} for step in one.step]
    outcomes = [[code, OUTCOMES.get(code, code)] for code in one.outcomes]
    return {"title": one.title, "opens": opens, "site": one.site, "devices": one.devices, "steps": steps, "outcomes": outcomes}


@blueprint.get("/desk/counters")
@permission("contact.correct")
def counters() -> Any:
    """How the kiosks are, the record of their daily checks, and the minutes that each counter could serve this month."""
    built, me = house(), actor()
    now = built.clock.now()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with built.database.reading() as session:
        mine = {view.line.id for view in built.directory.counters(session) if view.line.city_id in me.cities}
        standing = [one for one in kiosks.standings(built, session) if one.counter in mine]
        page = {
            "standings": [(one, health.WORDS.get(one.reason, one.reason)) for one in standing],
            "minutes": {one: built.ledger.minutes(session, f"counter:{one}", first, now) for one in mine},
            "checks": kiosks.checks(session, sorted(mine), day_of(now - timedelta(days=14))),
            "names": {one.counter: one.name for one in standing},
            "page": {"language": me.language, "words": page_words(), "parts": kiosks.PARTS},
        }
    return render_template("video_desk/counters.html", parts=kiosks.PARTS, **page)
