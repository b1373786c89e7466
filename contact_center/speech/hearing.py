"""Whether what was said at one end was heard at the other: the sound itself is compared, not a counter of packets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[Any]

RATE = 8000
FRAME = 160
"""20 ms at 8 kHz."""

BANDS = 16

HEARD = 0.6
"""Likeness from which a passage counts as heard; unrelated speech stays under .45 (see tests)."""


def load(path: Path) -> Samples:
    """A WAV file as mono samples at 8 kHz."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return at_rate(samples.mean(axis=1), int(rate))


def at_rate(samples: Samples, rate: int) -> Samples:
    """Samples at 8 kHz, by averaging and linear interpolation; enough for comparing bands."""
    if rate == RATE:
        return samples
    whole = np.convolve(samples, np.ones(max(1, rate // RATE)) / max(1, rate // RATE), mode="same")
    wanted = np.arange(0, len(samples) - 1, rate / RATE)
    return np.asarray(np.interp(wanted, np.arange(len(samples)), whole))


def likeness(said: Samples, heard: Samples) -> float:
    """How like the best passage of what was heard is to what was said, 0 to 1.

    Both become spectrograms of 20 ms; codecs change the wave, but not where and when a voice has its energy. A passage of
    1.5 seconds is slid along the recording.

    :param said: samples at 8 kHz, at least 1.5 seconds.
    :param heard: samples at 8 kHz.
    """
    wanted, there = _bands(said), _bands(heard)
    length = min(75, len(wanted))
    if len(there) < length or length < 20 or float(np.max(np.abs(heard), initial=0.0)) < 1e-4:
        return 0.0
    energy = np.convolve(wanted.mean(axis=1), np.ones(length), mode="valid")
    start = int(np.argmax(energy))
    passage = wanted[start : start + length]
    passage = passage - passage.mean(axis=0)
    size = float(np.linalg.norm(passage))
    # All places at once: the passage has no mean, so that the mean of what it is held against drops out of the product.
    alike = sum(np.correlate(there[:, band], passage[:, band], mode="valid") for band in range(BANDS))
    sums, squares = _sliding(there, length), _sliding(there**2, length)
    sizes = np.sqrt(np.maximum((squares - sums**2 / length).sum(axis=1), 1e-12))
    return max(0.0, float(np.max(alike / (sizes * size)))) if size else 0.0


def _sliding(values: Samples, length: int) -> Samples:
    """The sum of each `length` rows in a row."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return np.asarray(total[length:] - total[:-length])


def _bands(samples: Samples) -> Samples:
    frames = len(samples) // FRAME
    if frames < 2:
        return np.zeros((0, BANDS))
    cut = samples[: frames * FRAME].reshape(frames, FRAME) * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(cut, axis=1)) ** 2
    bands = power[:, 2:66].reshape(frames, BANDS, 4).sum(axis=2)
    return np.asarray(np.log1p(bands * 1000))
