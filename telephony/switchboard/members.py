"""Bringing Asterisk's queues in line with the table of seats: who is a member, who is paused, whose password counts."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from twisted.internet import defer
from twisted.python.failure import Failure

from contact_center.errors import Unavailable
from contact_center.house import House
from contact_center.seats import Seat
from telephony.pbx.ami import AmiError, AmiLink, Event

Place = tuple[str, str]
"""A queue, and the phone that is a member of it (`PJSIP/seat-1`)."""


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

    @property
    def places(self) -> dict[Place, bool]:
        """Where its phone is a member, and whether it is paused there; never in its own queue, where only who talked with it
        waits.
        """
        return {(pool, f"PJSIP/{self.endpoint}"): self.paused and pool != self.seat for pool in self.pools}


class Members:
    """The members of the queues. Only what changes is said: each action costs Asterisk milliseconds, while callers wait."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._paused: dict[Place, bool] = {}
        """Where a phone is a member, and whether it is paused there, as far as Asterisk was heard or told."""

    async def bring(self, wanted: Wanted) -> None:
        """Make one seat what it should be; where Asterisk is away, the next connection does it for all seats."""
        interfaces = (f"PJSIP/{wanted.seat}", f"PJSIP/{wanted.seat}-native")
        right = wanted.places
        for place in [place for place in self._paused if place[1] in interfaces and place not in right]:
            await self._remove(place)
        for place, paused in right.items():
            await self._keep(place, paused, wanted.seat)

    def pause(self, endpoint: str) -> None:
        """Ring this seat no more, but for whom it talked with; at once, before anything is written."""
        for place, paused in self._paused.items():
            if place[1] == f"PJSIP/{endpoint}" and not paused and place[0] != endpoint.removesuffix("-native"):
                self._paused[place] = True
                self._quietly("QueuePause", Queue=place[0], Interface=place[1], Paused="true", Reason="wrapping")

    async def bring_all(self, present: list[Event], wanted: list[Wanted]) -> None:
        """Make every seat what it should be, and remove members that are no seats.

        :param present: the list of QueueStatus; it must be older than `wanted`.
        """
        self._paused = {
            (event.get("Queue", ""), event.get("Location", "")): event.get("Paused") == "1"
            for event in present if event.get("Event") == "QueueMember"
        }  # fmt: skip
        right = {place: (paused, one.seat) for one in wanted for place, paused in one.places.items()}
        for place in self._paused.keys() - right.keys():
            await self._remove(place)
        for place, (paused, seat) in right.items():
            await self._keep(place, paused, seat)

    async def _keep(self, place: Place, paused: bool, seat: str) -> None:
        known, word = self._paused.get(place), "true" if paused else "false"
        if known == paused:
            return
        self._paused[place] = paused
        if known is None:
            await self._quietly("QueueAdd", Queue=place[0], Interface=place[1], MemberName=seat, Paused=word)
        # A member that was there all the same refuses to be added again; then only the pause is set.
        await self._quietly("QueuePause", Queue=place[0], Interface=place[1], Paused=word)

    async def _remove(self, place: Place) -> None:
        self._paused.pop(place, None)
        await self._quietly("QueueRemove", Queue=place[0], Interface=place[1])

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


def kiosk_passwords(house: House) -> dict[str, str | None]:
    """The password of each counter's endpoint; None where no kiosk is enrolled."""
    with house.database.reading() as session:
        counters = [view.line.id for view in house.directory.counters(session)]
        kiosks = {counter: house.devices.kiosk_of(session, counter) for counter in counters}
    return {f"kiosk-{id}": house.devices.sip_password(kiosk) if kiosk is not None else None for id, kiosk in kiosks.items()}
