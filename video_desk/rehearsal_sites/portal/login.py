"""In and out."""

from __future__ import annotations

from typing import Any

from flask import redirect

from video_desk.rehearsal_sites.door import Expired, visit
from video_desk.rehearsal_sites.portal.flow import ask_card, blueprint, card_said, screen
from video_desk.rehearsal_sites.site import here


@blueprint.get("/")
def top() -> str:
    """The menu, for whoever has signed in; the card for all others."""
    if visit().person:
        ledger, person = here().ledger, visit().person
        return screen("home", insurance=ledger.insurance(person), account=ledger.accounts.get(person))
    return screen("login", card=ask_card("user"))


@blueprint.post("/login")
def login() -> Any:
    """What the card software answered."""
    holder = card_said("user")
    if not holder:
        raise Expired
    visit().forget()
    visit().person = holder
    here().ledger.act(holder, "signed_in")
    return redirect("/portal/")


@blueprint.get("/locked")
def locked() -> str:
    """Where the card software's word leads that no try is left."""
    text = "暗証番号の入力を続けて間違えたため、暗証番号がロックされています。"
    text += "お住まいの市区町村の窓口で、暗証番号の初期化（再設定）を行ってください。"
    return screen("message", title="暗証番号がロックされています", text=text, link="トップへ戻る")


@blueprint.post("/logout")
def logout() -> str:
    """The way out."""
    if visit().person:
        here().ledger.act(visit().person, "signed_out")
    visit().forget()
    return screen(
        "message",
        title="ログアウトしました",
        text="ご利用ありがとうございました。マイナンバーカードの取り忘れにご注意ください。",
        link="トップへ戻る",
    )


@blueprint.get("/timeout")
def timeout() -> str:
    """Where the page itself goes when its time is over."""
    if visit().person:
        here().ledger.act(visit().person, "timed_out")
    raise Expired
