"""Pages of the record: corrections, contacts entered by hand, figures with their formulas, the handover of a shift."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.contacts import Contact
from contact_center.contacts.corrections import UNCLASSIFIED
from contact_center.errors import BadInput, MadoguchiError
from contact_center.house import House
from contact_center.reports import folded, grouped
from contact_center.settings import SERVICE_LEVEL
from contact_center.web import actor, house, permission
from contact_center.web.reader import words
from telephony import line_test
from telephony.web.console import blueprint, choices_of

LONGEST_SPAN = 400
"""Days that the page of figures may span."""


def day_given(name: str, default: date) -> date:
    """A day of the request's address.

    :raises BadInput: where it is none.
    """
    text = request.values.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError as error:
        raise BadInput("日付は 2026-11-24 の形で書いてください。") from error


def _today() -> date:
    return day_of(house().clock.now())


def _lines(built: House, session: Session, cities: frozenset[str]) -> dict[str, str]:
    views = [view for view in built.directory.ways(session) if view.line.city_id in cities]
    return {view.line.id: f"{view.city.name} {view.line.name}" for view in views}


@blueprint.route("/corrections", methods=["GET", "POST"])
@permission("contact.correct")
def corrections() -> Any:
    """The contacts of a day, each with its category and outcome, to be set right until the month is frozen (IZ-17)."""
    built, me = house(), actor()
    day, sentence, status = day_given("day", _today()), "", 200
    if request.method == "POST":
        try:
            _correct(built)
            return redirect(url_for("telephony.corrections", day=day.isoformat(), done=request.form.get("contact")))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    start = datetime.combine(day, time(), TOKYO)
    with built.database.reading() as session:
        missing = built.corrections.to_correct(session, me.cities)
        listed = {c.id: c for c in [*missing, *built.corrections.recent(session, me.cities, start, start + timedelta(days=1))]}
        frozen = {c.id for c in listed.values() if c.closed_at and built.corrections.is_frozen(session, c.city_id, c.closed_at)}
        page = {
            "contacts": list(listed.values()), "missing": {c.id for c in missing}, "frozen": frozen,
            "choices": choices_of(built, session, me), "lines": _lines(built, session, me.cities),
        }  # fmt: skip
    known = {"day": day, "sentence": sentence, "done": request.args.get("done", ""), "unclassified": UNCLASSIFIED}
    return render_template("telephony/corrections.html", **page, **known), status


def _correct(built: House) -> None:
    form = request.form
    with built.database.session_scope() as session:
        contact = session.get(Contact, form.get("contact", 0, int))
        further = [code for code in (contact.further if contact else ()) if code != form.get("category")]
        built.corrections.correct(
            session, actor(), form.get("contact", 0, int), form.get("category", ""), further, form.get("outcome", "")
        )


@blueprint.route("/enter", methods=["GET", "POST"])
@permission("contact.personal")
def enter() -> Any:
    """Enter a contact that came by the fallback line, by fax or to the counter (NB-13)."""
    built, me = house(), actor()
    sentence, status = "", 200
    form = request.form
    if request.method == "POST":
        try:
            with built.database.session_scope() as session:
                made = built.corrections.enter(
                    session, me, form.get("line", ""), form.get("channel", ""), _moment(form.get("at", "")),
                    form.get("category", ""), form.get("outcome", ""), form.get("note", ""),
                ).id  # fmt: skip
            return redirect(url_for("telephony.enter", done=made))
        except MadoguchiError as error:
            sentence, status = error.sentence(words().gettext), error.status
    with built.database.reading() as session:
        lines, of_city = _lines(built, session, me.cities), choices_of(built, session, me)
    # Of several cities' words each is offered once; one that the line's city does not have is refused with its sentence.
    choices = {
        kind: list({c["code"]: c for chosen in of_city.values() for c in chosen[kind]}.values()) for kind in ("category", "outcome")
    }
    now = built.clock.now().astimezone(TOKYO)
    return render_template(
        "telephony/enter.html", lines=lines, choices=choices, sentence=sentence, form=form,
        done=request.args.get("done", ""), now=f"{now:%Y-%m-%dT%H:%M}",
    ), status  # fmt: skip


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=TOKYO)
    except ValueError as error:
        raise BadInput("日時を選んでください。") from error


@blueprint.get("/figures")
@permission("contact.correct")
def figures() -> Any:
    """The figures of a span of days, by hour and by weekday, with the formulas beside them (NB-14)."""
    built, me = house(), actor()
    first, last = day_given("from", _today()), day_given("to", _today())
    if not first <= last <= first + timedelta(days=LONGEST_SPAN):
        raise BadInput("期間は、始まりから終わりまで400日以内で選んでください。")
    built.fold.catch_up()
    with built.database.reading() as session:
        whole = folded(session, first, last, me.cities)
        by_hour = grouped(session, first, last, me.cities, lambda _, hour: hour)
        by_weekday = grouped(session, first, last, me.cities, lambda day, _: day.weekday())
        by_day = grouped(session, first, last, me.cities, lambda day, _: day) if first < last else {}
        names = _choice_names(built, session, me.cities)
        months = [
            {"city": city.id, "name": city.name, "month": f"{first:%Y-%m}",
             "frozen": built.corrections.is_frozen(session, city.id, _start(first))}
            for city in built.directory.cities(session) if city.id in me.cities
        ]  # fmt: skip
        is_over = f"{first:%Y-%m}" < f"{_today():%Y-%m}"
    return render_template(
        "telephony/figures.html", first=first, last=last, whole=whole, by_day=by_day, months=months,
        hour_rows=[(f"{hour}:00", row) for hour, row in by_hour.items()],
        weekday_rows=list(by_weekday.items()),
        names=names, is_over=is_over, level=built.settings[SERVICE_LEVEL],
    )  # fmt: skip


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


def _choice_names(built: House, session: Session, cities: frozenset[str]) -> dict[str, str]:
    kinds = ("category", "outcome")
    return {c.code: c.name for city in cities for kind in kinds for c in built.directory.choices(session, kind, city)}


@blueprint.post("/freeze")
@permission("report.sign")
def freeze() -> Any:
    """Freeze a month's report of a city, or take that back."""
    built, form = house(), request.form
    with built.database.session_scope() as session:
        built.corrections.freeze(session, actor(), form.get("city", ""), form.get("month", ""), form.get("frozen") == "yes")
    return redirect(url_for("telephony.figures") + "?" + urlencode({"from": form.get("from", ""), "to": form.get("to", "")}))


@blueprint.get("/handover")
@permission("contact.correct")
def handover() -> Any:
    """What the next shift must know: open questions, who is to be called back, what is not classified, what callers hear."""
    built, me = house(), actor()
    built.fold.catch_up()
    today = _today()
    with built.database.reading() as session:
        page = {
            "escalations": built.escalations.waiting(session, me.cities),
            "callbacks": built.callbacks.waiting(session, me.cities),
            "missing": built.corrections.to_correct(session, me.cities),
            "open": [c for c in built.contacts.open(session) if c.city_id in me.cities and c.state == "wrapping"],
            "notices": built.notices.wanted(session), "closings": built.directory.closings(session),
            "figures": folded(session, today, today, me.cities), "lines": _lines(built, session, me.cities),
            "line_test": line_test.last(built),
            "cities": {view.city.id: view.city.name for view in built.directory.ways(session)},
            "offices": {d.id: d.name for d in built.directory.departments(session, me.cities)},
            "hours": [view for view in built.directory.ways(session) if view.line.city_id in me.cities],
        }  # fmt: skip
    return render_template("telephony/handover.html", today=today, now=built.clock.now(), **page)
