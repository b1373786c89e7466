"""The office's pages."""

from __future__ import annotations

from flask import Blueprint

from admin.views import audit, backups, devices, erasures, people, reports

blueprint = Blueprint("office", "admin", url_prefix="/office", template_folder="templates")
for part in (people, devices, reports, erasures, backups, audit):
    part.add_to(blueprint)
