"""The one page, and how its errors look to the script on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from booking_agent.rehearsal_site.face import Expired, Taken, join
from booking_agent.rehearsal_site.model import Denied, Face, Reason
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import SENTENCES

FACE: Face = "app"
blueprint = Blueprint("app", __name__, url_prefix="/app", template_folder="screens", static_folder="static")
join(blueprint, FACE)


@blueprint.get("/")
def shell() -> str:
    """Everything that will ever be seen, hidden but for the first step."""
    ledger = here().ledger
    return render_template("app/shell.html", rules=ledger.rules[FACE], last=ledger.window(FACE)[1])


@blueprint.errorhandler(Expired)
def expired(error: Expired) -> Any:
    """The visit is over; whoever opens the page again begins a new one."""
    if request.endpoint == "app.shell":
        return shell()
    return {"modal": "セッションの有効期限が切れました。最初からやり直してください。", "restart": True}, 401


@blueprint.errorhandler(Denied)
def refused(error: Denied) -> Any:
    """The ledger says no."""
    return {"modal": SENTENCES[error.reason], "restart": error.reason is Reason.ENDED}, 422


@blueprint.errorhandler(Taken)
def taken(error: Taken) -> Any:
    """Somebody else was quicker; here that is an error of the server, unless a switch wants it otherwise."""
    if error.manner == "taken_message":
        return {"message": SENTENCES[Reason.FULL]}, 409
    if error.manner == "taken_other_person":
        return {"modal": f"この時間は{error.other}様の予約が登録済みのため、登録できません。"}, 409
    return {"modal": "ご希望の時間は、たった今予約されました。(Internal Server Error)"}, 500
