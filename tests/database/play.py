"""Plays contacts on a house, by its services, as the switchboard and an agent would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contact_center.clock import FakeClock
from contact_center.contacts import Contact, Unserved
from contact_center.house import House
from contact_center.identity import Actor
from contact_center.personal import Personal

CITIES = frozenset({"mihon"})


class Play:
    """Plays contacts on a house, by its services."""

    def __init__(self, house: House, clock: FakeClock) -> None:
        self.house, self.clock = house, clock
        self.serial = 0

    def arrive(self, number: str | None = "+819012345678") -> int:
        self.serial += 1
        with self.house.database.session_scope() as session:
            contact = self.house.contacts.arrive(
                session, f"k-{self.serial}", "line1", Personal(number) if number else None, self.clock.now()
            )
            self.house.contacts.queue(session, contact, "main", self.clock.now())
            return contact.id

    def do(self, what: str, id: int, seat: str = "seat-1", ago: float = 0) -> None:
        """A step of a contact at a seat; `ago`: so many seconds before now, as the record tells it."""
        at = self.clock.now() - timedelta(seconds=ago)
        with self.house.database.session_scope() as session:
            contact = session.get_one(Contact, id)
            getattr(self.house.contacts, what)(session, contact, self.house.seats.get(session, seat), at)

    def not_answered(self, id: int, seat: str = "seat-1", whole_time: bool = True, ago: float = 0) -> None:
        at = self.clock.now() - timedelta(seconds=ago)
        with self.house.database.session_scope() as session:
            contact, place = session.get_one(Contact, id), self.house.seats.get(session, seat)
            self.house.contacts.not_answered(session, contact, place, whole_time, at)

    def gone(self, id: int, how: Unserved = Unserved.ABANDONED) -> None:
        with self.house.database.session_scope() as session:
            self.house.contacts.gone(session, session.get_one(Contact, id), how, self.clock.now())

    def seat(self, actor: Actor, seat: str = "seat-1") -> None:
        with self.house.database.session_scope() as session:
            self.house.seats.sign_in(session, actor, seat, "browser")
            self.house.seats.choose(session, actor, "available")

    def presence(self, seat: str = "seat-1") -> str:
        with self.house.database.reading() as session:
            return self.house.seats.get(session, seat).presence

    def contact(self, id: int) -> Contact:
        with self.house.database.reading() as session:
            return session.get_one(Contact, id)

    def choose(self, actor: Actor, presence: str, reason: str = "") -> None:
        with self.house.database.session_scope() as session:
            self.house.seats.choose(session, actor, presence, reason)

    def leave(self, seat: str = "seat-1") -> None:
        with self.house.database.session_scope() as session:
            self.house.seats.sign_out(session, self.house.seats.get(session, seat), "operator")

    def close(self, actor: Actor, id: int, category: str = "pin", outcome: str = "faq") -> None:
        with self.house.database.session_scope() as session:
            self.house.notes.classify(session, actor, id, category, [], outcome)
            self.house.notes.close(session, actor, id)

    def call_back(self, actor: Actor, callback: int) -> int:
        with self.house.database.session_scope() as session:
            return self.house.outgoing.call_back(session, actor, callback).id

    def keep_place(self, callback: int) -> int:
        with self.house.database.session_scope() as session:
            contact = self.house.outgoing.keep_place(session, callback, "main")
            assert contact is not None
            return contact.id

    def reached(self, id: int) -> None:
        with self.house.database.session_scope() as session:
            self.house.outgoing.reached(session, session.get_one(Contact, id), self.clock.now())

    def callbacks(self) -> list[Any]:
        with self.house.database.reading() as session:
            return self.house.callbacks.waiting(session, CITIES)
