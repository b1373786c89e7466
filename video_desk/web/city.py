"""The city's page: asked for the digits of an application, applications whose outcome comes later, the list of persons helped."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, send_file
from openpyxl import Workbook

from contact_center.clock import day_of
from contact_center.errors import BadInput
from contact_center.web import actor, house, page_words, permission
from video_desk import asks, followups, helped, service
from video_desk.web import blueprint

STATES = {
    "sent": "受け付け済み・結果待ち", "defect": "不備あり", "explained": "説明済み", "reapplied": "再申請済み", "accepted": "受理",
    "given_up": "取りやめ",
}  # fmt: skip
REASONS = {"photo": "写真", "entry": "記入内容", "papers": "書類", "other": "そのほか"}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/desk/city")
@permission("desk.follow")
def city() -> Any:
    """The page; what stands in it is asked for again and again."""
    me = actor()
    today = day_of(house().clock.now())
    page = {
        "language": me.language, "words": page_words(), "answers": "city.agree" in me.rights,
        "moves": "contact.personal" in me.rights, "states": STATES, "reasons": REASONS, "next": followups.NEXT,
    }  # fmt: skip
    shown = {"helped": "city.view" in me.rights, "first": today.replace(day=1), "last": today}
    return render_template("video_desk/city.html", page=page, **shown)


@blueprint.post("/desk/city/lists")
@permission("desk.follow")
def lists() -> Any:
    """What waits. Nothing in it is personal."""
    me, built = actor(), house()
    desk = service.of(built)
    titles = {one.id: one.title for one in desk.procedures}
    with built.database.reading() as session:
        names = {one.id: one.name for one in built.directory.cities(session)}
        waiting = [
            {"id": row.id, "city": names.get(row.city, row.city), "at": row.asked_at.isoformat(timespec="seconds")}
            for row in asks.waiting(session, me.cities)
        ]
        rows = followups.listed(session, me.cities)
        answers = asks.states(session, (row.session_id for row in rows))
        followed = [
            {
                "id": row.id, "city": names.get(row.city, row.city), "procedure": titles.get(row.procedure, row.procedure),
                "day": row.day.isoformat(), "state": row.state, "reason": row.reason, "until": row.until.isoformat(),
                "defect_on": _day(row.defect_on), "explained_on": _day(row.explained_on), "reapplied_on": _day(row.reapplied_on),
                "answer": answers.get(row.session_id, "") if row.state == "sent" else "",
            }
            for row in rows
        ]  # fmt: skip
    return {"asks": waiting, "follow_ups": followed}


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _id() -> int:
    said = request.get_json(silent=True) or {}
    if not isinstance(said.get("id"), int):
        raise BadInput("画面が古くなりました。もう一度開いてください。")
    return int(said["id"])


def _said(name: str) -> str:
    return str((request.get_json(silent=True) or {}).get(name, ""))


@blueprint.post("/desk/city/ask/show")
@permission("city.agree")
def ask_show() -> Any:
    """Who is asked about."""
    with house().database.reading() as session:
        return asks.show(house(), session, actor(), _id())


@blueprint.post("/desk/city/ask/answer")
@permission("city.agree")
def ask_answer() -> Any:
    """The digits, or none."""
    with house().database.session_scope() as session:
        asks.answer(house(), session, actor(), _id(), _said("digits"))
    return {}


@blueprint.post("/desk/follow-up/show")
@permission("desk.follow")
def follow_up_show() -> Any:
    """Whom to tell."""
    with house().database.reading() as session:
        return followups.show(house(), session, actor(), _id())


@blueprint.post("/desk/follow-up/move")
@permission("contact.personal")
def follow_up_move() -> Any:
    """How far it is."""
    with house().database.session_scope() as session:
        followups.move(house(), session, actor(), _id(), _said("state"), _said("reason"))
    return {}


@blueprint.get("/desk/city/helped")
@permission("city.view")
def list_of_helped() -> Any:
    """The list of persons helped, as a sheet: as the city's office wants to have it. Without days it is that of this month."""
    today = day_of(house().clock.now())
    try:
        first = date.fromisoformat(request.args.get("first", today.replace(day=1).isoformat()))
        last = date.fromisoformat(request.args.get("last", today.isoformat()))
    except ValueError as error:
        raise BadInput("日付を確かめてください。") from error
    if last < first or last - first > timedelta(days=366):
        raise BadInput("期間は1年以内にしてください。")
    built, me = house(), actor()
    titles = {one.id: one.title for one in service.of(built).procedures}
    with built.database.reading() as session:
        counters = {view.line.id: view.line.name for view in built.directory.counters(session)}
        entries = helped.month(built, session, me, me.cities, first, last)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "支援した方"
    sheet.append(["日付", "窓口", "手続き", "お名前"])
    for one in entries:
        sheet.append([one.day, counters.get(one.counter, one.counter), titles.get(one.procedure, one.procedure), one.name])
    for column, width in zip("ABCD", (12, 20, 36, 24), strict=True):
        sheet.column_dimensions[column].width = width
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=SHEET, as_attachment=True, download_name=f"helped-{first}-{last}.xlsx")
