"""The city's words: how terms of the My Number Card are called in each language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from contact_center.errors import BadInput

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What something is called.

    :param form: `verb` where a translation inflects it.
    """

    ja: Word
    en: str = ""
    zh: str = ""
    ko: str = ""
    pt: str = ""
    vi: str = ""
    form: Literal["", "verb"] = ""

    def of(self, language: str) -> str:
        """Its name in a language; empty where it has none."""
        return str(getattr(self, "ja" if language == "easy" else language))


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    term: tuple[Term, ...]


class Glossary:
    """The terms that are shipped, and those of a city's file, which stand before them and replace those of the same Japanese name.

    :param path: a TOML file of `[[term]]` tables; None: none.
    :raises BadInput: where it cannot be read or used.
    """

    def __init__(self, path: Path | None = None) -> None:
        own = _load(path) if path is not None else ()
        theirs = {term.ja for term in own}
        self._terms = (*own, *(term for term in _standard() if term.ja not in theirs))

    def terms(self, language: str) -> list[str]:
        """Every term in a language, the most usual last: of a long hint a model that hears keeps the end."""
        return [term.of(language) for term in reversed(self._terms) if term.of(language)]

    def found(self, said: str, spoken: str, read: str) -> list[tuple[str, str]]:
        """The terms that stand in what was said, with their names in the other language, the longest first."""
        pairs = [(term.of(spoken), term.of(read)) for term in self._terms]
        there = [(one, other) for one, other in pairs if one and other and one.lower() in said.lower()]
        there.sort(key=lambda pair: -len(pair[0]))
        kept: list[tuple[str, str]] = []
        for one, other in there:
            # 電子証明書 stands in 署名用電子証明書, but is not what is meant there.
            if not any(one in longer for longer, _ in kept):
                kept.append((one, other))
        return kept

    def applied(self, said: str, translated: str, spoken: str, read: str) -> str:
        """The translation; a term that it names otherwise is added in the city's words."""
        # What is also a verb stands in the translation in another form.
        loose = {term.of(read) for term in self._terms if term.form == "verb"}
        named = (other for _, other in self.found(said, spoken, read))
        missing = [other for other in named if other not in loose and other.lower() not in translated.lower()]
        return f"{translated} [{', '.join(missing)}]" if missing else translated


@cache
def _standard() -> tuple[Term, ...]:
    text = files("video_desk.interpreter").joinpath("glossary.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).term


def _load(path: Path) -> tuple[Term, ...]:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).term
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("用語集のファイル %(path)s を読めません。", path=path) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput("用語集のファイル %(name)s を直してください: %(why)s", name=path.name, why=error) from error
