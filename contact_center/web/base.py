"""Sessions, forms, headers, languages and error pages for every view."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from contact_center.clock import TOKYO
from contact_center.errors import BadInput, MadoguchiError, NotFound, NotFresh, NotSignedIn
from contact_center.features import Door
from contact_center.house import House
from contact_center.identity import HalfSignedIn
from contact_center.web.access import actor, admit, make_room, public, signed_in
from contact_center.web.centre import house
from contact_center.web.me import blueprint as me
from contact_center.web.reader import who_or_none, words
from contact_center.web.signing import blueprint as signing

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
    app.jinja_env.filters["exact"] = lambda at: f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}"
    app.context_processor(_shared)
    app.add_url_rule("/", "home", _home)
    app.register_blueprint(signing)
    app.register_blueprint(me)
    app.add_url_rule("/alive", "alive", _alive)


def _shared() -> dict[str, Any]:
    """What every template knows: the language, who is signed in, and the pages that are theirs."""
    me = who_or_none()
    return {"language": words().language, "me": me, "doors": [] if me is None else _doors(me)}


def _doors(me: Any) -> list[Door]:
    doors = (door for feature in house().features for door in feature.doors if door.permission in me.rights)
    return sorted(doors, key=lambda door: door.position)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _error(error: MadoguchiError) -> Any:
    if isinstance(error, NotSignedIn) and request.method in ("GET", "HEAD") and request.accept_mimetypes.accept_html:
        return redirect(url_for("signing.second" if isinstance(error, HalfSignedIn) else "signing.sign_in"))
    if isinstance(error, NotFresh) and request.accept_mimetypes.accept_html:
        # What was typed is not sent on from here: whoever confirms begins the act anew, on the page that they came from.
        came = urlsplit(request.referrer or "").path if request.method not in ("GET", "HEAD") else request.path
        return redirect(url_for("signing.confirm", to=came))
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
def _alive() -> Any:
    return "", 204
