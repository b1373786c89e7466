"""The sentences of the browser scripts, for readers of another language than Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from contact_center.language import Words

_CALL = re.compile(r"\bt\(\s*\"((?:[^\"\\]|\\.)*)\"")
FOLDERS = {"contact_center": ("web", "browser")}
"""Where a package keeps its scripts, if not in `browser`."""


@cache
def script_sentences(package: str) -> tuple[str, ...]:
    """Every Japanese sentence in a package's scripts: the arguments of `t("…")`."""
    folder = files(package).joinpath(*FOLDERS.get(package, ("browser",)))
    found: set[str] = set()
    for script in folder.iterdir() if folder.is_dir() else ():
        if script.name.endswith(".js"):
            found.update(_CALL.findall(script.read_text("utf-8")))
    return tuple(sorted(found))


def script_words(words: Words, packages: Iterable[str]) -> dict[str, str]:
    """The sentences of some packages' scripts in the reader's language; empty for Japanese."""
    if words.language == "ja":
        return {}
    return {sentence: words.gettext(sentence) for package in packages for sentence in script_sentences(package)}
