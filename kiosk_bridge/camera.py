"""A camera of the kiosk: a device, or a picture file in its place (training, tests)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from contact_center.errors import Unavailable
from kiosk_bridge.photo.check import Picture

WIDTH, HEIGHT = 3840, 2160
"""Pixels that are asked for; a camera gives what it has."""


class Camera:
    """One camera while it is open.

    :param name: a number, or `file:` and a picture.
    :raises Unavailable: where it cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self._file = name.removeprefix("file:") if name.startswith("file:") else ""
        self._device: cv2.VideoCapture | None = None
        if not name:
            raise Unavailable("カメラがありません。")
        if self._file and not Path(self._file).is_file():
            raise Unavailable("カメラを開けません。")
        if not self._file:
            self._device = cv2.VideoCapture(int(name) if name.isdigit() else name)
            self._device.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
            self._device.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
            if not self._device.isOpened():
                raise Unavailable("カメラを開けません。")

    def look(self) -> Picture:
        """One picture; blocks until there is one.

        :raises Unavailable: where there is none any more.
        """
        if self._device is None:
            # OpenCV writes a line for each file that is not there.
            picture = cv2.imread(self._file) if Path(self._file).is_file() else None
            good = picture is not None
        else:
            good, picture = self._device.read()
        if not good or picture is None:
            raise Unavailable("カメラの映像が来ません。")
        return np.asarray(picture, np.uint8)

    def close(self) -> None:
        """Let go of it."""
        if self._device is not None:
            self._device.release()
