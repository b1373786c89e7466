"""Reports for the cities: drafted, analysed, signed off, given out as xlsx and PDF (IZ-15, NB-14, TO-11, KQ-08)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from admin.reports.contents import KINDS, period_of
from admin.reports.service import MEDIA, Reports
from admin.reports.words import cell, part
from contact_center.clock import day_of
from contact_center.web import actor, house, permission


def add_to(blueprint: Blueprint) -> None:
    """Open these pages."""
    blueprint.add_url_rule("/reports", "reports", everything)
    blueprint.add_url_rule("/reports", "reports_begin", begin, methods=["POST"])
    blueprint.add_url_rule("/reports/<int:id>", "report", one)
    blueprint.add_url_rule("/reports/<int:id>/analysis", "report_analyse", analyse, methods=["POST"])
    blueprint.add_url_rule("/reports/<int:id>/sign", "report_sign", sign, methods=["POST"])
    blueprint.add_url_rule("/reports/<int:id>/<kind>", "report_file", file)
    blueprint.add_app_template_filter(cell, "report_cell")
    blueprint.add_app_template_filter(part, "report_part")


@permission("city.view")
def everything() -> Any:
    """Every report of one's cities, and those that are due."""
    built, me = house(), actor()
    reports, signs = Reports(built), "report.sign" in me.rights
    with built.database.reading() as session:
        cities = {one.id: one.name for one in built.directory.cities(session) if me.serves(one.id)}
        rows = reports.all(session, cities, drafts=signs)
        due = reports.due(session, cities) if signs else []
    today = day_of(built.clock.now())
    return render_template(
        "admin/reports.html", rows=rows, due=due, cities=cities, kinds=KINDS, signs=signs, period_of=period_of, today=today
    )


@permission("report.sign")
def begin() -> Any:
    """Begin a report, or a new version."""
    built, form = house(), request.form
    built.fold.catch_up()
    with built.database.session_scope() as session:
        row = Reports(built).begin(session, actor(), form.get("city", ""), form.get("kind", ""), form.get("period", "").strip())
        id = row.id
    return redirect(url_for("office.report", id=id))


@permission("city.view")
def one(id: int) -> Any:
    """What stands in it."""
    built, me = house(), actor()
    reports = Reports(built)
    built.fold.catch_up()
    with built.database.reading() as session:
        row = reports.get(session, me, id)
        contents = reports.contents(session, row)
        has_form = row.form is not None or (row.signed_at is None and reports.form(row.city) is not None)
    names = {f"person:{one.id}": one.name for one in built.people.ever()}
    return render_template(
        "admin/report.html", row=row, contents=contents, names=names, signs="report.sign" in me.rights, has_form=has_form,
        period=period_of(row.kind, row.first), over=row.last < day_of(built.clock.now()),
    )  # fmt: skip


@permission("report.sign")
def analyse(id: int) -> Any:
    """Write the analysis."""
    built = house()
    with built.database.session_scope() as session:
        Reports(built).analyse(session, actor(), id, request.form.get("analysis", ""))
    return redirect(url_for("office.report", id=id) + "#analysis")


@permission("report.sign")
def sign(id: int) -> Any:
    """Sign it off."""
    built = house()
    built.fold.catch_up()
    with built.database.session_scope() as session:
        Reports(built).sign(session, actor(), id)
    return redirect(url_for("office.report", id=id))


@permission("city.view")
def file(id: int, kind: str) -> Any:
    """One of its files."""
    built = house()
    reports = Reports(built)
    built.fold.catch_up()
    with built.database.reading() as session:
        name, data = reports.file(session, reports.get(session, actor(), id), kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, content_type=MEDIA[kind], headers=headers)
