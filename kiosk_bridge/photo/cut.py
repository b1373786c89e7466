"""The photo as the application takes it: JPEG, RGB, 20 KB to 7 MB, 480 to 6,000 pixels on each side."""

from __future__ import annotations

import cv2

from kiosk_bridge.photo.check import Frame, Picture

WIDTH, HEIGHT = 1050, 1350
"""Pixels of the finished photo, 35 to 45."""

LEAST_BYTES, MOST_BYTES = 20 * 1024, 7 * 1024 * 1024


def cut(picture: Picture, photo: Frame) -> Picture:
    """What is inside a frame, in the size of the finished photo."""
    part = picture[photo.top : photo.top + photo.height, photo.left : photo.left + photo.width]
    smaller = photo.height > HEIGHT
    return cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)  # type: ignore[return-value]


def encode(photo: Picture) -> bytearray:
    """As JPEG within the limits. The caller overwrites it when it was sent."""
    for quality in (92, 97, 100, 85, 75):
        _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if LEAST_BYTES <= data.size <= MOST_BYTES:
            break
    return bytearray(data.tobytes())
