"""Sessions, forms, headers, languages and error pages for every view."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from contact_center.clock import TOKYO
from contact_center.errors import BadInput, Conflict, MadoguchiError, NotFound, NotSignedIn
from contact_center.features import Door
from contact_center.house import House
from contact_center.language import LANGUAGES, Words
from contact_center.seats import Presence
from contact_center.settings import LANGUAGE
from contact_center.web.access import actor, admit, make_room, public, signed_in
from contact_center.web.centre import COOKIE, house
from contact_center.web.scripts import script_words

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(self), geolocation=()",
    "Cache-Control": "no-store",
}


class _Sessions(SecureCookieSessionInterface):
    """Flask's own cookie holds only the CSRF token; it is signed with SHA-256, not with Flask's SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def prepare(app: Flask, built: House) -> None:
    """Give an application what every page shares."""
    app.extensions["house"] = built
    app.session_interface = _Sessions()
    app.config.update(
        SECRET_KEY=built.keyring.secret("flask"), SESSION_COOKIE_NAME="__Host-madoguchi-form", SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict", WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1024 * 1024,
    )  # fmt: skip
    app.before_request(make_room)
    CSRFProtect(app)
    app.before_request(admit)
    app.after_request(_headers)
    app.register_error_handler(MadoguchiError, _error)
    app.register_error_handler(CSRFError, lambda _: _error(BadInput("画面が古くなりました。もう一度開いてください。")))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words().gettext(text), lambda one, many, n: words().ngettext(one, many, n), newstyle=True
    )
    app.jinja_env.filters["time"] = lambda at: "" if at is None else f"{at.astimezone(TOKYO):%H:%M}"
    app.jinja_env.filters["moment"] = lambda at: "" if at is None else f"{at.astimezone(TOKYO):%m/%d %H:%M}"
    app.context_processor(_shared)
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/sign-in", "sign_in", _sign_in, methods=["GET", "POST"])
    app.add_url_rule("/sign-out", "sign_out", _sign_out, methods=["POST"])
    app.add_url_rule("/language", "language", _language, methods=["POST"])
    app.add_url_rule("/alive", "alive", _alive)


def words() -> Words:
    """The sentences in the reader's language: the person's own choice, else the form cookie's, else the centre's."""
    if "words" not in g:
        built = house()
        me = _who_or_none()
        chosen = me.language if me is not None else request.cookies.get("madoguchi-language", "")
        language = chosen if chosen in LANGUAGES else built.settings[LANGUAGE]
        g.words = Words(language, ("contact_center", "admin", *(f.package for f in built.features)))
    found: Words = g.words
    return found


def page_words() -> dict[str, str]:
    """The sentences of all scripts, the features' too, in the reader's language."""
    return script_words(words(), ("contact_center", *(feature.package for feature in house().features)))


def _shared() -> dict[str, Any]:
    """What every template knows: the language, who is signed in, and the pages that are theirs."""
    me = _who_or_none()
    return {"language": words().language, "me": me, "doors": [] if me is None else _doors(me)}


def _doors(me: Any) -> list[Door]:
    doors = (door for feature in house().features for door in feature.doors if door.permission in me.rights)
    return sorted(doors, key=lambda door: door.position)


def _who_or_none() -> Any:
    try:
        return actor()
    except MadoguchiError:
        return None


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _error(error: MadoguchiError) -> Any:
    if isinstance(error, NotSignedIn) and request.method in ("GET", "HEAD") and request.accept_mimetypes.accept_html:
        return redirect(url_for("sign_in"))
    sentence = error.sentence(words().gettext)
    if not request.accept_mimetypes.accept_html:
        return {"code": error.code, "sentence": sentence}, error.status
    return render_template("error.html", sentence=sentence, status=error.status), error.status


def _http_error(error: HTTPException) -> Any:
    if error.code == 404:
        return _error(NotFound("そのページはありません。"))
    if error.code == 413:
        return _error(BadInput("ファイルが大きすぎます。小さくするか、分けてください。"))
    if error.code is not None and error.code < 500:
        return _error(BadInput("この操作は受け付けられません。前の画面からやり直してください。"))
    return _unexpected(error)


def _unexpected(error: Exception) -> Any:
    # The log names the place and the kind of the error, not its text: that may quote a person's data.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    current_app.logger.error("unexpected %s at %s in %s", type(error).__name__, place, request.endpoint)
    return _error(MadoguchiError("うまくいきませんでした。もう一度お試しください。続くときは責任者にお知らせください。"))


@signed_in
def _home() -> Any:
    me = actor()
    doors = [door for door in _doors(me) if door.begins]
    if len(doors) == 1:
        return redirect(doors[0].url)
    return render_template("home.html", doors=doors)


@public
def _sign_in() -> Any:
    if request.method != "POST":
        if _who_or_none() is not None:
            return redirect("/")
        return render_template("sign_in.html", account="", sentence="")
    account = request.form.get("account", "")
    try:
        token = house().sessions.sign_in(account, request.form.get("password", ""))
    except MadoguchiError as error:
        sentence = error.sentence(words().gettext)
        return render_template("sign_in.html", account=account, sentence=sentence), error.status
    response = make_response(redirect("/"))
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@public
def _sign_out() -> Any:
    token = request.cookies.get(COOKIE)
    if token:
        _refuse_during_a_call()
        house().sessions.sign_out(token)
    response = make_response(redirect(url_for("sign_in")))
    response.set_cookie(COOKIE, "", expires=0, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def _refuse_during_a_call() -> None:
    """Whoever signs out takes their phone along.

    :raises Conflict: while a resident is on it.
    """
    me = _who_or_none()
    if me is None:
        return
    with house().database.reading() as session:
        seat = house().seats.of_person(session, me.person)
    if seat is not None and seat.presence in (Presence.RINGING, Presence.ON_CONTACT):
        raise Conflict("応対が終わってからサインアウトしてください。")


@public
def _language() -> Any:
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise BadInput("表示言語は ja か en です。")
    me = _who_or_none()
    if me is not None:
        house().people.choose_language(me, language)
    response = make_response(redirect("/" if me is not None else url_for("sign_in")))
    response.set_cookie("madoguchi-language", language, secure=True, httponly=True, samesite="Strict")
    return response


@public
def _alive() -> Any:
    return "", 204
