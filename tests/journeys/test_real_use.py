"""`madoguchi up` from a settings file, as `make run` does: the centre comes up, answers, and ends whole."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.demo.ports import PortBlock, free_port
from admin.demo.stage import temporary_home
from contact_center.clock import SystemClock
from tests.conftest import CLONE


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a settings file and the example directory beside it."""
    made = temporary_home()
    shutil.copy(CLONE / "deploy" / "directory.example.toml", made / "directory.toml")
    sound = PortBlock(100)
    (made / "madoguchi.toml").write_text(
        f'[centre]\nhome = "home"\n[web]\nport = {free_port()}\n[telephony]\nsip_port = {free_port()}\n'
        f"tls_port = {free_port()}\nami_port = {free_port()}\nhttp_port = {free_port()}\n"
        f"rtp_first = {sound.first}\nrtp_last = {sound.first + 99}\n"
    )
    yield made
    sound.close()
    shutil.rmtree(made, ignore_errors=True)


def test_the_centre_comes_up_from_a_settings_file_and_ends_whole(folder: Path) -> None:
    command = [sys.executable, "-m", "admin.cli", "--settings", str(folder / "madoguchi.toml"), "up"]
    centre = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=CLONE)
    clock = SystemClock()
    port = (folder / "madoguchi.toml").read_text().split("[web]\nport = ")[1].split("\n")[0]
    try:
        for _ in range(400):
            try:
                context = ssl.create_default_context(cafile=str(folder / "home" / "tls" / "authority.pem"))
                with urllib.request.urlopen(f"https://localhost:{port}/alive", context=context, timeout=2) as answer:
                    assert answer.status == 204
                    break
            except (OSError, FileNotFoundError):
                assert centre.poll() is None, "the centre has ended"
                clock.sleep(0.1)
        else:
            raise AssertionError("the centre does not answer")
        children = {int(p.read_text().split()[0]) for p in (folder / "home" / "run").glob("*.keeper")}
        assert len(children) == 7
        second = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=CLONE)
        assert second.returncode == 5
        assert "もう動いています" in second.stderr
        assert {int(p.read_text().split()[0]) for p in (folder / "home" / "run").glob("*.keeper")} == children
    finally:
        centre.send_signal(signal.SIGTERM)
        assert centre.wait(30) == 0
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("[web]", '[web]\nhost = "192.0.2.10"', "web.host"),
        ("[telephony]", '[telephony]\nhost = "192.0.2.10"', "telephony.host"),
        ('home = "home"', 'home = "/proc/nowhere"', "centre.home"),
        ('home = "home"', 'home = "home"\nname = "日本;"', "centre.name"),
        ("rtp_last = ", "rtp_last = 10 # ", "rtp_last"),
        ("[telephony]", '[telephony]\nlocal_networks = "10.0.0.0/99"', "telephony.local_networks"),
        ("[telephony]", '[telephony]\nmedia_address = "no such"', "telephony.media_address"),
        ("[web]", '[web]\nnames = "日本"', "web.names"),
        ("[web]", '[turn]\nurls = "turn:turn.example:3478"\n[web]', "turn.urls"),
        ("[centre]", '[trunk]\nfrom = "banana"\n[centre]', "trunk.from"),
        ("[centre]", '[trunk]\nkind = "registration"\n[centre]', "trunk.kind"),
    ],
)
def test_what_cannot_work_here_stops_the_start_with_its_line(folder: Path, old: str, new: str, hint: str) -> None:
    settings = folder / "madoguchi.toml"
    text = settings.read_text().replace(old, new).replace("rtp_last = 10 ", "rtp_last = 1100 ")
    settings.write_text(text)
    command = [sys.executable, "-m", "admin.cli", "--settings", str(settings), "up"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=CLONE)
    assert done.returncode == 7, done.stderr
    key = hint.partition(".")[2] or hint
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(key + " = "))
    assert f"madoguchi.toml:{line}: " in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_given_twice_stops_the_start(folder: Path) -> None:
    settings = folder / "madoguchi.toml"
    port = settings.read_text().split("sip_port = ")[1].split("\n")[0]
    settings.write_text(settings.read_text().replace("ami_port = ", f"ami_port = {port} # "))
    command = [sys.executable, "-m", "admin.cli", "--settings", str(settings), "up"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=CLONE)
    assert done.returncode == 7
    assert "telephony.sip_port" in done.stderr


def test_a_port_that_another_program_uses_stops_the_start(folder: Path) -> None:
    settings = folder / "madoguchi.toml"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings.write_text(settings.read_text().replace("ami_port = ", f"ami_port = {port} # "))
        command = [sys.executable, "-m", "admin.cli", "--settings", str(settings), "up"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=CLONE)
    assert done.returncode == 7
    assert "ほかのプログラムが使っています" in done.stderr
    assert "telephony.ami_port" in done.stderr


def test_a_wrong_setting_stops_the_start_with_its_line(folder: Path) -> None:
    settings = folder / "madoguchi.toml"
    settings.write_text(settings.read_text() + "[seats]\nwrapup = 30\n")
    command = [sys.executable, "-m", "admin.cli", "--settings", str(settings), "up"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=CLONE)
    assert done.returncode == 7
    assert "seats.wrap_up" in done.stderr
    assert f":{len(settings.read_text().splitlines())}" in done.stderr
    assert "Traceback" not in done.stderr
