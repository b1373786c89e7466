"""The truth behind the faces: who holds which slot, what was handed in and what became of it. It is kept in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from secrets import token_urlsafe

import msgspec

from booking_agent.rehearsal_site.model import (
    COUNTERS,
    FACES,
    RULES,
    Denied,
    Event,
    Face,
    Hold,
    Mail,
    Person,
    Reason,
    Reservation,
    Rules,
    Slot,
    Start,
    Submission,
    Wish,
)  # fmt: skip
from booking_agent.rehearsal_site.people import CENTRE, STAFF, residents, secret
from booking_agent.rehearsal_site.slots import slots
from contact_center.clock import Clock

CARELESS = 0.5
"""Seconds between looking and writing of a site without a lock."""


class Ledger:
    """One for all faces and all threads.

    :param clock: the machine's; the sites' own day may be another one.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self.reset(Start())

    def reset(self, start: Start) -> None:
        """Begin again.

        :raises msgspec.ValidationError: where a rule is unknown or of the wrong kind; nothing is changed then.
        """
        base = msgspec.to_builtins(RULES)
        rules = {face: msgspec.convert(base[face] | start.rules.get(face, {}), Rules) for face in FACES}
        today = self.clock.now().date()
        first_day = start.first_day or today
        rng = Random(start.seed)  # noqa: S311 - people who do not exist
        with self._lock:
            self.rules: dict[Face, Rules] = rules
            self._start, self._shift = start, first_day - today
            self.people = {person.number: person for person in residents(rng, first_day)}
            # Who books for others keeps their passwords, whatever rehearsal begins.
            self.mailboxes = {CENTRE: secret(Random(CENTRE)), **{one.mail: one.mail_password for one in self.people.values()}}  # noqa: S311
            self.staff = {STAFF: secret(Random(STAFF))}  # noqa: S311 - nobody's password
            self._slots = {slot.id: slot for slot in slots(rng, first_day, start.capacity)}
            self._by_day: dict[tuple[int, date], list[Slot]] = defaultdict(list)
            for slot in self._slots.values():
                self._by_day[slot.counter, slot.day].append(slot)
            self._rng = rng
            self._holds: dict[str, Hold] = {}
            self.reservations: dict[str, Reservation] = {}
            self._submissions: list[Submission] = []
            self.mails: list[Mail] = []

    def now(self) -> datetime:
        """The moment now, as the sites see it."""
        return self.clock.now() + self._shift

    def window(self, face: Face) -> tuple[date, date]:
        """The first and the last day that can be booked there now."""
        today = self.now().date()
        return today + timedelta(days=1), today + timedelta(days=self.rules[face].opens_days)

    def slot(self, id: str) -> Slot:
        """A slot by its id.

        :raises Denied: where there is none.
        """
        if id not in self._slots:
            raise Denied(Reason.OUTSIDE)
        return self._slots[id]

    def slots(self, counter: int, day: date) -> list[Slot]:
        """The slots of a day at a counter, early ones first; none where it is closed."""
        return self._by_day.get((counter, day), [])

    def left(self, slot: Slot, own: str = "") -> int:
        """How many people a slot still takes.

        :param own: a hold that does not count, for it is one's own.
        """
        with self._lock:
            return slot.capacity - slot.taken - sum(h.people for h in self._live() if h.slot == slot.id and h.id != own)

    def _live(self) -> list[Hold]:
        now = self.now()
        self._holds = {id: hold for id, hold in self._holds.items() if hold.until > now}
        return list(self._holds.values())

    def booked(self, person: str) -> bool:
        """Whether somebody holds a reservation already."""
        return any(one.person == person and one.state == "booked" for one in self.reservations.values())

    # -- holds --------------------------------------------------------------------------------------------------------

    def hold(self, face: Face, slot: str, people: int, former: str = "", careless: bool = False) -> Hold:
        """Keep a slot for somebody who still has to type.

        :param former: the hold that it replaces.
        :param careless: as for `submit`.
        :raises Denied: where the slot is full, not bookable now, or for too many people.
        """
        with self._look(careless, lambda: self._check_slot(face, self.slot(slot), people, former)):
            self.release(former)
            made = Hold(token_urlsafe(12), face, slot, people, self.now() + timedelta(minutes=self.rules[face].hold_minutes))
            self._holds[made.id] = made
            return made

    def held(self, id: str) -> Hold | None:
        """A hold that has not ended."""
        with self._lock:
            return next((hold for hold in self._live() if hold.id == id), None)

    def release(self, id: str) -> None:
        """Give a hold back, if there is one."""
        with self._lock:
            self._holds.pop(id, None)

    def fill(self, slot: str) -> None:
        """Somebody else takes all that is left of a slot, and whoever held it loses it."""
        with self._lock:
            self._slots[slot].taken = self._slots[slot].capacity
            self._holds = {id: hold for id, hold in self._holds.items() if hold.slot != slot}

    # -- what is handed in --------------------------------------------------------------------------------------------

    def note(self, wish: Wish, outcome: str = "") -> Submission:
        """Write down that a wish was received."""
        with self._lock:
            noted = Submission(self.now(), wish, outcome)
            self._submissions.append(noted)
            return noted

    def submit(self, wish: Wish, careless: bool = False) -> Reservation:
        """Do what is wished, and write down that it was.

        :param careless: as on a site without a lock: between looking and writing anybody may come in between.
        :raises Denied: saying why not.
        """
        noted = self.note(wish)
        try:
            with self._look(careless, lambda: self._check(wish)):
                done = self._enter(wish)
        except Denied as no:
            noted.outcome = no.reason.value
            raise
        noted.outcome = done.number
        return done

    @contextmanager
    def _look(self, careless: bool, check: Callable[[], None]) -> Iterator[None]:
        """Look whether something may be done, and do it before anybody else can; unless the site is careless."""
        if careless:
            check()
            self.clock.sleep(CARELESS)
        with self._lock:
            if not careless:
                check()
            yield

    def _check(self, wish: Wish) -> None:
        rules, people = self.rules[wish.face], wish.people
        if wish.what == "book":
            if wish.person not in self.people:
                raise Denied(Reason.UNKNOWN)
            if rules.one_each and self.booked(wish.person):
                raise Denied(Reason.ALREADY)
        else:
            found = self.reservations.get(wish.reservation)
            if found is None or found.state != "booked":
                raise Denied(Reason.GONE)
            if not self.changeable(found, wish.face):
                raise Denied(Reason.LATE)
            people = found.people
        kept = self.held(wish.hold)
        # What is held is promised: nobody looks again whether there is room.
        if wish.what != "cancel" and (kept is None or kept.slot != wish.slot):
            self._check_slot(wish.face, self.slot(wish.slot), people, wish.hold)
            if wish.hold:
                raise Denied(Reason.ENDED)

    def _check_slot(self, face: Face, slot: Slot, people: int, own: str) -> None:
        first, last = self.window(face)
        if not first <= slot.day <= last:
            raise Denied(Reason.OUTSIDE)
        if not 1 <= people <= self.rules[face].largest_party:
            raise Denied(Reason.PARTY)
        if self.left(slot, own) < people:
            raise Denied(Reason.FULL)

    def _enter(self, wish: Wish) -> Reservation:
        if wish.what == "book":
            number = ""
            while not number or number in self.reservations:
                number = str(self._rng.randrange(10_000_000, 100_000_000))
            done = Reservation(
                number=number, face=wish.face, person=wish.person, people=wish.people, slot=wish.slot,
                state="booked", given=wish.given, history=[],
            )  # fmt: skip
            self.reservations[number] = done
        else:
            done = self.reservations[wish.reservation]
            self._slots[done.slot].taken -= done.people
        if wish.what == "cancel":
            done.state = "cancelled"
        else:
            done.slot = wish.slot
            self._slots[wish.slot].taken += done.people
        self.release(wish.hold)
        done.history.append(Event(self.now(), wish.what, done.slot))
        return done

    def changeable(self, reservation: Reservation, face: Face) -> bool:
        """Whether a reservation can still be changed or cancelled there."""
        days = (self._slots[reservation.slot].day - self.now().date()).days
        return reservation.state == "booked" and days >= self.rules[face].until_days

    # -- asked afterwards ---------------------------------------------------------------------------------------------

    def known(self, number: str, birthday: date | None) -> Person | None:
        """Who has that postcard and that birthday."""
        found = self.people.get(number)
        return found if found is not None and found.birthday == birthday else None

    def as_json(self, part: str = "") -> bytes:
        """Everything, or one part of it.

        :raises KeyError: where there is no such part.
        """
        with self._lock:
            whole = {
                "seed": self._start.seed, "now": self.now(), "rules": self.rules, "counters": COUNTERS,
                "people": list(self.people.values()), "mailboxes": self.mailboxes, "slots": list(self._slots.values()),
                "holds": self._live(), "reservations": list(self.reservations.values()), "submissions": self._submissions,
                "mails": self.mails,
            }  # fmt: skip
            return msgspec.json.encode(whole[part] if part else whole)
