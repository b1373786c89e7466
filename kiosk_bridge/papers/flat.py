"""A sheet of paper that lies askew under the camera, as if it lay under a scanner."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, blue green red."""

LEAST_SHARE = 0.12
"""A sheet takes up at least this much of the picture; what is smaller is something that lies on it."""


def flatten(picture: Picture) -> Picture:
    """The largest sheet in the picture, seen from straight above; the picture as it is where no sheet is found."""
    corners = _corners(picture)
    if corners is None:
        return picture
    ordered = _ordered(corners)
    left_top, right_top, right_bottom, left_bottom = ordered
    width = round(max(_apart(left_top, right_top), _apart(left_bottom, right_bottom)))
    height = round(max(_apart(left_top, left_bottom), _apart(right_top, right_bottom)))
    goal = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    turned = cv2.getPerspectiveTransform(ordered, goal)
    return np.asarray(cv2.warpPerspective(picture, turned, (width, height), flags=cv2.INTER_CUBIC), np.uint8)


def enhance(picture: Picture) -> Picture:
    """Paper white and writing dark, whatever lamp stands beside it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    # The light on the sheet is what is left when everything small is taken away.
    light = cv2.medianBlur(cv2.dilate(grey, np.ones((15, 15), np.uint8)), 31)
    even = cv2.divide(grey, np.maximum(light, 1), scale=255)
    return np.asarray(cv2.cvtColor(even, cv2.COLOR_GRAY2BGR), np.uint8)


def _corners(picture: Picture) -> NDArray[np.float32] | None:
    scale = 800 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if bright.min() == bright.max():
        # All of one brightness: there is no sheet, or nothing else.
        return None
    # Writing and pictures on the sheet are no holes in it.
    solid = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    found, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(found, key=cv2.contourArea, reverse=True)[:3]:
        if cv2.contourArea(contour) < LEAST_SHARE * grey.size:
            return None
        hull = cv2.convexHull(contour)
        for closeness in (0.02, 0.04, 0.06):
            four = cv2.approxPolyDP(hull, closeness * cv2.arcLength(hull, True), True)
            if len(four) == 4 and cv2.isContourConvex(four):
                return np.asarray(four.reshape(4, 2) / scale, np.float32)
    return None


def _ordered(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Left top, right top, right bottom, left bottom."""
    total, difference = corners.sum(axis=1), np.diff(corners, axis=1).ravel()
    picked = [corners[total.argmin()], corners[difference.argmin()], corners[total.argmax()], corners[difference.argmax()]]
    return np.asarray(picked, np.float32)


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(one - other))
