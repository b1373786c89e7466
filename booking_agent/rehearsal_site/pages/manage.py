"""What becomes of a reservation: it is looked up, changed, cancelled."""

from __future__ import annotations

from typing import Any

from flask import render_template

from booking_agent.rehearsal_site.face import commit, look_up, visit
from booking_agent.rehearsal_site.japanese import from_digits
from booking_agent.rehearsal_site.model import Wish
from booking_agent.rehearsal_site.pages.book import finish
from booking_agent.rehearsal_site.pages.flow import FACE, blueprint, chosen, handed_in, screen, typed
from booking_agent.rehearsal_site.site import here


@blueprint.get("/inquiry")
def inquiry() -> str:
    """Ask for a reservation."""
    visit().data.clear()
    visit().data["flow"] = "inquiry"
    return screen("inquiry")


@blueprint.post("/inquiry")
def details() -> str:
    """A reservation, for whoever knows its number and the birthday."""
    data, ledger = handed_in("flow"), here().ledger
    found = look_up(FACE, typed("number"))
    if found is None or found.state != "booked" or ledger.people[found.person].birthday != from_digits(typed("birthday")):
        return screen("inquiry", wrong="該当する予約が見つかりません。予約番号と生年月日を確認してください。")
    data |= {"reservation": found.number, "person": found.person, "people": found.people, "mail": found.given.get("mail", "")}
    return screen("details", chosen=chosen(found.slot), changeable=ledger.changeable(found, FACE))


@blueprint.post("/change")
def change() -> str:
    """Choose again; the number of people stays."""
    data = handed_in("reservation")
    data["flow"] = "change"
    return screen("counter")


@blueprint.post("/change/register")
def register_change() -> Any:
    """The last button of a change."""
    data = handed_in("reservation", "hold", "slot")
    wish = Wish(
        face=FACE, what="change", person=data["person"], slot=data["slot"], people=data["people"], hold=data["hold"],
        reservation=data["reservation"],
    )  # fmt: skip
    done = commit(wish)
    finish(done.number, "予約の変更が完了しました", data["mail"])
    return render_template("pages/done.html", title="変更の完了", number=done.number, chosen=chosen(done.slot), people=done.people)


@blueprint.post("/cancel")
def cancel() -> str:
    """Ask once more before anything is cancelled."""
    data = handed_in("reservation")
    return screen("cancel", chosen=chosen(here().ledger.reservations[data["reservation"]].slot))


@blueprint.post("/cancel/register")
def register_cancel() -> Any:
    """The last button of a cancellation."""
    data = handed_in("reservation")
    done = commit(Wish(face=FACE, what="cancel", person=data["person"], reservation=data["reservation"], people=data["people"]))
    finish(done.number, "予約の取消が完了しました", data["mail"])
    return render_template("pages/done.html", title="取消の完了", number=done.number, chosen=None, people=0)
