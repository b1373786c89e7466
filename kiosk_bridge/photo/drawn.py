"""Faces that nobody has: drawn for training, demo and tests. No real person's picture is in this project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

SIZE = (1440, 1080)
"""Height and width in pixels."""

SKIN, HAIR, LIPS, WHITE, DARK = (150, 180, 222), (38, 36, 40), (96, 96, 178), (238, 238, 238), (40, 40, 46)


@dataclass(frozen=True)
class Face:
    """How a face is drawn.

    :param x: of the middle of the face, of the picture's width; `y` of its height.
    :param height: from crown to chin, of the picture's height.
    :param tilt: degrees to the right.
    :param light: brightness, 1.0 as it should be.
    :param side: how much darker one side is than the other.
    """

    x: float = 0.5
    y: float = 0.48
    height: float = 0.58
    tilt: float = 0.0
    eyes: bool = True
    hat: bool = False
    blur: float = 0.0
    light: float = 1.0
    side: float = 0.0
    background: str = "plain"
    faces: int = 1


def draw(face: Face = Face()) -> np.ndarray:
    """The picture, blue green red."""
    height, width = SIZE
    picture = np.full((height, width, 3), (236, 233, 230), np.uint8)
    if face.background == "shelves":
        chance = np.random.default_rng(7)
        for row in range(8):
            for column in range(16):
                colour = tuple(int(part) for part in chance.integers(20, 230, 3))
                left, top = column * width // 16, row * height // 8
                cv2.rectangle(picture, (left + 4, top + 8), (left + width // 16 - 4, top + height // 8 - 8), colour, -1)
    for number in range(face.faces):
        at = face.x if face.faces == 1 else 0.25 + 0.5 * number
        _head(picture, face, at, face.height if face.faces == 1 else face.height * 0.6)
    shade = np.linspace(1.0 + face.side / 2, 1.0 - face.side / 2, width)[None, :, None]
    lit = np.clip(picture.astype(np.float32) * face.light * shade, 0, 255)
    lit += np.random.default_rng(1).normal(0, 2.0, lit.shape)
    made = np.clip(lit, 0, 255).astype(np.uint8)
    return cv2.GaussianBlur(made, (0, 0), face.blur) if face.blur else made


def _head(picture: np.ndarray, face: Face, x: float, tall: float) -> None:
    height, width = SIZE
    h = tall * height
    middle = (x * width, face.y * height)
    turn = cv2.getRotationMatrix2D(middle, -face.tilt, 1.0)

    def at(dx: float, dy: float) -> tuple[int, int]:
        point = turn @ np.array([middle[0] + dx * h, middle[1] + dy * h, 1.0])
        return round(float(point[0])), round(float(point[1]))

    def oval(dx: float, dy: float, a: float, b: float, colour: Any, start: int = 0, end: int = 360) -> None:
        cv2.ellipse(picture, at(dx, dy), (round(a * h), round(b * h)), face.tilt, start, end, colour, -1, cv2.LINE_AA)

    cv2.ellipse(picture, at(0, 1.02), (round(0.75 * h), round(0.42 * h)), face.tilt, 180, 360, (92, 70, 60), -1, cv2.LINE_AA)
    oval(0, 0.42, 0.17, 0.28, tuple(round(part * 0.93) for part in SKIN))
    oval(0, -0.1, 0.39, 0.42, HAIR)
    oval(0, 0.03, 0.33, 0.45, SKIN)
    cv2.ellipse(picture, at(0, -0.2), (round(0.34 * h), round(0.3 * h)), face.tilt, 195, 345, HAIR, -1, cv2.LINE_AA)

    def arc(dx: float, dy: float, a: float, b: float, colour: Any, start: int, end: int, thick: float) -> None:
        size = (round(a * h), round(b * h))
        cv2.ellipse(picture, at(dx, dy), size, face.tilt, start, end, colour, round(thick * h), cv2.LINE_AA)

    for sign in (-1, 1):
        oval(sign * 0.345, 0.06, 0.04, 0.09, tuple(round(part * 0.94) for part in SKIN))
        arc(sign * 0.145, -0.045, 0.085, 0.03, HAIR, 190, 350, 0.022)
        if face.eyes:
            oval(sign * 0.145, 0.035, 0.068, 0.032, WHITE)
            oval(sign * 0.145, 0.035, 0.03, 0.031, DARK)
            oval(sign * 0.135, 0.025, 0.008, 0.008, WHITE)
        arc(sign * 0.145, 0.04, 0.072, 0.036, DARK, 180, 360, 0.012)
        oval(sign * 0.035, 0.205, 0.014, 0.009, (104, 128, 172))
        oval(sign * 0.2, 0.2, 0.075, 0.055, (142, 166, 226))
    oval(0, 0.155, 0.045, 0.075, tuple(round(part * 0.95) for part in SKIN))
    cv2.ellipse(picture, at(0, 0.295), (round(0.105 * h), round(0.028 * h)), face.tilt, 0, 360, LIPS, -1, cv2.LINE_AA)
    cv2.line(picture, at(-0.1, 0.295), at(0.1, 0.295), (70, 66, 120), round(0.008 * h), cv2.LINE_AA)
    if face.hat:
        cv2.ellipse(picture, at(0, -0.24), (round(0.42 * h), round(0.32 * h)), face.tilt, 180, 360, (160, 60, 30), -1, cv2.LINE_AA)
        cv2.line(picture, at(-0.5, -0.2), at(0.5, -0.2), (120, 40, 20), round(0.14 * h), cv2.LINE_AA)
