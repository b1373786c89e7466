"""The settings for carriers hold: every name in them exists, and each says that no real line has seen it."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.addresses import _check_words
from contact_center.features import load_features
from contact_center.house import declared_settings
from contact_center.settings import load
from telephony.settings import TRUNK_CHANNELS, TRUNK_KIND, TRUNK_NUMBER
from tests.conftest import CLONE

FILES = sorted((CLONE / "deploy" / "carriers").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_carriers_settings_can_be_read_and_say_that_they_are_untried(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "実回線では未確認" in text
    assert path.name in (CLONE / "docs" / "operate" / "carriers.md").read_text("utf-8")
    settings = load(path, declared_settings(load_features()), {})
    _check_words(settings)
    assert settings[TRUNK_CHANNELS] > 0
    assert (settings[TRUNK_KIND] == "registration") == bool(settings[TRUNK_NUMBER])


def test_there_is_one_for_each_kind_of_trunk() -> None:
    kinds = {load(path, declared_settings(load_features()), {})[TRUNK_KIND] for path in FILES}
    assert kinds == {"ip", "registration"}
