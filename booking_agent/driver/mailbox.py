"""The desk's mailbox: only mails to one booking's own address are opened, and deleted once they were read."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.profiles.schema import Mailed
from booking_agent.settings import MAIL_HOST, MAIL_PASSWORD, MAIL_PORT, MAIL_TLS, MAIL_USER
from contact_center.clock import Clock
from contact_center.settings import Settings

PATIENCE = 180.0
"""Seconds in which a site's mail must come."""

PAUSE = 0.3
_REACH = 10


@dataclass(frozen=True)
class Account:
    """Where the mailbox is."""

    host: str
    port: int
    tls: bool
    user: str
    password: str


class DeskMailbox:
    """The mails of one booking.

    :param address: only mails to it are opened.
    :param while_waiting: is called between two looks.
    """

    def __init__(self, account: Account, address: str, clock: Clock, while_waiting: Callable[[], None] = lambda: None) -> None:
        self._account, self._address, self._clock, self._while = account, address, clock, while_waiting

    def wait(self, mailed: Mailed) -> str:
        """The address or code of the first mail that has one.

        :raises Trouble: where none comes in time, or the mailbox cannot be reached.
        """
        pattern = mailed.url or mailed.code
        end = self._clock.monotonic() + PATIENCE
        with self._open() as box:
            while True:
                for text in self._texts(box):
                    if one := found(pattern, text):
                        self._delete(box)
                        return one
                if self._clock.monotonic() > end:
                    raise Trouble(Reason.MAIL, "mail", pattern)
                self._while()
                self._clock.sleep(PAUSE)
                box.noop()

    def texts(self) -> list[str]:
        """What the mails of this booking say that have come so far.

        :raises Trouble: where the mailbox cannot be reached.
        """
        with self._open() as box:
            return list(self._texts(box))

    def clear(self) -> bool:
        """Delete every mail of this booking; whether the mailbox could be reached. The tidying comes again where it could not."""
        try:
            with self._open() as box:
                self._delete(box)
        except Trouble:
            return False
        return True

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        kind = imaplib.IMAP4_SSL if self._account.tls else imaplib.IMAP4
        try:
            box = kind(self._account.host, self._account.port, timeout=_REACH)
            try:
                box.login(self._account.user, self._account.password)
                box.select("INBOX")
                yield box
            finally:
                box.logout()
        except (OSError, imaplib.IMAP4.error) as error:
            raise Trouble(Reason.MAIL, "mail", self._account.host, type(error).__name__) from error

    def _ids(self, box: imaplib.IMAP4) -> list[bytes]:
        answer = box.uid("SEARCH", "TO", f'"{self._address}"')[1]
        return (answer[0] or b"").split()

    def _texts(self, box: imaplib.IMAP4) -> Iterator[str]:
        for id in self._ids(box):
            parts = box.uid("FETCH", id, "(BODY.PEEK[])")[1]  # type: ignore[arg-type]
            for part in parts:
                if isinstance(part, tuple):
                    mail = message_from_bytes(part[1], policy=default)
                    body = mail.get_body(("plain", "html"))
                    if body is not None:
                        yield str(body.get_content())

    def _delete(self, box: imaplib.IMAP4) -> None:
        for id in self._ids(box):
            box.uid("STORE", id, "+FLAGS", "(\\Deleted)")  # type: ignore[arg-type]
        box.expunge()


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
    account = Account(
        settings[MAIL_HOST], settings[MAIL_PORT], settings[MAIL_TLS], settings[MAIL_USER], settings[MAIL_PASSWORD]
    )  # fmt: skip
    return DeskMailbox(account, address, clock, while_waiting)
