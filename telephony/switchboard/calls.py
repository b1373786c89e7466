"""What observations do to contacts and seats. Told twice, an observation changes nothing the second time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from twisted.logger import Logger

from contact_center.contacts import Contact, State, Unserved
from contact_center.errors import MadoguchiError, NotFound
from contact_center.house import House
from contact_center.personal import Personal, e164
from contact_center.seats import Presence, Seat
from telephony.events import CallOrdered
from telephony.pbx.translate import (
    SUPERVISION,
    Alone,
    Answered,
    Arrived,
    Gone,
    Held,
    NotAnswered,
    Observation,
    Offered,
    PhoneState,
    Queued,
    Reached,
    SeatLeft,
    SupervisorLeft,
    ThirdParty,
    Waiting,
)
from telephony.settings import RING_SECONDS

SETTLED_AFTER, DIALLED_WITHIN = timedelta(seconds=1), timedelta(seconds=5)
"""What Asterisk has told, or was told to dial, so long ago stands in its lists."""

CLOCKS_DIFFER = timedelta(seconds=5)
"""What is further ahead than this did not just happen: the clock was set back."""

WITHHELD = {"coinlinepayphone": "payphone", "unavailable": "unavailable", "interactionwithotherservice": "unavailable"}
"""Why there is no number, by the letters of the name that Japanese carriers send in its place (TTC JJ-90.22)."""

_HOW = {how.value: how for how in Unserved}


class Calls:
    """Writes what was observed. Its methods block on the database and run in the switchboard's one writing thread."""

    log = Logger()

    def __init__(self, house: House) -> None:
        self._house = house
        self._ring_seconds = house.settings[RING_SECONDS]

    def observe(self, observations: list[Observation | PhoneState]) -> int:
        """Take observations in their order, in one transaction; how many events followed from them.

        One that cannot be taken at all is passed over: it must not keep the others from being written.

        :raises Unavailable: where the database cannot be written; nothing was taken.
        """
        try:
            return self._observe(observations)
        except MadoguchiError:
            raise
        except Exception as error:
            if len(observations) == 1:
                seen = type(observations[0]).__name__
                self.log.warn("An observation was passed over: {seen} ({why})", seen=seen, why=type(error).__name__)
                return 0
        return sum(self.observe([one]) for one in observations)

    def _observe(self, observations: list[Observation | PhoneState]) -> int:
        with self._house.database.session_scope() as session:
            for observation in observations:
                self._take(session, observation)
            return self._house.log.pending(session)

    def _take(self, session: Session, seen: Observation | PhoneState) -> None:
        contacts, now = self._house.contacts, self._house.clock.now()
        if isinstance(seen, PhoneState):
            self._phone(session, seen)
            return
        at = seen.at or now
        if isinstance(seen, Arrived):
            # A short or foreign number in no form we know is still one that can be called back.
            number = e164(seen.number) or (seen.number if re.fullmatch(r"\+?[0-9]{3,20}", seen.number) else None)
            try:
                withheld = "" if number else WITHHELD.get(seen.name, "anonymous")
                contacts.arrive(session, seen.key, seen.line, Personal(number) if number else None, at, withheld)
            except NotFound:
                # A line that has left the directory since: there is no city to which the contact could belong.
                return
            return
        if isinstance(seen, SupervisorLeft):
            self._supervision_over(session, seen.seat)
            return
        contact = contacts.by_key(session, seen.key)
        if contact is None:
            return
        if seen.live:
            # What is heard now happens after all that has happened, also where the clock was set back meanwhile.
            at = max(at, contact.latest)
        if isinstance(seen, Queued):
            contacts.queue(session, contact, seen.pool, at)
        elif isinstance(seen, Reached):
            self._house.outgoing.reached(session, contact, at)
        elif isinstance(seen, Waiting):
            contacts.wait_on(session, contact, at)
        elif isinstance(seen, Alone):
            contacts.alone(session, contact, at)
        elif isinstance(seen, ThirdParty):
            self._third(session, contact, seen.how, at)
        elif isinstance(seen, Gone):
            contacts.gone(session, contact, _HOW.get(seen.how, Unserved.ABANDONED), at)
        else:
            self._at_seat(session, contact, seen)

    def _third(self, session: Session, contact: Contact, how: str, at: datetime) -> None:
        sharing = self._house.sharing
        if how == "answered":
            sharing.answered(session, contact, at)
        elif how == "joined":
            sharing.joined(session, contact)
        elif how == "took":
            sharing.took(session, contact, at)
        elif sharing.left(session, contact):
            # Of three together two are left: seat and resident talk as before, with all that a seat can do.
            back = CallOrdered(city=contact.city_id, contact=contact.id, actor="switchboard", do="back", seat=contact.seat_id or "")
            self._house.log.append(session, back)

    def _supervision_over(self, session: Session, id: str) -> None:
        seat = session.get(Seat, id)
        if seat is not None:
            self._house.seats.supervision_over(session, seat)

    def _at_seat(self, session: Session, contact: Contact, seen: Observation) -> None:
        assert isinstance(seen, (Offered, NotAnswered, Answered, Held, SeatLeft))
        seat = session.get(Seat, seen.seat)
        if seat is None:
            return
        contacts, at = self._house.contacts, seen.at or self._house.clock.now()
        if isinstance(seen, Offered):
            contacts.offer(session, contact, seat, at)
        elif isinstance(seen, NotAnswered):
            contacts.not_answered(session, contact, seat, seen.rang > self._ring_seconds - 2, at)
        elif isinstance(seen, Held):
            contacts.hold(session, contact, seat, seen.held, at)
        elif isinstance(seen, Answered):
            contacts.answer(session, contact, seat, at)
        else:
            contacts.seat_left(session, contact, seat, at)

    def _phone(self, session: Session, seen: PhoneState) -> None:
        seat = session.get(Seat, seen.seat)
        if seat is None or not seat.signed_in or seat.phone != seen.phone:
            return
        if seen.registered:
            self._house.seats.find(session, seat)
        else:
            self._house.seats.lose(session, seat)

    def reconcile(
        self,
        alive: set[str],
        legs: set[tuple[str, str]],
        thirds: set[str],
        asked_at: datetime,
    ) -> int:
        """Hold what the database believes against what Asterisk has.

        :param alive: keys of the residents' channels, and of supervisions.
        :param legs: (key, seat) of every seat's leg that was answered.
        :param thirds: keys of the contacts in which somebody else is asked.
        :param asked_at: when Asterisk was asked; what happened in the second before or later is left to the live link.
        :returns: how many events followed.
        """
        with self._house.database.session_scope() as session:
            for contact in self._house.contacts.open(session):
                # Writing may be seconds behind the asking: whoever came meanwhile is in no list yet.
                if contact.ended_at is not None or self._is_fresh(contact.latest, asked_at, SETTLED_AFTER):
                    continue
                now = max(self._house.clock.now(), contact.latest)
                if contact.key not in alive:
                    # Its end was not told, neither live nor in the log: Asterisk itself was gone.
                    self._house.contacts.gone(session, contact, Unserved.INTERRUPTED, now)
                elif contact.seat_id and contact.answered_at and (contact.key, contact.seat_id) not in legs:
                    seat = session.get(Seat, contact.seat_id)
                    if seat is not None:
                        self._house.contacts.seat_left(session, contact, seat, now)
                elif contact.third and contact.key not in thirds and contact.state != State.TRANSFERRING:
                    self._house.sharing.left(session, contact)
            self._free_ghosts(session, alive, asked_at)
            return self._house.log.pending(session)

    def leave_ended_seats(self) -> None:
        """Whoever's session is over leaves the seat; a conversation is not disturbed, its end comes first."""
        with self._house.database.session_scope() as session:
            for seat in self._house.seats.all(session):
                busy = seat.presence in (Presence.RINGING, Presence.ON_CONTACT)
                if seat.signed_in and not busy and self._house.sessions.has_ended(session, seat.session_id):
                    self._house.seats.sign_out(session, seat, "switchboard")

    def _is_fresh(self, moment: datetime, asked_at: datetime, settled_after: timedelta) -> bool:
        """Whether something may be too new to stand in a list that was asked for then."""
        return asked_at - settled_after < moment <= self._house.clock.now() + CLOCKS_DIFFER

    def _free_ghosts(self, session: Session, alive: set[str], asked_at: datetime) -> None:
        supervised = {key.removeprefix(SUPERVISION).rpartition("-")[0] for key in alive if key.startswith(SUPERVISION)}
        for seat in self._house.seats.all(session):
            if seat.supervises:
                if seat.id not in supervised and not self._is_fresh(seat.since, asked_at, DIALLED_WITHIN):
                    self._house.seats.supervision_over(session, seat)
                continue
            contact = session.get(Contact, seat.contact_id) if seat.contact_id else None
            if contact is not None and contact.closed_at is None and self._house.contacts.has_seat(contact, seat):
                continue
            if seat.presence in ("ringing", "on_contact", "wrapping"):
                self._house.seats.free(session, seat, "switchboard")
