"""What the bridge learns of a card, and what it never asks for."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk_bridge.card import Advice, CardState, Kind, advice, profiles, read
from kiosk_bridge.card.virtual import VirtualCard, certificate

TODAY = date(2026, 11, 24)
GOOD = date(2029, 5, 1)


class Reader:
    """A reader that keeps what was asked of the card."""

    def __init__(self, card: VirtualCard) -> None:
        self.card, self.asked = card, list[bytes]()

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.asked.append(command)
        answer = self.card.transmit(command)
        return answer[:-2], int.from_bytes(answer[-2:], "big")


def state(card: VirtualCard) -> CardState:
    return read(Reader(card).transmit, profiles())


def test_a_card_tells_its_tries_and_the_end_of_its_certificate() -> None:
    assert state(VirtualCard(GOOD)) == CardState(Kind.CARD, {"user": 3, "signature": 5, "entry": 3}, GOOD)


def test_reading_costs_no_try_and_asks_for_nothing_that_names() -> None:
    card = VirtualCard(GOOD, left={"user": 1, "signature": 1, "entry": 1})
    reader = Reader(card)
    read(reader.transmit, profiles())
    assert card.left == {"user": 1, "signature": 1, "entry": 1}
    selected = [command[5:] for command in reader.asked if command[:4] == b"\x00\xa4\x02\x0c"]
    assert set(selected) == {b"\x00\x18", b"\x00\x1b", b"\x00\x11", b"\x00\x0a"}
    assert not any(command[:2] == b"\x00\x20" and len(command) > 4 for command in reader.asked)


def test_what_is_known_of_a_card_holds_nothing_of_its_certificate() -> None:
    told = repr(state(VirtualCard(GOOD)))
    assert "REHEARSAL" not in told and certificate(GOOD).hex()[:40] not in told


@pytest.mark.parametrize(
    ("card", "kind"),
    [(VirtualCard(GOOD, other=True), Kind.OTHER), (VirtualCard(GOOD, mute=True), Kind.UNREADABLE), (VirtualCard(None), Kind.CARD)],
)  # fmt: skip
def test_another_card_and_a_chip_that_is_silent_are_told_apart(card: VirtualCard, kind: Kind) -> None:
    assert state(card).kind is kind


@pytest.mark.requirement("TO-03")
@pytest.mark.parametrize(
    ("card", "said"),
    [
        (VirtualCard(GOOD), ()),
        (VirtualCard(GOOD, left={"user": 1, "signature": 5, "entry": 3}), (Advice.LAST_TRY,)),
        (VirtualCard(GOOD, left={"user": 0, "signature": 1, "entry": 0}),
         (Advice.LOCKED, Advice.SIGNATURE_LAST_TRY, Advice.ENTRY_LOCKED)),
        (VirtualCard(date(2026, 11, 23)), (Advice.EXPIRED,)), (VirtualCard(date(2026, 11, 24)), (Advice.RENEW_NOW,)),
        (VirtualCard(date(2027, 2, 24)), (Advice.RENEW_NOW,)), (VirtualCard(date(2027, 2, 25)), ()),
        (VirtualCard(None), (Advice.NO_CERTIFICATE,)), (VirtualCard(GOOD, other=True), (Advice.OTHER_CARD,)),
        (VirtualCard(GOOD, mute=True), (Advice.TURN_OR_CLEAN,)),
    ],
)  # fmt: skip
def test_what_follows_from_a_card_is_said_before_anything_is_typed(card: VirtualCard, said: tuple[Advice, ...]) -> None:
    assert advice(state(card), TODAY) == said


def test_a_virtual_card_locks_as_a_real_one() -> None:
    card = VirtualCard(GOOD)
    reader = Reader(card)
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020018"):
        assert reader.transmit(bytes.fromhex(command))[1] == 0x9000
    statuses = [reader.transmit(bytes((0x00, 0x20, 0x00, 0x80, 4)) + b"9999")[1] for _ in range(3)]
    assert statuses == [0x63C2, 0x63C1, 0x6984]
    assert reader.transmit(bytes((0x00, 0x20, 0x00, 0x80, 4)) + b"1234")[1] == 0x6984
    assert state(card).left["user"] == 0
