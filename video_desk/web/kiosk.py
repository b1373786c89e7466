"""What a kiosk opens. Only an enrolled device sees it; what a resident types or shows there never comes here."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from contact_center.errors import BadInput
from contact_center.web import device, device_only, for_programs, house, public
from video_desk import languages
from video_desk.web import blueprint


@blueprint.get("/kiosk/")
@device_only
def face() -> Any:
    """The screens for residents, with all their words in every language."""
    words = {language: languages.words(language) for language in languages.LANGUAGES}
    page = {"words": words, "languages": languages.LANGUAGES, "counter": device().place}
    return render_template("video_desk/kiosk.html", page=page)


@blueprint.post("/kiosk/enrol")
@public
@for_programs
def enrol() -> Any:
    """A kiosk's bridge shows the code that an administrator has given, and is given its token."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("code"), str):
        raise BadInput("コードを読めません。管理者が出した12文字を書いてください。")
    return {"token": house().devices.enrol(asked["code"])}
