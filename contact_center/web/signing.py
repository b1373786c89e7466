"""Signing in with both factors, showing once more that it is oneself, and signing out."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from contact_center.errors import BadInput, Conflict, MadoguchiError
from contact_center.identity.factors import CERTIFICATE, PASSKEY, Site
from contact_center.identity.model import Person, SessionRow
from contact_center.language import LANGUAGES
from contact_center.seats import Presence
from contact_center.web.access import half_signed_in, public, signed_in
from contact_center.web.centre import COOKIE, address, certificate, house
from contact_center.web.reader import page_words, who_or_none, words

blueprint = Blueprint("signing", __name__)


def site() -> Site:
    """Where this browser believes itself to be; the front door speaks TLS only."""
    return Site(request.host.partition(":")[0], f"https://{request.host}")


def token() -> str:
    """The session's token that the browser has sent."""
    return request.cookies.get(COOKIE, "")


def with_token(response: Response, fresh: str) -> Response:
    """Give the browser the token of its session's new rank."""
    response.set_cookie(COOKIE, fresh, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def credential() -> dict[str, Any]:
    """What a passkey has answered.

    :raises BadInput: where it is not that.
    """
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise BadInput("確認できませんでした。もう一度お試しください。")
    return sent


def _half() -> tuple[SessionRow, Person]:
    row, person = house().sessions.half(token())
    if not row.half:
        raise Conflict("もうサインインしています。")
    return row, person


def _sentence(error: MadoguchiError) -> str:
    return error.sentence(words().gettext)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Account and password."""
    if request.method != "POST":
        return redirect("/") if who_or_none() is not None else render_template("sign_in.html", account="", sentence="")
    account = request.form.get("account", "")
    try:
        fresh = house().sessions.sign_in(account, request.form.get("password", ""), address())
    except MadoguchiError as error:
        return render_template("sign_in.html", account=account, sentence=_sentence(error)), error.status
    return with_token(make_response(redirect("/")), fresh)


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@half_signed_in
def second() -> Any:
    """The second factor; whoever must have one and has none yet enrols one first."""
    row, person = house().sessions.half(token())
    if not row.half:
        return redirect("/")
    held = {one.kind for one in house().factors.of(person.id)}
    if not held:
        return redirect(url_for("me.factors"))
    sentence, status = "", 200
    if request.method == "POST":
        code, proofs = request.form.get("code", ""), house().factors
        proof = partial(proofs.prove_code, person.id, code) if code else partial(proofs.prove_certificate, person.id, certificate())
        try:
            fresh = house().sessions.whole(token(), proof)
            return with_token(make_response(redirect("/")), fresh)
        except MadoguchiError as error:
            sentence, status = _sentence(error), error.status
    can = {"passkey": PASSKEY in held, "certificate": CERTIFICATE in held and bool(certificate())}
    return render_template("second.html", person=person, sentence=sentence, can=can, words=page_words()), status


@blueprint.post("/sign-in/second/passkey/options")
@half_signed_in
def passkey_options() -> Any:
    """What the browser needs to prove a passkey."""
    row, person = _half()
    return house().factors.ask_passkey(person.id, site(), row.id), 200, {"Content-Type": "application/json"}


@blueprint.post("/sign-in/second/passkey")
@half_signed_in
def passkey() -> Any:
    """A passkey's signature."""
    row, person = _half()
    sent = credential()
    fresh = house().sessions.whole(token(), lambda: house().factors.prove_passkey(person.id, site(), row.id, sent))
    return with_token(make_response({"to": "/"}), fresh)


@blueprint.route("/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> Any:
    """Before sensitive acts: the password once more."""
    to = request.values.get("to", "")
    # Only a page of our own is gone to afterwards.
    to = to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
    sentence, status = "", 200
    if request.method == "POST":
        try:
            house().sessions.confirm(token(), request.form.get("password", ""))
            return redirect(to)
        except MadoguchiError as error:
            sentence, status = _sentence(error), error.status
    return render_template("confirm.html", to=to, sentence=sentence), status


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """End this session."""
    if token():
        _refuse_during_a_call()
        house().sessions.sign_out(token())
    response = make_response(redirect(url_for("signing.sign_in")))
    response.set_cookie(COOKIE, "", expires=0, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def _refuse_during_a_call() -> None:
    """Whoever signs out takes their phone along.

    :raises Conflict: while a resident is on it.
    """
    me = who_or_none()
    if me is None:
        return
    with house().database.reading() as session:
        seat = house().seats.of_person(session, me.person)
    if seat is not None and seat.presence in (Presence.RINGING, Presence.ON_CONTACT):
        raise Conflict("応対が終わってからサインアウトしてください。")


@blueprint.post("/language")
@public
def language() -> Any:
    """The language in which this reader reads."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadInput("表示言語は ja か en です。")
    me = who_or_none()
    if me is not None:
        house().people.choose_language(me.person, chosen)
    response = make_response(redirect("/" if me is not None else url_for("signing.sign_in")))
    response.set_cookie("madoguchi-language", chosen, secure=True, httponly=True, samesite="Strict")
    return response
