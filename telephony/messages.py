"""What consoles and native phones say to the hub about seats and contacts, and hear from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from contact_center.messages import Message


@dataclass(frozen=True, kw_only=True)
class TakeSeat(Message):
    """Sit down at a seat, with the phone that shall ring."""

    TYPE: ClassVar[str] = "seat.take"
    seat: str
    phone: Literal["browser", "native"]


@dataclass(frozen=True, kw_only=True)
class LeaveSeat(Message):
    """Leave the seat."""

    TYPE: ClassVar[str] = "seat.leave"


@dataclass(frozen=True, kw_only=True)
class ChoosePresence(Message):
    """Open the seat or go away; during a contact, what comes after it."""

    TYPE: ClassVar[str] = "seat.presence"
    presence: Literal["available", "away"]
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AskPhone(Message):
    """Ask for the SIP account of one's seat; the password never stands in a page."""

    TYPE: ClassVar[str] = "phone.ask"


@dataclass(frozen=True, kw_only=True)
class TellLegLost(Message):
    """The phone is registered but knows nothing of the call that its seat has."""

    TYPE: ClassVar[str] = "phone.leg_lost"


@dataclass(frozen=True, kw_only=True)
class PhoneCommand(Message):
    """What the native phone of one's seat shall do."""

    TYPE: ClassVar[str] = "phone.command"
    do: Literal["answer", "hang_up", "hold", "resume", "mute", "unmute", "keys"]
    digits: Annotated[str, msgspec.Meta(pattern=r"^[0-9*#]{0,40}$")] = ""


@dataclass(frozen=True, kw_only=True)
class PhoneReport(Message):
    """What a native phone says of itself; passed on to the console of its seat."""

    TYPE: ClassVar[str] = "phone.report"
    state: Literal["registered", "unregistered", "ringing", "talking", "held", "idle"]
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class PhoneOrder(Message):
    """From the hub to a native phone: register with this account, or do this."""

    TYPE: ClassVar[str] = "phone.order"
    do: str
    account: dict[str, str] | None = None
    digits: str = ""


@dataclass(frozen=True, kw_only=True)
class CloseLine(Message):
    """Close a line at once, until it is opened again."""

    TYPE: ClassVar[str] = "line.close"
    line: str


@dataclass(frozen=True, kw_only=True)
class ReopenLine(Message):
    """Open a line again that was closed by hand."""

    TYPE: ClassVar[str] = "line.reopen"
    line: str


@dataclass(frozen=True, kw_only=True)
class SayNotice(Message):
    """Let the callers of a line hear a temporary announcement from now on."""

    TYPE: ClassVar[str] = "notice.say"
    line: str
    text: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class WithdrawNotice(Message):
    """Let them hear it no more."""

    TYPE: ClassVar[str] = "notice.withdraw"
    line: str


@dataclass(frozen=True, kw_only=True)
class AskCard(Message):
    """Number and note of a contact, for who serves it."""

    TYPE: ClassVar[str] = "card.ask"
    contact: int


@dataclass(frozen=True, kw_only=True)
class WriteNote(Message):
    """Keep the note of one's contact."""

    TYPE: ClassVar[str] = "note.write"
    contact: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Classify(Message):
    """Category, up to three further, and outcome, as far as they are known."""

    TYPE: ClassVar[str] = "contact.classify"
    contact: int
    category: str | None
    further: list[str]
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class CloseContact(Message):
    """End the wrap-up."""

    TYPE: ClassVar[str] = "contact.close"
    contact: int


@dataclass(frozen=True, kw_only=True)
class ExtendWrapUp(Message):
    """More time for the notes of one's contact, once."""

    TYPE: ClassVar[str] = "wrap_up.extend"


@dataclass(frozen=True, kw_only=True)
class ReleaseSeat(Message):
    """Free a seat from a wrap-up that does not end."""

    TYPE: ClassVar[str] = "seat.release"
    seat: str


@dataclass(frozen=True, kw_only=True)
class CallbackNumber(Message):
    """The number of a callback."""

    TYPE: ClassVar[str] = "callback.number"
    callback: int


