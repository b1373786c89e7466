"""The kernel's events. A feature adds its own; nothing else can be written to the log.

An event holds ids of things and figures, never a personal value. Spans are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened.

    :param city: the city it belongs to, or None for what concerns all.
    :param contact: id of the contact.
    :param actor: who did it: `person:<id>`, `resident`, or the name of a process.
    """

    city: str | None = None
    contact: int | None = None
    actor: str


@dataclass(frozen=True, kw_only=True)
class ContactArrived(Event):
    """A resident has reached the centre."""

    line: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ContactDialled(Event):
    """Somebody is being called: an agent asked for it, so that Asterisk is to ring the seat; or their turn in the queue has come.

    :param asked: the first of the two.
    """

    line: str
    seat: str
    person: int
    asked: bool


@dataclass(frozen=True, kw_only=True)
class ContactReached(Event):
    """Whom we called has answered."""

    line: str
    seat: str
    person: int


@dataclass(frozen=True, kw_only=True)
class ContactWithdrawn(Event):
    """A call back that waited in the queue in the resident's place is over before its turn; the list still has it."""


@dataclass(frozen=True, kw_only=True)
class ContactQueued(Event):
    """The contact waits in a pool's queue."""

    line: str
    pool: str


@dataclass(frozen=True, kw_only=True)
class ContactOffered(Event):
    """A seat rings with the contact."""

    line: str
    seat: str


@dataclass(frozen=True, kw_only=True)
class ContactAnswered(Event):
    """A seat has answered; `waited` is from arrival to answer."""

    line: str
    seat: str
    person: int
    waited: float


@dataclass(frozen=True, kw_only=True)
class ContactHeld(Event):
    """The resident was put on hold, or taken off it."""

    seat: str
    held: bool


@dataclass(frozen=True, kw_only=True)
class ContactMoved(Event):
    """The contact went to another seat."""

    line: str
    seat: str


@dataclass(frozen=True, kw_only=True)
class ContactShared(Event):
    """Somebody else is asked during the conversation, is in it, or is no more (`third` is empty then).

    :param third: `seat:<id>` or `department:<id>`.
    """

    seat: str
    third: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ContactPassedOn(Event):
    """The resident is somebody else's now, outside our seats."""

    line: str
    to: str


@dataclass(frozen=True, kw_only=True)
class ContactNuisance(Event):
    """The agent has marked the call as a nuisance; a supervisor is called."""

    seat: str


@dataclass(frozen=True, kw_only=True)
class ContactWrapping(Event):
    """The conversation is over after `talked`; notes are being finished."""

    line: str
    seat: str
    talked: float


@dataclass(frozen=True, kw_only=True)
class ContactClosed(Event):
    """The contact has its category and outcome; `entered` where it was entered by hand."""

    line: str
    person: int
    category: str
    further: tuple[str, ...]
    outcome: str
    talked: float
    wrapped: float
    entered: bool = False


@dataclass(frozen=True, kw_only=True)
class ContactUnserved(Event):
    """The resident left without having been served; `how` says in which way."""

    line: str
    how: str
    waited: float


@dataclass(frozen=True, kw_only=True)
class ContactRecounted(Event):
    """A contact that is over is taken out of the figures (`sign` -1: a wrong number, a test), or back into them (1).

    The moments in whose hours it was counted, and what was counted there.
    """

    line: str
    sign: int
    arrived: str
    answered: str
    closed: str
    outgoing: bool
    entered: bool
    how: str
    classified: bool
    waited: float
    talked: float
    wrapped: float


@dataclass(frozen=True, kw_only=True)
class ContactCorrected(Event):
    """A supervisor has corrected category or outcome; the old ones are named so that figures can follow."""

    line: str
    old_category: str
    category: str
    old_outcome: str
    outcome: str
    day: str


@dataclass(frozen=True, kw_only=True)
class ContactNoted(Event):
    """Note, category or outcome of an open contact has changed."""


@dataclass(frozen=True, kw_only=True)
class SeatChanged(Event):
    """A seat's presence, phone or owner has changed."""

    seat: str
    presence: str
    person: int | None = None


@dataclass(frozen=True, kw_only=True)
class HandRaised(Event):
    """An agent asks for help, or needs it no more (`why` is empty then)."""

    seat: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SupervisionChanged(Event):
    """A supervisor listens to a seat, whispers to it or joins its call, or does so no more (`how` is empty then)."""

    seat: str
    supervisor: str
    how: str


@dataclass(frozen=True, kw_only=True)
class CallbackAsked(Event):
    """A resident is to be called back."""

    callback: int
    urgency: str


@dataclass(frozen=True, kw_only=True)
class CallbackTried(Event):
    """Somebody tried to call back; `reached` or not."""

    callback: int
    reached: bool


@dataclass(frozen=True, kw_only=True)
class CallbackDone(Event):
    """The callback is dealt with."""

    callback: int


@dataclass(frozen=True, kw_only=True)
class EscalationRaised(Event):
    """A contact was handed to the second tier or to the city."""

    escalation: int
    to: str


@dataclass(frozen=True, kw_only=True)
class EscalationReceived(Event):
    """Whoever is to answer has seen it."""

    escalation: int


@dataclass(frozen=True, kw_only=True)
class EscalationClosed(Event):
    """The resident has been told, or need not be."""

    escalation: int


@dataclass(frozen=True, kw_only=True)
class EscalationAnswered(Event):
    """The second tier or the city has answered."""

    escalation: int


@dataclass(frozen=True, kw_only=True)
class HoursChanged(Event):
    """Calendars, lines or an emergency closure have changed; what callers hear must follow."""

    what: str


@dataclass(frozen=True, kw_only=True)
class TrainingChanged(Event):
    """Who is trained for which menu has changed."""

    person: int


@dataclass(frozen=True, kw_only=True)
class DeviceChanged(Event):
    """A device was enrolled, or is refused from now on.

    :param place: the seat whose phone it is, or the counter at which it stands.
    """

    device: int
    place: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A person's session is over; sockets and phone of it must go."""

    person: int
    session: int


KERNEL_EVENTS: tuple[type[Event], ...] = (
    ContactArrived, ContactDialled, ContactReached, ContactWithdrawn, ContactQueued, ContactOffered, ContactAnswered, ContactHeld,
    ContactMoved, ContactShared, ContactPassedOn, ContactNuisance, ContactWrapping,
    ContactClosed, ContactUnserved, ContactRecounted, ContactCorrected, ContactNoted, SeatChanged, HandRaised,
    SupervisionChanged, CallbackAsked, CallbackTried, CallbackDone, EscalationRaised,
    EscalationReceived, EscalationAnswered, EscalationClosed, HoursChanged, TrainingChanged, DeviceChanged, SessionEnded,
)  # fmt: skip
