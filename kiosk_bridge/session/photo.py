"""The photo: guided in the booth, checked, cut, put into the page. It lives in this process and the booth's, never in a file."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any

import cv2

from contact_center.errors import Unavailable
from kiosk_bridge.booth.booth import Booth
from kiosk_bridge.camera import Camera
from kiosk_bridge.photo import check, cut, encode
from kiosk_bridge.photo.check import Picture, Verdict

EVERY = 0.2
"""Seconds between two pictures of the guide."""

SHOWN_HEIGHT = 720

LENT_WITHIN, LENT_LOOKS = 3.0, 15
"""Seconds in which the call lets go of a camera, and how often that is looked at."""


class PhotoDesk:
    """Taking one photo.

    :param camera: as the kiosk's file names it.
    :param tell: tells the console and, in words, the face how it stands.
    :param lend: asks the call for its camera, and gives it back: a system gives one camera to one program at a time.
    """

    def __init__(self, booth: Booth, camera: str, tell: Callable[[dict[str, Any]], None], lend: Callable[[bool], None]) -> None:
        self._booth, self._name, self._tell, self._lend = booth, camera, tell, lend
        self._lent = False
        self._guide: asyncio.Task[None] | None = None
        self._page = ""
        self._newest: tuple[Picture, Verdict] | None = None
        self._photo: bytearray | None = None

    async def do(self, what: str) -> None:
        """One word of the operator about the photo."""
        if what == "guide":
            self._booth.require_calm()
            await self._begin()
        elif what == "shoot":
            await self._shoot()
        elif what == "put":
            self._booth.require_control()
            await self._put()
        else:
            await self.stop()
            self._tell({"at": ""})

    async def _begin(self) -> None:
        await self.stop()
        try:
            camera = await self._open_camera()
        except Unavailable:
            self._give_back()
            self._tell({"at": "fault"})
            return
        try:
            self._page = await self._booth.own.open(files("kiosk_bridge.session").joinpath("guide.html").read_text("utf-8"))
        except BaseException:
            camera.close()
            self._give_back()
            raise
        self._guide = asyncio.ensure_future(self._guiding(camera))

    async def _open_camera(self) -> Camera:
        """Open it; where it is not to be had, once the call has let go of it.

        :raises Unavailable: where that does not help either.
        """
        with suppress(Unavailable):
            return await asyncio.to_thread(Camera, self._name)
        self._lent = True
        self._lend(True)
        for _ in range(LENT_LOOKS):
            await asyncio.sleep(LENT_WITHIN / LENT_LOOKS)
            with suppress(Unavailable):
                return await asyncio.to_thread(Camera, self._name)
        raise Unavailable("カメラを開けません。")

    def _give_back(self) -> None:
        if self._lent:
            self._lent = False
            self._lend(False)

    async def _guiding(self, camera: Camera) -> None:
        told: tuple[Any, ...] = ()
        try:
            while True:
                picture = await asyncio.to_thread(camera.look)
                verdict = await asyncio.to_thread(check, picture)
                self._newest = (picture, verdict)
                await self._show(picture, verdict.good)
                now = (*verdict.faults, verdict.head_wear)
                if now != told:
                    told = now
                    self._tell({"at": "guide", "faults": [str(fault) for fault in verdict.faults], "head_wear": verdict.head_wear})
                await asyncio.sleep(EVERY)
        except Unavailable:
            self._guide = None
            await self.stop()
            self._tell({"at": "fault"})
        finally:
            camera.close()
            self._give_back()

    async def _show(self, picture: Picture, good: bool) -> None:
        scale = SHOWN_HEIGHT / picture.shape[0]
        small = await asyncio.to_thread(cv2.resize, picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        # As in a mirror: whoever moves to the left sees themselves move to the left.
        data = cv2.imencode(".jpg", cv2.flip(small, 1), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
        await self._booth.own.run(self._page, f"show({json.dumps(base64.b64encode(data).decode())}, {json.dumps(good)})")

    async def _shoot(self) -> None:
        if self._newest is None or self._newest[1].photo is None:
            # There is nothing that could be cut out; the guide goes on saying why.
            return
        (picture, verdict), self._newest = self._newest, None
        assert verdict.photo is not None
        await self._end_guide()
        photo = await asyncio.to_thread(cut, picture, verdict.photo)
        self._photo = encode(photo)
        picture[:] = 0
        faults = [str(fault) for fault in verdict.faults]
        shown = json.dumps(base64.b64encode(self._photo).decode())
        await self._booth.own.run(self._page, f"take({shown})")
        self._tell({"at": "taken", "faults": faults, "head_wear": verdict.head_wear})

    async def _put(self) -> None:
        if self._photo is None:
            return
        data = base64.b64encode(self._photo).decode()
        await self._close_page()
        put = await self._booth.own.put_file(data, "photo.jpg", "image/jpeg")
        self._tell({"at": "put" if put else "no_field"})
        if put:
            self._forget()

    def _forget(self) -> None:
        """Overwrite what is left of it here."""
        if self._photo is not None:
            self._photo[:] = bytes(len(self._photo))
            self._photo = None
        if self._newest is not None:
            self._newest[0][:] = 0
            self._newest = None

    async def _end_guide(self) -> None:
        if self._guide is not None:
            self._guide.cancel()
            with suppress(asyncio.CancelledError):
                await self._guide
            self._guide = None

    async def _close_page(self) -> None:
        if self._page:
            await self._booth.own.close(self._page)
            self._page = ""

    async def stop(self) -> None:
        """Throw everything away."""
        await self._end_guide()
        self._forget()
        await self._close_page()
