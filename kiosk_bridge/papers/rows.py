"""Rows of writing on a paper, at every angle, and what tesseract reads in them.

Nothing is written to a disk: tesseract gets its picture and gives its words through pipes.
"""

from __future__ import annotations

import math
import os
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from contact_center.errors import Unavailable
from kiosk_bridge.papers.flat import Picture

Grey = NDArray[np.uint8]
Numbers = NDArray[Any]

ASKEW = (30, 60, 120, 150)
"""Degrees by which the picture is turned for what does not lie straight; a row may be off by half a step of them."""

READ_AT = 30
"""Pixels of height at which tesseract reads digits best (22, 30 and 40 were tried)."""

SHARP, SMALLEST = 0.175, 10.0
"""Width of an edge, of a digit's height, up to which tesseract missed none of 350 drawn numbers; least height in pixels."""

FEWEST = 6
"""Letters of a row; of a number's twelve digits some may not be seen."""

LINE = 50
"""Pixels from which a straight stroke is taken for a line."""

READ = 0.6
"""Share of a row's letters that tesseract must have made something of."""

LANGUAGES = ("eng", "jpn")
"""The one sees digits best, the other tells kanji from them."""

WAIT = 60.0
"""Seconds after which tesseract hangs."""

WORDS = "tesseract stdin stdout --psm {} --dpi 150 -l {} -c tessedit_do_invert=0 -c load_system_dawg=0 -c load_freq_dawg=0 tsv"

Word = tuple[float, float, str, float]
"""Left and right in pixels, text, and tesseract's confidence in percent."""


@dataclass
class Row:
    """Writing that stands in one line. Lengths are pixels of the picture, places those of `strip` before it is scaled.

    :param place: from the picture to the strip.
    :param size: height of its large letters; `small`: of its lower ones.
    :param units: left, right, height, share of the largest part in the height, and middle, of what may be single letters.
    :param column: its letters stand below each other: they are judged by their form only.
    :param straight: its letters stand in line.
    :param crossing: its letters, or what they are parts of, are seen in other rows.
    :param edge: over how many pixels paper becomes ink.
    :param words: what tesseract reads in each language, and whether upside down.
    :param read: which share of the units it has made something of, both ways up, in one language.
    """

    place: Numbers
    width: float
    height: float
    size: float
    small: float
    units: Numbers
    column: bool
    straight: bool
    strip: Grey = field(default_factory=lambda: np.zeros((1, 1), np.uint8))
    crossing: bool = False
    edge: float = 0.0
    words: list[tuple[bool, list[Word]]] = field(default_factory=list)
    read: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether tesseract would read it."""
        return self.small >= SMALLEST and self.edge <= SHARP * self.small

    @property
    def angle(self) -> float:
        """By how many degrees the picture is turned for it to be level."""
        return math.degrees(math.atan2(self.place[0, 1], self.place[0, 0]))

    def corners(self, left: float, right: float, top: float, bottom: float) -> Numbers:
        """A piece of it in the picture."""
        piece = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
        return np.round(cv2.transform(piece, cv2.invertAffineTransform(self.place))[0]).astype(np.int32)

    def letters(self, mask: Grey | None = None) -> int:
        """How many letters it may have, those that have run into each other counted, but not those in a mask of the picture."""
        many = np.maximum(1, (self.units[:, 1] - self.units[:, 0]) / (0.55 * self.size)).astype(int)
        return int(many.sum() if mask is None else many[~self._in(mask)].sum())

    def covered(self, words: list[Word], left: float = -math.inf, right: float = math.inf) -> float:
        """The share of its units, or of those in a piece of it, whose middle is in a word."""
        middles = self.units[:, :2].mean(axis=1)
        middles = middles[(middles >= left) & (middles <= right)]
        within = [(middles >= word[0]) & (middles <= word[1]) for word in words]
        return float(np.any(within, axis=0).mean()) if within and len(middles) else 0.0

    def draw_letters(self, mask: Grey) -> None:
        """Draw those of its letters that are sharp and no wider than a letter is."""
        for left, right, height, _, middle in self.units:
            if self.edge <= 1.2 * SHARP * height and 0.4 <= (right - left) / height <= 1.35:
                cv2.fillConvexPoly(mask, self.corners(left, right, middle - height / 2, middle + height / 2), 255)

    def within(self, mask: Grey) -> float:
        """The share of its units whose middle is in a mask of the picture."""
        return float(self._in(mask).mean())

    def _in(self, mask: Grey) -> Numbers:
        middles = np.stack([self.units[:, :2].mean(axis=1), self.units[:, 4]], axis=1)[None]
        at = np.round(cv2.transform(middles, cv2.invertAffineTransform(self.place))[0]).astype(int)
        return mask[at[:, 1].clip(0, mask.shape[0] - 1), at[:, 0].clip(0, mask.shape[1] - 1)] > 0


def even_of(picture: Picture) -> Grey:
    """Ink dark on white paper, whatever the lamp, the tint of the paper and the colour of the ink."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = (max(height, width) // 120) | 1
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    light = cv2.resize(cv2.GaussianBlur(light, (0, 0), size / 3), (width, height), interpolation=cv2.INTER_LINEAR)
    even = cv2.divide(picture, np.maximum(light, 1), scale=255)
    # The darkest of the colours: yellow is seen in blue only. In grainy pictures that is less than white on bare paper, too.
    darkest = even.min(axis=2)
    return np.asarray(np.minimum(darkest + (255 - np.median(darkest)), 255), np.uint8)


