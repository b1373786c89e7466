"""The voices: Open JTalk for Japanese, eSpeak NG for the other languages. Nothing leaves the machine."""

from __future__ import annotations

import io
import subprocess
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_center.errors import Unavailable

Samples = NDArray[Any]

OTHERS = {"en": "en-us", "zh": "cmn", "ko": "ko", "pt": "pt-br", "vi": "vi"}
"""eSpeak NG's name of each language."""

LOUD = 0.5
WORDS_A_MINUTE = 150
"""Of eSpeak NG; its own 175 are too many for somebody who is told something new."""


def speak(text: str, pace: float = 1.0, language: str = "ja") -> tuple[Samples, int]:
    """The text in speech: samples from -1 to 1, and their rate in hertz.

    :param pace: how fast, against the voice's own pace.
    :raises Unavailable: where there is no voice for that language.
    """
    samples, rate = _japanese(text, pace) if language == "ja" else _other(text, pace, language)
    peak = float(np.max(np.abs(samples), initial=0.0)) or 1.0
    return (samples / peak * LOUD).astype(np.float32), rate


def _japanese(text: str, pace: float) -> tuple[Samples, int]:
    # The voice and its dictionary take a second to load: only who really speaks pays for it.
    with redirect_stdout(io.StringIO()):
        # It prints a warning about a part that we do not use, into results that programs read.
        import pyopenjtalk

    samples, rate = pyopenjtalk.tts(text, speed=pace)
    return samples, int(rate)


def _other(text: str, pace: float, language: str) -> tuple[Samples, int]:
    words = ["espeak-ng", "-v", OTHERS.get(language, language), "-s", str(round(WORDS_A_MINUTE * pace)), "--stdout", "--stdin"]
    try:
        made = subprocess.run(words, input=text.encode(), capture_output=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("この言葉の声がありません（espeak-ng を入れてください）。") from error
    samples, rate = soundfile.read(io.BytesIO(made), dtype="float32")
    return np.asarray(samples), int(rate)
