"""One's own account: password, second factors, and where one is signed in."""

from __future__ import annotations

from typing import Any

import zxingcpp
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from contact_center.errors import BadInput, NotAllowed, NotFresh
from contact_center.identity.factors import RECOVERY
from contact_center.identity.model import Person, SessionRow
from contact_center.web.access import actor, half_signed_in, sensitive, signed_in
from contact_center.web.centre import certificate, house
from contact_center.web.reader import page_words
from contact_center.web.signing import credential, site, token, with_token

blueprint = Blueprint("me", __name__, url_prefix="/me")


@blueprint.get("/")
@signed_in
def page() -> Any:
    """What concerns oneself."""
    me = actor()
    sessions = house().sessions.of(me.person)
    return render_template("me.html", sessions=[row for row, _ in sessions], own=me.session, factors=house().factors.of(me.person))


@blueprint.post("/password")
@signed_in
@sensitive
def password() -> Any:
    """Another password; every sign-in ends, this one too."""
    first, again = request.form.get("password", ""), request.form.get("again", "")
    if first != again:
        raise BadInput("2回の入力が違います。もう一度入力してください。")
    _, person = house().sessions.half(token())
    house().people.set_password(actor().word, person.account, first)
    return redirect(url_for("signing.sign_in"))


@blueprint.post("/sessions/<int:id>/end")
@signed_in
def end_session(id: int) -> Any:
    """End one of one's own sign-ins, such as one that was left open elsewhere."""
    me = actor()
    house().sessions.end(me.word, id, me.person)
    return redirect(url_for("me.page"))


# -- second factors: of somebody who is signed in, and of somebody who must have one before they are ---------------------------


def _owner() -> tuple[SessionRow, Person]:
    """Whose factors are at hand.

    :raises NotAllowed: where the session is half, and a factor is there to make it whole.
    :raises NotFresh: where it is whole, and the password was given too long ago.
    """
    row, person = house().sessions.half(token())
    if row.half and house().factors.of(person.id):
        raise NotAllowed("先に、登録済みの方法で確認してください。")
    if not row.half and not actor().fresh:
        raise NotFresh("大切な操作です。パスワードをもう一度入力してください。")
    return row, person


def _added(row: SessionRow, person: Person, response: Response) -> Response:
    """A factor was added; the first makes a half session whole."""
    if not row.half:
        return response
    kind = house().factors.of(person.id)[-1].kind
    return with_token(response, house().sessions.whole(token(), lambda: kind))


@blueprint.get("/factors/added")
@signed_in
def added() -> Any:
    """It is registered; recovery codes, where there are none yet."""
    held = house().factors.of(actor().person)
    return render_template("factor_added.html", codes=[], wants_codes=not any(one.kind == RECOVERY for one in held))


@blueprint.get("/factors")
@half_signed_in
def factors() -> Any:
    """Add one."""
    _, person = _owner()
    secret, uri = house().factors.new_totp(person.account)
    qr = zxingcpp.create_barcode(uri, zxingcpp.BarcodeFormat.QRCode).to_svg()
    return render_template("factors.html", secret=secret, qr=qr, certificate=certificate(), words=page_words())


@blueprint.post("/factors/app")
@half_signed_in
def add_app() -> Any:
    """An authenticator's app, which shows that it holds the secret."""
    row, person = _owner()
    form = request.form
    house().factors.add_totp(person.id, form.get("label", ""), form.get("secret", ""), form.get("code", ""))
    return _added(row, person, make_response(redirect(url_for("me.added"))))


@blueprint.post("/factors/certificate")
@half_signed_in
def add_certificate() -> Any:
    """The certificate of this PC."""
    row, person = _owner()
    shown = certificate()
    if not shown:
        raise BadInput("このパソコンの証明書が届いていません。管理者にお知らせください。")
    house().factors.add_certificate(person.id, request.form.get("label", ""), shown)
    return _added(row, person, make_response(redirect(url_for("me.added"))))


@blueprint.post("/factors/passkey/options")
@half_signed_in
def passkey_options() -> Any:
    """What the browser needs to make a passkey."""
    row, person = _owner()
    return house().factors.passkey_options(person, site(), row.id), 200, {"Content-Type": "application/json"}


@blueprint.post("/factors/passkey")
@half_signed_in
def add_passkey() -> Any:
    """A passkey or USB key."""
    row, person = _owner()
    sent = credential()
    house().factors.add_passkey(person.id, str(sent.pop("label", "")), site(), row.id, sent)
    return _added(row, person, make_response({"to": url_for("me.added")}))


@blueprint.post("/factors/<int:id>/remove")
@signed_in
@sensitive
def remove(id: int) -> Any:
    """One that is lost or not needed any more."""
    me = actor()
    house().factors.remove(me.word, me.person, id)
    return redirect(url_for("me.page"))


@blueprint.post("/factors/recovery")
@signed_in
@sensitive
def recovery() -> Any:
    """Fresh recovery codes; the former are no longer good."""
    return render_template("factor_added.html", codes=house().factors.new_recovery_codes(actor().person), wants_codes=False)
