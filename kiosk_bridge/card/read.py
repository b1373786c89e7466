"""Reading a card without any PIN (ISO/IEC 7816-4).

What is read: whether it is a My Number card, the tries that are left of each PIN, the end of the user's certificate. That one is
forgotten as soon as its end was read; its serial number is unique to the resident and is neither kept nor told.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cryptography import x509

from contact_center.clock import day_of
from kiosk_bridge.card.profile import CardProfile, Pin

Transmit = Callable[[bytes], tuple[bytes, int]]
"""Sends a command to the card: what it answers, and its status word."""

OK, NOT_THERE, TRIES = 0x9000, (0x6A82, 0x6A81, 0x6D00, 0x6E00), 0x63C0
BLOCKED = 0x6983, 0x6984

RENEWABLE = 3
"""Months before its end from which a certificate can be renewed."""

CHUNK = 0xE0
MOST_BYTES = 4096


class Kind(StrEnum):
    """What is in the reader."""

    NONE = "none"
    CARD = "card"
    OTHER = "other"
    UNREADABLE = "unreadable"
    BUSY = "busy"
    """The page's own software holds it just now."""


@dataclass(frozen=True)
class CardState:
    """What is known of the card in the reader.

    :param left: tries left of each PIN that could be asked; 0: locked.
    :param expires: the last day of the user's certificate; None where the card has none.
    """

    kind: Kind
    left: dict[str, int] = field(default_factory=dict)
    expires: date | None = None


class Advice(StrEnum):
    """What follows for the resident; the words are the kiosk's."""

    TURN_OR_CLEAN = "turn_or_clean"
    OTHER_CARD = "other_card"
    LAST_TRY = "last_try"
    """One try is left of the user's PIN: think before typing."""

    LOCKED = "locked"
    SIGNATURE_LOCKED = "signature_locked"
    SIGNATURE_LAST_TRY = "signature_last_try"
    ENTRY_LOCKED = "entry_locked"
    EXPIRED = "expired"
    RENEW_NOW = "renew_now"
    NO_CERTIFICATE = "no_certificate"


class CardGone(Exception):
    """The card was pulled, or does not answer."""


def read(transmit: Transmit, known: Iterable[CardProfile]) -> CardState:
    """Read the card in the reader.

    :raises CardGone: where it was pulled meanwhile; `transmit` raises it.
    """
    for profile in known:
        status = _select(transmit, profile.application)
        if status == OK:
            return _read(transmit, profile)
        if status not in NOT_THERE:
            return CardState(Kind.UNREADABLE)
    return CardState(Kind.OTHER)


def _read(transmit: Transmit, profile: CardProfile) -> CardState:
    left = {}
    for name, pin in profile.pins.items():
        if (tries := _tries(transmit, pin, profile)) is not None:
            left[name] = tries
    if "user" not in left:
        return CardState(Kind.UNREADABLE)
    _select(transmit, profile.application)
    return CardState(Kind.CARD, left, _end(transmit, profile.certificate))


def _select(transmit: Transmit, application: str) -> int:
    name = bytes.fromhex(application)
    return transmit(bytes((0x00, 0xA4, 0x04, 0x0C, len(name))) + name)[1]


def _select_file(transmit: Transmit, file: str) -> int:
    return transmit(bytes((0x00, 0xA4, 0x02, 0x0C, 0x02)) + bytes.fromhex(file))[1]


def _tries(transmit: Transmit, pin: Pin, profile: CardProfile) -> int | None:
    """VERIFY without data tells the tries that are left and costs none; None where the card has no such PIN."""
    if _select(transmit, pin.application or profile.application) != OK or _select_file(transmit, pin.file) != OK:
        return None
    status = transmit(bytes((0x00, 0x20, 0x00, 0x80)))[1]
    if status in BLOCKED:
        return 0
    return status - TRIES if TRIES <= status <= TRIES + pin.most else None


def _end(transmit: Transmit, file: str) -> date | None:
    if _select_file(transmit, file) != OK:
        return None
    data = bytearray()
    while len(data) < MOST_BYTES:
        answer, status = transmit(bytes((0x00, 0xB0, len(data) >> 8, len(data) & 0xFF, CHUNK)))
        data += answer
        if status != OK or len(answer) < CHUNK:
            break
    try:
        return day_of(x509.load_der_x509_certificate(_without_filling(bytes(data))).not_valid_after_utc)
    except ValueError:
        return None
    finally:
        data[:] = bytes(len(data))


def _without_filling(data: bytes) -> bytes:
    """A file is longer than the certificate in it: DER says its own length."""
    if len(data) < 4 or data[:2] != b"\x30\x82":
        raise ValueError("no certificate")
    return data[: 4 + int.from_bytes(data[2:4], "big")]


def advice(state: CardState, today: date) -> tuple[Advice, ...]:
    """What is to be said before anything is typed, the gravest first."""
    if state.kind is Kind.UNREADABLE:
        return (Advice.TURN_OR_CLEAN,)
    if state.kind is Kind.OTHER:
        return (Advice.OTHER_CARD,)
    if state.kind is Kind.NONE:
        return ()
    said: list[Advice] = []
    for name, locked, last in (
        ("user", Advice.LOCKED, Advice.LAST_TRY), ("signature", Advice.SIGNATURE_LOCKED, Advice.SIGNATURE_LAST_TRY),
    ):  # fmt: skip
        if (left := state.left.get(name)) is not None and left <= 1:
            said.append(last if left else locked)
    if state.left.get("entry") == 0:
        said.append(Advice.ENTRY_LOCKED)
    if state.expires is None:
        said.append(Advice.NO_CERTIFICATE)
    elif state.expires < today:
        said.append(Advice.EXPIRED)
    elif today >= _months_before(state.expires, RENEWABLE):
        said.append(Advice.RENEW_NOW)
    return tuple(said)


def _months_before(day: date, months: int) -> date:
    """The same day so many months before, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
