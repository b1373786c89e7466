"""The register of personal information, and what was erased by order (TO-07, TO-08, KQ-09)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from admin.erasure.paper import paper
from admin.erasure.register import NAMES, WHERE, register
from admin.erasure.service import Erasures
from contact_center.errors import BadInput
from contact_center.web import actor, house, permission, sensitive


def add_to(blueprint: Blueprint) -> None:
    """Open these pages."""
    blueprint.add_url_rule("/register", "register", registered)
    blueprint.add_url_rule("/erasures", "erasures", everything)
    blueprint.add_url_rule("/erasures", "erasures_erase", erase, methods=["POST"])
    blueprint.add_url_rule("/erasures/<int:id>.pdf", "erasure_file", file)


@permission("admin.erase")
def registered() -> Any:
    """What is kept, for what, where, how long, and who answers for it."""
    built = house()
    with built.database.reading() as session:
        return render_template("admin/register.html", rows=register(built, session), where=WHERE)


@permission("admin.erase")
def everything() -> Any:
    """Every erasure that was ordered."""
    built, me = house(), actor()
    with built.database.reading() as session:
        cities = {one.id: one.name for one in built.directory.cities(session) if me.serves(one.id)}
        rows = [row for row in Erasures(built).all(session) if me.serves(row.city)]
    names = {f"person:{one.id}": one.name for one in built.people.ever()}
    return render_template("admin/erasures.html", rows=rows, cities=cities, names=names, fields=NAMES)


@permission("admin.erase")
@sensitive
def erase() -> Any:
    """Erase what is kept of a contact."""
    try:
        contact = int(request.form.get("contact", ""))
    except ValueError as error:
        raise BadInput("応対の番号を、数字で書いてください。") from error
    Erasures(house()).erase(actor(), request.form.get("reason", ""), request.form.get("witness", ""), contact)
    return redirect(url_for("office.erasures"))


@permission("admin.erase")
def file(id: int) -> Any:
    """The report of one."""
    built, me = house(), actor()
    with built.database.reading() as session:
        row = Erasures(built).get(session, id)
        me.require("admin.erase", row.city)
        name = next(one.name for one in built.directory.cities(session) if one.id == row.city)
    names = {f"person:{one.id}": one.name for one in built.people.ever()}
    headers = {"Content-Disposition": f'attachment; filename="erasure-{id}.pdf"'}
    return Response(paper(row, name, names.get(row.actor, row.actor)), content_type="application/pdf", headers=headers)
