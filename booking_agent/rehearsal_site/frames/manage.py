"""What becomes of a reservation: it is looked up, changed, cancelled."""

from __future__ import annotations

from typing import Any

from booking_agent.rehearsal_site.face import Expired, commit, look_up
from booking_agent.rehearsal_site.frames.book import finish, place, typed_birthday
from booking_agent.rehearsal_site.frames.flow import FACE, act, keys, person, row, screen, value
from booking_agent.rehearsal_site.japanese import ERAS, wide
from booking_agent.rehearsal_site.model import Wish
from booking_agent.rehearsal_site.site import here


@act("inquiry")
def inquiry(data: dict[str, Any], wrong: str = "") -> str:
    """Ask for a reservation."""
    return screen("inquiry", wrong=wrong, eras=list(ERAS), keys=keys(("details", "照会する")))


@act("details")
def details(data: dict[str, Any]) -> str:
    """One's own reservation, for whoever knows its number and the birthday."""
    ledger = here().ledger
    found = look_up(FACE, value("number"))
    mine = found is not None and found.person == data["person"] and typed_birthday() == person(data).birthday
    if found is None or found.state != "booked" or not mine:
        return inquiry(data, "該当する予約情報がありません。")
    data |= {"reservation": found.number, "people": found.people}
    buttons = keys(("change", "予約の変更"), ("cancel", "予約の取消")) if ledger.changeable(found, FACE) else []
    days = ledger.rules[FACE].until_days
    return screen("details", number=wide(found.number), chosen=row(found.slot), people=found.people, keys=buttons, days=days)


@act("change")
def change(data: dict[str, Any]) -> str:
    """Choose again; the number of people stays."""
    _mine(data)
    data["flow"] = "change"
    return place(data)


@act("cancel")
def cancel(data: dict[str, Any]) -> str:
    """Ask once more before anything is cancelled."""
    number = _mine(data)
    chosen = row(here().ledger.reservations[number].slot)
    return screen("cancel", number=wide(number), chosen=chosen, keys=keys(("inquiry", "戻る"), ("cancelled", "取消を実行する")))


@act("cancelled")
def cancelled(data: dict[str, Any]) -> str:
    """The last button of a cancellation."""
    done = commit(Wish(face=FACE, what="cancel", person=data["person"], reservation=_mine(data)))
    return finish(data, done.number, "予約を取り消しました。")


def _mine(data: dict[str, Any]) -> str:
    if "reservation" not in data:
        raise Expired
    return str(data["reservation"])
