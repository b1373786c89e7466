"""The command line against a running centre: results on standard output, sentences on standard error, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from admin.demo.stage import Stage
from admin.processes.witness import LineWitness
from contact_center.availability import Ledger
from contact_center.clock import FakeClock
from tests.conftest import CLONE, MORNING

from .conftest import Desk


def madoguchi(centre: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "admin.cli", "--settings", str(centre.settings_path), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def result(centre: Stage, *words: str) -> Any:
    done = madoguchi(centre, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_doctor_finds_every_part_in_order_or_says_how_to_mend_it(centre: Stage) -> None:
    def examined() -> dict[str, Any]:
        return {f["part"]: f for f in json.loads(madoguchi(centre, "--json", "doctor").stdout)}

    # Asterisk looks after its carrier every few seconds only.
    centre.wait(lambda: examined()["電話会社"]["good"], 30, "the carrier is not seen")
    found = examined()
    for part in (
        "設定", "データベース", "監査", "Web", "ハブ", "Redis", "nginx", "AMI", "証明書", "Asterisk", "案内音声",
    ):  # fmt: skip
        assert found[part]["good"], found[part]
    # The line that is always full has two channels fewer than the doctor asks for, and he says how many it takes.
    assert not found["市役所の時間の回線のチャネル"]["good"]
    assert "要る数は4" in found["市役所の時間の回線のチャネル"]["sentence"]


def test_the_doctor_of_a_centre_that_does_not_run_says_what_to_do(tmp_path: Path) -> None:
    settings = tmp_path / "madoguchi.toml"
    settings.write_text('[centre]\nhome = "home"\n')
    (tmp_path / "home" / "data").mkdir(parents=True)
    command = [sys.executable, "-m", "admin.cli", "--settings", str(settings), "--json", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    found = {f["part"]: f for f in json.loads(done.stdout)}
    assert "db upgrade" in found["データベース"]["sentence"]
    assert not found["Redis"]["good"]


def test_people_are_added_listed_and_given_new_passwords(centre: Stage) -> None:
    made = result(centre, "agent", "add", "cli-taro", "--name", "太郎", "--role", "agent")
    assert centre.house.sessions.sign_in("cli-taro", made["password"])
    assert "cli-taro" in {row["account"] for row in result(centre, "agent", "list")}
    again = result(centre, "agent", "password", "cli-taro")
    assert again["password"] != made["password"]
    refused = madoguchi(centre, "agent", "add", "cli-taro", "--name", "次郎")
    assert (refused.returncode, refused.stdout) == (5, "")
    assert "別の名前" in refused.stderr


def test_members_of_the_queue_are_told_by_asterisk_itself(centre: Stage, desk: Desk) -> None:
    def rows() -> list[tuple[str, bool]]:
        return sorted((r["queue"], r["paused"]) for r in result(centre, "asterisk", "queue") if r["seat"] == "seat-1")

    # In a queue of its own, for whoever it talked with, it is never paused.
    assert rows() == [("main", False), ("seat-1", False)]
    desk.page.keyboard.press("Alt+2")
    desk.presence("away")
    centre.wait(lambda: rows() == [("main", True), ("seat-1", False)], 5, "still rung")


def test_figures_of_the_day_agree_and_events_are_listed(centre: Stage) -> None:
    report = result(centre, "report", "day")
    assert report["agrees"] is True
    assert len(result(centre, "events", "--limit", "5")) <= 5


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("hours", "at", "yesterday", "--line", "1"), 2, "2026-12-29T10:00"),
        (("hours", "at", "2026-12-29", "--line", "9"), 4, "line9"),
        (("close", "--reopen", "--line", "hall1"), 4, "休止中"),
        (("agent", "add", "x", "--name", "x", "--city", "atlantis"), 2, "mihon"),
    ],
)  # fmt: skip
def test_a_wrong_command_ends_with_a_sentence_and_its_own_code(centre: Stage, words: tuple[str, ...], code: int, hint: str) -> None:
    done = madoguchi(centre, *words)
    assert done.returncode == code
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_minutes_served_and_down_are_written_by_a_witness_outside_the_switchboard(centre: Stage) -> None:
    # A minute of this test's own: in those of today, other tests have killed Asterisk before the keeper's eyes.
    clock = FakeClock(MORNING)
    house = replace(centre.house, clock=clock, ledger=Ledger(clock))
    LineWitness(house, None)._look_in_thread()
    now = clock.now()
    with house.database.reading() as session:
        minutes = house.ledger.minutes(session, "line:line1", now - timedelta(minutes=2), now + timedelta(minutes=1))
    assert minutes.served == 1
    assert minutes.down == 0


def test_a_temporary_announcement_is_in_force_when_its_command_ends(centre: Stage) -> None:
    notices = centre.home / "asterisk" / "etc" / "notices.conf"
    until = (centre.house.clock.now() + timedelta(hours=1)).isoformat()
    words = "ただいま、全国のシステムが止まっています。"
    assert result(centre, "announce", "--line", "1", "--until", until, words) == {"in_force": True}
    assert "Playback" in notices.read_text()
    assert madoguchi(centre, "announce", "--line", "1", words).returncode == 2
    assert madoguchi(centre, "announce", "--line", "nowhere", "--until", until, words).returncode == 4
    assert result(centre, "announce", "--line", "1", "--withdraw") == {"in_force": False}
    assert "Playback" not in notices.read_text()


def test_without_a_settings_file_nothing_is_guessed(centre: Stage, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "admin.cli", "report", "day"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=_without_settings(), cwd=tmp_path)
    assert done.returncode == 2
    assert "--settings" in done.stderr
    assert list(tmp_path.iterdir()) == []


def _without_settings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_SETTINGS")}
    return {**kept, "PYTHONPATH": str(CLONE)}