def even_of_light(picture: Picture) -> Grey:
    """The same for light writing on a dark ground."""
    even = even_of(255 - picture)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    side = (max(grey.shape) // 30) | 1
    even[cv2.blur(grey, (side, side)) > 0.5 * np.percentile(grey, 90)] = 255
    return even


def least_of(even: Grey) -> int:
    """By how much ink is darker than paper at least, of 255: as faint as the camera's noise lets us tell."""
    soft = cv2.GaussianBlur(even.astype(np.float32), (0, 0), 1.0)
    grains = cv2.GaussianBlur(soft, (0, 0), 4.0) - soft
    # A quarter of a normal distribution is above 0.67 standard deviations. Grainy paper is less than white on the whole, too.
    return int(max(18, 255 - float(np.median(soft)) + 8 * float(np.percentile(grains, 75)) / 0.6745))


def turned_by(even: Grey, angle: float) -> tuple[Grey, Numbers]:
    """The picture turned by an angle in degrees, and the matrix that leads from a place in it to one in the turned one."""
    height, width = even.shape
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    across, down = abs(turned[0, 0]), abs(turned[0, 1])
    size = math.ceil(width * across + height * down), math.ceil(width * down + height * across)
    turned[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
    return np.asarray(cv2.warpAffine(even, turned, size, borderValue=255), np.uint8), turned


def _rows_at(even: Grey, angle: float, least: int) -> Iterator[Row]:
    """The rows that are about level once the picture is turned, in dark print and in faint; a row may come more than once."""
    frame, turned = turned_by(even, angle)
    soft = cv2.GaussianBlur(frame, (0, 0), 1.0)
    low = cv2.erode(soft, np.ones((25, 25), np.uint8)).astype(np.int16)
    kept: list[tuple[Numbers, Row]] = []
    for ink in _without_lines(((soft < 127.5 + low / 2) & (255 - low > least), soft < 255 - least)):
        parts = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
        for column in (False, True):
            found = [(_extent(group), _row(group, turned, column)) for group in _chains(parts, frame.shape, column)]
            for extent, row in sorted(
                ((a, b) for a, b in found if b is not None), key=lambda one: -one[1].width - one[1].size * len(one[1].units)
            ):
                if not any(_same(extent, row, *other) for other in kept):
                    kept.append((extent, row))
                    _cut(row, even)
                    yield row


def _without_lines(inks: Iterable[Numbers]) -> Iterator[Grey]:
    """Ink as it is, and without the lines of tables and frames, where there are any: letters that touch them are one with them."""
    for ink in (np.asarray(one, np.uint8) for one in inks):
        yield ink
        for stroke in (np.ones((1, LINE), np.uint8), np.ones((LINE, 1), np.uint8)):
            line = cv2.morphologyEx(ink, cv2.MORPH_OPEN, stroke)
            ink = np.asarray(ink & ~(cv2.dilate(line, np.ones((3, 3), np.uint8)) > 0), np.uint8)
            if line.any():
                yield ink


def _extent(group: Numbers) -> Numbers:
    return np.array([*group[:, :2].min(axis=0), *(group[:, :2] + group[:, 2:4]).max(axis=0)])


def _same(extent: Numbers, row: Row, other: Numbers, longer: Row) -> bool:
    """Whether all letters of a row are in another one, too, that is no higher: not in a heap of several lines."""
    slack, size = 0.25 * longer.size, row.size / longer.size
    within = other[0] - slack <= extent[0] and other[2] + slack >= extent[2]
    level = abs(extent[1] + extent[3] - other[1] - other[3]) < 0.5 * longer.size and longer.height < 1.35 * row.height
    return bool(within and level and 0.8 < size < 1.25 and len(longer.units) >= 0.8 * len(row.units))


def _chains(parts: Numbers, shape: tuple[int, ...], column: bool) -> Iterator[Numbers]:
    """Parts of about the same size that stand beside each other.

    :param column: they are letters that lie on their side, for the frame has been turned: their width is their height.
    """
    x, y, w, h, area = parts.T
    tall = w if column else h
    for least in (5 * 1.5**step for step in range(10)):
        like = (h < 1.3 * w) & (h > 0.1 * w) if column else (area > 0.5 * least) & (h < 400)
        picked = np.flatnonzero((tall >= least) & (tall < 2.2 * least) & like)
        if not len(picked):
            continue
        # Each part is drawn as a bar as far as the next letter may be away; bars that touch make a chain.
        coarse = max(1, int(least // 6))
        canvas = np.zeros((shape[0] // coarse + 2, shape[1] // coarse + 2), np.uint8)
        for left, top, width, height, reach in zip(*parts[picked, :4].T, tall[picked] * (1.1 if column else 3.0), strict=True):
            half, middle = 0.25 * (width if column else height), top + height / 2
            start, end = (left - reach, middle - half), (left + width + reach, middle + half)
            cv2.rectangle(canvas, [int(one / coarse) for one in start], [int(one / coarse) for one in end], 1, -1)
        named = cv2.connectedComponents(canvas, connectivity=4)[1]
        name = named[(y + h // 2)[picked] // coarse, (x + w // 2)[picked] // coarse]
        order = np.argsort(name, kind="stable")
        yield from (parts[group] for group in np.split(picked[order], np.flatnonzero(np.diff(name[order])) + 1))


def _row(group: Numbers, turned: Numbers, column: bool) -> Row | None:
    x, y, w, h = group[:, :4].T.astype(float)
    size = float(np.percentile(w if column else h, 75))
    # Twelve digits of the narrowest print are five times as long as high.
    if (x + w).max() - x.min() < 4.5 * size or (column and len(group) < 9):
        return None
    middles, slope, kept = np.stack([x + w / 2, y + h / 2]), 0.0, np.ones(len(group), bool)
    for _ in range(2 if len(group) > 2 else 0):
        if kept.sum() < 3 or np.ptp(middles[0, kept]) < 3 * size:
            break
        line = np.polyfit(middles[0, kept], middles[1, kept], 1)
        slope, kept = line[0], np.abs(middles[1] - np.polyval(line, middles[0])) <= max(2, 0.3 * size)
    angle = math.atan(slope)
    if abs(angle) > math.radians(20):
        return None
    level = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    across, down = level @ middles
    left, top = (across - w / 2).min() - 0.5 * size, (down - h / 2).min() - 0.5 * size
    wide, high = (across + w / 2).max() + 0.5 * size - left, (down + h / 2).max() + 0.5 * size - top
    units = _units(across - w / 2 - left, across + w / 2 - left, down - top, h)
    # Blurred digits that have run into each other are no letters.
    shape = np.median((units[:, 1] - units[:, 0]) / units[:, 2])
    straight = bool(not column and 0.4 < shape < 1.35 and np.std(units[:, 4]) < 0.15 * size)
    place = np.hstack([level, [[-left], [-top]]]) @ np.vstack([turned, [0, 0, 1]])
    small = size if column else float(np.percentile(units[:, 2], 25))
    row = Row(place, wide, high, size, small, units, column, straight)
    return row if row.letters() >= FEWEST else None


def _units(left: Numbers, right: Numbers, middle: Numbers, height: Numbers) -> Numbers:
    """Parts that stand over each other make one letter."""
    made: list[list[float]] = []
    for a, b, t, u, h in sorted(zip(left, right, middle - height / 2, middle + height / 2, height, strict=True)):
        if made and min(b, made[-1][1]) - a > 0.35 * min(b - a, made[-1][1] - made[-1][0]):
            last = made[-1]
            made[-1] = [last[0], max(b, last[1]), min(t, last[2]), max(u, last[3]), max(h, last[4])]
        else:
            made.append([a, b, t, u, h])
    return np.array([(a, b, u - t, h / (u - t), (t + u) / 2) for a, b, t, u, h in made])


def _cut(row: Row, even: Grey) -> None:
    """Cut the strip out, black on white, at the height at which it is read; measure how sharp it is."""
    size = max(8, round(row.width)), max(8, round(row.height))
    raw = cv2.warpAffine(even, row.place, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    raw = cv2.GaussianBlur(raw, (0, 0), max(0.7, 0.04 * row.size)).astype(np.float32)
    steep = np.hypot(np.diff(raw, axis=1)[:-1], np.diff(raw, axis=0)[:, :-1])
    ground = float(np.percentile(raw, 60))
    deep = ground - float(np.percentile(raw, 1.5))
    row.edge = deep / max(0.5, float(np.percentile(steep, 99)))
    # What is brighter than the paper is grain, and as much that is darker is, too.
    grain = 2 * float(np.sqrt(np.square(np.maximum(0, raw - ground)).mean()))
    ink = np.clip((ground - raw - grain) / max(8.0, deep - grain), 0, 1) ** 0.7
    scale = READ_AT / row.size
    goal = max(8, round(row.width * scale)), max(8, round(row.height * scale))
    strip = cv2.resize(255 - 255 * ink, goal, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    row.strip = np.asarray(strip.clip(0, 255), np.uint8)


def look(even: Grey, least: int) -> list[Row]:
    """Each row of writing that could be a number, at whatever angle.

    :param even: ink dark on white paper.
    :param least: by how much ink is darker than paper, of 255.
    """
    found = [list(_rows_at(even, angle, least)) for angle in (0, 90)]
    # Letters stand in line across the lines, too; in which direction they are read shows in how close they stand.
    weights = [sum(len(row.units) ** 2 * row.size / row.width for row in rows if row.straight) for rows in found]
    along = int(np.argmax(weights))
    seen = np.zeros_like(even)
    for row in found[along]:
        if row.clear and row.straight:
            row.draw_letters(seen)
    # What seems blurred may be dots and strokes of letters that are seen whole, or blurred letters that are hidden already.
    kept = []
    for rows in (found[along], found[1 - along]):
        for row in rows:
            row.crossing = row.within(seen) >= 0.6 and (rows is found[1 - along] or not row.clear)
        left = [row for row in rows if row.clear or row.column or not row.crossing]
        for row in [row for row in left if not row.column and (row.straight and len(row.units) >= 8 or not row.clear)]:
            cv2.fillConvexPoly(seen, row.corners(0, row.width, 0.25 * row.size, row.height - 0.25 * row.size), 255)
        kept += left
    rest = even.copy()
    rest[seen > 0] = 255
    for angle in ASKEW if (rest < 255 - least).any() else ():
        kept += _rows_at(rest, angle, least)
    return kept


# -- reading -----------------------------------------------------------------------------------------------------------------


def read(rows: list[Row]) -> None:
    """Read all rows at once, one below the other, and once more upside down, in each language.

    :raises Unavailable: where tesseract is missing or fails.
    """

    def one_way(language: str, flipped: bool) -> list[list[Word]]:
        words = _read_sheet(rows, language, flipped, 6, 16)
        # Now and then tesseract passes a row over; it is given that row once more among fewer, further apart, in another layout.
        left = [which for which, row in enumerate(rows) if row.covered(words[which]) < READ]
        for which, again in zip(left, _read_sheet([rows[which] for which in left], language, flipped, 11, 40), strict=True):
            words[which] = max(words[which], again, key=rows[which].covered)
        return words

    with ThreadPoolExecutor(2) as pool:
        ways = [(language, flipped) for language in LANGUAGES for flipped in (False, True)]
        for row, *found in zip(rows, *pool.map(one_way, *zip(*ways, strict=True)), strict=True):
            row.words = [(flipped, sorted(words)) for (_, flipped), words in zip(ways, found, strict=True)]
            seen = [row.covered(words) for _, words in row.words]
            row.read = max(min(seen[:2]), min(seen[2:]))


def _read_sheet(rows: list[Row], language: str, flipped: bool, layout: int, apart: int) -> list[list[Word]]:
    strips = [np.rot90(row.strip, 2) if flipped else row.strip for row in rows]
    tops = np.cumsum([apart] + [strip.shape[0] + apart for strip in strips])
    sheet = np.full((tops[-1], max((strip.shape[1] for strip in strips), default=0) + 32), 255, np.uint8)
    for strip, top in zip(strips, tops[:-1], strict=True):
        sheet[top : top + strip.shape[0], 16 : 16 + strip.shape[1]] = strip
    found: list[list[Word]] = [[] for _ in rows]
    for left, top, width, height, sureness, text in _tesseract(sheet, language, layout) if rows else []:
        which = int(np.searchsorted(tops, top + height / 2)) - 1
        if 0 <= which < len(rows):
            row = rows[which]
            a, b = ((across - 16) * row.size / READ_AT for across in (left, left + width))
            found[which].append((row.width - b, row.width - a, text, sureness) if flipped else (a, b, text, sureness))
    return found


def _tesseract(sheet: Grey, language: str, layout: int) -> Iterator[tuple[int, int, int, int, float, str]]:
    """Left, top, width, height, confidence in percent, and text of each word."""
    image = b"P5 %d %d 255\n" % (sheet.shape[1], sheet.shape[0]) + np.ascontiguousarray(sheet).tobytes()
    try:
        # One thread each: its own threads wait for each other more than they work.
        done = subprocess.run(
            WORDS.format(layout, language).split(), input=image, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            timeout=WAIT, check=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("文字を読み取るソフト（tesseract）が動かないため、紙の画像は表示できません。") from error
    for line in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            left, top, width, height = (int(cell) for cell in cells[6:10])
            yield left, top, width, height, float(cells[10]), unicodedata.normalize("NFKC", cells[11].strip())
