"""A kiosk and its centre, each behind its own address translation and the kiosk behind a firewall: they meet at a TURN server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CLONE

OWN_NETWORKS = ["unshare", "--user", "--map-current-user", "--keep-caps", "--net"]
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


@pytest.mark.timeout(240)
@pytest.mark.requirement("IZ-01", "IZ-14")
def test_a_kiosk_behind_a_firewall_is_served_by_video_through_the_turn_server_and_not_without(short_path: Path) -> None:
    for tool in ("ip", "nft", "turnserver"):
        assert shutil.which(tool, path=PATH), f"{tool} is missing: deploy/setup.sh test installs it"
    environment = os.environ | {"PATH": PATH}
    if subprocess.run([*OWN_NETWORKS, "nft", "add", "table", "nat"], capture_output=True, env=environment).returncode:
        pytest.skip("this kernel or chroot gives no network with address translation to an ordinary user")
    words = [*OWN_NETWORKS, sys.executable, "-m", "tests.asterisk.turn_scene", str(short_path)]
    played = subprocess.run(words, capture_output=True, text=True, timeout=230, cwd=CLONE, env=environment)
    assert played.returncode == 0, played.stdout + played.stderr
