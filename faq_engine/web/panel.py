"""The panel in the agents' console: searching while the resident speaks.

Queries travel in the body of a request: what is typed may name a person, and addresses end in logs.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from contact_center.clock import TOKYO
from contact_center.errors import BadInput
from contact_center.web import actor, house, permission
from faq_engine import service
from faq_engine.index import MOST_TYPED, Wanted
from faq_engine.service import Reading

blueprint = Blueprint(
    "faq",
    "faq_engine",
    url_prefix="/faq",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/faq_engine",
)


@blueprint.get("/panel")
@permission("seat.use")
def panel() -> Any:
    """The fragment that the console loads."""
    built, me = house(), actor()
    with built.database.reading() as session:
        cities = [{"id": c.id, "name": c.name} for c in built.directory.cities(session) if c.id in me.cities]
        menus = [{"id": m.id, "name": m.name} for m in built.directory.menus(session)]
    return render_template("faq_engine/panel.html", cities=cities, menus=menus, drafts=service.of(built).endpoint.is_on)


@blueprint.post("/search")
@permission("seat.use")
def search() -> Any:
    """What answers to what was typed, whole: opening an article waits for nothing."""
    asked = _asked()
    faq, wanted = service.of(house()), _wanted(asked)
    typed = str(asked.get("typed", ""))[:MOST_TYPED]
    with house().database.reading() as session:
        found = faq.search(session, typed, wanted) if typed.strip() else []
        notices = [{"text": n.text, "until": n.until.astimezone(TOKYO).isoformat()} for n in faq.notices(session, wanted.city)]
    return {"found": [as_dict(one) for one in found], "notices": notices}


@blueprint.post("/read")
@permission("seat.use")
def read() -> Any:
    """One article by its code, such as the one that a contact names."""
    asked = _asked()
    with house().database.reading() as session:
        return as_dict(service.of(house()).read(session, str(asked.get("code", "")), _wanted(asked)))


def _asked() -> dict[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise BadInput("検索できませんでした。画面を開き直してください。")
    return asked


def _wanted(asked: dict[str, Any]) -> Wanted:
    me, city = actor(), str(asked.get("city", ""))
    me.require("seat.use", city)
    return service.of(house()).wanted(city, str(asked.get("menu", "")), bool(asked.get("public")))


def as_dict(reading: Reading) -> dict[str, Any]:
    """An article for the panel's script."""
    return {
        "code": reading.code, "number": reading.number, "question": reading.question, "lines": reading.first_lines,
        "answer": reading.answer, "easy": reading.easy, "english_question": reading.english_question, "english": reading.english,
        "others": reading.others, "audience": reading.audience, "office": reading.office, "office_phone": reading.office_phone,
        "since": reading.since.astimezone(TOKYO).isoformat(),
    }  # fmt: skip
