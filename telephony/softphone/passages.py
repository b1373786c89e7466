"""Whether an announcement was heard whole: its passages are compared one by one.

`hearing.likeness` asks for the most telling second and a half of a sentence. Announcements of one line begin with the same
words, so that the one may be taken for the other there; what is asked here is the least like of all passages.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from contact_center.speech.hearing import FRAME, HEARD, RATE, Samples, likeness, load

PASSAGE = int(1.5 * RATE)
"""Samples that `likeness` compares."""

UNHEARD = int(0.4 * RATE)
"""Samples at the end of an announcement that are not waited for: who listens to the very end is a caller who waits."""

SILENT = 0.003
"""Amplitude under which nobody hears anything; what a codec makes of silence stays below."""


STEADY = 0.1
"""Change of loudness, against the loudness itself, below which a sound is an even tone."""


class Passages:
    """The passages of an announcement.

    :param path: its sound file.
    """

    def __init__(self, path: Path) -> None:
        spoken = _spoken(load(path))
        end = max(len(spoken) - UNHEARD, min(len(spoken), PASSAGE))
        count = max(1, end // PASSAGE)
        self._all: list[Samples] = [part for part in np.array_split(spoken[:end], count) if _tells(part)]
        self.seconds = len(spoken) / RATE

    @property
    def tells(self) -> bool:
        """Whether there is anything in it that can be compared: silence and an even tone cannot."""
        return bool(self._all)

    def count(self, heard: Samples) -> int:
        """How many of its passages were heard."""
        return sum(likeness(part, heard) >= HEARD for part in self._all)

    def likeness(self, heard: Samples) -> float:
        """How like the least like of its passages is, 0 to 1."""
        return min((likeness(part, heard) for part in self._all), default=0.0)

    def ends_in(self, heard: Samples) -> float:
        """How like its last passage is to anything in the last seconds of what was heard."""
        return max((likeness(last, heard[-(len(last) + RATE) :]) for last in self._all[-1:]), default=0.0)


def is_silent(sound: Samples) -> bool:
    """Whether there is nothing to hear."""
    return float(np.max(np.abs(sound), initial=0.0)) < SILENT


def _tells(part: Samples) -> bool:
    """Whether its loudness changes as that of words or music does: what is compared is where and when there is energy."""
    frames = part[: len(part) // FRAME * FRAME].reshape(-1, FRAME)
    loudness = np.sqrt((frames**2).mean(axis=1))
    return not is_silent(part) and float(loudness.std()) > STEADY * float(loudness.mean())


def _spoken(samples: Samples) -> Samples:
    """Without the silence before and after it."""
    loud = np.flatnonzero(np.abs(samples) > max(SILENT, 0.02 * float(np.max(np.abs(samples), initial=0.0))))
    if not len(loud):
        return samples
    return samples[max(0, loud[0] - FRAME) : loud[-1] + FRAME]
