"""The supervisor's live page and the wallboard. Everything that moves comes over the hub."""

from __future__ import annotations

from typing import Any

from flask import render_template

from contact_center.settings import ANSWER_RATE_TARGET, LONGEST_WAIT_TARGET, SERVICE_LEVEL, SERVICE_LEVEL_TARGET
from contact_center.web import actor, house, page_words, permission
from telephony.web.console import blueprint


@blueprint.get("/supervise")
@permission("contact.correct")
def supervise() -> Any:
    """Seats, calls, hands, callbacks, questions, closings and announcements, as they are now."""
    built, me = house(), actor()
    with built.database.reading() as session:
        offices = [{"id": d.id, "city": d.city_id, "name": d.name} for d in built.directory.departments(session, me.cities)]
    page = {"departments": offices, "language": me.language, "words": page_words()}
    return render_template("telephony/supervise.html", page=page)


@blueprint.get("/wallboard")
@permission("contact.correct")
def wallboard() -> Any:
    """Six figures with their targets, to be read from across the room."""
    settings, me = house().settings, actor()
    page = {
        "language": me.language, "words": page_words(), "within": settings[SERVICE_LEVEL],
        "targets": {
            "answer_rate": settings[ANSWER_RATE_TARGET] / 100, "service_level": settings[SERVICE_LEVEL_TARGET] / 100,
            "longest_wait": settings[LONGEST_WAIT_TARGET],
        },
    }  # fmt: skip
    return render_template("telephony/wallboard.html", page=page)
