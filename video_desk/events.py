"""The events of the remote counter. Each names the session; what a resident declares is kept apart, without any moment."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.events import Event


@dataclass(frozen=True, kw_only=True)
class DeskBegan(Event):
    """A resident has begun a session at a kiosk.

    :param family: for the next member of a family, in the same conversation.
    """

    session: int
    counter: str
    procedure: str
    family: bool


@dataclass(frozen=True, kw_only=True)
class ControlGranted(Event):
    """The resident has given the operator the kiosk's browser to work with."""

    session: int


@dataclass(frozen=True, kw_only=True)
class ControlTaken(Event):
    """The resident has it again: by a touch, or because the session is over."""

    session: int


@dataclass(frozen=True, kw_only=True)
class DeskMoved(Event):
    """A step of the procedure is done, or the operator has said how it ended."""

    session: int


@dataclass(frozen=True, kw_only=True)
class DeskEnded(Event):
    """A session is over.

    :param how: `resident`, `absent` or `lost`.
    """

    session: int
    how: str


@dataclass(frozen=True, kw_only=True)
class SessionWiped(Event):
    """Nothing of a session is left on the kiosk.

    :param complete: whether every process and folder of it was seen to be gone.
    :param seconds: from its end.
    """

    session: int
    complete: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class CityAsked(Event):
    """The city is asked for a resident's 23 digits."""

    session: int
    ask: int


@dataclass(frozen=True, kw_only=True)
class CityAnswered(Event):
    """The city has given them, or has found nobody."""

    session: int
    ask: int


@dataclass(frozen=True, kw_only=True)
class FollowUpMoved(Event):
    """An application whose outcome comes later has come a step further.

    :param state: that it has now.
    """

    session: int
    follow_up: int
    state: str


DESK_EVENTS = (
    DeskBegan, ControlGranted, ControlTaken, DeskMoved, DeskEnded, SessionWiped, CityAsked, CityAnswered, FollowUpMoved,
)  # fmt: skip
