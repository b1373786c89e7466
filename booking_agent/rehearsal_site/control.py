"""The back door of the rehearsal: the ledger is read and begun again, switches are turned. Only with the control token."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, abort, request

from booking_agent.rehearsal_site.faults import Switch
from booking_agent.rehearsal_site.model import Start
from booking_agent.rehearsal_site.site import here
from contact_center.web.practice import as_json, only_with_the_token

blueprint = Blueprint("control", __name__)
only_with_the_token(blueprint, lambda: here().control)


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
    return as_json({})


@blueprint.get("/switches")
def switches() -> Response:
    """The faults that are on."""
    return as_json(here().faults.on())


@blueprint.post("/switches")
def turn() -> Response:
    """Put these faults on and all others off. The body is a list of `Switch`."""
    here().faults.set(msgspec.json.decode(request.get_data(), type=list[Switch]))
    return switches()
