"""What both pages ask of the interpreter: an utterance goes in, its words in both languages come out, nothing is kept (IZ-08)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from contact_center.errors import BadInput
from contact_center.web import actor, for_programs, house, permission
from video_desk import service
from video_desk.model import DeskSession
from video_desk.service import VideoDesk
from video_desk.web import blueprint

MOST_BYTES = 600_000
"""Of one utterance: 12 seconds of 16 kHz, and some."""


def interpreted(find: Callable[[VideoDesk, Session, int], DeskSession], operator: bool) -> Any:
    """The words of one utterance, typed (JSON, `text`) or spoken (a WAV file).

    :param find: the session, or refuses.
    :param operator: whether the operator has said it, in Japanese; else the resident, in their language.
    """
    desk = service.of(house())
    id = request.args.get("session", type=int)
    if id is None or (request.content_length or 0) > MOST_BYTES:
        raise BadInput("音が長すぎます。")
    with house().database.reading() as session:
        city, language = desk.interpreted(session, find(desk, session, id))
    spoken, read = ("ja", language) if operator else (language, "ja")
    if request.is_json:
        caption = desk.interpreter.wrote(city, str(request.get_json().get("text", "")), spoken, read)
    else:
        caption = desk.interpreter.heard(city, request.get_data(), spoken, read)
    return {"said": caption.said, "translated": caption.translated}


@blueprint.post("/desk/heard")
@permission("desk.control")
@for_programs
def operator_said() -> Any:
    """What the operator has said, for the resident's captions."""
    return interpreted(lambda desk, session, id: desk.of_operator(session, actor(), id), operator=True)
