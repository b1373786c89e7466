"""What kiosks and consoles say to the hub about sessions, and hear from it. What they say to each other goes through the relay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from contact_center.messages import Message

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Language = Literal["ja", "easy", "en", "zh", "ko", "pt", "vi"]


@dataclass(frozen=True, kw_only=True)
class AskCounter(Message):
    """A kiosk asks what it needs to know of its counter; the answer is the result."""

    TYPE: ClassVar[str] = "kiosk.counter"


@dataclass(frozen=True, kw_only=True)
class BeginSession(Message):
    """A resident has agreed, declared and touched "start".

    :param version: of the texts that they have agreed to.
    :param family: goes on with the operator whom the former session had.
    """

    TYPE: ClassVar[str] = "kiosk.begin"
    procedure: Word
    language: Language
    declared: Annotated[tuple[Word, ...], msgspec.Meta(max_length=4)]
    version: Annotated[str, msgspec.Meta(max_length=20)]
    family: bool = False


@dataclass(frozen=True, kw_only=True)
class AskSession(Message):
    """A kiosk asks how its session stands: place in the queue, or who serves; the answer is the result."""

    TYPE: ClassVar[str] = "kiosk.session"
    session: int


@dataclass(frozen=True, kw_only=True)
class AskCode(Message):
    """A kiosk asks for the code with which its resident goes on by telephone; the answer is the result."""

    TYPE: ClassVar[str] = "kiosk.code"
    session: int


@dataclass(frozen=True, kw_only=True)
class TakeCode(Message):
    """A resident has phoned and reads out the code of their kiosk: its session belongs to this contact now."""

    TYPE: ClassVar[str] = "desk.code"
    contact: int
    code: Annotated[str, msgspec.Meta(max_length=20)]


@dataclass(frozen=True, kw_only=True)
class TellControl(Message):
    """The resident has given the control away, or has it again."""

    TYPE: ClassVar[str] = "kiosk.control"
    session: int
    granted: bool


@dataclass(frozen=True, kw_only=True)
class TellMet(Message):
    """What a step of the procedure waits for has come to pass: a device has done its part, or the resident has touched yes."""

    TYPE: ClassVar[str] = "kiosk.met"
    session: int
    what: Word


@dataclass(frozen=True, kw_only=True)
class TellInterpreter(Message):
    """The resident has agreed that what is said is written and translated by machines, or wants no more of it."""

    TYPE: ClassVar[str] = "kiosk.interpreter"
    session: int
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class EndSession(Message):
    """The resident has ended the session, or has gone."""

    TYPE: ClassVar[str] = "kiosk.end"
    session: int
    how: Literal["resident", "absent", "lost"]


@dataclass(frozen=True, kw_only=True)
class TellWiped(Message):
    """What the kiosk has found after it wiped a session.

    :param seconds: from the end of the session.
    """

    TYPE: ClassVar[str] = "kiosk.wiped"
    session: int
    complete: bool
    seconds: Annotated[float, msgspec.Meta(ge=0, le=86400)]


@dataclass(frozen=True, kw_only=True)
class ReportKiosk(Message):
    """How the kiosk's parts are, each minute."""

    TYPE: ClassVar[str] = "kiosk.report"
    checks: Annotated[dict[Word, Literal["good", "none", "fault"]], msgspec.Meta(max_length=12)]


@dataclass(frozen=True, kw_only=True)
class SessionChanged(Message):
    """To a kiosk: something is new of its session; it asks what."""

    TYPE: ClassVar[str] = "kiosk.changed"
    session: int


@dataclass(frozen=True, kw_only=True)
class CounterChanged(Message):
    """To a kiosk: hours, closings or texts have changed; it asks what."""

    TYPE: ClassVar[str] = "kiosk.counter_changed"


@dataclass(frozen=True, kw_only=True)
class JoinDesk(Message):
    """To a kiosk: somebody is about to look; this ticket opens its side of the relay.

    :param session: whose browser is looked at; None: the kiosk itself, while nobody stands before it.
    """

    TYPE: ClassVar[str] = "kiosk.join"
    session: int | None
    ticket: str


@dataclass(frozen=True, kw_only=True)
class PowerKiosk(Message):
    """To a kiosk: begin anew, or shut down until its counter opens."""

    TYPE: ClassVar[str] = "kiosk.power"
    do: Literal["restart", "rest"]


@dataclass(frozen=True, kw_only=True)
class Diagnose(Message):
    """A supervisor wants to look at a kiosk before which nobody stands; the result is their side's ticket."""

    TYPE: ClassVar[str] = "desk.diagnose"
    counter: Word


@dataclass(frozen=True, kw_only=True)
class SetPower(Message):
    """A supervisor has a kiosk begin anew, or shut down until its counter opens."""

    TYPE: ClassVar[str] = "desk.power"
    counter: Word
    do: Literal["restart", "rest"]


@dataclass(frozen=True, kw_only=True)
class OpenDesk(Message):
    """The operator who serves a kiosk's contact wants to see the resident's browser; the result is their side's ticket."""

    TYPE: ClassVar[str] = "desk.open"
    contact: int


@dataclass(frozen=True, kw_only=True)
class DoneStep(Message):
    """The operator has done a step of the procedure, or takes it back."""

    TYPE: ClassVar[str] = "desk.step"
    session: int
    step: Word
    done: bool


@dataclass(frozen=True, kw_only=True)
class SayOutcome(Message):
    """How the procedure ended, for the monthly report."""

    TYPE: ClassVar[str] = "desk.outcome"
    session: int
    outcome: Word


@dataclass(frozen=True, kw_only=True)
class SayFact(Message):
    """Something holds of this resident that changes the steps."""

    TYPE: ClassVar[str] = "desk.fact"
    session: int
    fact: Word
    holds: bool


@dataclass(frozen=True, kw_only=True)
class AskCity(Message):
    """The operator asks the city for the 23 digits of a resident. The My Number is never asked for."""

    TYPE: ClassVar[str] = "desk.ask"
    session: int
    name: Short
    address: Short
    birth: Annotated[str, msgspec.Meta(max_length=10)]


@dataclass(frozen=True, kw_only=True)
class TakeDigits(Message):
    """The operator wants the digits that the city has given; they are the result."""

    TYPE: ClassVar[str] = "desk.digits"
    session: int


@dataclass(frozen=True, kw_only=True)
class Follow(Message):
    """The application is followed until it is accepted; the result is the mail address that is its own."""

    TYPE: ClassVar[str] = "desk.follow"
    session: int
    name: Short
    phone: Annotated[str, msgspec.Meta(max_length=20)]


@dataclass(frozen=True, kw_only=True)
class LookForMail(Message):
    """The operator wants the page whose address the site has mailed; the result is its address, empty where none has come."""

    TYPE: ClassVar[str] = "desk.mail"
    session: int


@dataclass(frozen=True, kw_only=True)
class ListHelped(Message):
    """Somebody is put on the city's list of persons helped."""

    TYPE: ClassVar[str] = "desk.helped"
    session: int
    name: Short


def result(message: Message, **values: Any) -> Message:
    """The answer to a question."""
    from contact_center.messages import Done

    return Done(to=message.TYPE, ref=None, result=values)
