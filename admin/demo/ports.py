"""Ports for centres that run beside each other on one machine: those of tests, of practice and of the benchmark."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack

BLOCK = 100
_FIRST, _LAST = 20000, 32000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether both a TCP and a UDP socket can be bound there."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


_claims: list[socket.socket] = []
_mine: list[int] = []


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free just now, below the range from which the system takes its own; each only once.

    Whoever asked for it may not listen on it yet, so this process takes them from hundreds that it has claimed: no other process
    of this machine that asks here is given one of them meanwhile.
    """
    while True:
        if not _mine:
            _mine.extend(_claimed())
        port = _mine.pop()
        if is_free(port, host):
            return port


def _claimed() -> list[int]:
    """The ports of a hundred that nobody else has; it is this process's until its end, by the first of them."""
    while True:
        first = random.randrange(10000, _FIRST, BLOCK)  # noqa: S311
        claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            claim.bind(("127.0.0.1", first))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return random.sample(range(first + 1, first + BLOCK), BLOCK - 1)


class PortBlock:
    """UDP ports in a row for sound, which no other block holds on this machine until it is closed.

    A late packet of one centre's call that reached another centre's would be taken for a sound of the caller. Of each hundred the
    first TCP port is bound for as long: sound does not use it, and a second process cannot bind it.

    :param size: how many ports, a multiple of 100.
    """

    def __init__(self, size: int) -> None:
        while True:
            self.first = random.randrange(_FIRST, _LAST - size + 1, BLOCK)  # noqa: S311
            with ExitStack() as held:
                try:
                    for port in range(self.first, self.first + size, BLOCK):
                        claim = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
                        claim.bind(("127.0.0.1", port))
                except OSError:
                    continue
                if all(is_free(port) for port in (self.first + 1, self.first + size // 2 + 1, self.first + size - 1)):
                    self._held = held.pop_all()
                    return

    def close(self) -> None:
        """Give the ports back."""
        self._held.close()
