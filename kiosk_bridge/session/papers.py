"""Papers under the stand camera: the form's code, or a picture on which no My Number can be seen. Nothing is stored."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterable
from typing import Any

import cv2
import msgspec

from contact_center.errors import Unavailable
from kiosk_bridge.booth.booth import Booth
from kiosk_bridge.camera import Camera
from kiosk_bridge.papers import Form, NotAForm, flatten, hide, read_form
from kiosk_bridge.papers.flat import Picture

QUALITY = 85
"""Of the JPEG that the operator sees: small writing is still read in it."""


class PapersDesk:
    """One resident's papers.

    :param camera: as the kiosk's file names it.
    :param hosts: of the application site, as its forms name it.
    :param tell: tells the console how it stands.
    :param note: tells the resident, by a word of the face.
    """

    def __init__(
        self, booth: Booth, camera: str, hosts: Iterable[str], tell: Callable[[dict[str, Any]], None], note: Callable[[str], None]
    ) -> None:
        self._booth, self._name, self._hosts = booth, camera, tuple(hosts)
        self._tell, self._note = tell, note
        self._form: Form | None = None
        self._printed = ""

    async def do(self, what: str) -> bool:
        """One word of the operator about the paper: whether the application id has come into the page by it."""
        if what == "fill":
            return await self._fill()
        self._form, self._printed = None, ""
        self._note("paper.put")
        try:
            picture = await asyncio.to_thread(self._look)
            try:
                if what == "read":
                    self._form = await asyncio.to_thread(read_form, picture, self._hosts)
                    self._tell({"papers": {"at": "read"}})
                else:
                    self._note("paper.masked")
                    self._tell({"papers": {"at": "hiding"}})
                    await self._show(picture)
            finally:
                picture[:] = 0
            self._note("paper.take")
        except NotAForm as fault:
            self._tell({"papers": {"at": fault.reason}})
            self._note(f"paper.{fault.reason}")
        except Unavailable:
            self._tell({"papers": {"at": "fault"}})
        return False

    def _look(self) -> Picture:
        camera = Camera(self._name)
        try:
            return camera.look()
        finally:
            camera.close()

    async def _show(self, picture: Picture) -> None:
        try:
            seen = await asyncio.to_thread(lambda: hide(flatten(picture)))
        except Unavailable:
            self._tell({"papers": {"at": "no_reader"}})
            return
        data = cv2.imencode(".jpg", seen.picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
        seen.picture[:] = 0
        self._printed = seen.id
        self._tell({"picture": {"of": "paper", "data": base64.b64encode(data).decode()}})
        self._tell({"papers": {"at": "shown", "id": seen.id}})

    async def _fill(self) -> bool:
        if self._form is not None:
            self._booth.require_control()
            await self._booth.pages.open(self._form.address)
            self._form = None
            self._tell({"papers": {"at": "filled"}})
            return True
        if self._printed:
            # As if the operator typed it, with all that holds for their hands: whether it is in the page is looked at by itself.
            await self._booth.said(msgspec.json.encode({"do": "text", "text": self._printed}))
        return False
