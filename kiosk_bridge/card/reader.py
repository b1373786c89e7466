"""The card reader: PC/SC, or a virtual card in a file (training, tests)."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from contact_center.errors import Unavailable
from kiosk_bridge.card.profile import profiles
from kiosk_bridge.card.read import CardGone, CardState, Kind, read
from kiosk_bridge.card.virtual import VirtualCard, card_of


class Reader(Protocol):
    """A reader with or without a card in it."""

    def look(self) -> CardState:
        """What is in it; blocks.

        :raises Unavailable: where there is no reader.
        """

    def holds(self) -> bool:
        """Whether anything is in it, without asking the card; blocks.

        :raises Unavailable: where there is no reader.
        """


class VirtualReader:
    """A reader whose card stands in a JSON file, as `card_of` reads it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _card(self) -> VirtualCard | None:
        try:
            return card_of(self._path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise Unavailable("カードリーダーがありません。") from error

    def holds(self) -> bool:
        """As the file says now."""
        return self._card() is not None

    def look(self) -> CardState:
        """The card as the file says now."""
        card = self._card()
        if card is None:
            return CardState(Kind.NONE)

        def transmit(command: bytes) -> tuple[bytes, int]:
            answer = card.transmit(command)
            return answer[:-2], int.from_bytes(answer[-2:], "big")

        return read(transmit, profiles())


class PcscReader:
    """A reader of PC/SC (pyscard).

    :param name: part of its name; the first that has it is taken.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def holds(self) -> bool:
        """What the service itself knows."""
        try:
            from smartcard import scard
        except ImportError as error:
            raise Unavailable("カードリーダーの部品（pyscard）がありません。") from error
        context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)[1]
        try:
            names = scard.SCardListReaders(context, [])[1]
            name = next((one for one in names if self._name in one), None)
            if name is None:
                raise Unavailable("カードリーダーがありません。")
            _, states = scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE)])
            return bool(states[0][1] & scard.SCARD_STATE_PRESENT)
        finally:
            scard.SCardReleaseContext(context)

    def look(self) -> CardState:
        """Connect, read what needs no PIN, and let go: the page's own software needs the card."""
        try:
            from smartcard.Exceptions import CardConnectionException, NoCardException, SmartcardException
            from smartcard.pcsc.PCSCExceptions import BaseSCardException
            from smartcard.scard import SCARD_E_SHARING_VIOLATION, SCardGetErrorMessage
            from smartcard.System import readers
        except ImportError as error:
            raise Unavailable("カードリーダーの部品（pyscard）がありません。") from error
        try:
            reader = next((one for one in readers() if self._name in str(one)), None)
            if reader is None:
                raise Unavailable("カードリーダーがありません。")
            connection = reader.createConnection()
            connection.connect()
        except NoCardException:
            return CardState(Kind.NONE)
        except CardConnectionException as error:
            # Not every version of pyscard gives the number of PC/SC's error; all give its sentence.
            busy = SCardGetErrorMessage(SCARD_E_SHARING_VIOLATION) in str(error)
            return CardState(Kind.BUSY if busy else Kind.UNREADABLE)
        except (SmartcardException, BaseSCardException) as error:
            # The service itself not being there (pcscd) is of pyscard's other family.
            raise Unavailable("カードリーダーがありません。") from error

        def transmit(command: bytes) -> tuple[bytes, int]:
            try:
                data, first, second = connection.transmit(list(command))
            except SmartcardException as error:
                raise CardGone from error
            return bytes(data), first << 8 | second

        try:
            return read(transmit, profiles())
        except CardGone:
            return CardState(Kind.NONE)
        finally:
            connection.disconnect()


def reader(name: str) -> Reader | None:
    """The reader that a kiosk's file names; None where it names none."""
    if not name:
        return None
    kind, _, rest = name.partition(":")
    return VirtualReader(Path(rest)) if kind == "virtual" else PcscReader(rest if kind == "pcsc" else name)
