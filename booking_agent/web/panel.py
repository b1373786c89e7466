"""The booking panel. What is typed for a caller travels in the body of a request, never in an address."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from booking_agent import service
from booking_agent.model import CalendarRow, Intent
from booking_agent.profiles import FIELDS, Profile
from booking_agent.service import as_leaf
from booking_agent.spoken import Wish, spoken
from contact_center.clock import day_of
from contact_center.errors import BadInput
from contact_center.web import actor, house, permission

blueprint = Blueprint(
    "booking",
    "booking_agent",
    url_prefix="/booking",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/booking_agent",
)


@blueprint.get("/panel")
@permission("booking.run")
def panel() -> Any:
    """The fragment that the console loads."""
    return render_template("booking_agent/panel.html")


@blueprint.post("/sites")
@permission("booking.run")
def sites() -> Any:
    """The reservation sites of a city with their questions, and what is to be asked for each purpose."""
    city = str(_asked().get("city", ""))
    actor().require("booking.run", city)
    return {"sites": [_site(profile) for profile in service.of(house()).sites(city)], "fields": _fields()}


def _fields() -> list[dict[str, str]]:
    """What can be asked for, in the order of asking."""
    return [{"name": field.name, "title": field.title, "say": field.say} for field in FIELDS.values()]


def _site(profile: Profile) -> dict[str, Any]:
    bookings = service.of(house())
    flags = {flag for question in profile.questions for answer in (question.yes, question.no) if (flag := answer.set)} | {"many"}
    offers = [name for name, _ in profile.flows()]
    return {
        "site": profile.site, "title": profile.title, "by": profile.by, "instead": profile.instead, "counters": profile.counters,
        "most": profile.most, "bring": profile.bring, "offers": offers, "looks": bool(profile.look),
        "questions": [
            {"ask": q.ask, "yes": {"stop": q.yes.stop, "bring": q.yes.bring, "set": q.yes.set},
             "no": {"stop": q.no.stop, "bring": q.no.bring, "set": q.no.set}} for q in profile.questions
        ],
        "uses": {what: [name for name in ("counter", "people") if profile.uses(what, name)] for what in offers},
        "asks": {what: bookings.fields(profile, what, set()) for what in offers},
        "asks_if": {
            flag: {what: bookings.fields(profile, what, {flag}) for what in offers} for flag in sorted(flags)
        },
    }  # fmt: skip


@blueprint.post("/slots")
@permission("booking.run")
def slots() -> Any:
    """What is known of the free slots of a site; what is old is looked at anew, and told by the hub."""
    asked, bookings = _asked(), service.of(house())
    profile = bookings.profiles.get(str(asked.get("site", "")))
    actor().require("booking.run", profile.city)
    day = _day(asked.get("day"))
    with house().database.session_scope() as session:
        row = bookings.slots(session, profile.site, str(asked.get("counter", "")), int(asked.get("people", 1)), day)
        return _calendar(row, profile, bookings.taken_by_us(session, profile.site))


@blueprint.post("/said")
@permission("booking.run")
def said() -> Any:
    """The days and times that spoken words mean."""
    today = day_of(house().clock.now())
    return _wish(spoken(str(_asked().get("words", ""))[:80], today))


def _wish(wish: Wish) -> dict[str, Any]:
    return {
        "first": str(wish.first) if wish.first else "", "last": str(wish.last) if wish.last else "",
        "weekdays": sorted(wish.weekdays), "from": f"{wish.start:%H:%M}" if wish.start else "",
        "until": f"{wish.end:%H:%M}" if wish.end else "", "read": wish.read,
    }  # fmt: skip


@blueprint.post("/intents")
@permission("booking.run")
def plan() -> Any:
    """Begin."""
    asked = _asked()
    values = asked.get("values")
    contact = asked.get("contact")
    with house().database.session_scope() as session:
        row = service.of(house()).plan(
            session, actor(), site=str(asked.get("site", "")), what=str(asked.get("what", "")),
            contact=int(contact) if contact else None, flags=[str(one) for one in asked.get("flags", [])][:10],
            bring=[str(one)[:80] for one in asked.get("bring", [])][:20], people=int(asked.get("people", 1)),
            counter=str(asked.get("counter", "")), values=values if isinstance(values, dict) else {},
            day=str(asked.get("day", "")), start=str(asked.get("start", "")), end=str(asked.get("end", "")),
        )  # fmt: skip
        return as_leaf(row)


@blueprint.post("/intents/<int:id>/again")
@permission("booking.run")
def again(id: int) -> Any:
    """Once more with what was given, for another slot."""
    asked = _asked()
    with house().database.session_scope() as session:
        slot = {name: str(asked.get(name, "")) for name in ("day", "start", "end")}
        return as_leaf(service.of(house()).again(session, actor(), id, **slot))


@blueprint.post("/intents/<int:id>/say")
@permission("booking.run")
def say(id: int) -> Any:
    """Say something to its conductor."""
    asked = _asked()
    with house().database.session_scope() as session:
        return as_leaf(service.of(house()).say(session, actor(), id, str(asked.get("kind", "")), asked))


@blueprint.post("/intents/<int:id>/settle")
@permission("booking.run")
def settle(id: int) -> Any:
    """Somebody has found out by telephone whether it was booked."""
    asked = _asked()
    with house().database.session_scope() as session:
        service.of(house()).settle(session, actor(), id, bool(asked.get("booked")), str(asked.get("number", "")))
    return {}


@blueprint.post("/intents/<int:id>")
@permission("booking.run")
def show(id: int) -> Any:
    """All of an intent, with what the site shows of it and the slots that its visit sees."""
    bookings = service.of(house())
    with house().database.reading() as session:
        told = bookings.access(session, actor(), id)
        seen = bookings.seen(session, actor(), id)
        row = session.get_one(Intent, id)
        taken = bookings.taken_by_us(session, row.site)
        profile = bookings.profiles.get(row.site)
    return {**told, "calendar": _calendar(seen[0], profile, taken) if seen else None}


@blueprint.get("/intents/<int:id>/picture.png")
@permission("booking.run")
def picture(id: int) -> Response:
    """The masked picture of where it stopped."""
    with house().database.reading() as session:
        png = base64.b64decode(service.of(house()).picture(session, actor(), id))
    return Response(png, mimetype="image/png", headers={"Cache-Control": "no-store"})


def _calendar(row: CalendarRow, profile: Profile, taken: set[str]) -> dict[str, Any]:
    today = day_of(house().clock.now())
    # What a conductor's own visit has seen stays until that visit ends; what the look-lane has seen grows old.
    since = None if row.intent_id else house().clock.now() - service.TIMES_GOOD
    return {
        "site": row.site, "counter": row.counter, "people": row.people, "days": row.days, "times": row.times(since),
        "reason": row.reason,
        "opens": str(today + timedelta(days=profile.window.first)), "closes": str(today + timedelta(days=profile.window.last)),
        "seen_at": row.seen_at.isoformat(timespec="seconds") if row.seen_at else None,
        "ours": sorted(key.split("|", 1)[1] for key in taken if key.startswith(f"{row.counter}|")),
    }  # fmt: skip


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError as error:
        raise BadInput("日付を選び直してください。") from error


def _asked() -> dict[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise BadInput("操作できませんでした。画面を開き直してください。")
    return asked
