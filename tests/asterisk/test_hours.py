"""The dialplan decides by itself, over 400 days, at every edge, as we would; and an emergency closing is in force at once."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.clock import day_of
from contact_center.hours import intervals
from telephony.hours import what_a_caller_hears
from telephony.settings import AMI_PORT

SECOND = timedelta(seconds=1)


class Ami:
    """A plain AMI client of the test's own."""

    def __init__(self, centre: Stage) -> None:
        self._socket = socket.create_connection(("127.0.0.1", centre.house.settings[AMI_PORT]), 5)
        self._file = self._socket.makefile("rb")
        self._file.readline()
        self.send("Challenge", AuthType="MD5")
        challenge = self.read("Response")["Challenge"]
        key = hashlib.md5((challenge + centre.house.keyring.secret("ami")).encode()).hexdigest()
        self.send("Login", AuthType="MD5", Username="switchboard", Key=key)
        assert self.read("Response")["Response"] == "Success"

    def send(self, action: str, **headers: str) -> None:
        text = "".join(f"{k}: {v}\r\n" for k, v in {"Action": action, **headers}.items())
        self._socket.sendall((text + "\r\n").encode())

    def read(self, header: str) -> dict[str, str]:
        """The next message that has this header."""
        while True:
            message: dict[str, str] = {}
            while line := self._file.readline().decode().strip():
                name, _, value = line.partition(":")
                message[name] = value.strip()
            if header in message:
                return message

    def close(self) -> None:
        self._socket.close()


def dialplan_says(ami: Ami, line: str, moments: list[datetime]) -> dict[int, str]:
    """What Asterisk's own dialplan decides for a line at these moments."""
    said: dict[int, str] = {}
    for start in range(0, len(moments), 25):
        block = moments[start : start + 25]
        for moment in block:
            ami.send(
                "Originate", Channel=f"Local/{line}@ask/n", Application="Wait", Data="1", Async="true",
                Variable=f"__AT={int(moment.timestamp())}",
            )  # fmt: skip
        while len(said) < start + len(block):
            answer = ami.read("Decision")
            said[int(answer["At"])] = answer["Decision"]
    return said


@pytest.mark.timeout(180)
@pytest.mark.requirement("IZ-03", "KQ-01")
def test_the_dialplan_alone_keeps_the_hours_for_400_days(centre: Stage) -> None:
    today = day_of(centre.clock.now())
    with centre.house.database.reading() as session:
        rules = {view.line.id: view.rule for view in centre.house.directory.lines(session)}
    ami = Ami(centre)
    for line in ("hall1", "closed1", "line1"):
        edges: set[datetime] = set()
        for interval in intervals(rules[line], today, today + timedelta(days=399)):
            edges |= {interval.start - SECOND, interval.start, interval.end - SECOND, interval.end}
        # The always open line has midnight edges only, and the closed one none at all: a day a week is enough there.
        noon = centre.clock.now().replace(hour=12, minute=30, second=0, microsecond=0)
        edges = edges if line == "hall1" else set(sorted(edges)[::25])
        edges |= {noon + timedelta(days=n) for n in range(1, 399, 1 if line == "hall1" else 7)}
        moments = sorted(edge for edge in edges if day_of(edge) < today + timedelta(days=399))
        said = dialplan_says(ami, line, moments)
        wrong = [
            moment.isoformat()
            for moment in moments
            if said[int(moment.timestamp())] != what_a_caller_hears(centre.house, line, moment)["decision"]
        ]
        assert not wrong
        assert len(moments) > 50
    ami.close()


def madoguchi(centre: Stage, *words: str) -> Any:
    """The command line, as an operator would use it."""
    command = [sys.executable, "-m", "admin.cli", "--settings", str(centre.settings_path), "--json", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_emergency_closing_is_in_force_even_with_the_switchboard_stopped(centre: Stage) -> None:
    import os
    import signal

    from .conftest import process

    switchboard, _ = process(centre, "switchboard")
    os.kill(switchboard, signal.SIGSTOP)
    ami = Ami(centre)
    try:
        now = centre.clock.now()
        assert set(dialplan_says(ami, "line1", [now]).values()) == {"open"}
        madoguchi(centre, "close", "--line", "line1", "--reason", "停電")
        assert set(dialplan_says(ami, "line1", [now + 5 * SECOND]).values()) == {"closed_by_hand"}
        heard = madoguchi(centre, "hours", "at", (now + 5 * SECOND).replace(tzinfo=None).isoformat(), "--line", "1")
        assert "臨時に休止" in heard
        madoguchi(centre, "close", "--line", "line1", "--reopen")
        assert set(dialplan_says(ami, "line1", [now + 9 * SECOND]).values()) == {"open"}
    finally:
        os.kill(switchboard, signal.SIGCONT)
        ami.close()
