"""Whoever presses a key during a call sets one thing going, not two."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from contact_center.features import load_features

ROOT = Path(__file__).parents[2]
BY_LETTER = re.compile(r"\{((?:\s*[a-z]: [^{}]*?,?)+)\}\[event\.key\.toLowerCase\(\)\]")


def test_no_letter_is_given_twice_in_the_console() -> None:
    console = (ROOT / "telephony" / "browser" / "main.js").read_text("utf-8")
    pressed = [letter for letter in re.findall(r'"Alt\+([a-z0-9])"', console) if letter]
    console_keys = set(pressed)
    panels = [panel.hotkey for feature in load_features() for panel in feature.panels]
    inside = [
        letter
        for path in ROOT.glob("*/browser/*.js")
        for keys in BY_LETTER.findall(path.read_text("utf-8"))
        for letter in re.findall(r"(?:^|[,\s])([a-z]): ", keys)
    ]
    assert {"b", "n", "g"} <= console_keys and "w" in inside and panels, "the search finds what is there"
    twice = [letter for letter, count in Counter([*console_keys, *panels, *inside]).items() if count > 1]
    assert twice == []
