"""What Asterisk says, in our words. The live link (AMI) and the queue log tell the same story as the same observations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_center.clock import TOKYO
from telephony.pbx.ami import Event

EVENTS = (
    "UserEvent", "AgentCalled", "AgentConnect", "AgentRingNoAnswer", "Hold", "Unhold", "Hangup", "DeviceStateChange",
    "FullyBooted",
)  # fmt: skip
"""The AMI events that are read; the others are not even sent."""

UNREAD = (
    "Newchannel", "Newexten", "Newstate", "VarSet", "NewCallerid", "NewConnectedLine", "NewAccountCode", "HangupRequest",
    "SoftHangupRequest", "DialBegin", "DialState", "DialEnd", "BridgeCreate", "BridgeEnter", "BridgeLeave", "BridgeDestroy",
    "BridgeInfoChannel", "LocalBridge", "MusicOnHoldStart", "MusicOnHoldStop", "QueueCallerJoin", "QueueCallerLeave",
    "QueueCallerAbandon", "QueueMemberAdded", "QueueMemberRemoved", "QueueMemberPause", "QueueMemberStatus", "AgentComplete",
    "AgentDump", "RTCPSent", "RTCPReceived", "ContactStatus", "PeerStatus", "HangupHandlerPush", "HangupHandlerRun", "DTMFBegin",
    "DTMFEnd",
)  # fmt: skip
"""The events that come with every call and that nobody reads: Asterisk is told not to make them at all."""

SUPERVISION = "sup-"
"""How the key of a supervision begins."""

_THIRD = {"M-TOOK": "took", "M-THIRD-LEFT": "left"}
_SEAT = re.compile(r"PJSIP/(seat-\d+)(-native)?")


@dataclass(frozen=True)
class Observation:
    """Something that Asterisk has seen of a contact. `at` is None for "just now"; `live` where it was heard in that moment, and not
    read in the record.
    """

    key: str
    at: datetime | None
    live: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Arrived(Observation):
    """A call reached a line; `number` is as the carrier wrote it, `name` the letters of the name beside it."""

    line: str
    number: str
    name: str = ""


@dataclass(frozen=True)
class Queued(Observation):
    """The caller waits."""

    pool: str


@dataclass(frozen=True)
class Waiting(Observation):
    """The caller has pressed a key in the queue: a seat that rang in this moment rings no more."""


@dataclass(frozen=True)
class Offered(Observation):
    """A seat rings."""

    seat: str


@dataclass(frozen=True)
class NotAnswered(Observation):
    """A seat rang in vain for so many seconds: the whole time, or its leg broke off."""

    seat: str
    rang: float


@dataclass(frozen=True)
class Answered(Observation):
    """A seat has answered."""

    seat: str


@dataclass(frozen=True)
class Reached(Observation):
    """Whom a seat called has answered."""


@dataclass(frozen=True)
class Alone(Observation):
    """The resident is there and nobody serves them: their seat has vanished, or whoever they were passed on to did not answer."""


@dataclass(frozen=True)
class ThirdParty(Observation):
    """Whoever was asked in the conversation has `answered`, has `joined` it, has `took` it over, or has `left`."""

    how: str


@dataclass(frozen=True)
class SupervisorLeft(Observation):
    """A supervisor's leg has ended; the key is of the supervision."""

    seat: str


@dataclass(frozen=True)
class Held(Observation):
    """A seat has put the resident on hold, or taken them off it."""

    seat: str
    held: bool


@dataclass(frozen=True)
class SeatLeft(Observation):
    """A seat's own leg has ended."""

    seat: str
    cause: int


@dataclass(frozen=True)
class Gone(Observation):
    """The caller's channel is gone, or about to go; `how` is the dialplan's word for the way.

    :param pool: queue in which a caller who asked to be called back has waited.
    :param priority: their priority in it, which is higher the longer they have waited; 0 where nobody asked.
    """

    how: str
    pool: str = ""
    priority: int = 0


@dataclass(frozen=True)
class PhoneState:
    """A seat's phone is registered, or not."""

    seat: str
    phone: str
    registered: bool


