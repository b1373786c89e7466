"""Going on by telephone: a code on the kiosk's screen brings the same session to whoever answers the resident's call (IZ-14)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import zxingcpp
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.contacts import Contact, State
from contact_center.errors import BadInput, NotAllowed
from contact_center.house import House
from contact_center.identity import Actor
from video_desk import service
from video_desk.events import DeskMoved
from video_desk.model import DeskSession

GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5
"""Wrong codes in one call; nobody tries until they hit upon another resident's."""

DIGITS = 6
QR = zxingcpp.BarcodeFormat.QRCode


def show(house: House, session: Session, row: DeskSession) -> dict[str, Any]:
    """The code of a session, and the number to call, also as a QR code (SVG) for the resident's own telephone."""
    now = house.clock.now()
    if row.code is None or row.code_until is None or row.code_until < now:
        taken = set(session.scalars(select(DeskSession.code).where(DeskSession.code.is_not(None))))
        row.code = next(code for code in iter(_made_up, "") if code not in taken)
    row.code_until = now + GOOD_FOR
    phone = house.directory.number_of(session, house.directory.line(session, row.counter).line)
    return {"code": row.code, "phone": phone, "qr": zxingcpp.create_barcode(f"tel:{phone}", QR).to_svg()}


def _made_up() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def take(house: House, session: Session, actor: Actor, contact: int, code: str) -> DeskSession:
    """Bring the session of that code to the contact that this operator serves.

    :raises NotAllowed: where they serve no such contact, or have tried too often.
    :raises BadInput: where no session of their city has that code, or it is too old.
    """
    call = session.get(Contact, contact)
    if call is None or call.person_id != actor.person or call.state not in (State.TALKING, State.HELD):
        raise NotAllowed("この応対の担当ではありません。")
    actor.require("desk.control", call.city_id)
    wrong = service.of(house).wrong_codes
    if wrong[call.id] >= MOST_TRIES:
        raise NotAllowed("この通話では、番号をもう試せません。端末の「係の人を呼ぶ」で、もう一度お呼びいただいてください。")
    given = "".join(letter for letter in code if letter.isdigit())
    row = session.scalar(select(DeskSession).where(DeskSession.code == given, DeskSession.ended_at.is_(None)))
    if row is None or row.city != call.city_id or row.code_until is None or row.code_until < house.clock.now():
        wrong[call.id] += 1
        house.audit.record(Act(actor.word, "desk.code_refused", f"contact:{call.id}", {"tries": wrong[call.id]}))
        raise BadInput("その番号の端末はありません。端末の画面に出ている6けたの番号を、もう一度お確かめください。")
    row.contact_id, row.code, row.code_until = call.id, None, None
    house.log.append(session, DeskMoved(city=row.city, contact=call.id, actor=actor.word, session=row.id))
    return row
