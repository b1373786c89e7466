"""The kiosk's spoken guidance: every sentence of its screens, in the resident's language, for those who cannot read them well."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import soundfile

from contact_center.errors import BadInput
from contact_center.speech.kept import kept
from contact_center.speech.voice import speak
from video_desk import languages

VERSION = "1"
PACES = {"ja": 0.95, "easy": 0.8}
"""Slower than an announcement; easy Japanese slower still."""

VALUES = re.compile(r"[^<>{}|\x00-\x1f]{1,80}")
READING = re.compile(r"\{[^{}|]+\|([ぁ-んー]+)\}")
PLACE = re.compile(r"\{([a-z]+)\}")


def spoken(language: str, key: str, values: Mapping[str, str]) -> bytes:
    """One sentence as a sound file (Ogg Vorbis).

    :param values: what stands at its places: numbers, hours, an office; never anything of a person.
    :raises BadInput: where there is no such sentence, or a value is missing.
    """
    if language not in languages.LANGUAGES or key not in languages.words(language):
        raise BadInput("その文はありません。")
    # A word with its reading is spoken as it is read.
    text = READING.sub(r"\1", languages.words(language)[key])
    wanted = set(PLACE.findall(text))
    if not wanted <= set(values) or not all(VALUES.fullmatch(values[name]) for name in wanted):
        raise BadInput("その文に入れる言葉が足りません。")
    whole = PLACE.sub(lambda place: values[place[1]], text)
    if wanted:
        return _said(whole, language)
    return kept(f"guidance:{VERSION}:{language}:{whole}", "ogg", lambda: _said(whole, language))


def _said(text: str, language: str) -> bytes:
    samples, rate = speak(text, PACES.get(language, 1.0), "ja" if language == "easy" else language)
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="OGG", subtype="VORBIS")
    return file.getvalue()
