"""The kiosk's words in every language, and the version of the texts that residents agree to."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("ja", "easy", "en", "zh", "ko", "pt", "vi")
AGREED = ("consent", "declare")
"""The tables of words to which a resident agrees or which they declare."""


@cache
def words(language: str) -> dict[str, str]:
    """All sentences of a language, by `table.key`."""
    tables = tomllib.loads(files("video_desk").joinpath("words", f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


def pad(language: str) -> dict[str, str]:
    """Words of the keys on which a secret is typed; they stand in a page that knows no ruby."""
    plain = words("ja" if language == "easy" else language)
    return {key: plain[f"secret.{key}"] for key in ("stop", "delete", "enter")}


def has_topic(topic: str) -> bool:
    """Whether the kiosk's words name a topic of procedures."""
    return f"topics.{topic}" in words("ja")


@cache
def version() -> str:
    """Changes whenever a text changes that residents agree to, in any language."""
    agreed = [f"{key}={text}" for language in LANGUAGES for key, text in words(language).items() if key.split(".")[0] in AGREED]
    return hashlib.sha256("\n".join(agreed).encode()).hexdigest()[:12]
