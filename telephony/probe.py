"""The line test's telephone: it dials through our own Asterisk over the trunk, and listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from contact_center.errors import Unavailable
from contact_center.house import House
from contact_center.speech.hearing import HEARD, Samples, at_rate, load
from telephony.settings import HTTP_PORT
from telephony.softphone import SoftphoneProcess
from telephony.softphone.passages import Passages

HOST = "127.0.0.1"
SOON = 5.0
"""Seconds in which a line answers that is in order; by then Asterisk knows whether the carrier is there."""

RINGS = 25.0
"""Seconds that are waited beyond; the dialplan gives up before."""

SPARE = 3.0
"""Seconds beyond the announcements after which the telephone hangs up in any case: who waits on would be served."""

PARTING = 5.0
"""Seconds in which a call that was hung up must be over."""

LOOK = 0.05
"""Seconds between two looks at what was heard."""

WAV_HEADER = 44
RECORDED_RATE = 16000


@dataclass(frozen=True)
class Call:
    """What one call was like.

    :param seconds: until it was answered; None where it was not.
    :param cause: SIP status with which it ended; it tells why it was not answered.
    """

    seconds: float | None
    cause: int
    sound: Samples


class Probe:
    """The telephone. What it has recorded is deleted after each call: somebody else's voice may be on it."""

    def __init__(self, house: House) -> None:
        self._clock = house.clock
        self._at = f"{HOST}:{house.settings[HTTP_PORT]}"
        self._phone = SoftphoneProcess(HOST)
        self._before = 0
        self._recording: Path = house.settings.home / "tmp" / f"probe-{self._phone.pid}.wav"
        self._phone.do("open", uri=f"sip:probe@{HOST}", user="probe", password=house.keyring.secret("probe"))
        self._phone.wait("open")

    def call(self, number: str, prompts: Sequence[Passages], hopeless: Callable[[], bool]) -> Call:
        """Dial, listen until these announcements have been said or the other side hangs up, and hang up.

        :param hopeless: asked where nobody answers soon: whether to wait on is of no use.
        :raises Unavailable: where what was heard cannot be written down.
        """
        self._before = len(self._phone.history)
        began = self._clock.monotonic()
        self._phone.do("record", path=str(self._recording))
        self._phone.do("dial", uri=f"sip:{number}@{self._at}")
        if not self._until(self._is_settled, SOON) and not hopeless():
            self._until(self._is_settled, RINGS)
        seconds = self._clock.monotonic() - began if self._is("talking") else None
        sound = np.zeros(0)
        if seconds is not None:
            spoken = sum(prompt.seconds for prompt in prompts)
            self._until(lambda: self._is("idle") or prompts[-1].ends_in(self._heard_so_far()) >= HEARD, spoken + SPARE)
            sound = self._hang_up_and_read()
        self._part()
        self._recording.unlink(missing_ok=True)
        return Call(seconds, self._cause(), sound)

    def ring(self, extension: str, hopeless: Callable[[], bool]) -> Call:
        """Dial, and hang up as soon as it rings there.

        :param extension: of the probe's own dialplan.
        :param hopeless: asked where nothing is heard soon: whether to wait on is of no use.
        """
        self._before = len(self._phone.history)
        began = self._clock.monotonic()
        self._phone.do("dial", uri=f"sip:{extension}@{self._at}")
        if not self._until(self._rings_or_is_over, SOON) and not hopeless():
            self._until(self._rings_or_is_over, RINGS)
        seconds = self._clock.monotonic() - began if self._is("early") or self._is("talking") else None
        self._part()
        return Call(seconds, self._cause(), np.zeros(0))

    def close(self) -> None:
        """Put it away."""
        self._phone.close()
        self._recording.unlink(missing_ok=True)

    def _part(self) -> None:
        self._phone.do("hang_up")
        self._until(lambda: self._is("idle"), PARTING)

    def _hang_up_and_read(self) -> Samples:
        """Hang up at once, then let the recording be finished."""
        self._phone.do("hang_up")
        self._phone.do("stop_recording", path=str(self._recording))
        if not self._phone.wait("recorded")["written"]:
            raise Unavailable("聞こえた音を録音できません。ディスクの空きを確かめてください。")
        return load(self._recording)

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition holds, or that long; whether it does."""
        end = self._clock.monotonic() + seconds
        while not condition():
            if self._clock.monotonic() > end:
                return False
            self._clock.sleep(LOOK)
        return True

    def _heard_so_far(self) -> Samples:
        """What has been heard while the recording goes on: PJSIP writes the lengths in its header at the end."""
        raw = self._recording.read_bytes()[WAV_HEADER:] if self._recording.exists() else b""
        samples = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2") / 32768
        return at_rate(samples.astype(np.float32), RECORDED_RATE) if samples.size else samples

    def _said(self) -> list[dict[str, Any]]:
        """What the telephone has told of this call."""
        return self._phone.history[self._before :]

    def _is_settled(self) -> bool:
        return self._is("talking") or self._is("idle")

    def _rings_or_is_over(self) -> bool:
        return self._is("early") or self._is_settled()

    def _is(self, state: str) -> bool:
        return any(said["state"] == state for said in self._said())

    def _cause(self) -> int:
        return next((int(said["cause"]) for said in self._said() if said["state"] == "idle"), 0)
