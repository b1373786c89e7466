"""The backups that were made, rehearsed and erased (NB-17j)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from admin.backup.backups import Backups
from contact_center.web import house, permission


def add_to(blueprint: Blueprint) -> None:
    """Open this page."""
    blueprint.add_url_rule("/backups", "backups", shown)


@permission("admin.restore")
def shown() -> Any:
    """Every backup, the newest first."""
    return render_template("admin/backups.html", rows=Backups(house()).all())
