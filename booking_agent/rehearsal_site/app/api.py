"""What the script on the page asks for."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import request

from booking_agent.rehearsal_site.app.shell import FACE, blueprint
from booking_agent.rehearsal_site.calendar import Asked, Mark, first_free, month_of, months, of_slot
from booking_agent.rehearsal_site.calendar import month as month_weeks
from booking_agent.rehearsal_site.face import Expired, commit, keep, look, look_up, mixed_up, shows_nothing, visit
from booking_agent.rehearsal_site.japanese import from_digits, spoken_span, western
from booking_agent.rehearsal_site.model import COUNTERS, Denied, Reason, Reservation, Wish
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import CITY

DAY_MARKS = {Mark.FREE: "〇", Mark.FEW: "〇", Mark.FULL: "×", Mark.CLOSED: "-", Mark.OVER: "", Mark.LATER: ""}
TIME_MARKS = {Mark.FREE: "〇", Mark.FEW: "残りわずか", Mark.FULL: "✕"}
LATE = 0.4
"""Seconds by which the answer that nobody waits for any more comes too late."""


@blueprint.get("/api/start")
def start() -> Any:
    """What the script has to know before it binds anything."""
    faults = here().faults
    binding = "late" if faults.meets("lost_click", FACE) is not None else "plain"
    binding = "racing" if faults.meets("late_answer", FACE) is not None else binding
    return {"binding": binding, "secondClick": here().ledger.rules[FACE].second_click}


@blueprint.get("/api/month")
def month() -> Any:
    """A month; without its name the first one with a free day."""
    ledger, asked = here().ledger, _asked()
    free_day = first_free(ledger, asked)
    known = months(ledger, FACE)
    named = request.args.get("ym") or (f"{free_day:%Y%m}" if free_day else "")
    first = month_of(ledger, FACE, named)
    place, turned = known.index(first), look()["turned"]
    weeks = [[cell and _cell(*cell) for cell in week] for week in month_weeks(ledger, asked, first, turned)]
    return {
        "title": f"{first.year}年{first.month}月", "heads": "月火水木金土日" if turned else "日月火水木金土", "weeks": weeks,
        "former": f"{known[place - 1]:%Y%m}" if place else "",
        "later": f"{known[place + 1]:%Y%m}" if place + 1 < len(known) else "",
    }  # fmt: skip


def _cell(day: date, mark: Mark) -> dict[str, Any]:
    return {"day": f"{day:%Y%m%d}", "mark": DAY_MARKS[mark], "free": mark in (Mark.FREE, Mark.FEW)}


@blueprint.get("/api/times")
def times() -> Any:
    """The times of a day."""
    site, asked = here(), _asked()
    if "auto" in request.args and site.faults.meets("late_answer", FACE) is not None:
        site.clock.sleep(LATE)
    day = from_digits(request.args.get("day", "")) or date.min
    first, last = site.ledger.window(FACE)
    slots = site.ledger.slots(asked.counter, day) if first <= day <= last else []
    marks = [(slot, of_slot(site.ledger, asked, slot)) for slot in slots]
    told = [
        {"slot": slot.id, "label": spoken_span(slot), "mark": TIME_MARKS[mark], "free": mark is not Mark.FULL}
        for slot, mark in marks
    ]
    return {"title": western(day), "times": told}


@blueprint.post("/api/hold")
def hold() -> Any:
    """The provisional reservation: from here on the slot is kept, whether anybody goes on or not."""
    asked = _asked()
    made = keep(asked, mixed_up(asked, _sent("slot")))
    visit().data.update(hold=made.id, slot=made.slot, people=made.people)
    return {"seconds": here().ledger.rules[FACE].hold_minutes * 60, **_slot(made.slot), "people": made.people}


@blueprint.post("/api/release")
def release() -> Any:
    """Give the provisional reservation back."""
    here().ledger.release(visit().data.pop("hold", ""))
    return {}


@blueprint.post("/api/book")
def book() -> Any:
    """The last button of a booking."""
    ledger, data = here().ledger, _holding()
    given = {name: _sent(name) for name in ("name", "kana", "phone", "mail")}
    number, birthday = _sent("number").upper(), _sent("birthday")
    if wrong := _wrong(given, number):
        return {"message": wrong}, 422
    if ledger.known(number, from_digits(birthday.replace("-", ""))) is None:
        raise Denied(Reason.UNKNOWN)
    wish = Wish(face=FACE, what="book", person=number, slot=data["slot"], people=data["people"], hold=data["hold"], given=given)
    return _done(commit(wish), "予約完了のお知らせ")


@blueprint.post("/api/find")
def find() -> Any:
    """A reservation, for whoever knows its number and the phone number."""
    ledger, data = here().ledger, visit().data
    found = look_up(FACE, _sent("number"))
    if found is None or found.state != "booked" or _digits(ledger.people[found.person].phone) != _digits(_sent("phone")):
        return {"message": "該当する予約はありません。"}, 404
    data |= {"reservation": found.number, "people": found.people}
    counter = ledger.slot(found.slot).counter
    return {**_told(found), "place": counter, "changeable": ledger.changeable(found, FACE)}


@blueprint.post("/api/change")
def change() -> Any:
    """The last button of a change."""
    data = _holding("reservation")
    wish = Wish(
        face=FACE, what="change", person=_owner(data), slot=data["slot"], people=data["people"], hold=data["hold"],
        reservation=data["reservation"],
    )  # fmt: skip
    return _done(commit(wish), "予約変更のお知らせ")


@blueprint.post("/api/cancel")
def cancel() -> Any:
    """The last button of a cancellation."""
    data = visit().data
    if "reservation" not in data:
        raise Expired
    return _done(commit(Wish(face=FACE, what="cancel", person=_owner(data), reservation=data["reservation"])), "予約取消のお知らせ")


def _sent(name: str) -> str:
    sent = request.get_json(silent=True) or {}
    return str(sent.get(name, "")).strip()


def _asked() -> Asked:
    counter, people = (request.values.get(name) or _sent(name) for name in ("counter", "people"))
    if counter not in {str(place) for place in range(len(COUNTERS))} or not people.isdecimal():
        raise Denied(Reason.OUTSIDE)
    return Asked(FACE, int(counter), int(people), visit().data.get("hold", ""), shows_nothing(FACE))


def _holding(*needs: str) -> dict[str, Any]:
    data = visit().data
    if any(need not in data for need in ("hold", *needs)):
        raise Expired
    return data


def _wrong(given: dict[str, str], number: str) -> str:
    """What is wrong with the form, in a sentence; empty where nothing is."""
    if not (number and given["name"] and given["kana"] and given["phone"]):
        return "必須項目を入力してください。"
    if not re.fullmatch(r"[ぁ-んー]+[ 　][ぁ-んー]+", given["kana"]):
        return "ふりがなは、ひらがなで姓と名の間に空白を入れて入力してください。"
    if not re.fullmatch(r"[0-9-]{10,13}", given["phone"]):
        return "電話番号の形式が正しくありません。"
    return ""


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _owner(data: dict[str, Any]) -> str:
    return here().ledger.reservations[data["reservation"]].person


def _slot(id: str) -> dict[str, str]:
    slot = here().ledger.slot(id)
    return {"counter": COUNTERS[slot.counter], "day": western(slot.day), "time": spoken_span(slot)}


def _told(reservation: Reservation) -> dict[str, Any]:
    return {"number": reservation.number, **_slot(reservation.slot), "people": reservation.people}


def _done(reservation: Reservation, subject: str) -> dict[str, Any]:
    """Send the mail, where an address is known, and forget what was chosen."""
    told = _told(reservation)
    visit().data.clear()
    if to := reservation.given.get("mail"):
        text = f"予約番号：{told['number']}\n{told['counter']}\n{told['day']} {told['time']}\n"
        here().postman.send(FACE, to, f"【{CITY}】{subject}", text)
    return told