def from_ami(event: Event) -> Observation | PhoneState | None:
    """One AMI event; None where it does not concern us."""
    kind = event.get("Event")
    if kind == "UserEvent" and event.get("UserEvent") == "Contact":
        return _stage(event)
    if kind == "DeviceStateChange":
        return _phone(event.get("Device", ""), event.get("State", ""))
    if kind in ("Hold", "Unhold"):
        seat = _SEAT.match(event.get("Channel", ""))
        return Held(contact_of(event), None, seat.group(1), kind == "Hold") if seat else None
    if kind == "Hangup":
        seat = _SEAT.match(event.get("Channel", ""))
        if seat is not None and event.get("Uniqueid", "").startswith(SUPERVISION):
            return SupervisorLeft(event["Uniqueid"], None, seat.group(1))
        if seat is None or event.get("ChannelStateDesc") != "Up":
            # A leg that only rang says nothing: whether it was answered in time is told by the queue.
            return None
        return SeatLeft(contact_of(event), None, seat.group(1), _number(event.get("Cause", "")))
    seat = _SEAT.match(event.get("Interface", ""))
    if seat is None or kind not in ("AgentCalled", "AgentConnect", "AgentRingNoAnswer"):
        return None
    key = contact_of(event)
    if kind == "AgentRingNoAnswer":
        return NotAnswered(key, None, seat.group(1), _number(event.get("RingTime", "")) / 1000)
    made = {"AgentCalled": Offered, "AgentConnect": Answered}[kind]
    return made(key, None, seat.group(1))


def contact_of(event: Event) -> str:
    """The key of the contact that a channel belongs to: it travels with every leg; else what the channel began as."""
    return event.variables.get("CONTACT") or event.get("Linkedid") or event.get("Uniqueid", "")


def is_resident(event: Event) -> bool:
    """Whether a channel is a resident's own."""
    return leg(event.get("Channel", "")) is None and event.variables.get("ROLE") != "third"


def leg(channel: str) -> tuple[str, str] | None:
    """Seat and endpoint of a channel's name, where it is a seat's leg: `PJSIP/seat-1-native-00000003`."""
    found = _SEAT.match(channel)
    return (found.group(1), found.group(1) + (found.group(2) or "")) if found else None


def _stage(event: Event) -> Observation | None:
    key, stage = event.get("Contact") or event.get("Uniqueid", ""), event.get("Stage")
    if stage == "arrived":
        return Arrived(key, None, event.get("Line", ""), event.get("CallerIDNum", ""), event.get("Why", ""))
    if stage == "queued":
        return Queued(key, None, event.get("Pool", ""))
    if stage == "waiting":
        return Waiting(key, None)
    if stage == "reached":
        return Reached(key, None)
    if stage == "alone":
        return Alone(key, None)
    if stage == "third":
        return ThirdParty(key, None, event.get("How", ""))
    if stage == "gone":
        return Gone(key, None, event.get("How", ""), event.get("Pool", ""), _number(event.get("Standing", "")))
    return None


def _phone(device: str, state: str) -> PhoneState | None:
    seat = _SEAT.fullmatch(device)
    if seat is None:
        return None
    return PhoneState(seat.group(1), "native" if seat.group(2) else "browser", state not in ("UNAVAILABLE", "INVALID", "UNKNOWN"))


def device_state(event: Mapping[str, str]) -> PhoneState | None:
    """One line of a DeviceStateList."""
    return _phone(event.get("Device", ""), event.get("State", ""))


def from_queue_log(line: str) -> Observation | None:
    """One line of Asterisk's queue log: `time|key|queue|seat|what|…`; None where it does not concern us."""
    parts = line.rstrip("\n").split("|")
    if len(parts) < 5 or not re.fullmatch(r"\d{9,11}", parts[0]):
        return None
    at = datetime.fromtimestamp(int(parts[0]), TOKYO)
    key, place, seat, what, detail = parts[1], parts[2], parts[3], parts[4], [*parts[5:], ""]
    if what == "M-ARRIVED":
        return Arrived(key, at, place, *detail[:2])
    if what == "M-QUEUED":
        return Queued(key, at, detail[0])
    if what == "CONNECT":
        return Answered(key, at, seat)
    if what == "RINGNOANSWER":
        return NotAnswered(key, at, seat, _number(detail[0]) / 1000)
    if what == "M-SEAT-LEFT":
        return SeatLeft(key, at, seat, _number(detail[0]))
    if what == "M-REACHED":
        return Reached(key, at)
    if what == "M-ALONE":
        return Alone(key, at)
    if what in _THIRD:
        return ThirdParty(key, at, _THIRD[what])
    if what == "M-GONE":
        return Gone(key, at, detail[0])
    return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
