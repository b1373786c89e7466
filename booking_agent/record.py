"""The conductor's side of the tables: taking an intent, writing each phase before it begins, hearing what the operator says.

Every method is a transaction of its own, so that whoever comes after a crash finds how far it went.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from booking_agent.driver.calendar import Cell
from booking_agent.driver.facts import Shown, Slot
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.events import (
    BookingCommitted,
    BookingHandedOver,
    BookingMoved,
    BookingProved,
    BookingReadBack,
    BookingRefused,
)
from booking_agent.model import DONE, OPEN, OWNER, CalendarRow, Command, Intent, Lease, State, Waits, What
from booking_agent.profiles import FIELDS
from contact_center.audit import Act
from contact_center.clock import day_of
from contact_center.errors import Conflict
from contact_center.events import Event
from contact_center.house import House
from contact_center.personal import Owner, Personal

LOST_AFTER = 12.0
"""Seconds without a sign of life after which another conductor may take an intent."""

TRIES = 3
"""How often an intent is begun anew before its last button, where its worker or browser was lost."""

SHOWN, NUMBER, PICTURE, VISIT = "shown", "number", "picture", "visit"
MEANS_OVER = tuple({*FIELDS, PICTURE, VISIT} - {NUMBER})
"""What is kept of a person only until the outcome is known; the number stays, so that it can be told again."""


class Record:
    """One intent, as its conductor sees it.

    :param me: names this conductor; whoever else has taken the intent stops it at its next word.
    """

    def __init__(self, house: House, id: int, me: str) -> None:
        self._house, self.id, self._me = house, id, me
        self._owner = Owner(OWNER, str(id))

    # -- taking -------------------------------------------------------------------------------------------------------

    def take(self) -> Intent | None:
        """Take the intent; None where it is over, or somebody alive has it."""
        now = self._house.clock.now()
        with self._house.database.session_scope() as session:
            lost = or_(Intent.alive_at.is_(None), Intent.alive_at < now - timedelta(seconds=LOST_AFTER))
            free = update(Intent).where(Intent.id == self.id, Intent.state.in_(OPEN), Intent.handed_at.is_(None), lost)
            done = session.execute(free.values(conductor=self._me, alive_at=now, tries=Intent.tries + 1))
            if not getattr(done, "rowcount", 0):
                return None
            session.expire_all()
            return session.get_one(Intent, self.id)

    def _mine(self, session: Session) -> Intent:
        row = session.get_one(Intent, self.id)
        if row.conductor != self._me or row.state in DONE:
            raise Conflict("この手続きは別の処理が続けています。")
        row.alive_at = row.changed_at = self._house.clock.now()
        return row

    def beat(self) -> None:
        """A sign of life.

        :raises Conflict: where somebody else has it by now.
        """
        with self._house.database.session_scope() as session:
            changed = self._mine(session).changed_at
            session.get_one(Intent, self.id).changed_at = changed

    def values(self) -> dict[str, str]:
        """What was given of the person. The look is on the audit trail."""
        self._house.audit.record(Act("booking_agent", "booking.personal.use", f"booking:{self.id}", {}))
        with self._house.database.reading() as session:
            found = {name: self._house.vault.get(session, self._owner, name) for name in (*FIELDS, NUMBER)}
        return {name: value.reveal() for name, value in found.items() if value is not None}

    def visit(self) -> Any:
        """Cookies and storage of a visit that was broken off; None where there was none."""
        with self._house.database.reading() as session:
            kept = self._house.vault.get(session, self._owner, VISIT)
        return json.loads(kept.reveal()) if kept is not None else None

    # -- phases -------------------------------------------------------------------------------------------------------

    def step(self, step: str, waits: Waits = Waits.NOTHING) -> None:
        """What is being done now, in the profile's words."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.step, row.waits = step[:60], waits
            self._tell(session, row, BookingMoved)

    def hold(self, slot: Slot) -> None:
        """A slot is about to be chosen on the site.

        :raises Trouble: where another of our seats works on the same slot.
        """
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            self._lease(session, row, "slot", f"{slot.counter}|{slot.day}|{slot.start:%H:%M}")
            row.state, row.waits, row.reason = State.HOLDING, Waits.NOTHING, ""
            row.counter, row.day, row.start, row.end = slot.counter, slot.day, slot.start, slot.end
            self._tell(session, row, BookingMoved)

    def let_go(self, reason: Reason) -> None:
        """The slot was not to be had; another is to be chosen."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            session.execute(delete(Lease).where(Lease.intent_id == self.id, Lease.kind == "slot"))
            row.state, row.reason, row.day, row.start, row.end = State.PLANNED, reason.value, None, None, None

    def lease_person(self, key: str) -> None:
        """Work on this person's reservations alone.

        :raises Trouble: where another of our seats does so already.
        """
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            self._lease(session, row, "person", self._house.vault.fingerprint("booking-person", Personal(f"{row.site}|{key}")))

    def _lease(self, session: Session, row: Intent, kind: str, key: str) -> None:
        known = session.get(Lease, (row.site, kind, key))
        if known is None:
            session.add(Lease(site=row.site, kind=kind, key=key, intent_id=row.id))
        elif known.intent_id != row.id:
            raise Trouble(Reason.OURS)

    def held(self, until: datetime | None, visit: Any) -> None:
        """The site keeps the slot until then, for this visit."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.hold_until = until
            self._house.vault.put(session, self._owner, VISIT, Personal(json.dumps(visit)))
            self._tell(session, row, BookingMoved)

    def read_back(self, shown: Shown) -> None:
        """What the site shows before its last button, for the operator to read out."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            self._keep(session, SHOWN, json.dumps(dict(shown.texts), ensure_ascii=False))
            row.waits = Waits.YES
            self._tell(session, row, BookingReadBack)

    def keep_shown(self, shown: Shown) -> None:
        """What the site shows of it, for the operator to read out."""
        with self._house.database.session_scope() as session:
            self._mine(session)
            self._keep(session, SHOWN, json.dumps(dict(shown.texts), ensure_ascii=False))

    def row(self) -> Intent:
        """The intent as it stands now."""
        with self._house.database.reading() as session:
            return session.get_one(Intent, self.id)

    def committing(self) -> None:
        """From here on the last button may have been pressed. An intent comes here once.

        :raises Conflict: where it was here before.
        """
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            if row.committed_at is not None or row.state != State.HOLDING:
                raise Conflict("この予約はもう申し込まれています。")
            row.state, row.waits, row.booked = State.COMMITTING, Waits.NOTHING, "unknown"
            row.committed_at = self._house.clock.now()
            self._tell(session, row, BookingCommitted)

    def keep_former(self, shown: Shown) -> None:
        """What is to be changed, as the site shows it before anything was touched."""
        slot = shown.slot()
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.former_day, row.former_start = (slot.day, slot.start) if slot is not None else (None, None)

    def at_counter(self, counter: str) -> Intent:
        """The reservation is at this counter, whatever was chosen at the seat."""
        with self._house.database.session_scope() as session:
            self._mine(session).counter = counter[:80]
        return self.row()

    def pick_cancel(self, shown: Shown) -> None:
        """The reservation that is to be cancelled was found: nothing is to be chosen."""
        slot = shown.slot()
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.state = State.HOLDING
            if slot is not None:
                row.counter, row.day, row.start, row.end = slot.counter, slot.day, slot.start, slot.end

    # -- outcomes -----------------------------------------------------------------------------------------------------

    def proved(self, proof: str, shown: Shown | None, number: str) -> None:
        """It is known that it was done."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            if number:
                self._keep(session, NUMBER, number)
            slot = shown.slot() if shown is not None else None
            if slot is not None and row.what in ("find",):
                row.counter, row.day, row.start, row.end = slot.counter, slot.day, slot.start, slot.end
            row.state, row.booked, row.proof, row.reason, row.trouble = State.PROVED, "yes", proof, "", {}
            self._end(session, row)
            keep_on_contact(self._house, session, row)
            self._house.log.append(
                session,
                BookingProved(
                    city=row.city, contact=row.contact_id, actor="booking_agent", intent=row.id, what=row.what, proof=proof
                ),
            )

    def stopped(self, trouble: Trouble, hold_until: datetime | None) -> None:
        """It was not done: the site said no, or we stopped before the last button."""
        refused = trouble.reason in (Reason.TAKEN, Reason.OUTSIDE, Reason.ALREADY, Reason.MISMATCH, Reason.REFUSED)
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.state, row.booked = State.REFUSED if refused else State.FAILED, "no"
            self._note(row, trouble)
            row.hold_until = hold_until
            self._end(session, row)
            self._house.log.append(
                session,
                BookingRefused(
                    city=row.city, contact=row.contact_id, actor="booking_agent", intent=row.id, reason=trouble.reason.value
                ),
            )  # fmt: skip

    def in_doubt(self, trouble: Trouble) -> None:
        """Whether it was done is being looked up."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.state, row.booked = State.UNKNOWN, "unknown"
            self._note(row, trouble)
            self._tell(session, row, BookingMoved)

    def hand_over(self, trouble: Trouble) -> None:
        """A person has to find out; everything known is kept for them."""
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            row.state, row.waits, row.handed_at = State.UNKNOWN, Waits.PERSON, self._house.clock.now()
            self._note(row, trouble)
            self._house.log.append(
                session,
                BookingHandedOver(
                    city=row.city, contact=row.contact_id, actor="booking_agent", intent=row.id, reason=trouble.reason.value
                ),
            )  # fmt: skip

    def picture(self, png: bytes) -> None:
        """What the page looked like when it could not be worked further; its values were painted over."""
        with self._house.database.session_scope() as session:
            self._mine(session)
            self._keep(session, PICTURE, base64.b64encode(png).decode())

    def keep_number(self, number: str) -> None:
        """The number is known, whatever else is not."""
        with self._house.database.session_scope() as session:
            self._mine(session)
            self._keep(session, NUMBER, number)

    def _keep(self, session: Session, field: str, text: str) -> None:
        self._house.vault.put(session, self._owner, field, Personal(text))

    def _note(self, row: Intent, trouble: Trouble) -> None:
        row.reason = trouble.reason.value
        row.trouble = {"step": trouble.step[:80], "expected": trouble.expected[:120], "seen": trouble.seen[:300]}

    def _end(self, session: Session, row: Intent) -> None:
        end(self._house, session, row)

    def _tell(self, session: Session, row: Intent, kind: type[Event]) -> None:
        self._house.log.append(session, kind(city=row.city, contact=row.contact_id, actor="booking_agent", intent=row.id))  # type: ignore[call-arg]

    # -- slots and words ----------------------------------------------------------------------------------------------

    def show(self, counter: str, people: int, days: Iterable[Cell] | None, times: Mapping[date, Iterable[Cell]]) -> None:
        """Slots that this visit sees, to be chosen from.

        :param days: None where only times of a day are new.
        """
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            wanted = select(CalendarRow).where(CalendarRow.intent_id == self.id, CalendarRow.counter == counter)
            seen = session.scalar(wanted)
            if seen is None:
                seen = CalendarRow(site=row.site, counter=counter, people=people, intent_id=self.id)
                session.add(seen)
            note_seen(seen, days, times, self._house.clock.now())

    def next_command(self) -> Command | None:
        """The next thing that the operator has said, taken."""
        with self._house.database.reading() as session:
            waiting = select(Command.id).where(Command.intent_id == self.id, Command.taken_at.is_(None)).order_by(Command.id)
            first = session.scalar(waiting.limit(1))
        if first is None:
            return None
        with self._house.database.session_scope() as session:
            row = self._mine(session)
            command = session.get_one(Command, first)
            command.taken_at = row.changed_at
            if command.kind == "code":
                # A code is good once, and of no use to anybody afterwards.
                data, command.data = command.data, {}
                return Command(id=command.id, intent_id=self.id, kind="code", data=data, at=command.at, actor=command.actor)
            return command


def end(house: House, session: Session, row: Intent) -> None:
    """An intent is over: its leases end, and what was kept of the person goes, but for the number."""
    row.waits, row.step, row.ended_at = Waits.NOTHING, "", house.clock.now()
    session.execute(delete(Lease).where(Lease.intent_id == row.id))
    session.execute(delete(CalendarRow).where(CalendarRow.intent_id == row.id))
    # Whoever was refused may want another slot at once; a sweeper erases what was given for it a little later.
    house.vault.erase(session, Owner(OWNER, str(row.id)), MEANS_OVER if row.state == State.PROVED else (VISIT, SHOWN))


def keep_on_contact(house: House, session: Session, row: Intent) -> None:
    """What was booked, changed or cancelled is a source of the contact's answer from then on, also when its seat has moved on."""
    if row.contact_id is not None and row.what != What.FIND:
        house.notes.link_by(session, "booking_agent", row.contact_id, f"booking:{row.id}")


