"""A My Number on a paper is blacked out before a picture of the paper leaves the kiosk (NB-04).

Shut unless sure. Rows of writing are looked for at every angle and read by tesseract, both ways up. Hidden is what reads as a
number, what has the form of one and does not read as words, every row of boxes for single digits, every code but the form's own,
and what is too small or too blurred to be read. Where that is most of the writing, there is no picture at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from rapidfuzz.distance import Levenshtein

from kiosk_bridge.papers.boxes import boxes
from kiosk_bridge.papers.code import NotAForm
from kiosk_bridge.papers.flat import Picture
from kiosk_bridge.papers.rows import FEWEST as LETTERS
from kiosk_bridge.papers.rows import READ, Grey, Numbers, Row, even_of, even_of_light, least_of, look, read, turned_by

LEAST_SIDE = 1000
"""Pixels of the longer side of a paper."""

MOST = 10_000_000
"""Pixels of writing as it is read; a dense page has a third of them, and where there are more, they are specks."""

GRAINY = 60
"""What counts as ink, of 255, from which a picture is too dark or too noisy."""

ALL, FEWEST, FEWEST_ALIKE = 12, 7, 9
"""Digits of a number; from how many read in a row they are hidden, as some may not be; and from how many that only look so."""

ID, GROUPS = 23, ([23], [4, 4, 4, 4, 4, 3])
"""Digits of an application id, and how they are set."""

SURE, UNSURE, UNSURE_ACROSS = 70.0, 15.0, 50.0
"""Percent of confidence from which a word is what it reads as; under which a number is none, if it has not the form of one; and
under which it is none across the lines."""

LEAST_CODE = 30
"""Pixels of the side of a code that is seen, but not read."""

ALIKE = set("OoQDIlLi|!SsBZzgqbGTtA)(]JjUCcyY?")
"""What tesseract says for a digit that it has not quite seen."""


@dataclass(frozen=True)
class Shown:
    """What an operator may see of a paper.

    :param picture: a copy, in which what may be a My Number is black.
    :param id: the application id that is printed on it, where exactly one is read twice alike; to be compared with the picture.
    """

    picture: Picture
    id: str


class Unreadable(NotAForm):
    """Too little can be read for anything to be shown; `reason` is `unreadable`."""

    def __init__(self) -> None:
        super().__init__("unreadable")


def hide(picture: Picture) -> Shown:
    """A flattened paper in which nothing is left that may be a My Number.

    :raises Unreadable: where too little can be read to be sure of it.
    :raises Unavailable: where tesseract is missing or fails.
    """
    if max(picture.shape[:2]) < LEAST_SIDE:
        raise Unreadable()
    forms, shut, known = _codes(picture)
    rows: list[Row] = []
    for even in (even_of(picture), even_of_light(picture)):
        even[forms > 0] = 255
        if even.min() == 255:
            continue
        least = least_of(even)
        if least > GRAINY:
            raise Unreadable()
        found = look(even, least)
        rows += found
        aslant = [row for row in found if row.clear and abs((row.angle + 45) % 90 - 45) > 2]
        for angle in {0.0, 90.0} | {row.angle + turn for row in sorted(aslant, key=lambda row: -row.width)[:1] for turn in (0, 90)}:
            frame, turned = turned_by(even, angle)
            for corners in boxes(frame, least):
                there = cv2.transform(corners[None], cv2.invertAffineTransform(turned))[0]
                cv2.fillConvexPoly(shut, np.round(there).astype(np.int32), 255)
    writing = [row for row in rows if not row.column]
    clear = [row for row in writing if row.clear]
    much = sum(row.strip.size for row in clear)
    if much > MOST or sum(row.width * row.size for row in clear) <= 0.5 * sum(row.width * row.size for row in writing):
        raise Unreadable()
    read(clear)
    judged = [(row, *_spans(row, known)) for row in rows if row.column or row.clear]
    sure = np.zeros_like(shut)
    for row, _, ids in judged:
        for left, right, _ in ids:
            middle, half = row.height / 2, 0.75 * row.size
            cv2.fillConvexPoly(sure, row.corners(left - half, right + half, middle - half, middle + half), 255)
    for row, hidden, _ in judged:
        for left, right in hidden:
            # What is surely an application id is not hidden for what it may look like upside down or askew.
            if not _within(row, left, right, sure) and (row.column or not _reads_as_words(row, left, right)):
                cv2.fillConvexPoly(shut, row.corners(left, right, 0, row.height), 255)
    for row in writing:
        unread = not row.clear or row.read < READ and not row.crossing and not _reads_as_words(row, 0, row.width)
        if unread and row.letters(shut) >= LETTERS // 2:
            cv2.fillConvexPoly(shut, row.corners(0, row.width, 0, row.height), 255)
    shown = picture.copy()
    shown[shut > 0] = 0
    printed = Counter(digits for *_, ids in judged for *_, digits in ids if digits).most_common(2)
    again = [digits for digits, times in printed if times > 1]
    return Shown(shown, again[0] if len(again) == 1 else "")


# -- codes -------------------------------------------------------------------------------------------------------------------


def _codes(picture: Picture) -> tuple[Grey, Grey, set[str]]:
    """Where the form's codes are, where others are, which are hidden, and the application ids in the form's."""
    forms, shut, known = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape[:2], np.uint8), set()
    for code in zxingcpp.read_barcodes(picture, return_errors=True):
        at = code.position
        quad = np.array([[one.x, one.y] for one in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)], np.float64)
        # The code on the back of a My Number card holds the number: only one with an application id and no other number stays.
        numbers = re.findall(r"\d{12,}", unicodedata.normalize("NFKC", code.text))
        square = code.format == zxingcpp.BarcodeFormat.QRCode
        if code.valid and square and [len(one) for one in numbers] == [ID]:
            known.add(numbers[0])
            # No more than the code itself is taken as it is: a number may stand close to it.
            cv2.fillConvexPoly(forms, _around(quad, 1.04), 255)
        elif code.valid or square and min(np.ptp(quad, axis=0)) >= LEAST_CODE:
            cv2.fillConvexPoly(shut, _around(quad, 1.12), 255)
    found, quads = cv2.QRCodeDetector().detectMulti(picture)
    for quad in quads if found else []:
        x, y = quad.mean(axis=0).clip(0, [picture.shape[1] - 1, picture.shape[0] - 1]).astype(int)
        if not forms[y, x]:
            cv2.fillConvexPoly(shut, _around(quad, 1.2), 255)
    return forms, shut, known


def _around(quad: Numbers, times: float) -> Numbers:
    middle = quad.mean(axis=0)
    return np.round(middle + (quad - middle) * times).astype(np.int32)


# -- what may be a number ----------------------------------------------------------------------------------------------------

Span = tuple[float, float]
"""From where to where in a row's strip."""


