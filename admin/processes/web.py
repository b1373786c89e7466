"""The web process: Flask under gunicorn, on a Unix socket behind nginx."""

from __future__ import annotations

from flask import Flask

from admin.app import create_app
from admin.processes.start import give_way, start


def application() -> Flask:
    """What gunicorn serves."""
    give_way()
    return create_app(start())
