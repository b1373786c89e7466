"""Making the sound files that Asterisk plays: 8 kHz, mono, 16 bit. What was spoken once is kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Mapping
from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from telephony.pbx.install import cache

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
    kept = cache() / "spoken" / (hashlib.sha256(f"{VERSION}:{pace}:{text}".encode()).hexdigest() + ".wav")
    if not kept.exists():
        put(kept, _wav(_at_rate(*speak(text, pace))))
    return kept.read_bytes()


def speak(text: str, pace: float = 1.0) -> tuple[Samples, int]:
    """The text in Japanese speech: samples from -1 to 1, and their rate in hertz."""
    # The voice and its dictionary take a second to load: only who really speaks pays for it.
    with redirect_stdout(StringIO()):
        # It prints a warning about a part that we do not use, into results that programs read.
        import pyopenjtalk

    samples, rate = pyopenjtalk.tts(text, speed=pace)
    peak = float(np.max(np.abs(samples))) or 1.0
    return (samples / peak * 0.5).astype(np.float32), int(rate)


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


def put(target: Path, content: bytes) -> bool:
    """Put a file in its place as a whole; False where it stands there already."""
    if target.exists() and target.read_bytes() == content:
        return False
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    shutil.move(fresh, target)
    return True
