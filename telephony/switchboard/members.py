"""Bringing Asterisk's queues in line with the table of seats: who is a member, who is paused, whose password counts."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from twisted.internet import defer
from twisted.python.failure import Failure

from contact_center.errors import Unavailable
from contact_center.seats import Seat
from telephony.pbx.ami import AmiError, AmiLink, Event


def endpoint(seat: Seat) -> str:
    """The name of a seat's phone in Asterisk: `seat-1` for the browser, `seat-1-native` for a native phone."""
    return seat.id if seat.phone == "browser" else f"{seat.id}-native"


@dataclass(frozen=True)
class Wanted:
    """What a seat should be in Asterisk.

    :param pools: queues it serves, its own among them; empty: none, and no password.
    """

    seat: str
    pools: tuple[str, ...]
    endpoint: str
    paused: bool
    password: str | None

    def is_paused(self, pool: str) -> bool:
        """In its own queue, where only who talked with it waits, a seat is never paused."""
        return self.paused and pool != self.seat


class Members:
    """The members of the queues."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def bring(self, wanted: Wanted, all_pools: tuple[str, ...]) -> None:
        """Make one seat what it should be; where Asterisk is away, the next connection does it for all seats."""
        for endpoint in (wanted.seat, f"{wanted.seat}-native"):
            for pool in (*all_pools, wanted.seat):
                if pool in wanted.pools and endpoint == wanted.endpoint:
                    await self._add(pool, wanted)
                else:
                    await self._quietly("QueueRemove", Queue=pool, Interface=f"PJSIP/{endpoint}")

    def pause(self, endpoint: str) -> None:
        """Ring this seat no more, in every queue; at once, before anything is written."""
        self._quietly("QueuePause", Interface=f"PJSIP/{endpoint}", Paused="true", Reason="wrapping")

    async def bring_all(self, present: list[Event], wanted: list[Wanted]) -> None:
        """Make every seat what it should be, and remove members that are no seats; say only what is not so already.

        :param present: the list of QueueStatus; it must be older than `wanted`.
        """
        right = {(pool, f"PJSIP/{one.endpoint}"): one for one in wanted for pool in one.pools}
        paused = {
            (event.get("Queue", ""), event.get("Location", "")): event.get("Paused") == "1"
            for event in present if event.get("Event") == "QueueMember"
        }  # fmt: skip
        for queue, interface in paused.keys() - right.keys():
            await self._quietly("QueueRemove", Queue=queue, Interface=interface)
        for place, one in right.items():
            if paused.get(place) != one.is_paused(place[0]):
                await self._add(place[0], one)

    async def _add(self, pool: str, wanted: Wanted) -> None:
        interface = f"PJSIP/{wanted.endpoint}"
        paused = "true" if wanted.is_paused(pool) else "false"
        # An existing member refuses to be added again; then only the pause is set.
        await self._quietly("QueueAdd", Queue=pool, Interface=interface, MemberName=wanted.seat, Paused=paused)
        await self._quietly("QueuePause", Queue=pool, Interface=interface, Paused=paused)

    def _quietly(self, action: str, **headers: str) -> defer.Deferred[Event | None]:
        return self._link.send(action, **headers).addErrback(_unless_refused)


def _unless_refused(failure: Failure) -> None:
    failure.trap(AmiError)


class Passwords:
    """The SQLite file from which Asterisk reads the seats' SIP passwords (`ps_auths`)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, endpoint: str, password: str | None) -> None:
        """Make a password count from the next REGISTER on; None makes the endpoint's password void.

        :raises Unavailable: where the file cannot be written.
        """
        try:
            with sqlite3.connect(self._path, timeout=5) as connection:
                create(connection)
                known = connection.execute("SELECT password FROM ps_auths WHERE id = ?", (endpoint,)).fetchone()
                if known == (None if password is None else (password,)):
                    # A full disk is no matter where nothing changes.
                    return
                connection.execute("DELETE FROM ps_auths WHERE id = ?", (endpoint,))
                if password is not None:
                    row = (endpoint, endpoint, password)
                    connection.execute("INSERT INTO ps_auths (id, auth_type, username, password) VALUES (?, 'userpass', ?, ?)", row)
        except sqlite3.Error as error:
            raise Unavailable("席の電話の合言葉を書き込めません。ディスクの空きを確かめてください。") from error


def create(connection: sqlite3.Connection) -> None:
    """Make the table as Asterisk expects it."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS ps_auths (id TEXT PRIMARY KEY, auth_type TEXT, username TEXT, password TEXT,"
        " md5_cred TEXT, realm TEXT, nonce_lifetime INTEGER, refresh_token TEXT, oauth_clientid TEXT, oauth_secret TEXT)"
    )
