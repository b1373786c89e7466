"""The desk's mailbox: what sites mail for one matter goes to an address of that matter alone, `name+matter@…`.

Only mails to the address that is asked for are opened; they are deleted once they were used.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from contact_center.errors import Unavailable
from contact_center.settings import MAIL_ADDRESS, MAIL_HOST, MAIL_PASSWORD, MAIL_PORT, MAIL_TLS, MAIL_USER, Settings

REACH = 10
"""Seconds within which the mail server must answer."""


def address_of(settings: Settings, matter: str) -> str:
    """The address of one matter; empty where the centre has no mailbox.

    :param matter: letters, digits and hyphens that nobody guesses.
    """
    name, at, host = settings[MAIL_ADDRESS].partition("@")
    return f"{name}+{matter}@{host}" if at and settings[MAIL_HOST] else ""


class Mailbox:
    """The mailbox that the settings name.

    :raises Unavailable: at each act, where it cannot be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self) -> Iterator[OpenMailbox]:
        """Sign in, and out again."""
        host, port = self._settings[MAIL_HOST], self._settings[MAIL_PORT]
        kind = imaplib.IMAP4_SSL if self._settings[MAIL_TLS] else imaplib.IMAP4
        try:
            box = kind(host, port, timeout=REACH)
            try:
                box.login(self._settings[MAIL_USER], self._settings[MAIL_PASSWORD])
                box.select("INBOX")
                yield OpenMailbox(box)
            finally:
                box.logout()
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unavailable(
                "メールボックス %(host)s につながりません（%(why)s）。", host=host, why=type(error).__name__
            ) from error


class OpenMailbox:
    """The mailbox while somebody is signed in."""

    def __init__(self, box: imaplib.IMAP4) -> None:
        self._box = box

    def texts(self, address: str) -> Iterator[str]:
        """What the mails to an address say, the oldest first."""
        for id in self._ids(address):
            parts = self._box.uid("FETCH", id, "(BODY.PEEK[])")[1]  # type: ignore[arg-type]
            for part in parts:
                if isinstance(part, tuple):
                    body = message_from_bytes(part[1], policy=default).get_body(("plain", "html"))
                    if body is not None:
                        yield str(body.get_content())

    def delete(self, address: str) -> None:
        """Delete every mail to an address."""
        for id in self._ids(address):
            self._box.uid("STORE", id, "+FLAGS", "(\\Deleted)")  # type: ignore[arg-type]
        self._box.expunge()

    def look_again(self) -> None:
        """Let the server tell what has come meanwhile."""
        self._box.noop()

    def _ids(self, address: str) -> list[bytes]:
        answer = self._box.uid("SEARCH", "TO", f'"{address}"')[1]
        return (answer[0] or b"").split()
