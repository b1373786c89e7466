"""The kiosk's face: a Chromium that shows the centre's pages to residents and carries the call. The bridge speaks with it over its
pipe only; the device's token is a cookie that no script can read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contact_center.errors import Unavailable
from kiosk_bridge.browser import Chromium
from kiosk_bridge.browser.process import Window
from kiosk_bridge.centre import trust
from kiosk_bridge.config import Config

COOKIE = "__Host-madoguchi-device"
HEARS = "bridgeHears"
"""The function that the page calls to say something to the bridge."""

OPEN_WITHIN = 15.0


class Face:
    """The face's browser.

    :param heard: is called with each word of the page, and its values.
    """

    def __init__(self, browser: Chromium, config: Config, token: str, heard: Callable[[str, dict[str, Any]], None]) -> None:
        self._browser, self._config, self._token, self._heard = browser, config, token, heard
        self._page = self._target = ""
        self.opened = False
        """Whether it shows the centre's page."""

        self.knows_centre = False
        """Whether it can tell the centre from anybody else; else it is begun anew once the centre is there."""

        self._devtools = browser.devtools
        self._devtools.on("Runtime.bindingCalled", self._said)
        self._devtools.on("Inspector.targetCrashed", lambda *_: heard("crashed", {}))

    @classmethod
    async def start(cls, config: Config, token: str, heard: Callable[[str, dict[str, Any]], None]) -> Face:
        """Start it over the whole screen.

        :raises Unavailable: where Chromium does not start.
        """
        words = ["--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required", *config.browser]
        try:
            words += await asyncio.to_thread(_pin, config)
            knows = True
        except Unavailable:
            # Residents are told that the machine is out of order, until the centre is there.
            knows = False
        browser = await Chromium.start(Window(0, 0, config.width, config.height, config.shown), words)
        made = cls(browser, config, token, heard)
        made.knows_centre = knows
        try:
            await made._attach()
        except BaseException:
            await browser.wipe()
            raise
        return made

    async def _attach(self) -> None:
        send = self._devtools.send
        targets = await send("Target.getTargets")
        page = next(one for one in targets["targetInfos"] if one["type"] == "page")
        self._target = page["targetId"]
        self._page = (await send("Target.attachToTarget", targetId=self._target, flatten=True))["sessionId"]
        width, height = self._config.width, self._config.height
        await asyncio.gather(
            send("Page.enable", self._page), send("Runtime.enable", self._page), send("Runtime.addBinding", self._page, name=HEARS),
            send("Emulation.setFocusEmulationEnabled", self._page, enabled=True),
            send(
                "Network.setCookie", self._page, name=COOKIE, value=self._token, url=self._config.centre, path="/", secure=True,
                httpOnly=True, sameSite="Strict",
            ),
        )  # fmt: skip
        if self._config.shown:
            await self._place(width)
        else:
            await send("Emulation.setDeviceMetricsOverride", self._page, **_metrics(width, height))

    async def open(self) -> bool:
        """Open the centre's page; where it cannot be reached, one of our own that says so. Whether it is the centre's."""
        asked = self._devtools.send("Page.navigate", self._page, url=f"{self._config.centre}/kiosk/")
        done, _ = await asyncio.wait([asked], timeout=OPEN_WITHIN)
        self.opened = bool(done and not asked.exception() and not asked.result().get("errorText"))
        if not self.opened:
            await self.out_of_order()
        return self.opened

    async def out_of_order(self) -> None:
        """Show a page of our own that says whom to ask."""
        with suppress(Unavailable):
            tree = await self._devtools.send("Page.getFrameTree", self._page)
            html = files("kiosk_bridge").joinpath("away.html").read_text("utf-8")
            await self._devtools.send("Page.setDocumentContent", self._page, frameId=tree["frameTree"]["frame"]["id"], html=html)

    def show(self, word: str, /, **values: Any) -> None:
        """Tell the page something."""
        call = f"window.kiosk?.hear({json.dumps(word)}, {json.dumps(values, ensure_ascii=False)})"
        self._devtools.send("Runtime.evaluate", self._page, expression=call)

    def strip(self, strip: bool) -> None:
        """Leave the right of the screen to the resident's browser, or take all of it."""
        width = self._config.strip if strip else self._config.width
        self._devtools.send(
            "Runtime.evaluate", self._page, expression=f"window.kiosk?.hear('strip', {json.dumps({'strip': strip})})"
        )
        if not self._config.shown:
            self._devtools.send("Emulation.setDeviceMetricsOverride", self._page, **_metrics(width, self._config.height))
            return
        asyncio.ensure_future(self._place(width))

    async def _place(self, width: int) -> None:
        with suppress(Unavailable):
            await self._browser.place(Window(0, 0, width, self._config.height), self._target, self._page)

    @property
    def ended(self) -> bool:
        """Whether the browser is gone."""
        return self._devtools.ended

    async def picture(self) -> bytes:
        """What it shows, as PNG (tests, and the operator's diagnosis while nobody stands there)."""
        answer = await self._devtools.send("Page.captureScreenshot", self._page, format="png")
        return base64.b64decode(answer["data"])

    async def do(self, expression: str) -> Any:
        """Evaluate in the page, as a script of a test or training does in the place of a finger."""
        answer = await self._devtools.send(
            "Runtime.evaluate", self._page, expression=expression, returnByValue=True, awaitPromise=True
        )
        return answer.get("result", {}).get("value")

    async def touch(self, x: float, y: float) -> None:
        """A finger's touch, where a script stands in for the resident."""
        for kind in ("mousePressed", "mouseReleased"):
            await self._devtools.send("Input.dispatchMouseEvent", self._page, type=kind, x=x, y=y, button="left", clickCount=1)

    async def close(self) -> None:
        """End it."""
        await self._browser.wipe()

    def _said(self, said: dict[str, Any], session: str) -> None:
        if session != self._page or said["name"] != HEARS:
            return
        try:
            told = json.loads(said["payload"])
            word = told.pop("word")
        except (ValueError, KeyError, AttributeError, TypeError):
            return
        self._heard(str(word), told)


def _metrics(width: int, height: int) -> dict[str, Any]:
    return {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}


def _pin(config: Config) -> list[str]:
    """Where the centre's certificate is signed by an authority of its own: the browser trusts the very key that we have verified
    (its hash as RFC 7469 has it).

    :raises Unavailable: where the centre cannot be reached, or is not who it should be.
    """
    if not config.authority:
        return []
    parts = urlsplit(config.centre)
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), 5) as plain,
            trust(config).wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            certificate = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError) as error:
        raise Unavailable("センターにつながりません。") from error
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return [f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(key).digest()).decode()}"]
