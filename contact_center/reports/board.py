"""What a console draws: seats, lines, open contacts, callbacks and the day's figures. No personal value is in it.

The board is a tree of kinds and ids. An event changes some of its leaves; `changes` gives them as they are now, so that a
console only ever replaces leaves, and an old board with all changes is a fresh board.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_center.clock import Clock, day_of
from contact_center.contacts import OPEN, Callback, Callbacks, Contact, Escalation, Escalations, State
from contact_center.directory import Directory, Notices
from contact_center.errors import NotFound
from contact_center.events import Recorded
from contact_center.events.catalogue import CallbackDone, Event, HandRaised, HoursChanged, SeatChanged, SupervisionChanged
from contact_center.hours import is_open_at
from contact_center.identity import Actor
from contact_center.identity.model import Person
from contact_center.identity.permissions import SUPERVISOR
from contact_center.reports.figures import Figures, folded
from contact_center.seats import Seat, Seats

State_ = dict[str, Any]
Part = Callable[[Session, Actor, Event | None], State_]
"""What a feature adds to the board: all its leaves, or those that an event has changed."""

People = dict[int, tuple[str, bool]]
"""Name of each person, and whether they are a supervisor."""

NOBODY = ("", False)

WAITING = (State.QUEUED, State.OFFERED)
SPEAKING = (State.TALKING, State.HELD, State.TRANSFERRING)


class Board:
    """The board of one centre, as a person may see it."""

    def __init__(
        self, clock: Clock, directory: Directory, notices: Notices, seats: Seats, callbacks: Callbacks, escalations: Escalations
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._notices = notices
        self._seats = seats
        self._callbacks = callbacks
        self._escalations = escalations
        self._parts: dict[str, tuple[frozenset[type[Event]], Part]] = {}

    def add(self, kind: str, events: frozenset[type[Event]], part: Part) -> None:
        """Show what a feature adds, as a kind of its own.

        :param events: those that change it.
        """
        self._parts[kind] = events, part

    def snapshot(self, session: Session, actor: Actor) -> State_:
        """The whole board for this person."""
        people = self._names(session)
        contacts = session.scalars(select(Contact).where(Contact.state.in_(OPEN), Contact.city_id.in_(actor.cities)))
        return {
            "seats": {seat.id: self._seat(session, actor, seat, people) for seat in self._seats.all(session)},
            "lines": self._lines(session, actor),
            "contacts": {str(contact.id): _contact(contact) for contact in contacts},
            "callbacks": self._callback_rows(session, actor),
            "escalations": self._escalation_rows(session, actor),
            "figures": self._figures(session, actor),
            **{kind: part(session, actor, None) for kind, (_, part) in self._parts.items()},
        }

    def changes(self, session: Session, actor: Actor, recorded: Recorded) -> State_ | None:
        """The leaves that an event has changed, as they are now; None where it does not concern this person.

        The day's figures are no part of it: they follow with the pulse.
        """
        event = recorded.event
        if not actor.serves(event.city):
            return None
        changed: State_ = {}
        if isinstance(event, SeatChanged):
            changed["seats"] = self._seat_leaves(session, actor, event.seat)
        if isinstance(event, HandRaised):
            changed["seats"] = self._seat_leaves(session, actor, event.seat)
        if isinstance(event, SupervisionChanged):
            changed["seats"] = self._seat_leaves(session, actor, event.seat, event.supervisor)
        if isinstance(event, HoursChanged):
            changed["lines"] = self._lines(session, actor)
        kind = type(event).__name__
        if event.contact is not None and kind.startswith("Contact"):
            contact = session.get(Contact, event.contact)
            if contact is not None and actor.serves(contact.city_id):
                leaf = _contact(contact) if contact.state in OPEN else None
                changed["contacts"] = {str(contact.id): leaf}
                changed["lines"] = self._lines(session, actor)
        if kind.startswith("Callback"):
            changed["callbacks"] = self._callback_rows(session, actor)
        if kind.startswith("Escalation") or isinstance(event, CallbackDone):
            changed["escalations"] = self._escalation_rows(session, actor)
        for part_kind, (events, part) in self._parts.items():
            if type(event) in events:
                changed[part_kind] = part(session, actor, event)
        return changed or None

    def contact(self, session: Session, actor: Actor, id: int) -> dict[str, Any]:
        """One contact, open or over, without personal values.

        :raises NotFound: where there is none, or it is another city's.
        """
        contact = session.get(Contact, id)
        if contact is None or not actor.serves(contact.city_id):
            raise NotFound("その応対はありません。")
        return _contact(contact)

    def pulse(self, session: Session, actor: Actor) -> State_:
        """What the clock changes as well as events: the day's figures, and whether lines are open."""
        return {"figures": self._figures(session, actor), "lines": self._lines(session, actor)}

    def _figures(self, session: Session, actor: Actor) -> State_:
        today = day_of(self._clock.now())
        return {"today": figures_as_words(folded(session, today, today, actor.cities))}

    def _seat(self, session: Session, actor: Actor, seat: Seat, people: People) -> dict[str, Any]:
        contact = session.get(Contact, seat.contact_id) if seat.contact_id else None
        served = contact is not None and actor.serves(contact.city_id)
        supervisor = self._seats.supervisors(session).get(seat.id)
        by = supervisor and {"name": people.get(supervisor.person_id or 0, NOBODY)[0], "how": supervisor.supervision}
        return {**_seat(seat, people), "contact": seat.contact_id if served else None, "supervised": by}

    def _seat_leaves(self, session: Session, actor: Actor, *ids: str) -> State_:
        people = self._names(session)
        seats = {id: session.get(Seat, id) for id in ids}
        return {id: self._seat(session, actor, seat, people) if seat else None for id, seat in seats.items()}

    def _names(self, session: Session) -> People:
        return {
            row.id: (row.name, SUPERVISOR in row.roles) for row in session.execute(select(Person.id, Person.name, Person.roles))
        }

    def _lines(self, session: Session, actor: Actor) -> State_:
        now = self._clock.now()
        counts: dict[tuple[str, str], tuple[int, datetime | None]] = {
            (line, state): (count, oldest)
            for line, state, count, oldest in session.execute(
                select(Contact.line_id, Contact.state, func.count(), func.min(Contact.arrived_at))
                .where(Contact.state.in_((*WAITING, *SPEAKING)))
                .group_by(Contact.line_id, Contact.state)
            )
        }
        notices = {notice.line_id: notice for notice in self._notices.wanted(session)}
        lines: State_ = {}
        for view in self._directory.ways(session):
            line = view.line
            if not actor.serves(line.city_id):
                continue
            waiting = [counts.get((line.id, state), (0, None)) for state in WAITING]
            oldest = [at for _, at in waiting if at is not None]
            closing = self._directory.closing(session, line.id, now)
            notice = notices.get(line.id)
            lines[line.id] = {
                "name": line.name, "city": view.city.name, "city_id": line.city_id,
                "greeting": view.city.greeting, "number": line.number, "kind": line.kind,
                "capacity": line.capacity, "talking": sum(counts.get((line.id, s), (0, None))[0] for s in SPEAKING),
                "waiting": sum(count for count, _ in waiting),
                "waiting_since": _iso(min(oldest)) if oldest else None,
                "open": is_open_at(view.rule, now) and closing is None,
                "closed_by_hand": closing is not None,
                "closed_in_force": _iso(closing.in_force_at) if closing is not None else None,
                "notice": notice and {"text": notice.text, "until": _iso(notice.until), "heard_since": _iso(notice.in_force_at)},
            }  # fmt: skip
        return lines

    def _callback_rows(self, session: Session, actor: Actor) -> State_:
        return {"list": [_callback(row) for row in self._callbacks.waiting(session, actor.cities)]}

    def _escalation_rows(self, session: Session, actor: Actor) -> State_:
        people = self._names(session)
        return {"list": [_escalation(row, people) for row in self._escalations.waiting(session, actor.cities)]}


