"""Whoever writes a profile finds every word of it in the reference, and every step of the tutorial holds."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from booking_agent.profiles import read
from booking_agent.profiles.schema import (
    ERRORS,
    FACTS,
    Budget,
    Done,
    Flow,
    Mailed,
    Profile,
    Proof,
    Question,
    Reads,
    Step,
    View,
    Window,
)
from booking_agent.profiles.values import COMPOSED, FIELDS, FILTERS, NOT_ASKED

DOCS = Path(__file__).parents[2] / "docs"
WORDS = set(re.findall(r"`([\w]+)`", (DOCS / "booking-profile.md").read_text("utf-8")))
KEYS = {
    key
    for struct in (Profile, Flow, Step, View, Done, Mailed, Proof, Question, Reads, Window, Budget)
    for key in (field.encode_name for field in msgspec.structs.fields(struct))
}


@pytest.mark.parametrize("word", sorted({*KEYS, *FIELDS, *COMPOSED, *NOT_ASKED, *FILTERS, *FACTS, *ERRORS}))
def test_every_word_of_a_profile_stands_in_the_reference(word: str) -> None:
    assert word in WORDS


def test_the_smallest_profile_of_the_tutorial_can_be_read(tmp_path: Path) -> None:
    told = (DOCS / "tutorial-add-a-site.md").read_text("utf-8")
    path = tmp_path / "example.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", told, re.DOTALL)[1], "utf-8")
    assert read(path).site == "example"


def test_a_shipped_profile_is_short() -> None:
    for path in (DOCS.parent / "booking_agent" / "sites").glob("*.yaml"):
        assert len(path.read_text("utf-8").splitlines()) <= 80, path.name
