"""The web application: the kernel's pages, the office's, and every channel's, each with its declared permission."""

from __future__ import annotations

from flask import Blueprint, Flask

from contact_center.features import resolve
from contact_center.house import House
from contact_center.web import check_views, prepare


def create_app(house: House) -> Flask:
    """Put the application together.

    :raises SettingsError: where a view declares no permission; nothing is served.
    """
    app = Flask("contact_center.web", static_folder=None)
    kernel = Blueprint(
        "kernel", "contact_center.web", static_folder="static", static_url_path="/static/kernel", template_folder="templates"
    )
    app.register_blueprint(kernel)
    prepare(app, house)
    for feature in house.features:
        if feature.blueprint is not None:
            app.register_blueprint(resolve(feature.blueprint))
    check_views(app, frozenset(house.rights.permissions))
    return app
