"""What has changed between two pictures of a page, cut into tiles: a letter typed costs some kilobytes, not a whole picture."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, blue green red, 0 to 255."""

TILE = 64
"""Pixels of a tile's edge, a multiple of JPEG's blocks: what has not changed is encoded alike each time."""

NOISE = 6
"""A difference of colour, of 255, under which two pictures are taken for the same."""

WHOLE_FROM = 0.45
"""Share of changed tiles from which a whole picture is smaller than its parts."""


@dataclass(frozen=True)
class Quality:
    """How a picture is encoded: JPEG quality of 100, and how much smaller it is made."""

    jpeg: int
    scale: float


STEPS = (Quality(82, 1.0), Quality(70, 1.0), Quality(55, 1.0), Quality(45, 0.75), Quality(35, 0.5))
"""From a fast line to a poor one (1 Mbps and less)."""


def decode(data: bytes) -> Picture:
    """Read a picture that the browser has made (JPEG or PNG)."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("not a picture")
    return picture  # type: ignore[return-value]


def changed(before: Picture | None, after: Picture) -> NDArray[np.bool_]:
    """The tiles in which two pictures differ, rows x columns; all where there is none before or it has another size."""
    height, width = after.shape[:2]
    rows, columns = -(-height // TILE), -(-width // TILE)
    if before is None or before.shape != after.shape:
        return np.ones((rows, columns), np.bool_)
    difference = cv2.absdiff(before, after)
    edges = (0, rows * TILE - height, 0, columns * TILE - width)
    marked = cv2.threshold(cv2.copyMakeBorder(difference, *edges, cv2.BORDER_CONSTANT), NOISE, 255, cv2.THRESH_BINARY)[1]
    # A tile's mean would round a single pixel away: it is made smaller in two steps, and whatever is left of a mark counts whole.
    for size in ((columns * 8, rows * 8), (columns, rows)):
        marked = cv2.threshold(cv2.resize(marked, size, interpolation=cv2.INTER_AREA), 0, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(marked.any(axis=2), np.bool_)


def boxes(tiles: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Rectangles of changed tiles, each (column, row, columns, rows): runs of a row, joined with the same run below."""
    found: list[list[int]] = []
    above: dict[tuple[int, int], list[int]] = {}
    for row in range(tiles.shape[0]):
        here: dict[tuple[int, int], list[int]] = {}
        column = 0
        while column < tiles.shape[1]:
            if not tiles[row, column]:
                column += 1
                continue
            start = column
            while column < tiles.shape[1] and tiles[row, column]:
                column += 1
            run = (start, column - start)
            box = above.get(run)
            if box is None:
                box = [start, row, column - start, 1]
                found.append(box)
            else:
                box[3] += 1
            here[run] = box
        above = here
    return [(a, b, c, d) for a, b, c, d in found]


def encode(number: int, before: Picture | None, after: Picture, quality: Quality) -> bytes | None:
    """One message for the console: a head as JSON, then the tiles' JPEGs one after the other; None where nothing has changed.

    :param number: which the console repeats when it has drawn it.
    """
    tiles = changed(before, after)
    if not tiles.any():
        return None
    height, width = after.shape[:2]
    whole = tiles.mean() >= WHOLE_FROM
    places = [(0, 0, tiles.shape[1], tiles.shape[0])] if whole else boxes(tiles)
    images: list[bytes] = []
    marks: list[list[int]] = []
    for column, row, columns, rows in places:
        left, top = column * TILE, row * TILE
        right, bottom = min(width, left + columns * TILE), min(height, top + rows * TILE)
        part = after[top:bottom, left:right]
        if quality.scale != 1.0:
            size = (max(1, round((right - left) * quality.scale)), max(1, round((bottom - top) * quality.scale)))
            part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        _, data = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality.jpeg])
        images.append(data.tobytes())
        marks.append([left, top, right - left, bottom - top, len(images[-1])])
    head = json.dumps({"n": number, "width": width, "height": height, "tiles": marks}, separators=(",", ":")).encode()
    return b"".join((struct.pack(">I", len(head)), head, *images))