def merge(board: State_, change: State_) -> State_:
    """The board with the changed leaves put in their places; what a console does in JavaScript."""
    fresh = {kind: dict(leaves) for kind, leaves in board.items()}
    for kind, leaves in change.items():
        for id, leaf in leaves.items():
            if leaf is None:
                fresh[kind].pop(id, None)
            else:
                fresh[kind][id] = leaf
    return fresh


def figures_as_words(figures: Figures) -> dict[str, Any]:
    """Figures as they go over wires."""
    names = (
        "arrived", "answered", "closed", "abandoned", "overflowed", "interrupted", "callback_asked", "out_of_hours",
        "silent", "forwarded", "dialled", "reached", "not_reached", "entered", "excluded",
        "answer_rate", "service_level", "mean_wait", "longest_wait", "mean_talk", "mean_wrap",
    )  # fmt: skip
    return {**{name: getattr(figures, name) for name in names}, "subjects": [list(s) for s in figures.subjects]}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def _seat(seat: Seat, people: People) -> dict[str, Any]:
    name, supervisor = people.get(seat.person_id or 0, NOBODY)
    return {
        "name": seat.name, "presence": seat.presence, "reason": seat.reason, "next": seat.next_presence,
        "since": _iso(seat.since), "person": seat.person_id, "person_name": name, "supervisor": supervisor,
        "wrap_until": _iso(seat.wrap_until), "extended": seat.extended, "phone": seat.phone,
        "hand": seat.hand, "hand_at": _iso(seat.hand_at), "supervises": seat.supervises, "supervision": seat.supervision,
        "phone_ready": seat.signed_in and seat.phone_ready == seat.generation,
    }  # fmt: skip


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id, "key": contact.key, "channel": contact.channel, "city": contact.city_id,
        "line": contact.line_id, "menu": contact.menu, "state": contact.state, "withheld": contact.withheld,
        "outgoing": contact.outgoing, "first": contact.first_id, "escalation": contact.escalation_id,
        "arrived_at": _iso(contact.arrived_at), "answered_at": _iso(contact.answered_at),
        "ended_at": _iso(contact.ended_at), "seat": contact.seat_id, "person": contact.person_id, "cut": contact.cut,
        "category": contact.category, "further": list(contact.further), "outcome": contact.outcome,
        "sources": list(contact.sources), "third": contact.third, "third_state": contact.third_state,
        "passed_to": contact.passed_to, "nuisance": contact.nuisance,
    }  # fmt: skip


def _callback(row: Callback) -> dict[str, Any]:
    return {
        "id": row.id, "contact": row.contact_id, "city": row.city_id, "line": row.line_id, "urgency": row.urgency,
        "how": row.how, "asked_at": _iso(row.asked_at), "waited": row.waited, "times": row.times,
        "attempts": row.attempts, "escalation": row.escalation_id, "callable": row.fingerprint is not None,
    }  # fmt: skip


def _escalation(row: Escalation, people: People) -> dict[str, Any]:
    def name(actor: str | None) -> str:
        kind, _, id = (actor or "").partition(":")
        return people.get(int(id), NOBODY)[0] if kind == "person" else ""

    return {
        "id": row.id, "contact": row.contact_id, "city": row.city_id, "to": row.to, "kind": row.kind, "office": row.office,
        "raised_at": _iso(row.raised_at), "due_at": _iso(row.due_at), "received_at": _iso(row.received_at),
        "answered_at": _iso(row.answered_at), "told_at": _iso(row.told_at),
        "raised_by": name(row.raised_by), "owner": name(row.answered_by or row.received_by),
    }  # fmt: skip
