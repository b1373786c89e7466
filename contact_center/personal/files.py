"""Files sealed piece by piece with AES-256-GCM, so that one of any size is never whole in memory.

Each piece's nonce holds its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
2015): none can be left out, swapped, repeated or cut off without the file refusing to open.
"""

from __future__ import annotations

import io
import os
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contact_center.errors import BadInput

MAGIC = b"madoguchi sealed 1\n"
PIECE = 1 << 20
_TAG, _PREFIX = 16, 7


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals what is written to it; the file is whole only once it is closed.

    :param key: 256 bits, for this one file.
    """

    def __init__(self, key: bytes, file: IO[bytes]) -> None:
        self._cipher, self._file = AESGCM(key), file
        self._prefix, self._number, self._held = os.urandom(_PREFIX), 0, bytearray()
        file.write(MAGIC + self._prefix)

    def writable(self) -> bool:  # noqa: D102
        return True

    def write(self, data: Any) -> int:  # noqa: D102
        self._held += data
        while len(self._held) > PIECE:
            self._seal(PIECE, last=False)
        return len(data)

    def close(self) -> None:  # noqa: D102
        if not self.closed:
            self._seal(PIECE, last=True)
        super().close()

    def _seal(self, size: int, last: bool) -> None:
        piece = bytes(self._held[:size])
        del self._held[:size]
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last), piece, MAGIC))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens what `SealedWriter` has sealed.

    :raises BadInput: on reading, where it is another file, was changed or cut off, or the key is another's.
    """

    def __init__(self, key: bytes, file: IO[bytes]) -> None:
        self._cipher, self._file = AESGCM(key), file
        head = file.read(len(MAGIC) + _PREFIX)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + _PREFIX:
            raise BadInput("バックアップのファイルではありません。")
        self._prefix, self._number, self._held, self._done = head[len(MAGIC) :], 0, b"", False
        self._next = file.read(PIECE + _TAG)

    def readable(self) -> bool:  # noqa: D102
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: D102
        if not self._held and not self._done:
            self._open()
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def _open(self) -> None:
        piece, self._next = self._next, self._file.read(PIECE + _TAG)
        self._done = not self._next
        try:
            self._held = self._cipher.decrypt(_nonce(self._prefix, self._number, self._done), piece, MAGIC)
        except InvalidTag as error:
            raise BadInput("このファイルは途中で切れているか、書き換えられているか、鍵が違います。") from error
        self._number += 1
