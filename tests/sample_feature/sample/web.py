"""The sample's page and the fragment of its panel."""

from __future__ import annotations

from flask import Blueprint, render_template

from contact_center.web import actor, permission

blueprint = Blueprint("sample", __name__, template_folder="templates", static_folder="static", static_url_path="/static/sample")


@blueprint.get("/sample/")
@permission("sample.ask")
def page() -> str:
    """A page of its own."""
    return render_template("sample/page.html", name=actor().name)


@blueprint.get("/sample/panel")
@permission("sample.ask")
def panel() -> str:
    """The panel's fragment."""
    return render_template("sample/panel.html")
