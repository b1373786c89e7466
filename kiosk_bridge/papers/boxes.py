"""Rows of boxes for single digits, as forms have them for a My Number: whatever is in them, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from kiosk_bridge.papers.rows import Grey, Numbers

FEWEST = 9
"""Boxes in a row from which they are hidden: of twelve, some may not be seen."""

ID = 23
"""Boxes of an application id."""

SMALLEST, LARGEST, WALL = 14, 260, 22
"""Pixels of a closed box's side, and of an upright wall, on a sheet of 2,000 pixels or more; on a smaller one they are less."""


def boxes(frame: Grey, least: int) -> Iterator[Numbers]:
    """The corners of each row of equal boxes, with a margin, but for a row of exactly 23.

    :param frame: ink dark on white paper; the rows lie about level in it.
    :param least: by how much ink is darker than paper, of 255.
    """
    scale = min(1.0, max(frame.shape) / 2000)
    smallest, wall = SMALLEST * scale, WALL * scale
    ink = (cv2.GaussianBlur(frame, (0, 0), 0.8) < 255 - least).astype(np.uint8)
    # Closed boxes are paper with ink all around; what is written in them leaves most of the paper.
    parts = cv2.connectedComponentsWithStats(1 - ink, connectivity=4)[2][1:]
    _, _, w, h, area = parts.T
    fits = (w >= smallest) & (h >= smallest) & (w < LARGEST) & (h < LARGEST)
    yield from _rows(parts[fits & (area > 0.4 * w * h) & (w < 3 * h) & (h < 3.5 * w)], smallest, None)
    # Combs and boxes that are written across: upright walls, maybe dashed, on one floor.
    joined = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((7, 1), np.uint8)), np.ones((1, 3), np.uint8))
    walls = cv2.connectedComponentsWithStats(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((int(0.85 * wall), 1), np.uint8)))[2][
        1:
    ]
    walls = walls[(walls[:, 3] >= wall) & (walls[:, 3] < LARGEST) & (walls[:, 2] <= np.maximum(9, 0.22 * walls[:, 3]))]
    yield from _rows(walls, wall, np.asarray(cv2.dilate(ink, np.ones((3, 1), np.uint8)), np.uint8))


def _rows(parts: Numbers, least: float, floor: Grey | None) -> Iterator[Numbers]:
    """Rows of equal parts that stand at equal steps.

    :param least: pixels of a step.
    :param floor: where they are walls, what they must stand on.
    """
    parts = parts[np.argsort(parts[:, 0])]
    done = np.zeros(len(parts), bool)
    foot = parts[:, 1] + parts[:, 3]
    for first, (x, _, w, h, _) in enumerate(parts):
        if done[first]:
            continue
        level = (parts[:, 0] >= x) & (np.abs(foot - foot[first]) < 0.2 * h + 2 + 0.1 * (parts[:, 0] - x))
        if floor is None:
            level &= (np.abs(parts[:, 3] - h) < 0.2 * h + 1) & (np.abs(parts[:, 2] - w) < 0.2 * w + 2)
        else:
            level &= (parts[:, 3] > 0.6 * h) & (parts[:, 3] < 1.6 * h)
        who = np.flatnonzero(level)
        if len(who) < 6:
            continue
        count, last, step = _steps(parts[who, 0] + parts[who, 2] / 2, foot[who], h, least, floor)
        count += floor is None
        if count < FEWEST:
            continue
        end = who[last]
        done[who[: last + 1]] = True
        if count != ID:
            right, aslant = parts[end, 0] + parts[end, 2], (foot[end] - foot[first]) / max(1, parts[end, 0] - x)
            ends = np.array([x - 1.3 * step, right + 1.3 * step])
            bottom = foot[first] + (ends - x) * aslant
            top = bottom - 1.2 * h
            yield np.array([[ends[0], top[0]], [ends[1], top[1]], [ends[1], bottom[1] + 0.2 * h], [ends[0], bottom[0] + 0.2 * h]])


def _steps(at: Numbers, foot: Numbers, height: float, least: float, floor: Grey | None) -> tuple[int, int, float]:
    """The most equal steps that can be gone from the first: how many, to which, how long.

    A wall that was not seen makes a double step; a gap between groups, or between boxes, is gone over and not counted.
    """
    best = (0, 0, 0.0)
    for step in sorted({round(float(far)) for over in (1, 2) for far in (at[over:] - at[:-over])[:6]}):
        if not max(least, 0.3 * height) <= step < 3.2 * height:
            continue
        counts = {0: 0}
        for here in range(1, len(at)):
            for before in range(here - 1, -1, -1):
                far = at[here] - at[before]
                if far > 3.4 * step:
                    break
                steps = round(far / step)
                equal = steps >= 1 and abs(far - steps * step) < 0.1 * step + 1.5
                if before in counts and abs(foot[here] - foot[before]) < 0.12 * far + 3 and (equal or far < 2.2 * step):
                    counts[here] = max(counts.get(here, -1), counts[before] + steps * equal)
        last, count = max(counts.items(), key=lambda one: (one[1], -one[0]))
        if count > best[0] and (floor is None or count >= FEWEST and _stands(floor, at[[0, last]], foot[[0, last]], step, height)):
            best = (int(count), last, float(step))
    return best


def _stands(floor: Grey, ends: Numbers, feet: Numbers, step: float, height: float) -> bool:
    """Whether there is a floor under the walls, not only the strokes of letters."""
    slack, aslant = int(0.15 * height) + 3, (feet[1] - feet[0]) / max(1.0, ends[1] - ends[0])
    level = np.array([[1, 0, -ends[0]], [-aslant, 1, slack - feet[0] + aslant * ends[0]]])
    band = cv2.warpAffine(floor, level, (max(1, int(ends[1] - ends[0])), 2 * slack), flags=cv2.INTER_NEAREST)
    stroke = np.ones((1, int(max(9, min(0.75 * step, 40)))), np.uint8)
    return bool(cv2.morphologyEx(band, cv2.MORPH_OPEN, stroke).max(axis=0).mean() >= 0.6)
