"""The web process: Flask under gunicorn, on a Unix socket behind nginx."""

from __future__ import annotations

from threading import Thread

from flask import Flask

from admin.app import create_app
from admin.processes.jobs import connect
from admin.processes.start import give_way, start
from contact_center.features import resolve


def application() -> Flask:
    """What gunicorn serves; what takes long to get ready is begun beside it."""
    give_way()
    house = start()
    connect(house)
    for feature in house.features:
        if feature.warm_up is not None:
            Thread(target=resolve(feature.warm_up), args=(house,), daemon=True, name=f"warm-up-{feature.name}").start()
    return create_app(house)
