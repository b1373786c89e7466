"""What browsers are told of the TURN server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from contact_center import ice
from contact_center.clock import TOKYO, FakeClock
from contact_center.errors import SettingsError
from contact_center.settings import KERNEL_SETTINGS, Settings, load

NOON = FakeClock(datetime(2026, 11, 24, 12, tzinfo=TOKYO))


def settings(tmp_path: Path, turn: str) -> Settings:
    path = tmp_path / "madoguchi.toml"
    path.write_text(f"[identity]\nsession_hours = 8\n[turn]\n{turn}")
    return load(path, KERNEL_SETTINGS, {})


def test_a_user_is_good_for_as_long_as_a_sign_in(tmp_path: Path) -> None:
    said = settings(tmp_path, 'urls = "turn:a.example:3478, turns:[::1]?transport=tcp"\nsecret = "s"')
    (told,) = ice.servers(said, NOON, "seat-1")
    assert told["urls"] == ["turn:a.example:3478", "turns:[::1]?transport=tcp"]
    until = int(datetime(2026, 11, 24, 20, tzinfo=TOKYO).timestamp())
    assert told["username"] == f"{until}:seat-1"
    # printf 1795518000:seat-1 | openssl dgst -sha1 -hmac s -binary | base64
    assert told["credential"] == "xPF9IzP5Rpu3uFIMfpdBSFO8Jok="


def test_without_a_server_nothing_is_told(tmp_path: Path) -> None:
    assert ice.servers(settings(tmp_path, 'secret = "s"'), NOON, "seat-1") == []


@pytest.mark.parametrize("urls", ["turn.example", "stun:a.example", "turn:a.example b", "turn:a?transport=sctp", "turn://a"])
def test_what_no_browser_would_take_is_refused(tmp_path: Path, urls: str) -> None:
    with pytest.raises(SettingsError, match=r"turn\.urls"):
        settings(tmp_path, f'urls = "{urls}"')
