"""The kiosk of the demo, its resident and its operator.

The kiosk is enrolled as an installer would, with a drawn face for a camera and a virtual card in its reader.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
import zxingcpp

from admin.demo.stage import Stage
from contact_center.errors import Unavailable
from kiosk_bridge.__main__ import enrol_kiosk
from kiosk_bridge.config import read_config
from kiosk_bridge.photo.drawn import Face, draw
from kiosk_bridge.rehearsal import Kiosk
from video_desk.settings import REHEARSAL_PORT, REHEARSAL_TOKEN

COUNTER = "hall"
MEDIA = (
    "--use-fake-device-for-media-stream", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PRESSES = 12
"""How often an operator presses where nothing happens: a page that is still coming takes no press."""


WRITES = 3
"""How often an operator writes who does not see the words appear."""


def kiosk(stage: Stage, counter: str = COUNTER, **more: Any) -> Kiosk:
    """A kiosk at a counter of a stage's centre.

    :param more: what its file says further.
    """
    home = stage.home / f"kiosk-{counter}"
    home.mkdir(mode=0o700, exist_ok=True)
    cv2.imwrite(str(home / "face.png"), draw(Face()))
    put_card(stage, counter)
    said: dict[str, Any] = {
        "centre": stage.url, "home": str(home), "authority": str(stage.home / "tls" / "authority.pem"), "shown": False,
        "width": 1740, "height": 900, "strip": 560, "reader": f"virtual:{home / 'card.json'}",
        "camera": f"file:{home / 'face.png'}", "papers": f"file:{home / 'paper.png'}", "browser": list(MEDIA), "rehearsal": True,
        **more,
    }  # fmt: skip
    path = home / "kiosk.toml"
    path.write_text("".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()))
    enrol_kiosk(read_config(path), stage.house.devices.invite("operator", "kiosk", f"{counter} kiosk", counter))
    return Kiosk(path)


def put_paper(stage: Stage, application_id: str, counter: str = COUNTER) -> None:
    """Lay an application form under the kiosk's stand camera: its code leads to the practice site, with the digits filled in."""
    address = f"{site(stage)}?id={application_id}"
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8)
    table = np.full((1700, 1300), 90, np.uint8)
    table[60:1640, 80:1220] = 250
    square = np.asarray(code)[:700, :700]
    table[200 : 200 + square.shape[0], 200 : 200 + square.shape[1]] = square
    cv2.putText(table, application_id, (180, 1000), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 3)
    cv2.imwrite(str(stage.home / f"kiosk-{counter}" / "paper.png"), cv2.cvtColor(table, cv2.COLOR_GRAY2BGR))


def site(stage: Stage) -> str:
    """The practice application site."""
    return f"http://127.0.0.1:{stage.house.settings[REHEARSAL_PORT]}/apply/"


def control(stage: Stage, what: str, **said: Any) -> None:
    """Tell the practice sites something by their back door."""
    settings = stage.house.settings
    asked = urllib.request.Request(
        f"http://127.0.0.1:{settings[REHEARSAL_PORT]}/control/{what}", json.dumps(said).encode(),
        {"X-Control": settings[REHEARSAL_TOKEN], "Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(asked).close()  # noqa: S310 - the practice sites on this machine


def put_card(stage: Stage, counter: str = COUNTER, **card: Any) -> None:
    """Lay a virtual card on the kiosk's reader; none: take it away."""
    (stage.home / f"kiosk-{counter}" / "card.json").write_text(json.dumps(card))


def ledger(stage: Stage, part: str) -> Any:
    """What the practice sites know."""
    settings = stage.house.settings
    asked = urllib.request.Request(
        f"http://127.0.0.1:{settings[REHEARSAL_PORT]}/control/ledger/{part}", headers={"X-Control": settings[REHEARSAL_TOKEN]}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - the practice sites on this machine
        return json.load(answer)


class Operator:
    """Who serves a kiosk at a console.

    :param page: the console, at which somebody sits.
    """

    def __init__(self, stage: Stage, page: Any, kiosk: Kiosk) -> None:
        self.stage, self.page, self.kiosk = stage, page, kiosk

    def answers(self) -> None:
        """Take the kiosk's call."""
        self.page.wait_for_selector("body[data-phone=ringing]", timeout=60000)
        self.page.keyboard.press("F4")
        self.page.wait_for_selector("#presence[data-state=on_contact]")
        self.kiosk.sees("#who:not(:empty)")

    def opens(self) -> None:
        """Open the resident's browser, and see it."""
        self.page.click("#dk-keys button[data-does=show]")
        self.page.wait_for_selector("#dk-canvas[data-pictures]")

    def is_allowed(self) -> None:
        """Ask for the control; the resident gives it."""
        self.page.click("#dk-keys button[data-does=ask_control]")
        self.kiosk.touches("control.allow")
        self.page.wait_for_selector("#dk-control[data-who=us]")

    def goes_to(self, url: str) -> None:
        """Open an address of the menu."""
        self.page.click("#dk-address")
        self.page.fill("#dk-url", url)
        self.page.keyboard.press("Enter")

    def clicks(self, selector: str, then: str) -> None:
        """Click on something in the picture until something follows, as people do.

        :raises Unavailable: where nothing does.
        """
        for _ in range(PRESSES):
            x, y = self.kiosk.where(selector)
            box = self.page.locator("#dk-canvas").bounding_box()
            self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
            with suppress(Unavailable):
                self.kiosk.where(then, 1.5)
                return
        raise Unavailable("%(what)s を押しても何も起きません。", what=selector)

    def writes(self, field: str, text: str) -> None:
        """Write into a field with the operator's own keyboard, and see that it stands there.

        :raises Unavailable: where it does not.
        """
        for _ in range(WRITES):
            self.clicks(field, f"{field}:focus")
            self.page.keyboard.insert_text(text)
            with suppress(Unavailable):
                self.kiosk.where(field, 5, filled=True)
                return
        raise Unavailable("%(field)s に文字が入りません。", field=field)


def declares(kiosk: Kiosk, *topic: str, language: str = "ja", child: bool = False) -> None:
    """A resident chooses language and topic, agrees and declares, and stands before "start"."""
    kiosk.sees(f"button[data-language={language}]")
    kiosk.do(f"document.querySelector('button[data-language={language}]').click()")
    goes_on(kiosk, *topic, child=child)


def goes_on(kiosk: Kiosk, *topic: str, child: bool = False) -> None:
    """The same, once the language is known: as the next of a family does it."""
    for one in topic:
        kiosk.touches(f"topics.{one}")
    kiosk.touches("consent.agree")
    if topic[-1:] != ("other",):
        kiosk.touches("declare.child_choice" if child else "declare.mine_choice")
        for one in ("child_parent", "child_card") if child else ("mine",):
            kiosk.touches(f"declare.{one}")
        kiosk.touches("screen.next")
    kiosk.sees("button[data-word='start.start']")


def begins(kiosk: Kiosk, *topic: str, language: str = "ja", child: bool = False) -> None:
    """The same, who then touches "start"."""
    declares(kiosk, *topic, language=language, child=child)
    kiosk.touches("start.start")
