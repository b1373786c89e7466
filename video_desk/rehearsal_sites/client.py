"""The card software's page: it waits for a card, takes a PIN, and answers the page that asked for it."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request

from video_desk.rehearsal_sites.door import join
from video_desk.rehearsal_sites.site import here

blueprint = Blueprint("client", __name__, url_prefix="/client")
join(blueprint, "client")


@blueprint.get("/")
def page() -> str:
    """The whole of it; everything else is asked by its script. A window that the page itself opened answers to the page."""
    site = here()
    to = site.client_url if request.args.get("to") == "frame" else site.url
    ticket = request.args.get("ticket", "")
    return render_template("client/card.html", face="client", ticket=ticket, kind=site.reader.kind(ticket), to=to)


@blueprint.get("/state")
def state() -> Response:
    """What is to be shown now."""
    return _json(here().reader.state(request.args.get("ticket", "")))


@blueprint.post("/verify")
def verify() -> Response:
    """Try a PIN."""
    return _json(here().reader.verify(request.form.get("ticket", ""), request.form.get("pin", "")))


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), mimetype="application/json")
