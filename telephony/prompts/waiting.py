"""What those who wait hear of their place, and what the supervisor has typed for all callers."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from contact_center.speech.kept import put
from telephony.prompts.make import spoken

TEXTS: dict[str, str] = tomllib.loads(files("telephony.prompts").joinpath("places.toml").read_text("utf-8"))

MOST_PLACES = 30
"""The highest place that is told; behind it a caller hears that very many wait."""

SLOWLY = 0.7


def make_places(folder: Path) -> None:
    """Every place in a sentence, at two paces, and what is said beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    sentences = {str(n): TEXTS["place"].format(n=n) for n in range(1, MOST_PLACES + 1)}
    sentences["many"] = TEXTS["many"]
    for name, text in sentences.items():
        put(folder / f"{name}.wav", spoken(text))
        put(folder / f"slow-{name}.wav", spoken(text, SLOWLY))
    for name in ("keys", "busy", "no-answer"):
        put(folder / f"{name}.wav", spoken(TEXTS[name]))


def notice_name(text: str) -> str:
    """The name of the sound file of a temporary announcement."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def make_notices(folder: Path, texts: Iterable[str]) -> None:
    """The temporary announcements that are wanted now, and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{notice_name(text)}.wav": text for text in texts}
    for name, text in wanted.items():
        put(folder / name, spoken(text))
    for path in folder.glob("*.wav"):
        if path.name not in wanted:
            path.unlink()