@dataclass(frozen=True, kw_only=True)
class SettleCallback(Message):
    """A row without a number has been seen; nobody can be called."""

    TYPE: ClassVar[str] = "callback.settle"
    callback: int


@dataclass(frozen=True, kw_only=True)
class CallBack(Message):
    """Call somebody of the callback list from one's seat."""

    TYPE: ClassVar[str] = "callback.call"
    callback: int


@dataclass(frozen=True, kw_only=True)
class CallbackTried(Message):
    """Somebody called back, and reached the resident or not."""

    TYPE: ClassVar[str] = "callback.tried"
    callback: int
    reached: bool


@dataclass(frozen=True, kw_only=True)
class Dial(Message):
    """Call a number from one's seat, with the number of a line."""

    TYPE: ClassVar[str] = "call.dial"
    line: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Consult(Message):
    """Ask a seat (`seat:<id>`) or an office (`department:<id>`) while the resident hears music."""

    TYPE: ClassVar[str] = "call.consult"
    target: str


@dataclass(frozen=True, kw_only=True)
class DropThird(Message):
    """Ask no more, and go back to the resident."""

    TYPE: ClassVar[str] = "call.drop"


@dataclass(frozen=True, kw_only=True)
class Join(Message):
    """Let all three talk."""

    TYPE: ClassVar[str] = "call.join"


@dataclass(frozen=True, kw_only=True)
class HandOver(Message):
    """Give the resident to whoever was asked."""

    TYPE: ClassVar[str] = "call.hand_over"


@dataclass(frozen=True, kw_only=True)
class PassOn(Message):
    """Give the resident to a seat or an office without asking first."""

    TYPE: ClassVar[str] = "call.pass_on"
    target: str


@dataclass(frozen=True, kw_only=True)
class RaiseHand(Message):
    """Ask the supervisors for help, or need it no more."""

    TYPE: ClassVar[str] = "seat.hand"
    raised: bool


@dataclass(frozen=True, kw_only=True)
class MarkNuisance(Message):
    """The call is a nuisance: a supervisor is called to it, and it is on the record."""

    TYPE: ClassVar[str] = "call.nuisance"
    contact: int


@dataclass(frozen=True, kw_only=True)
class Supervise(Message):
    """Listen to a seat, whisper to its agent, or join its conversation."""

    TYPE: ClassVar[str] = "supervise.begin"
    seat: str
    how: Literal["listen", "whisper", "join"]


@dataclass(frozen=True, kw_only=True)
class EndSupervision(Message):
    """Supervise no more."""

    TYPE: ClassVar[str] = "supervise.end"


@dataclass(frozen=True, kw_only=True)
class LinkSource(Message):
    """Name, or name no more, where the answer of one's contact came from."""

    TYPE: ClassVar[str] = "contact.link"
    contact: int
    source: str
    linked: bool


@dataclass(frozen=True, kw_only=True)
class AskEarlier(Message):
    """The contacts before this one from the same number."""

    TYPE: ClassVar[str] = "contact.earlier"
    contact: int


@dataclass(frozen=True, kw_only=True)
class AskMine(Message):
    """What I have served today."""

    TYPE: ClassVar[str] = "contact.mine"


@dataclass(frozen=True, kw_only=True)
class HandOn(Message):
    """Hand a contact to the supervisor or the city, as a question or a complaint."""

    TYPE: ClassVar[str] = "escalation.raise"
    contact: int
    to: Literal["supervisor", "city"]
    kind: Literal["question", "complaint"]
    office: str
    text: str
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ShowEscalation(Message):
    """What was asked and answered."""

    TYPE: ClassVar[str] = "escalation.show"
    escalation: int


@dataclass(frozen=True, kw_only=True)
class ReceiveEscalation(Message):
    """Whoever is to answer has seen it."""

    TYPE: ClassVar[str] = "escalation.receive"
    escalation: int


@dataclass(frozen=True, kw_only=True)
class AnswerEscalation(Message):
    """The answer, also one that the city gave by telephone."""

    TYPE: ClassVar[str] = "escalation.answer"
    escalation: int
    text: str


@dataclass(frozen=True, kw_only=True)
class CloseEscalation(Message):
    """The resident was told, or need not be."""

    TYPE: ClassVar[str] = "escalation.close"
    escalation: int
