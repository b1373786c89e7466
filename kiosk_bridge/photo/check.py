"""Whether a picture will do as the photo of a card (J-LIS, 個人番号カード 顔写真のチェックポイント: front, eyes open, no hat, plain
background, even light, sharp).

What the check can say and what it cannot is in docs/kiosk-photo.md, with the figures on the faces that were drawn for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, blue green red."""

LOOKED_AT = 720
"""Height in pixels of the smaller picture in which faces are looked for."""

CROWN_TO_CHIN, CROWN_ABOVE = 1.175, 0.22
"""Height of a head, and where its crown is above the square in which a face is found, of that square's height."""

LEAST_HEIGHT = 640
"""Pixels that the cut photo must have in height: the application wants 480 at least on each side."""

MOST_TILT = 7.0
"""Degrees."""

SHARP = 150.0
"""Variance of the Laplacian of a face that is 200 pixels wide, under which it is blurred."""

DARKEST, BRIGHTEST, MOST_UNEVEN = 75.0, 228.0, 0.12
"""Mean brightness of a face, of 255; difference of its halves, of that mean."""

PLAIN = 16.0
"""Standard deviation of the brightness beside and above the head under which a background is plain."""

FOREHEAD = 26.0
"""Distance of the forehead's colour from the cheeks' (Lab) from which something may cover it."""


class Fault(StrEnum):
    """Why a photo will not do."""

    NO_FACE = "no_face"
    SEVERAL = "several"
    FAR = "far"
    NEAR = "near"
    OFF_CENTRE = "off_centre"
    TILTED = "tilted"
    EYES = "eyes"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    UNEVEN = "uneven"
    BACKGROUND = "background"


@dataclass(frozen=True)
class Frame:
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Verdict:
    """What the check says.

    :param faults: none: it will do.
    :param head_wear: something may cover the forehead; only a hint, for somebody to look.
    :param face: the square in which the face was found.
    :param photo: what would be cut out; None where it would leave the picture.
    """

    faults: tuple[Fault, ...]
    head_wear: bool = False
    face: Frame | None = None
    photo: Frame | None = None

    @property
    def good(self) -> bool:
        """Whether it will do."""
        return not self.faults


def check(picture: Picture) -> Verdict:
    """Look at one picture of the camera."""
    scale = LOOKED_AT / picture.shape[0]
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    found = _cascade("frontalface_default").detectMultiScale(small, 1.1, 6, minSize=(80, 80))
    if len(found) != 1:
        return Verdict((Fault.SEVERAL if len(found) > 1 else Fault.NO_FACE,))
    x, y, width, height = (int(part) for part in found[0])
    face = Frame(round(x / scale), round(y / scale), round(width / scale), round(height / scale))
    photo = framing(face)
    faults = [*_place(photo, picture), *_eyes(small[y : y + height, x : x + width]), *_light(grey, face)]
    if _sharpness(grey, face) < SHARP:
        faults.append(Fault.BLURRED)
    if not faults and _roughness(picture, face, photo) > PLAIN:
        faults.append(Fault.BACKGROUND)
    return Verdict(tuple(faults), _covered(picture, face), face, photo if _inside(photo, picture) else None)


def framing(face: Frame) -> Frame:
    """What is cut out around a face: 35 x 45, the head 34 of 45 high, 4 above it."""
    head = face.height * CROWN_TO_CHIN
    height = head * 45 / 34
    width = height * 35 / 45
    middle = face.left + face.width / 2
    top = face.top - face.height * CROWN_ABOVE - height * 4 / 45
    return Frame(round(middle - width / 2), round(top), round(width), round(height))


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")  # type: ignore[attr-defined]


def _place(photo: Frame, picture: Picture) -> list[Fault]:
    height, width = picture.shape[:2]
    if photo.height < LEAST_HEIGHT:
        return [Fault.FAR]
    if photo.height > height or photo.width > width:
        return [Fault.NEAR]
    return [] if _inside(photo, picture) else [Fault.OFF_CENTRE]


def _inside(photo: Frame, picture: Picture) -> bool:
    height, width = picture.shape[:2]
    return photo.left >= 0 and photo.top >= 0 and photo.left + photo.width <= width and photo.top + photo.height <= height


def _eyes(face: NDArray[np.uint8]) -> list[Fault]:
    upper = face[: face.shape[0] * 6 // 10]
    found = _cascade("eye_tree_eyeglasses").detectMultiScale(upper, 1.05, 4)
    if len(found) != 2:
        found = _cascade("eye").detectMultiScale(upper, 1.05, 4)
    if len(found) != 2:
        return [Fault.EYES]
    (ax, ay), (bx, by) = sorted((x + w / 2, y + h / 2) for x, y, w, h in found)
    tilt = math.degrees(math.atan2(by - ay, bx - ax))
    return [Fault.TILTED] if abs(tilt) > MOST_TILT else []


def _middle(grey: NDArray[np.uint8], face: Frame) -> NDArray[np.uint8]:
    """The face itself, without hair and background."""
    left, right = face.left + face.width // 5, face.left + face.width * 4 // 5
    return grey[face.top + face.height // 5 : face.top + face.height * 9 // 10, left:right]


def _light(grey: NDArray[np.uint8], face: Frame) -> list[Fault]:
    middle = _middle(grey, face)
    mean = float(middle.mean())
    if mean < DARKEST:
        return [Fault.DARK]
    if mean > BRIGHTEST:
        return [Fault.BRIGHT]
    half = middle.shape[1] // 2
    difference = abs(float(middle[:, :half].mean()) - float(middle[:, half:].mean()))
    return [Fault.UNEVEN] if difference / mean > MOST_UNEVEN else []


def _sharpness(grey: NDArray[np.uint8], face: Frame) -> float:
    middle = _middle(grey, face)
    scale = 200 / max(1, face.width)
    small = cv2.resize(middle, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else middle
    return float(cv2.Laplacian(small, cv2.CV_64F).var())


def _roughness(picture: Picture, face: Frame, photo: Frame) -> float:
    """How uneven it is beside and above the head, within what would be cut out."""
    part = picture[photo.top : photo.top + photo.height, photo.left : photo.left + photo.width]
    height, width = part.shape[:2]
    # Shoulders begin under the chin; hair is within the width of the head and a little more.
    side, over, chin = width // 14, height // 18, height // 2
    strips = (part[:over], part[:chin, :side], part[:chin, width - side :])
    return max(float(cv2.cvtColor(np.ascontiguousarray(strip), cv2.COLOR_BGR2GRAY).std()) for strip in strips)


def _covered(picture: Picture, face: Frame) -> bool:
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)

    def colour(top: float, bottom: float, left: float, right: float) -> NDArray[np.float32]:
        rows = slice(face.top + round(face.height * top), face.top + round(face.height * bottom))
        columns = slice(face.left + round(face.width * left), face.left + round(face.width * right))
        return np.asarray(np.median(lab[rows, columns].reshape(-1, 3), axis=0), np.float32)

    cheeks = (colour(0.55, 0.7, 0.2, 0.3) + colour(0.55, 0.7, 0.7, 0.8)) / 2
    # Only the two colour parts of Lab: a forehead in the shade of a fringe is darker, and still skin.
    return float(np.linalg.norm((colour(0.08, 0.18, 0.35, 0.65) - cheeks)[1:])) > FOREHEAD
