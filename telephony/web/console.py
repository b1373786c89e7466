"""The agent console's page. Everything that moves comes over the hub; the page itself holds no secret and no person."""

from __future__ import annotations

from typing import Any

import jaconv
from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from contact_center.house import House
from contact_center.identity import Actor
from contact_center.seats.service import AWAY_REASONS
from contact_center.web import actor, device_only, house, page_words, permission

blueprint = Blueprint(
    "telephony", "telephony", template_folder="templates", static_folder="static", static_url_path="/static/telephony"
)


@blueprint.get("/console")
@permission("seat.use")
def console() -> Any:
    """The console: one screen, no modal, everything by keyboard."""
    built, me = house(), actor()
    with built.database.reading() as session:
        choices = choices_of(built, session, me)
        offices = [
            {"id": d.id, "city": d.city_id, "name": d.name, "phone": d.phone, "transfer": d.transfer, "words": _typed(d.reading)}
            for d in built.directory.departments(session, me.cities)
        ]
        neighbours = [
            {"name": n.name, "words": _typed(n.reading), "phone": n.phone, "office": n.office}
            for n in built.directory.neighbours(session)
        ]
    panels = [
        {"id": p.id, "title": p.title, "url": p.url, "script": p.script, "slot": p.slot, "hotkey": p.hotkey,
         "menus": list(p.menus)}
        for p in sorted((p for feature in built.features for p in feature.panels), key=lambda p: p.position)
        if p.permission in me.rights
    ]  # fmt: skip
    page = {
        "choices": choices, "panels": panels, "away": list(AWAY_REASONS), "language": me.language,
        "departments": offices, "neighbours": neighbours,
        "words": page_words(),
    }  # fmt: skip
    return render_template("telephony/console.html", page=page)


def _typed(reading: str) -> list[str]:
    """A reading as it may be typed: in kana, and in Latin letters by a keyboard whose kana are off."""
    return [reading, jaconv.kana2alphabet(jaconv.kata2hira(reading))] if reading else []


def choices_of(built: House, session: Session, me: Actor) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Categories and outcomes of each city that this person serves."""
    return {
        city: {
            kind: [{"code": c.code, "name": c.name} for c in built.directory.choices(session, kind, city)]
            for kind in ("category", "outcome")
        }
        for city in sorted(me.cities)
    }


@blueprint.get("/auth/kiosk")
@device_only
def may_dial() -> Any:
    """What nginx asks before it lets a kiosk through to Asterisk."""
    return "", 204


@blueprint.get("/auth/sip")
@permission("seat.use")
def may_use_sip() -> Any:
    """What nginx asks before it lets a browser's phone through to Asterisk."""
    return "", 204
