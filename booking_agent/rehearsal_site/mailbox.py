"""A mailbox in memory, as IMAP sees it."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import formatdate
from io import BytesIO
from itertools import count
from typing import Any

from twisted.mail import imap4
from zope.interface import implementer

_validity = count(1)


@implementer(imap4.IMessage, imap4.IMessageFile)
class Letter:
    """A mail that lies in a mailbox."""

    def __init__(self, uid: int, raw: bytes) -> None:
        self._uid, self._raw, self._mail = uid, raw, message_from_bytes(raw)
        self._came = formatdate()
        self.flags: set[str] = {"\\Recent"}

    @property
    def to(self) -> str:
        """Whom it is for."""
        return str(self._mail["To"]).lower()

    def getUID(self) -> int:  # noqa: D102, N802
        return self._uid

    def getFlags(self) -> list[str]:  # noqa: D102, N802
        return sorted(self.flags)

    def getInternalDate(self) -> str:  # noqa: D102, N802
        return self._came

    def getHeaders(self, negate: bool, *names: Any) -> dict[str, str]:  # noqa: D102, N802
        asked = {(name.decode() if isinstance(name, bytes) else name).lower() for name in names}
        return {name.lower(): str(value) for name, value in self._mail.items() if (name.lower() in asked) != negate}

    def getBodyFile(self) -> BytesIO:  # noqa: D102, N802
        return BytesIO(self._raw.partition(b"\r\n\r\n")[2])

    def getSize(self) -> int:  # noqa: D102, N802
        return len(self._raw)

    def isMultipart(self) -> bool:  # noqa: D102, N802
        return False

    def getSubPart(self, part: int) -> Any:  # noqa: D102, N802
        raise IndexError(part)

    def open(self) -> BytesIO:
        """The whole mail."""
        return BytesIO(self._raw)


@implementer(imap4.IMailbox, imap4.ISearchableMailbox)
class Mailbox:
    """The INBOX of an address. Only the loop of the post office touches it."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self._next = 1
        self._validity = next(_validity)
        self._listeners: list[Any] = []

    def put(self, raw: bytes) -> None:
        """A mail comes in; whoever has the mailbox open is told."""
        self._letters.append(Letter(self._next, raw))
        self._next += 1
        for listener in self._listeners:
            listener.newMessages(len(self._letters), self.getRecentCount())

    def getFlags(self) -> list[str]:  # noqa: D102, N802
        return ["\\Seen", "\\Deleted", "\\Answered", "\\Flagged", "\\Recent"]

    def getHierarchicalDelimiter(self) -> str:  # noqa: D102, N802
        return "/"

    def getUIDValidity(self) -> int:  # noqa: D102, N802
        return self._validity

    def getUIDNext(self) -> int:  # noqa: D102, N802
        return self._next

    def getUID(self, message: int) -> int:  # noqa: D102, N802
        return self._letters[message - 1].getUID()

    def getMessageCount(self) -> int:  # noqa: D102, N802
        return len(self._letters)

    def getRecentCount(self) -> int:  # noqa: D102, N802
        return sum("\\Recent" in letter.flags for letter in self._letters)

    def getUnseenCount(self) -> int:  # noqa: D102, N802
        return sum("\\Seen" not in letter.flags for letter in self._letters)

    def isWriteable(self) -> bool:  # noqa: D102, N802
        return True

    def destroy(self) -> None:  # noqa: D102
        self._letters.clear()

    def requestStatus(self, names: Any) -> dict[str, int]:  # noqa: D102, N802
        return imap4.statusRequestHelper(self, names)

    def addListener(self, listener: Any) -> None:  # noqa: D102, N802
        self._listeners.append(listener)

    def removeListener(self, listener: Any) -> None:  # noqa: D102, N802
        self._listeners.remove(listener)

    def addMessage(self, message: Any, flags: Any = (), date: Any = None) -> Any:  # noqa: D102, N802
        raise imap4.ReadOnlyMailbox("mails come in by SMTP")

    def expunge(self) -> list[int]:  # noqa: D102
        gone = [place for place, letter in enumerate(self._letters, 1) if "\\Deleted" in letter.flags]
        self._letters = [letter for letter in self._letters if "\\Deleted" not in letter.flags]
        # The last first: a number that is told must not be moved by one that was told before.
        return gone[::-1]

    def fetch(self, messages: Any, uid: bool) -> list[tuple[int, Letter]]:  # noqa: D102
        messages.last = (self.getUIDNext() - 1 if uid else len(self._letters)) or 1
        found = enumerate(self._letters, 1)
        return [(place, letter) for place, letter in found if (letter.getUID() if uid else place) in messages]

    def search(self, query: Any, uid: bool) -> list[int]:
        """Letters to an address (TO), unread ones, or all.

        :raises IllegalQueryError: for what nobody asks here.
        """
        words = [word.decode() if isinstance(word, bytes) else str(word) for word in query]
        to = words[words.index("TO") + 1].lower() if "TO" in words else ""
        if not to and words not in (["ALL"], ["UNSEEN"]):
            raise imap4.IllegalQueryError(words)
        # Places in the mailbox, also where UIDs are asked for: the server turns them into such.
        found = enumerate(self._letters, 1)
        return [place for place, letter in found if to in letter.to and not (words == ["UNSEEN"] and "\\Seen" in letter.flags)]

    def store(self, messages: Any, flags: Any, mode: int, uid: bool) -> dict[int, list[str]]:  # noqa: D102
        told = {}
        for place, letter in self.fetch(messages, uid):
            named = set(flags)
            letter.flags = named if mode == 0 else letter.flags | named if mode > 0 else letter.flags - named
            told[place] = letter.getFlags()
        return told
