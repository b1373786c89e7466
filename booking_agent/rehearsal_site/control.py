"""The back door of the rehearsal: the ledger is read and begun again, switches are turned. Only with the control token."""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, request

from booking_agent.rehearsal_site.faults import Switch
from booking_agent.rehearsal_site.model import Start
from booking_agent.rehearsal_site.site import here

blueprint = Blueprint("control", __name__)


@blueprint.before_request
def only_with_the_token() -> None:
    """Whoever has no token learns nothing.

    :raises NotFound: as if there were no such page.
    """
    if not hmac.compare_digest(request.headers.get("X-Control", "").encode(), here().control.encode()):
        abort(404)


@blueprint.errorhandler(msgspec.MsgspecError)
def not_understood(error: msgspec.MsgspecError) -> tuple[str, int]:
    """What was posted cannot be read; nothing was changed."""
    return str(error), 400


@blueprint.get("/ledger")
@blueprint.get("/ledger/<part>")
def ledger(part: str = "") -> Response:
    """The truth, or a part of it."""
    try:
        return Response(here().ledger.as_json(part), mimetype="application/json")
    except KeyError:
        abort(404)


@blueprint.post("/ledger/reset")
def reset() -> Response:
    """Begin a rehearsal: a new ledger, no visits, empty mailboxes. The body is a `Start`."""
    site = here()
    site.ledger.reset(msgspec.json.decode(request.get_data() or b"{}", type=Start))
    site.visits.clear()
    site.mailed.clear()
    site.office.clear()
    return _json({})


@blueprint.get("/switches")
def switches() -> Response:
    """The faults that are on."""
    return _json(here().faults.on())


@blueprint.post("/switches")
def turn() -> Response:
    """Put these faults on and all others off. The body is a list of `Switch`."""
    here().faults.set(msgspec.json.decode(request.get_data(), type=list[Switch]))
    return switches()


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), mimetype="application/json")