def _spans(row: Row, known: set[str]) -> tuple[list[Span], list[tuple[float, float, str]]]:
    """What of a row is hidden, and what of it is surely an application id, with its digits where all of them are read.

    :param known: ids that codes on the same paper hold.
    """
    hidden, ids = [], []
    for left, right, digits, sureness in _numbers(row):
        whole = len(digits) == ID and digits.isdecimal() and _groups(row, left, right) in GROUPS
        if whole or any(Levenshtein.distance(digits, one) <= 4 for one in known):
            ids.append((left, right, digits if whole else ""))
        elif sureness >= (UNSURE_ACROSS if row.crossing else UNSURE):
            hidden.append(_with_the_rest(row, left, right, len(digits)))
    hidden += [_with_the_rest(row, *run) for run in _alike(row) if row.column or not row.crossing]
    return hidden, ids


def _with_the_rest(row: Row, left: float, right: float, digits: int) -> Span:
    """What is hidden around so many digits: of twelve, those that were not seen may be at either end, beyond the row, too."""
    more = (1.0 + 0.75 * max(0, ALL - digits)) * row.size
    return left - more, right + more


def _within(row: Row, left: float, right: float, mask: Grey) -> bool:
    """Whether the middle line of a piece of a row is in a mask of the picture, but for its ends."""
    ends = row.corners(left, right, row.height / 2, row.height / 2)[:2]
    along = np.linspace(ends[0], ends[1], 15)[1:-1].round().astype(int).clip(0, [mask.shape[1] - 1, mask.shape[0] - 1])
    return bool((mask[along[:, 1], along[:, 0]] > 0).mean() >= 0.8)


