"""The disk is full: calls are answered all the same, and what could not be written is caught up with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CLONE

OWN_MOUNTS = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"]
PLAY = """mount -t tmpfs -o size=96m,mode=700 tmpfs "$1" && cd "$2" &&
exec setpriv --ambient-caps -all --inh-caps -all "$3" -m tests.asterisk.disk_full_scene "$1"
"""


@pytest.mark.requirement("NB-13")
def test_calls_are_answered_while_the_disk_is_full_and_written_afterwards(short_path: Path) -> None:
    if subprocess.run([*OWN_MOUNTS, "true"], capture_output=True).returncode:
        pytest.skip("this kernel or chroot gives no mount namespace to an ordinary user")
    words = ["bash", "-c", PLAY, "bash", str(short_path), str(CLONE), sys.executable]
    played = subprocess.run([*OWN_MOUNTS, *words], capture_output=True, text=True, timeout=200)
    assert played.returncode == 0, played.stdout + played.stderr
