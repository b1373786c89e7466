"""The frames themselves, and the one address behind which every page of the main frame is an `act`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, render_template, request

from booking_agent.rehearsal_site.face import Expired, Taken, join, look, visit
from booking_agent.rehearsal_site.japanese import clock_span, japanese, wide
from booking_agent.rehearsal_site.model import COUNTERS, Denied, Face, Person, Reason
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import SENTENCES

FACE: Face = "frames"
blueprint = Blueprint("frames", __name__, url_prefix="/frames", template_folder="screens", static_folder="static")
join(blueprint, FACE)

Act = TypeVar("Act", bound=Callable[..., str])
_acts: dict[str, Callable[[dict[str, Any]], str]] = {}


def act(name: str) -> Callable[[Act], Act]:
    """Let a function answer an `act`; it is given what the visit knows."""

    def enter(function: Act) -> Act:
        _acts[name] = function
        return function

    return enter


@blueprint.get("/")
def frameset() -> str:
    """The three frames."""
    return screen("frameset")


@blueprint.get("/head")
def head() -> str:
    """The frame above."""
    return screen("head", today=wide(japanese(here().ledger.now().date())))


@blueprint.get("/menu")
def menu() -> str:
    """The frame on the left; it looks the same whether somebody is logged in or not."""
    return screen("menu")


@blueprint.route("/main", methods=["GET", "POST"])
def main() -> str:
    """The frame in which everything happens.

    :raises Expired: where somebody who is not logged in asks for more than the log-in.
    """
    name, data = request.values.get("act", ""), visit().data
    if not name and "person" not in data:
        return screen("login")
    function = _acts.get(name, _start)
    if name != "login" and "person" not in data:
        raise Expired
    return function(data)


@act("login")
def login(data: dict[str, Any]) -> str:
    """Id and password of the letter."""
    for person in here().ledger.people.values():
        if (person.letter_id, person.letter_password) == (value("id"), value("password")):
            data.clear()
            data["person"] = person.number
            return _start(data)
    return screen("login", wrong="ＩＤまたはパスワードが違います。")


@act("logout")
def logout(data: dict[str, Any]) -> str:
    """Log out; a provisional reservation stays until it ends, as nobody has thought of it."""
    data.clear()
    return screen("login")


def _start(data: dict[str, Any]) -> str:
    ledger = here().ledger
    return screen("start", person=person(data), last=japanese(ledger.window(FACE)[1]), rules=ledger.rules[FACE])


def person(data: dict[str, Any]) -> Person:
    """Who is logged in."""
    return here().ledger.people[data["person"]]


def value(name: str) -> str:
    """A field of the form, without blanks around it."""
    return request.values.get(name, "").strip()


def screen(name: str, **values: Any) -> str:
    """A page of the main frame."""
    return render_template(f"frames/{name}.html", typed=request.form, **values)


def row(slot_id: str) -> dict[str, str]:
    """Counter, day and time of a slot, as they are written here."""
    slot = here().ledger.slot(slot_id)
    return {"counter": COUNTERS[slot.counter], "day": wide(japanese(slot.day)), "time": wide(clock_span(slot))}


def keys(*labels: tuple[str, str]) -> list[tuple[str, str]]:
    """The buttons of a page, each with its act; a rebuilt site has them the other way round."""
    return list(labels[::-1] if look()["moved"] else labels)


def message(text: str) -> str:
    """A page that says something and leads no further."""
    return render_template("frames/message.html", text=text)


@blueprint.errorhandler(Expired)
def expired(error: Expired) -> str:
    """Nobody is logged in any more."""
    return message("セッションが無効です。最初からログインし直してください。")


@blueprint.errorhandler(Denied)
def refused(error: Denied) -> str:
    """The ledger says no."""
    return message(SENTENCES[error.reason])


@blueprint.errorhandler(Taken)
def taken(error: Taken) -> Any:
    """Somebody else was quicker; here that person is named, unless a switch wants it otherwise."""
    if error.manner == "taken_500":
        return render_template("frames/taken.html"), 500
    if error.manner == "taken_message":
        return message(SENTENCES[Reason.FULL])
    return message(f"{error.other}　様の予約が登録されています。予約できませんでした。")
