"""The practice post office: mails come in by SMTP and are fetched by IMAP; the mailboxes are in memory, on this machine only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import partial
from typing import Any

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer, reactor
from twisted.internet.protocol import Factory, ServerFactory
from twisted.internet.threads import blockingCallFromThread
from twisted.mail import imap4, smtp
from zope.interface import implementer

from booking_agent.rehearsal_site.mailbox import Mailbox

# Twisted finds its reactor while it is running; its type is known only as an interface.
_reactor: Any = reactor
_starting = threading.Lock()


def reactor_in_a_thread() -> None:
    """Let Twisted's loop run beside the threads of the site; it runs once in the life of a process."""
    with _starting:
        if not _reactor.running:
            running = threading.Event()
            _reactor.callWhenRunning(running.set)
            threading.Thread(target=_reactor.run, kwargs={"installSignalHandlers": False}, daemon=True, name="post").start()
            running.wait()


@implementer(smtp.IMessage)
class _Incoming:
    """A mail that is being received."""

    def __init__(self, box: Mailbox) -> None:
        self._box, self._lines = box, list[bytes]()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._lines.append(line)

    def eomReceived(self) -> defer.Deferred[None]:  # noqa: N802
        self._box.put(b"\r\n".join(self._lines) + b"\r\n")
        return defer.succeed(None)

    def connectionLost(self) -> None:  # noqa: N802
        self._lines.clear()


@implementer(smtp.IMessageDelivery)
class _Counter:
    """Takes mails for the addresses that exist; `name+anything@` is `name@`."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    def receivedHeader(self, helo: Any, origin: Any, recipients: Any) -> bytes:  # noqa: N802
        return b"Received: from practice; " + formatdate().encode()

    def validateFrom(self, helo: Any, origin: Any) -> Any:  # noqa: N802
        return origin

    def validateTo(self, user: smtp.User) -> Callable[[], _Incoming]:  # noqa: N802
        name, _, domain = str(user.dest).rpartition("@")
        address = f"{name.partition('+')[0]}@{domain}"
        if address not in self._office.passwords():
            raise smtp.SMTPBadRcpt(user)
        return lambda: _Incoming(self._office.box(address))


@implementer(IRealm, ICredentialsChecker)
class _Door:
    """Opens a mailbox to whoever has its password."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    def requestAvatarId(self, credentials: Any) -> Any:  # noqa: N802
        address = credentials.username.decode()
        right = self._office.passwords().get(address)
        if right is None or not credentials.checkPassword(right.encode()):
            return defer.fail(UnauthorizedLogin())
        return defer.succeed(address)

    def requestAvatar(self, address: Any, mind: Any, *interfaces: Any) -> Any:  # noqa: N802
        account: Any = imap4.MemoryAccount(address)
        account.addMailbox("INBOX", self._office.box(address))
        return imap4.IAccount, account, lambda: None


class PostOffice:
    """Both sides of it.

    :param passwords: the addresses that exist now, with their passwords.
    """

    def __init__(self, passwords: Callable[[], Mapping[str, str]]) -> None:
        self.passwords = passwords
        self._boxes: dict[str, Mailbox] = {}
        self._listening: list[Any] = []

    def box(self, address: str) -> Mailbox:
        """The mailbox of an address."""
        return self._boxes.setdefault(address, Mailbox())

    def clear(self) -> None:
        """Throw every mail away; a mailbox that is open keeps what it shows until it is opened again."""
        blockingCallFromThread(_reactor, self._boxes.clear)

    def open(self, smtp_port: int, imap_port: int) -> tuple[int, int]:
        """Listen on 127.0.0.1.

        :returns: the ports; 0 takes a free one.
        """
        reactor_in_a_thread()
        door = Portal(_Door(self), [_Door(self)])
        taking, giving = ServerFactory(), ServerFactory()
        taking.protocol = partial(_smtp, _Counter(self))
        giving.protocol = partial(_imap, door)
        return self._listen(smtp_port, taking), self._listen(imap_port, giving)

    def _listen(self, port: int, factory: Factory) -> int:
        made = blockingCallFromThread(_reactor, partial(_reactor.listenTCP, port, factory, interface="127.0.0.1"))
        self._listening.append(made)
        return int(made.getHost().port)

    def close(self) -> None:
        """Listen no more."""
        for one in self._listening:
            blockingCallFromThread(_reactor, one.stopListening)


class _Giving(imap4.IMAP4Server):
    def spewMessage(self, id: int, msg: Any, query: Any, uid: bool) -> Any:  # noqa: N802
        # Whoever fetches a mail and does not only peek has seen it; Twisted leaves that to us.
        if any(part.type in ("rfc822", "rfc822text") or (part.type == "body" and not part.peek) for part in query):
            msg.flags.add("\\Seen")
        return super().spewMessage(id, msg, query, uid)


def _smtp(counter: _Counter) -> smtp.ESMTP:
    made = smtp.ESMTP()
    made.delivery = counter
    return made


def _imap(door: Portal) -> Any:
    made: Any = _Giving()
    made.portal = door
    return made
