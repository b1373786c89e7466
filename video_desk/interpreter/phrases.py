"""Agreed phrases: their translations stand here, to be checked by people. They are shown word for word and sent nowhere."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_NOISE = re.compile(r"[\s、。，．,.!?！？・「」]+")


@cache
def phrases() -> tuple[dict[str, str], ...]:
    """All of them: by language."""
    text = files("video_desk.interpreter").joinpath("phrases.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["phrase"])


def _plain(text: str) -> str:
    return _NOISE.sub("", text).lower()


def verbatim(said: str, spoken: str, read: str) -> str:
    """The agreed translation of a phrase; empty where it is none."""
    source, goal = ("ja" if one == "easy" else one for one in (spoken, read))
    plain = _plain(said)
    return next((one[goal] for one in phrases() if _plain(one.get(source, "")) == plain and goal in one), "")
