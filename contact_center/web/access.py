"""Closed unless opened: every view says which permission it needs, or that it is public; else the app does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from contact_center.errors import NotAllowed, NotFound, NotFresh, NotSignedIn, SettingsError
from contact_center.identity import Actor
from contact_center.identity.model import Device
from contact_center.web.centre import COOKIE, DEVICE_COOKIE, house

View = TypeVar("View", bound=Callable[..., Any])
_PUBLIC = "public"
_SIGNED_IN = "signed in"
_HALF = "half signed in"
_DEVICE = "device"


def permission(name: str) -> Callable[[View], View]:
    """The view is for signed-in people who hold this right."""

    def declare(view: View) -> View:
        view.required_permission = name  # type: ignore[attr-defined]
        return view

    return declare


def for_programs(view: View) -> View:
    """The view is asked by programs, which hold no cookie of ours: no other site's form can borrow anything there."""
    view.for_programs = True  # type: ignore[attr-defined]
    return view


def uploads(megabytes: int) -> Callable[[View], View]:
    """The view takes files of up to so many megabytes; every other refuses more than one."""

    def declare(view: View) -> View:
        view.most_bytes = megabytes * 1024 * 1024  # type: ignore[attr-defined]
        return view

    return declare


def make_room() -> None:
    """Before a request's body is read: views that take files may be sent them."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def public(view: View) -> View:
    """The view is for everybody, signed in or not."""
    view.required_permission = _PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """The view is for everybody who is signed in, whatever their rights."""
    view.required_permission = _SIGNED_IN  # type: ignore[attr-defined]
    return view


def half_signed_in(view: View) -> View:
    """The view is for whoever has given the right password, also where the second factor is still to come."""
    view.required_permission = _HALF  # type: ignore[attr-defined]
    return view


def sensitive(view: View) -> View:
    """The view does something grave: whoever uses it has shown a short while ago that it is they who sit there."""
    view.sensitive = True  # type: ignore[attr-defined]
    return view


def device_only(view: View) -> View:
    """The view is for enrolled devices, and for no person."""
    view.required_permission = _DEVICE  # type: ignore[attr-defined]
    return view


def required(app: Flask, endpoint: str) -> str | None:
    """The permission that a view has declared."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return _PUBLIC
    return getattr(app.view_functions[endpoint], "required_permission", None)


def _is_sensitive(app: Flask, endpoint: str) -> bool:
    return getattr(app.view_functions.get(endpoint), "sensitive", False)


def check_views(app: Flask, known: frozenset[str]) -> None:
    """Refuse to start with a view that declares nothing, or an unknown right.

    :raises SettingsError: naming the view.
    """
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "for_programs", False):
            app.extensions["csrf"].exempt(app.view_functions[rule.endpoint])
        declared = required(app, rule.endpoint)
        if declared in (_PUBLIC, _HALF, _DEVICE) and _is_sensitive(app, rule.endpoint):
            raise SettingsError("ページ %(rule)s は @sensitive ですが、サインインした人のものではありません。", rule=rule.rule)
        if declared not in (_PUBLIC, _SIGNED_IN, _HALF, _DEVICE) and declared not in known:
            raise SettingsError(
                "ページ %(rule)s に権限の宣言がありません。@permission(...) か @public を付けてください。", rule=rule.rule
            )


def admit() -> None:
    """Before each request: look the person up and refuse what is not theirs."""
    if request.endpoint is None:
        raise NotFound("そのページはありません。")
    declared = required(current_app, request.endpoint)
    if declared == _PUBLIC:
        return
    if declared == _DEVICE:
        device()
        return
    if declared == _HALF:
        house().sessions.half(request.cookies.get(COOKIE))
        return
    somebody = actor()
    if declared != _SIGNED_IN:
        somebody.require(declared or "")
    if _is_sensitive(current_app, request.endpoint) and not somebody.fresh:
        raise NotFresh("大切な操作です。パスワードをもう一度入力してください。")


def device() -> Device:
    """The enrolled device of this request.

    :raises NotAllowed: where there is none; no person can sign in to what is a device's.
    """
    if "device" not in g:
        try:
            g.device = house().devices.who(request.cookies.get(DEVICE_COOKIE))
        except NotSignedIn as error:
            raise NotAllowed("この機器は登録されていません。") from error
    found: Device = g.device
    return found


def actor() -> Actor:
    """The signed-in person of this request.

    :raises NotSignedIn: where there is none.
    """
    if "actor" not in g:
        g.actor = house().sessions.who(request.cookies.get(COOKIE))
    found: Actor = g.actor
    return found
