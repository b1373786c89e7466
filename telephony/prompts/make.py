"""Making the sound files that Asterisk plays: 8 kHz, mono, 16 bit. What was spoken once is kept in the user's cache."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_center.speech.kept import kept, put
from contact_center.speech.voice import speak

Samples = NDArray[Any]

RATE = 8000
VOICE_RATE = 48000
VERSION = "1"

TEXTS: dict[str, str] = tomllib.loads(files("telephony.prompts").joinpath("texts.toml").read_text("utf-8"))
NAMES = tuple(TEXTS)


def make_line(folder: Path, city: str, greeting: str, own: Mapping[str, str], recordings: Path) -> list[Path]:
    """Make every announcement of a line.

    :param folder: where they are put, as `<name>.wav`.
    :param own: texts of this line that stand instead of the common ones.
    :param recordings: folder of recordings that stand instead of the voice.
    :returns: the files that are new or changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name in NAMES:
        recorded = recordings / f"{name}.wav"
        if recorded.exists():
            content = _wav(_at_rate(*_read(recorded)))
        else:
            text = own.get(name, TEXTS[name]).format(city=city, greeting=greeting)
            content = spoken(text)
        target = folder / f"{name}.wav"
        if put(target, content):
            changed.append(target)
    return changed


def spoken(text: str, pace: float = 1.0) -> bytes:
    """The text in Japanese speech, as a WAV file.

    :param pace: how fast, against the voice's own pace.
    """
    return kept(f"{VERSION}:{pace}:{text}", "wav", lambda: _wav(_at_rate(*speak(text, pace))))


def make_music(folder: Path) -> Path:
    """A quiet music box for those who wait, made here, so that nobody's rights are touched."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "music-box.wav"
    if not target.exists():
        put(target, _wav(_music_box()))
    return target


def _music_box() -> Samples:
    scale = {"C": 261.63, "D": 293.66, "E": 329.63, "G": 392.0, "A": 440.0, "c": 523.25}
    tune = "C E G c G E | D G A c A G | E G c G E C | D E G A G D | C E G A G E | G A c A G E | D E G E D C | C"
    beat = int(RATE * 0.55)
    sound = np.zeros(beat * (len(tune.replace("|", "").split()) + 6), dtype=np.float32)
    time = np.arange(beat * 4) / RATE
    for place, note in enumerate(tune.replace("|", "").split()):
        tone = np.sin(2 * np.pi * scale[note] * time) + 0.3 * np.sin(4 * np.pi * scale[note] * time)
        start = place * beat
        end = min(start + len(time), len(sound))
        sound[start:end] += (tone * np.exp(-time * 2.2))[: end - start]
    return np.asarray(sound / np.max(np.abs(sound)) * 0.12)


def _at_rate(samples: Samples, rate: int) -> Samples:
    if rate == RATE:
        return samples
    # A windowed low pass before thinning out keeps the upper voice from folding back as hiss.
    step = rate / RATE
    taps = np.arange(-64, 65)
    low_pass = np.sinc(taps * 0.92 / step) * np.hamming(len(taps))
    smooth = np.convolve(samples, low_pass / low_pass.sum(), mode="same")
    wanted = np.arange(0, len(samples) - 1, step)
    return np.interp(wanted, np.arange(len(samples)), smooth).astype(np.float32)


def _read(path: Path) -> tuple[Samples, int]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(samples.mean(axis=1)), int(rate)


def _wav(samples: Samples) -> bytes:
    import io

    memory = io.BytesIO()
    soundfile.write(memory, samples, RATE, format="WAV", subtype="PCM_16")
    return memory.getvalue()
