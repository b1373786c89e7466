"""The sentences of the console's scripts, for readers of another language than Japanese."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from contact_center.language import Words

_CALL = re.compile(r"\bt\(\s*\"((?:[^\"\\]|\\.)*)\"")


@cache
def script_sentences() -> tuple[str, ...]:
    """Every Japanese sentence in the console's scripts: the arguments of `t("…")`."""
    folder = files("telephony").joinpath("browser")
    found: set[str] = set()
    for script in folder.iterdir():
        if script.name.endswith(".js"):
            found.update(_CALL.findall(script.read_text("utf-8")))
    return tuple(sorted(found))


def script_words(words: Words) -> dict[str, str]:
    """The sentences in the reader's language; empty for Japanese."""
    if words.language == "ja":
        return {}
    return {sentence: words.gettext(sentence) for sentence in script_sentences()}
