"""What the kiosk finds of its own devices, each minute while nobody stands before it; the centre keeps a record (TO-06)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contact_center.errors import Unavailable
from kiosk_bridge.camera import Camera
from kiosk_bridge.card.reader import reader
from kiosk_bridge.config import Config

GOOD, NONE, FAULT = "good", "none", "fault"


def devices(config: Config) -> dict[str, str]:
    """How each device is: `good`, `none` (the kiosk has no such device), `fault`. Blocks for some seconds."""
    return {
        "camera": _tried(config.camera, lambda: _camera(config.camera)),
        "papers": _tried(config.papers, lambda: _camera(config.papers)),
        "reader": _tried(config.reader, lambda: _reader(config.reader)),
    }


def _tried(name: str, work: Callable[[], Any]) -> str:
    if not name:
        return NONE
    try:
        work()
    except (Unavailable, ValueError, OSError):
        return FAULT
    return GOOD


def _camera(name: str) -> None:
    camera = Camera(name)
    try:
        camera.look()[:] = 0
    finally:
        camera.close()


def _reader(name: str) -> None:
    found = reader(name)
    if found is not None:
        found.look()
