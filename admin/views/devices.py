"""Kiosks and native phones: invited by a code that is good once, listed, revoked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from contact_center.errors import BadInput
from contact_center.web import actor, house, permission, sensitive


def add_to(blueprint: Blueprint) -> None:
    """Open these pages."""
    blueprint.add_url_rule("/devices", "devices", everything)
    blueprint.add_url_rule("/devices", "devices_invite", invite, methods=["POST"])
    blueprint.add_url_rule("/devices/<int:id>/revoke", "devices_revoke", revoke, methods=["POST"])


def _places() -> dict[str, list[tuple[str, str]]]:
    with house().database.reading() as session:
        counters = [(view.line.id, view.line.name) for view in house().directory.lines(session) if view.line.kind == "counter"]
        seats = [(seat.id, seat.name) for seat in house().seats.all(session)]
    return {"kiosk": counters, "phone": seats}


@permission("admin.people")
def everything() -> Any:
    """Every device that is not revoked, the invited too."""
    return render_template("admin/devices.html", devices=house().devices.all(), places=_places(), code="", place="")


@permission("admin.people")
@sensitive
def invite() -> Any:
    """A code with which one device enrols, shown once."""
    kind, _, place = request.form.get("place", "").partition(":")
    if (kind, place) not in {(kind, id) for kind, places in _places().items() for id, _ in places}:
        raise BadInput("窓口か席を選んでください。")
    code = house().devices.invite(actor().word, kind, f"{place} {kind}", place)
    return render_template("admin/devices.html", devices=house().devices.all(), places=_places(), code=code, place=place)


@permission("admin.people")
@sensitive
def revoke(id: int) -> Any:
    """Refuse a device from now on; its link is cut within a second."""
    house().devices.revoke(actor().word, id)
    return redirect(url_for("office.devices"))
