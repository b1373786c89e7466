"""Applications whose outcome comes later: why one was sent back, when it was explained, whether it was made anew (NB-08).

With the resident's consent their name and telephone number are kept until it is accepted, or for a number of days; what the site
mails goes to an address of this application at the desk's mailbox, and a mail that tells of a defect puts it on the list.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.errors import BadInput, Conflict, NotAllowed, NotFound
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.mailbox import Mailbox, address_of
from contact_center.personal import Owner, Personal, mask
from video_desk import asks
from video_desk import settings as s
from video_desk.events import FollowUpMoved
from video_desk.model import FOLLOW_UP, KEPT, DeskSession, FollowUp

WAITS = ("sent", "defect", "explained", "reapplied")
"""The states in which somebody still has to do something, or something is waited for."""

NEXT = {
    "sent": ("defect", "accepted", "given_up"), "defect": ("explained", "reapplied", "given_up"),
    "explained": ("reapplied", "accepted", "given_up"), "reapplied": ("defect", "accepted", "given_up"),
}  # fmt: skip
REASONS = ("photo", "entry", "papers", "other")
URL = re.compile(r"https?://[^\s<>\"'）」]+")


def begin(house: House, session: Session, actor: Actor, row: DeskSession, name: str, phone: str) -> FollowUp:
    """Follow the application of a session.

    :raises NotAllowed: where the resident has not agreed by their own touch.
    :raises BadInput: where name or telephone number is missing.
    :raises Conflict: where it is followed already.
    """
    if asks.AGREED not in row.facts:
        raise NotAllowed("利用者の同意がまだです。「連絡先を預かってよいか尋ねる」を押し、利用者のタッチを待ってください。")
    name, phone = name.strip(), phone.strip()
    if not name or len(re.sub(r"\D", "", phone)) < 10:
        raise BadInput("お名前と、連絡のつく電話番号を書いてください。")
    if of_session(session, row.id) is not None:
        raise Conflict("この申請の連絡先は、もう預かっています。")
    today, days = day_of(house.clock.now()), house.settings[s.FOLLOW_DAYS]
    made = FollowUp(session_id=row.id, city=row.city, procedure=row.procedure, day=today, until=today + timedelta(days=days))
    session.add(made)
    session.flush()
    house.vault.put(session, Owner(FOLLOW_UP, str(made.id)), "name", Personal(mask(name)))
    house.vault.put(session, Owner(FOLLOW_UP, str(made.id)), "phone", Personal(phone))
    _tell(house, session, made, actor.word)
    return made


def of_session(session: Session, id: int) -> FollowUp | None:
    """The application of a session, where it is followed."""
    return session.scalars(select(FollowUp).where(FollowUp.session_id == id).order_by(FollowUp.id.desc())).first()


def address(house: House, row: FollowUp) -> str:
    """The mail address of one application; empty where the centre has no mailbox."""
    return address_of(house.settings, f"d{row.id}-{house.keyring.secret(f'desk-mail-{row.id}')[:10]}")


def mailed_page(house: House, to: str, hosts: Iterable[str]) -> str:
    """The newest address of the application's own site that was mailed; empty where none has come.

    :param to: the mail address of the application.
    :raises Unavailable: where the mailbox cannot be reached.
    """
    wanted = set(hosts)
    if not to:
        return ""
    with Mailbox(house.settings).open() as box:
        found = [url for text in box.texts(to) for url in URL.findall(text) if _host(url) in wanted]
    return found[-1] if found else ""


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


@cache
def _kinds() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(files("video_desk").joinpath("mails.toml").read_text("utf-8"))["mail"])


def told_by(text: str) -> tuple[str, str]:
    """What a mail tells: the state that follows, and the reason of a defect; both empty where it tells nothing."""
    for kind in _kinds():
        if re.search(kind["pattern"], text):
            return str(kind["state"]), str(kind.get("reason", ""))
    return "", ""


def read_mails(house: House) -> int:
    """Read what has come for every application that waits; the number that came a step further.

    :raises Unavailable: where the mailbox cannot be reached.
    """
    with house.database.reading() as session:
        waiting = list(session.scalars(select(FollowUp.id).where(FollowUp.state.in_(WAITS))))
    moved = 0
    if not waiting or not address_of(house.settings, "x"):
        return moved
    with Mailbox(house.settings).open() as box:
        for id in waiting:
            with house.database.session_scope() as session:
                row = session.get_one(FollowUp, id)
                served = session.get(DeskSession, row.session_id)
                told = [told_by(text) for text in box.texts(address(house, row))]
                states = [(state, reason) for state, reason in told if state in NEXT.get(row.state, ())]
                if states:
                    _set(house, session, row, *states[-1], "mail")
                    moved += 1
                over = served is None or served.ended_at is not None
            # While the resident is at the counter the mails are theirs to go on with; afterwards what was read is deleted.
            if states or (told and over):
                box.delete(address(house, row))
    return moved


def move(house: House, session: Session, actor: Actor, id: int, state: str, reason: str = "") -> None:
    """An operator says how far it is.

    :raises Conflict: where that cannot follow.
    :raises BadInput: for a defect without a reason of the list.
    """
    row = _of(session, actor, id)
    actor.require("contact.personal", row.city)
    if state not in NEXT.get(row.state, ()):
        raise Conflict("いまの段階からは、そこへ進めません。画面を新しくしてお確かめください。")
    if state == "defect" and reason not in REASONS:
        raise BadInput("不備の理由を選んでください。")
    _set(house, session, row, state, reason, actor.word)


def _set(house: House, session: Session, row: FollowUp, state: str, reason: str, actor: str) -> None:
    today = day_of(house.clock.now())
    row.state = state
    if state == "defect":
        row.defect_on, row.reason, row.explained_on, row.reapplied_on = today, reason or "other", None, None
    elif state == "explained":
        row.explained_on = today
    elif state == "reapplied":
        row.reapplied_on = today
    if state not in WAITS:
        house.vault.erase(session, Owner(FOLLOW_UP, str(row.id)))
    _tell(house, session, row, actor)


def show(house: House, session: Session, actor: Actor, id: int) -> dict[str, str]:
    """Whom to telephone, with the `digits` that the city has found since they went; the look is on the record.

    :raises NotFound: where there is no such application in the actor's cities.
    """
    row = _of(session, actor, id)
    actor.require("desk.follow", row.city)
    house.audit.record(Act(actor.word, "desk.follow_up.show", f"follow_up:{row.id}", {}))
    found = {field: house.vault.get(session, Owner(FOLLOW_UP, str(row.id)), field) for field in KEPT}
    told = {field: value.reveal() if value is not None else "" for field, value in found.items()}
    return told | {"digits": asks.late(house, session, row.session_id)}


def listed(session: Session, cities: Iterable[str]) -> list[FollowUp]:
    """Every application that is followed, what waits first and the newest first. Nothing in it is personal."""
    rows = session.scalars(select(FollowUp).where(FollowUp.city.in_(list(cities))).order_by(FollowUp.id.desc()).limit(500))
    return sorted(rows, key=lambda row: row.state not in WAITS)


def _of(session: Session, actor: Actor, id: int) -> FollowUp:
    row = session.get(FollowUp, id)
    if row is None or not actor.serves(row.city):
        raise NotFound("その申請はありません。")
    return row


def _tell(house: House, session: Session, row: FollowUp, actor: str) -> None:
    served = session.get(DeskSession, row.session_id)
    told = FollowUpMoved(
        city=row.city, contact=served.contact_id if served is not None else None, actor=actor, session=row.session_id,
        follow_up=row.id, state=row.state,
    )  # fmt: skip
    house.log.append(session, told)