def _numbers(row: Row) -> list[tuple[float, float, str, float]]:
    """Left and right of the middles of the outer digits, what is read, and tesseract's confidence."""
    found = []
    for flipped, words in row.words:
        line: list[tuple[float, str, float]] = []
        for left, right, text, sureness in words:
            step = (right - left) / len(text)
            middles = [right - (which + 0.5) * step if flipped else left + (which + 0.5) * step for which in range(len(text))]
            line += [(middle, one, sureness) for middle, one in zip(middles, text, strict=True) if one.isalnum() or one in ALIKE]
        line.sort()
        hot = np.zeros(len(line) + 1, bool)
        for first in range(len(line)):
            digits = alike = 0
            for last in range(first, min(len(line), first + 16)):
                if last > first and line[last][0] - line[last - 1][0] > 7 * row.size:
                    break
                digits, alike = digits + line[last][1].isdecimal(), alike + (line[last][1] in ALIKE)
                count = last - first + 1
                ends = all(line[end][1].isdecimal() or line[end][1] in ALIKE for end in (first, last))
                if (
                    ends
                    and digits + alike >= 0.8 * count
                    and (digits >= FEWEST or digits >= FEWEST - 2 and digits + alike >= FEWEST + 2)
                ):
                    hot[first : last + 1] = True
        edges = np.flatnonzero(np.diff(hot.astype(int), prepend=0))
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            run = line[first:after]
            text = "".join(one for _, one, _ in run)
            found.append((run[0][0], run[-1][0], text[::-1] if flipped else text, float(np.mean([sure for *_, sure in run]))))
    return found


def _groups(row: Row, left: float, right: float) -> list[int]:
    """How the letters in a piece of a row are grouped."""
    middles = row.units[:, :2].mean(axis=1)
    middles = middles[(middles > left - 0.4 * row.size) & (middles < right + 0.4 * row.size)]
    if len(middles) < 2:
        return []
    steps = np.diff(middles)
    breaks = np.flatnonzero(steps > 1.5 * np.median(steps)) + 1
    return [len(part) for part in np.split(middles, breaks)]


def _alike(row: Row) -> list[tuple[float, float, int]]:
    """Left, right and count of letters of one height, each in one piece and narrower than high."""
    left, right, height, single, _ = row.units.T
    width = right - left
    if row.column:
        # They lie on their side.
        width, height = height, width
    like = (single > 0.75) & (width <= 0.88 * height) & (height > 0.62 * row.size) & (height < 1.35 * row.size)
    found: list[tuple[float, float, int]] = []
    for first in map(int, np.flatnonzero(like)):
        for last in range(first, min(len(like), first + 14)):
            if last > first and left[last] - right[last - 1] > (2.2 if row.column else 6.0) * row.size:
                break
            here = slice(first, last + 1)
            heights = height[here][like[here]]
            if like[last] and len(heights) >= max(FEWEST_ALIKE, 0.8 * (last - first + 1)):
                usual = np.median(heights)
                if (np.abs(heights - usual) <= 0.12 * usual + 1).mean() >= 0.8:
                    # Runs that overlap are one.
                    start, _, count = found.pop() if found and left[first] <= found[-1][1] else (left[first], 0, 0)
                    found.append((start, right[last], max(count, len(heights))))
    return found


def _reads_as_words(row: Row, left: float, right: float) -> bool:
    """Whether a piece of a row is surely words, maybe with small numbers between them, in one language and one way up."""
    surely = False
    for flipped, words in row.words:
        sure = [word for word in words if word[3] >= SURE]
        inside = [word for word in words if word[0] < right and word[1] > left]
        letters = run = longest = 0
        for _, _, text, sureness in reversed(inside) if flipped else inside:
            for one in text:
                if sureness >= SURE and one.isalpha() and one not in ALIKE:
                    letters, run = letters + 1, 0
                else:
                    run += one.isdecimal() or one in ALIKE
                longest = max(longest, run)
        covered = row.covered(sure, left, right)
        if longest >= FEWEST and covered >= 0.5:
            return False
        surely = surely or covered >= 0.8 and letters >= 3 and longest < FEWEST
    return surely
