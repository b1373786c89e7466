"""A card that nobody has: it answers as a My Number card does, for training, demo and tests. Its PINs lock as real ones do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Annotated, Literal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ATR = bytes.fromhex("3BE000FF8131FE4514")
JPKI, ENTRY = bytes.fromhex("D392F000260100000001"), bytes.fromhex("D3921000310001010408")

FRESH = {"user": 3, "signature": 5, "entry": 3}
"""Tries that a fresh card allows of each PIN."""


@dataclass
class VirtualCard:
    """One card.

    :param expires: the last day of its user certificate; None: it has none.
    :param other: it is no My Number card at all.
    :param mute: its chip does not answer.
    """

    expires: date | None
    user_pin: str = "1234"
    signature_pin: str = "ABC123"
    left: dict[str, int] = field(default_factory=FRESH.copy)
    other: bool = False
    mute: bool = False
    _application: bytes = b""
    _file: int = 0

    def transmit(self, command: bytes) -> bytes:
        """The answer to one command, its status word last."""
        if self.mute:
            return b"\x6f\x00"
        kind = command[:2]
        if kind in (b"\x00\xa4", b"\x00\xb0") and len(command) < 5:
            return b"\x67\x00"
        if kind == b"\x00\xa4":
            return self._select(command)
        if kind == b"\x00\xb0":
            return self._read(command)
        if kind == b"\x00\x20":
            return self._verify(command)
        return b"\x6d\x00"

    def reset(self) -> None:
        """The card was pulled and put back: nothing is selected."""
        self._application, self._file = b"", 0

    def _select(self, command: bytes) -> bytes:
        data = command[5 : 5 + command[4]]
        if command[2] == 0x04:
            if self.other or data not in (JPKI, ENTRY):
                return b"\x6a\x82"
            self._application, self._file = data, 0
            return b"\x90\x00"
        file = int.from_bytes(data, "big")
        there = {JPKI: (0x000A, 0x0018, 0x001B), ENTRY: (0x0011,)}.get(self._application, ())
        if file not in there or (file == 0x000A and self.expires is None):
            return b"\x6a\x82"
        self._file = file
        return b"\x90\x00"

    def _read(self, command: bytes) -> bytes:
        if self._application != JPKI or self._file != 0x000A or self.expires is None:
            return b"\x69\x86"
        start, size = int.from_bytes(command[2:4], "big"), command[4] or 256
        # The file is longer than the certificate in it, as on a real card.
        data = certificate(self.expires) + bytes(64)
        return data[start : start + size] + (b"\x90\x00" if start + size <= len(data) else b"\x62\x82")

    def _pin(self) -> str:
        return {(JPKI, 0x0018): "user", (JPKI, 0x001B): "signature", (ENTRY, 0x0011): "entry"}.get(
            (self._application, self._file), ""
        )

    def _verify(self, command: bytes) -> bytes:
        name = self._pin()
        if not name:
            return b"\x69\x86"
        if self.left[name] == 0:
            return b"\x69\x84"
        if len(command) <= 4:
            return bytes((0x63, 0xC0 | self.left[name]))
        right = {"user": self.user_pin, "entry": self.user_pin, "signature": self.signature_pin}[name]
        if command[5 : 5 + command[4]] == right.encode():
            self.left[name] = FRESH[name]
            return b"\x90\x00"
        self.left[name] -= 1
        return bytes((0x63, 0xC0 | self.left[name])) if self.left[name] else b"\x69\x84"


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    """A card in a file: what it does not say is as on a fresh card."""

    expires: date | None = None
    user_pin: str = "1234"
    signature_pin: str = "ABC123"
    left: dict[Literal["user", "signature", "entry"], Annotated[int, msgspec.Meta(ge=0, le=15)]] = {}
    other: bool = False
    mute: bool = False


def card_of(said: str) -> VirtualCard | None:
    """The card of a file.

    :param said: the file's text, JSON: `{}` for no card, else `expires` (`2029-05-01`), `left`, `other`, `mute` of a `VirtualCard`.
    :raises ValueError: where that says no card.
    """
    card = msgspec.structs.asdict(msgspec.json.decode(said, type=_Said))
    return VirtualCard(**card | {"left": FRESH | card["left"]}) if msgspec.json.decode(said) else None


@cache
def certificate(expires: date) -> bytes:
    """A user certificate of nobody that ends on that day, as DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "REHEARSAL USER 0000000000000000")])
    # The end is told in Japanese time.
    end = datetime(expires.year, expires.month, expires.day, 14, 59, 59, tzinfo=UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(end - timedelta(days=5 * 365)).not_valid_after(end)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return built.public_bytes(Encoding.DER)
