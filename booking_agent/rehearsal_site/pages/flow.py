"""How one page of the flow follows the other: each form is good once, and only where it was shown last."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from booking_agent.rehearsal_site.calendar import Asked, Mark, months
from booking_agent.rehearsal_site.calendar import month as month_weeks
from booking_agent.rehearsal_site.face import Expired, Taken, join, look, shows_nothing, visit
from booking_agent.rehearsal_site.japanese import clock_span, western
from booking_agent.rehearsal_site.model import COUNTERS, Denied, Face, Rules
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import SENTENCES

FACE: Face = "pages"
blueprint = Blueprint("pages", __name__, url_prefix="/pages", template_folder="screens", static_folder="static")
join(blueprint, FACE)

DAY_MARKS = {Mark.FREE: "○", Mark.FEW: "△", Mark.FULL: "×", Mark.CLOSED: "－", Mark.OVER: "受付終了", Mark.LATER: ""}


class Stale(Exception):
    """A form of a page that is not the last one that was shown."""


def rules() -> Rules:
    """What the city has decided for this face."""
    return here().ledger.rules[FACE]


def screen(name: str, **values: Any) -> str:
    """A page of the flow, with the token of its form."""
    mine = visit()
    known = {"token": mine.fresh_token(), "data": mine.data, "staff": mine.staff, "rules": rules(), "typed": request.form}
    return render_template(f"pages/{name}.html", **known, **values)


def handed_in(*needs: str) -> dict[str, Any]:
    """What was typed on the pages before, where a form may be handed in now.

    :param needs: what must be known by then.
    :raises Expired: where it is not known.
    :raises Stale: where the form was handed in before, or another page was shown since.
    """
    data = visit().data
    if any(need not in data for need in needs):
        raise Expired
    if not visit().spend(request.form.get("_token", "")):
        data.clear()
        raise Stale
    return data


def typed(name: str) -> str:
    """A field of the form, without blanks around it."""
    return request.form.get(name, "").strip()


def asked(data: dict[str, Any]) -> Asked:
    """Whose calendar is shown."""
    return Asked(FACE, data["counter"], data["people"], data.get("hold", ""), shows_nothing(FACE))


def calendar(data: dict[str, Any], first: date, message: str = "") -> str:
    """The page with the table of a month.

    :param first: of the month.
    """
    site, turned = here(), look()["turned"]
    weeks = month_weeks(site.ledger, asked(data), first, turned)
    known = months(site.ledger, FACE)
    place = known.index(first)
    heads = "月火水木金土日" if turned else "日月火水木金土"
    free = (Mark.FREE, Mark.FEW)
    return screen(
        "calendar", weeks=weeks, marks=DAY_MARKS, free=free, first=first, heads=heads, message=message,
        former=known[place - 1] if place else None, later=known[place + 1] if place + 1 < len(known) else None,
    )  # fmt: skip


def chosen(slot_id: str) -> dict[str, str]:
    """Counter, day and time of a slot, as they are written here."""
    slot = here().ledger.slot(slot_id)
    return {"counter": COUNTERS[slot.counter], "day": western(slot.day), "time": clock_span(slot)}


def message(title: str, text: str, back: str = "") -> str:
    """A page that says something and leads no further.

    :param back: where its link goes; without it, to the first page.
    """
    return render_template("pages/message.html", title=title, text=text, back=back)


@blueprint.errorhandler(Expired)
def expired(error: Expired) -> str:
    """The visit is over; it is said on a page like any other."""
    return message("セッションエラー", "一定時間操作がなかったため、セッションの有効期限が切れました。最初からやり直してください。")


@blueprint.errorhandler(Stale)
def stale(error: Stale) -> str:
    """The back button was used, or a button was pressed twice."""
    return message("画面遷移エラー", "「戻る」ボタンの使用など、画面の操作が正しくありません。最初からやり直してください。")


@blueprint.errorhandler(Denied)
def refused(error: Denied) -> str:
    """The ledger says no."""
    return message("受付できません", SENTENCES[error.reason])


@blueprint.errorhandler(Taken)
def taken(error: Taken) -> Any:
    """Somebody else was quicker; here the calendar is shown again with a sentence above it, unless a switch wants it otherwise."""
    if error.manner == "taken_500":
        return render_template("pages/taken.html"), 500
    if error.manner == "taken_other_person":
        return message("予約済み", f"この時間は {error.other} 様の予約が登録されています。", "/pages/calendar")
    data = visit().data
    first = here().ledger.slot(data["slot"]).day.replace(day=1)
    return calendar(data, first, "選択された時間は、他の方が先に予約されました。別の日時を選択してください。")
