"""What a kiosk opens. Only an enrolled device sees it; what a resident types or shows there never comes here."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from contact_center.errors import BadInput
from contact_center.web import device, device_only, for_programs, house, public
from video_desk import guidance, languages
from video_desk.model import DeskSession
from video_desk.service import VideoDesk
from video_desk.web import blueprint
from video_desk.web.heard import interpreted


@blueprint.get("/kiosk/")
@device_only
def face() -> Any:
    """The screens for residents, with all their words in every language."""
    words = {language: languages.words(language) for language in languages.LANGUAGES}
    page = {"words": words, "languages": languages.LANGUAGES, "counter": device().place}
    return render_template("video_desk/kiosk.html", page=page)


@blueprint.get("/kiosk/voice")
@device_only
def voice() -> Any:
    """A sentence of the kiosk's, spoken."""
    asked = request.args
    values = {name: value for name, value in asked.items() if name not in ("language", "key")}
    return guidance.spoken(asked.get("language", ""), asked.get("key", ""), values), 200, {"Content-Type": "audio/ogg"}


@blueprint.post("/kiosk/heard")
@device_only
@for_programs
def heard() -> Any:
    """What the resident has said: written, and translated for the operator. It is answered and forgotten."""
    return interpreted(_their_own, operator=False)


def _their_own(desk: VideoDesk, session: Session, id: int) -> DeskSession:
    return desk.of_counter(session, device().place, id)


@blueprint.post("/kiosk/enrol")
@public
@for_programs
def enrol() -> Any:
    """A kiosk's bridge shows the code that an administrator has given, and is given its token."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("code"), str):
        raise BadInput("コードを読めません。管理者が出した12文字を書いてください。")
    return {"token": house().devices.enrol(asked["code"])}
