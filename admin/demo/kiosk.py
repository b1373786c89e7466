"""The kiosk of the demo: enrolled as an installer would, with a picture for a camera and a virtual card in the reader."""

from __future__ import annotations

import json
from typing import Any

from admin.demo.stage import Stage
from kiosk_bridge.__main__ import enrol_kiosk
from kiosk_bridge.config import read_config
from kiosk_bridge.rehearsal import Kiosk

COUNTER = "hall"
MEDIA = (
    "--use-fake-device-for-media-stream", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def kiosk(stage: Stage, counter: str = COUNTER, **more: Any) -> Kiosk:
    """A kiosk at a counter of the demo's centre.

    :param more: what its file says further.
    """
    home = stage.home / f"kiosk-{counter}"
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "card.json").write_text("{}")
    said: dict[str, Any] = {
        "centre": stage.url, "home": str(home), "authority": str(stage.home / "tls" / "authority.pem"), "shown": False,
        "width": 1600, "height": 900, "strip": 420, "reader": f"virtual:{home / 'card.json'}", "browser": list(MEDIA),
        "rehearsal": True, **more,
    }  # fmt: skip
    path = home / "kiosk.toml"
    path.write_text("".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()))
    enrol_kiosk(read_config(path), stage.house.devices.invite("operator", "kiosk", f"{counter} kiosk", counter))
    return Kiosk(path)


def put_card(stage: Stage, counter: str = COUNTER, **card: Any) -> None:
    """Lay a virtual card on the kiosk's reader; none: take it away."""
    (stage.home / f"kiosk-{counter}" / "card.json").write_text(json.dumps(card))


__all__ = ["COUNTER", "kiosk", "put_card"]
