"""`python -m kiosk_bridge.card.vpcd CARD.json`: puts a virtual card into a real PC/SC reader, for training and tests.

The reader is pcscd's "Virtual PCD" (Debian: `vsmartcard-vpcd`), into which a card comes over TCP. A message is its length in two
bytes, the greater first, and then one byte for the chip's power, or a command for the card. Whoever reaches vpcd's port can put a
card in, and it listens on every address of the machine: let none but the machine itself reach that port.
"""

from __future__ import annotations

import argparse
import select
import socket
from collections.abc import Callable
from pathlib import Path

import click

from contact_center.clock import Clock, SystemClock
from kiosk_bridge.card.virtual import ATR, VirtualCard, card_of

PORT = 35963
"""Where vpcd listens for the card of its first slot."""

LOOK_EVERY = 0.1
"""Seconds between two looks at the card's file."""

AWAY_FOR = 1.0
"""Seconds between one card and the next: pcscd looks each 0.4 s, and two cards without a gap between them would be one to it."""

ANSWERS_WITHIN = 5.0
"""Seconds after which a reader that stopped in the middle of a message is given up."""

OFF, ON, RESET, ASK_ATR = b"\x00", b"\x01", b"\x02", b"\x04"

OTHER_ATR = bytes.fromhex("3B80800101")
"""Of a card that says nothing of itself: the other one's would make it a My Number card before anything was asked."""

MUTE_ATR = bytes(34)
"""Longer than any: the reader sees that something lies in it and finds no chip, as with a card the wrong way round."""


class Slot:
    """What lies in the reader: the card of a file, which is put in, pulled and changed as the file is.

    The tries left are those of the card that lies in it; writing the file anew, in the same words too, puts in a fresh one.

    :param path: the card's file, as `card_of` reads it; none, or a wrong one: nothing lies in the reader.
    :param tell: hears in a sentence what has become of it.
    :param host: where vpcd is; `port` likewise.
    """

    def __init__(self, path: Path, clock: Clock, tell: Callable[[str], None], host: str = "127.0.0.1", port: int = PORT) -> None:
        self._path, self._clock, self._tell, self._address = path, clock, tell, (host, port)
        self._seen: tuple[int, str] | None = None
        self._told = ""
        self._free_from = clock.monotonic()
        self._line: socket.socket | None = None
        self._card: VirtualCard | None = None

    def turn(self) -> None:
        """Follow the file, and answer the reader once; where it asks nothing, block for `LOOK_EVERY`."""
        self._follow_file()
        if self._card is None or (self._line is None and self._clock.monotonic() < self._free_from):
            self._clock.sleep(LOOK_EVERY)
            return
        try:
            if self._line is None:
                self._line = socket.create_connection(self._address, ANSWERS_WITHIN)
                self._now("カードを入れました。")
            elif select.select([self._line], [], [], LOOK_EVERY)[0]:
                self._answer(self._line, self._card)
        except OSError:
            # The reader is gone, or not there yet; the card keeps its tries and is put in again.
            self.pull()
            self._free_from = self._clock.monotonic() + AWAY_FOR
            self._now("リーダー（vpcd）につながりません。待っています。")

    def pull(self) -> None:
        """Take the card out of the reader."""
        if self._line is not None:
            self._line.close()
            self._line = None
            self._free_from = self._clock.monotonic() + AWAY_FOR
        if self._card is not None:
            self._card.reset()

    def _follow_file(self) -> None:
        try:
            seen = self._path.stat().st_mtime_ns, self._path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            seen = 0, "{}"
        # An empty file is one that is being written.
        if not seen[1] or seen == self._seen:
            return
        self._seen = seen
        self.pull()
        self._card, self._told = None, ""
        try:
            self._card = card_of(seen[1])
        except ValueError:
            self._now("カードのファイルが正しくありません。カードはありません。")
            return
        if self._card is None:
            self._now("カードはありません。")

    def _now(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._tell(sentence)

    def _answer(self, line: socket.socket, card: VirtualCard) -> None:
        said = _received(line, int.from_bytes(_received(line, 2), "big"))
        if said in (OFF, ON, RESET):
            card.reset()
            return
        answer = card.transmit(said) if said != ASK_ATR else MUTE_ATR if card.mute else OTHER_ATR if card.other else ATR
        line.sendall(len(answer).to_bytes(2, "big") + answer)


def _received(line: socket.socket, size: int) -> bytes:
    """So many bytes.

    :raises OSError: where the reader has closed the line.
    """
    data = b""
    while len(data) < size:
        if not (more := line.recv(size - len(data))):
            raise ConnectionResetError
        data += more
        # vpcd sends a length and what follows apart: a late acknowledgement would hold each command up for 40 ms. Linux has to be
        # told each time.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    return data


def main() -> None:
    """Lie in the reader until ended."""
    words = argparse.ArgumentParser(prog="python -m kiosk_bridge.card.vpcd", description=(__doc__ or "").partition("\n\n")[0])
    words.add_argument("card", type=Path, metavar="CARD.json", help="{} for no card; expires, left, other, mute")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=PORT)
    asked = words.parse_args()
    slot = Slot(asked.card, SystemClock(), click.echo, asked.host, asked.port)
    try:
        while True:
            slot.turn()
    except KeyboardInterrupt:
        slot.pull()


if __name__ == "__main__":
    main()
