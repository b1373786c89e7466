"""Signing in with both factors, showing once more that it is oneself, and signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from contact_center.errors import BadInput, Conflict, MadoguchiError, NotSignedIn
from contact_center.identity.factors import CERTIFICATE, PASSKEY, Site
from contact_center.identity.model import Person, SessionRow
from contact_center.seats import Presence
from contact_center.web.access import actor, public, signed_in
from contact_center.web.centre import COOKIE, certificate, house
from contact_center.web.language import words

blueprint = Blueprint("signing", __name__)


def site() -> Site:
    """Where this browser believes itself to be."""
    parts = urlsplit(request.host_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def _token() -> str:
    return request.cookies.get(COOKIE, "")


def _half() -> tuple[SessionRow, Person]:
    row, person = house().sessions.half(_token())
    if not row.half:
        raise Conflict("もうサインインしています。")
    return row, person


def go(place: str, token: str = "") -> Response:
    """Go to a page of ours, with a new token where there is one."""
    response = make_response(redirect(place))
    if token:
        response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def _sentence(error: MadoguchiError) -> str:
    return error.sentence(words().gettext)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Account and password."""
    if request.method != "POST":
        try:
            actor()
        except NotSignedIn:
            return render_template("sign_in.html", account="", sentence="")
        return redirect("/")
    account = request.form.get("account", "")
    try:
        token = house().sessions.sign_in(account, request.form.get("password", ""), request.remote_addr or "")
    except MadoguchiError as error:
        return render_template("sign_in.html", account=account, sentence=_sentence(error)), error.status
    return go("/", token)


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@public
def second() -> Any:
    """The second factor; whoever must have one and has none yet enrols one here."""
    row, person = _half()
    held = {one.kind for one in house().factors.of(person.id)}
    if not held:
        return redirect(url_for("signing.enrol"))
    sentence, status = "", 200
    if request.method == "POST":
        code, shown = request.form.get("code", ""), certificate()
        try:
            if code:
                return go("/", house().sessions.whole(_token(), lambda: house().factors.prove_code(person.id, code)))
            return go("/", house().sessions.whole(_token(), lambda: house().factors.prove_certificate(person.id, shown)))
        except MadoguchiError as error:
            sentence, status = _sentence(error), error.status
    can = {"passkey": PASSKEY in held, "certificate": CERTIFICATE in held and bool(certificate())}
    return render_template("second.html", person=person, sentence=sentence, can=can), status


@blueprint.post("/sign-in/second/passkey/options")
@public
def passkey_options() -> Any:
    """What the browser needs to prove a passkey."""
    row, person = _half()
    return house().factors.ask_passkey(person.id, site(), row.id), 200, {"Content-Type": "application/json"}


@blueprint.post("/sign-in/second/passkey")
@public
def passkey() -> Any:
    """A passkey's signature."""
    row, person = _half()
    credential = request.get_json(silent=True)
    if not isinstance(credential, dict):
        raise BadInput("確認できませんでした。もう一度お試しください。")
    token = house().sessions.whole(_token(), lambda: house().factors.prove_passkey(person.id, site(), row.id, credential))
    response = make_response({"to": "/"})
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")
    return response
