"""The city's words: how terms of the My Number Card are called in each language. A city adds to them by a file of its own."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _entries() -> tuple[dict[str, str], ...]:
    text = files("video_desk.interpreter").joinpath("glossary.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["term"])


def _in(entry: dict[str, str], language: str) -> str:
    return entry.get("ja" if language == "easy" else language, "")


def terms(language: str) -> list[str]:
    """Every term in a language, the most usual last: of a long hint a model that hears keeps the end."""
    return [_in(entry, language) for entry in reversed(_entries()) if _in(entry, language)]


def found(said: str, spoken: str, read: str) -> list[tuple[str, str]]:
    """The terms that stand in what was said, with their names in the other language, the longest first."""
    pairs = [(_in(entry, spoken), _in(entry, read)) for entry in _entries()]
    there = [(one, other) for one, other in pairs if one and other and one.lower() in said.lower()]
    there.sort(key=lambda pair: -len(pair[0]))
    kept: list[tuple[str, str]] = []
    for one, other in there:
        # 電子証明書 stands in 署名用電子証明書, but is not what is meant there.
        if not any(one in longer for longer, _ in kept):
            kept.append((one, other))
    return kept


def applied(said: str, translated: str, spoken: str, read: str) -> str:
    """The translation; a term that it names otherwise is added in the city's words."""
    # What is also a verb stands in the translation in another form.
    loose = {_in(entry, read) for entry in _entries() if entry.get("form") == "verb"}
    missing = [other for _, other in found(said, spoken, read) if other not in loose and other.lower() not in translated.lower()]
    return f"{translated} [{', '.join(missing)}]" if missing else translated
