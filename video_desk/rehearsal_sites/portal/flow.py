"""What all pages of the portal share: who has signed in, how a card is asked for, and what is said when time is over."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from video_desk.rehearsal_sites.door import Expired, join, typed, visit
from video_desk.rehearsal_sites.model import Denied, Kind, Person
from video_desk.rehearsal_sites.site import here

blueprint = Blueprint("portal", __name__, url_prefix="/portal")
join(blueprint, "portal")


def screen(name: str, **values: Any) -> str:
    """A page; whoever has signed in stands at its top."""
    rules, person = here().ledger.rules, here().ledger.people.get(visit().person)
    idle, warn = rules.portal_idle_minutes * 60, rules.warn_minutes * 60
    shared = {"face": "portal", "person": person, "idle": idle, "warn": min(warn, idle), "typed": request.form}
    return render_template(f"portal/{name}.html", **shared, **values)


def signed_in() -> Person:
    """Whose session it is.

    :raises Expired: where nobody has signed in, or the session is over.
    """
    person = here().ledger.people.get(visit().person)
    if person is None:
        raise Expired
    return person


def ask_card(kind: Kind, person: str = "") -> dict[str, str]:
    """What a page needs to ask for a card.

    :param person: whose card it must be; without one, anybody's.
    """
    site = here()
    rule = site.ledger.rules.login_entry if kind == "user" else site.ledger.rules.sign_entry
    ticket = site.reader.open(kind, person)
    visit().data[f"{kind}_ticket"] = ticket
    mode = rule if rule in ("page", "popup") else "iframe"
    address = f"{site.client_url}/client/?{urlencode({'ticket': ticket})}"
    return {"ticket": ticket, "mode": mode or "iframe", "address": address, "origin": site.client_url}


def card_said(kind: Kind) -> str:
    """Whose PIN was right, as the card software answered; empty where it was not, or for another page than the last."""
    ticket = visit().data.pop(f"{kind}_ticket", "")
    return here().reader.redeem(ticket, typed("code")) if ticket == typed("ticket") else ""


@blueprint.errorhandler(Expired)
def expired(error: Expired) -> str:
    """The session is over; it is said on a page like any other."""
    visit().forget()
    minutes = f"{here().ledger.rules.portal_idle_minutes:g}"
    text = f"ログインしていないか、{minutes}分間操作がなかったため、自動的にログアウトしました。もう一度ログインしてください。"
    return screen("message", title="セッションタイムアウト", text=text, link="ログイン画面へ")


@blueprint.errorhandler(Denied)
def denied(error: Denied) -> str:
    """The portal says no on a page that leads no further."""
    return screen("message", title="手続きができません", text=str(error), link="トップへ戻る")