def note_seen(row: CalendarRow, days: Iterable[Cell] | None, times: Mapping[date, Iterable[Cell]], now: datetime) -> None:
    """Write down what a calendar showed. Times of a day stay, with the moment in which they were seen, while the day is free."""
    found: dict[str, list[list[str]]] = {str(day): [_time(cell) for cell in cells] for day, cells in times.items()}
    kept = row.seen_times or {}
    if days is not None:
        cells = [cell for cell in days if cell.day is not None]
        row.days = [[str(day), mark] for day, mark in _best(cells).items()]
        for cell in cells:
            if cell.start is not None:
                found.setdefault(str(cell.day), []).append(_time(cell))
        free = {day for day, mark in row.days if mark in ("free", "few")}
        kept = {day: one for day, one in kept.items() if day in free}
    row.seen_times = {**kept, **{day: {"at": now.isoformat(), "slots": slots} for day, slots in found.items()}}
    row.seen_at, row.reason, row.looking_since = now, "", None


def _best(cells: list[Cell]) -> dict[date, str]:
    """How each day stands: as its best time, where times stand beside the days."""
    order = ["free", "few", "full", "closed", "unknown"]
    found: dict[date, str] = {}
    for cell in cells:
        assert cell.day is not None
        mark = cell.mark.value
        if cell.day not in found or order.index(mark) < order.index(found[cell.day]):
            found[cell.day] = mark
    return found


def _time(cell: Cell) -> list[str]:
    return [f"{cell.start:%H:%M}" if cell.start else "", f"{cell.end:%H:%M}" if cell.end else "", cell.mark.value]


__all__ = ["LOST_AFTER", "NUMBER", "PICTURE", "SHOWN", "TRIES", "Record", "day_of", "end", "note_seen"]
