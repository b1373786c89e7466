"""The link between switchboard and Asterisk is cut, goes silent, or speaks nonsense, while a resident calls."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from admin.demo.stage import Stage
from telephony.demo import Resident
from telephony.settings import AMI_PORT

from .conftest import Desk, events, kill, last_event, settled

Make = Callable[..., Resident]


class Wire:
    """A wire between the switchboard and the manager interface, which can be hurt."""

    def __init__(self, port: int) -> None:
        self._asterisk = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._silent: set[socket.socket] = set()
        threading.Thread(target=self._connect, daemon=True).start()

    def _connect(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                theirs = socket.create_connection(self._asterisk)
                self._ends = [ours, theirs]
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if one not in self._silent:
                    other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """End the connection on both sides."""
        for one in self._ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def fall_silent(self) -> None:
        """Swallow everything on what is connected now, as a half-open connection does; a later connection is whole."""
        self._silent.update(self._ends)

    def talk_nonsense(self) -> None:
        """Send the switchboard what no manager interface says."""
        ours, _theirs = self._ends
        ours.sendall(b"\x16\x03\x01 HTTP/1.1 418: teapot\r\n" * 500)

    def close(self) -> None:
        """Take the wire away."""
        self._listening.close()
        self.cut()


@pytest.fixture(scope="module")
def wire(centre: Stage) -> Iterator[Wire]:
    """The wire, in place."""
    made = Wire(centre.house.settings[AMI_PORT])
    text = centre.settings_path.read_text()
    centre.settings_path.write_text(text.replace("[telephony]", f'[telephony]\nami_endpoint = "tcp:127.0.0.1:{made.port}"'))
    with settled(centre):
        kill(centre, "switchboard")
    yield made
    centre.settings_path.write_text(text)
    with settled(centre):
        kill(centre, "switchboard")
    made.close()


@pytest.mark.parametrize("fault", [Wire.cut, Wire.fall_silent, Wire.talk_nonsense])
def test_a_call_is_answered_and_known_whatever_befalls_the_link_to_asterisk(
    centre: Stage, desk: Desk, resident: Make, wire: Wire, fault: Callable[[Wire], None]
) -> None:
    desk.is_open()
    before = last_event(centre)
    with settled(centre):
        fault(wire)
        caller = resident("0322229999")
        caller.calls()
        desk.picks_up()
        caller.waits("talking")
    desk.presence("on_contact", 20)
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    kinds = [type(recorded.event).__name__ for recorded in events(centre, before)]
    assert [kinds.count(kind) for kind in ("ContactArrived", "ContactAnswered", "ContactWrapping", "ContactClosed")] == [1, 1, 1, 1]
