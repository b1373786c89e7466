"""The mails of one booking: what a site has mailed to its address is waited for, read, and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.profiles.schema import Mailed
from contact_center.clock import Clock
from contact_center.errors import Unavailable
from contact_center.mailbox import Mailbox, OpenMailbox
from contact_center.settings import MAIL_HOST, Settings

PATIENCE = 180.0
"""Seconds in which a site's mail must come."""

PAUSE = 0.3


class DeskMailbox:
    """The mails of one booking.

    :param address: only mails to it are opened.
    :param while_waiting: is called between two looks.
    """

    def __init__(self, mailbox: Mailbox, address: str, clock: Clock, while_waiting: Callable[[], None] = lambda: None) -> None:
        self._mailbox, self._address, self._clock, self._while = mailbox, address, clock, while_waiting

    def wait(self, mailed: Mailed) -> str:
        """The address or code of the first mail that has one.

        :raises Trouble: where none comes in time, or the mailbox cannot be reached.
        """
        pattern = mailed.url or mailed.code
        end = self._clock.monotonic() + PATIENCE
        with self._open() as box:
            while True:
                for text in box.texts(self._address):
                    if one := found(pattern, text):
                        box.delete(self._address)
                        return one
                if self._clock.monotonic() > end:
                    raise Trouble(Reason.MAIL, "mail", pattern)
                self._while()
                self._clock.sleep(PAUSE)
                box.look_again()

    def texts(self) -> list[str]:
        """What the mails of this booking say that have come so far.

        :raises Trouble: where the mailbox cannot be reached.
        """
        with self._open() as box:
            return list(box.texts(self._address))

    def clear(self) -> bool:
        """Delete every mail of this booking; whether the mailbox could be reached. The tidying comes again where it could not."""
        try:
            with self._open() as box:
                box.delete(self._address)
        except Trouble:
            return False
        return True

    @contextmanager
    def _open(self) -> Iterator[OpenMailbox]:
        try:
            with self._mailbox.open() as box:
                yield box
        except Unavailable as error:
            raise Trouble(Reason.MAIL, "mail", "", error.sentence()) from error


def found(pattern: str, text: str) -> str:
    """What a pattern's group finds in a mail; empty where there is no pattern, or nothing."""
    match = re.search(pattern, text) if pattern else None
    return "" if match is None else match[1] if match.groups() else match[0]


def desk_mailbox(
    settings: Settings, address: str, clock: Clock, while_waiting: Callable[[], None] = lambda: None
) -> DeskMailbox | None:
    """The desk's mailbox for one booking; None where this centre has none."""
    if not settings[MAIL_HOST]:
        return None
    return DeskMailbox(Mailbox(settings), address, clock, while_waiting)
