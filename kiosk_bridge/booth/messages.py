"""What the operator may do in the booth, and what the console is told: a small closed language. Nobody outside the kiosk ever
speaks the browser's own protocol (IZ-07).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Fraction = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
"""A place in the picture, from its left or upper edge."""

Line = Annotated[str, msgspec.Meta(max_length=2000)]


class Verb(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=str.lower):
    """One act of the operator."""


class Pointer(Verb, frozen=True):
    """The pointer is pressed, moved or let go.

    :param clicks: 2 for the second press of a double click.
    """

    what: Literal["down", "move", "up"]
    x: Fraction
    y: Fraction
    clicks: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0


class Wheel(Verb, frozen=True):
    """The page is scrolled.

    :param across: pixels to the right.
    :param down: pixels.
    """

    x: Fraction
    y: Fraction
    across: Annotated[float, msgspec.Meta(ge=-5000, le=5000)] = 0.0
    down: Annotated[float, msgspec.Meta(ge=-5000, le=5000)] = 0.0


class Key(Verb, frozen=True):
    """A key that writes nothing, or a letter with Ctrl."""

    key: Literal[
        "Enter", "Tab", "Backspace", "Delete", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End",
        "PageUp", "PageDown", "a", "z", "y", "Space",
    ]  # fmt: skip
    shift: bool = False
    ctrl: bool = False


class Text(Verb, frozen=True):
    """Text, as the operator's own input method has written it."""

    text: Line


class Compose(Verb, frozen=True):
    """Text that the operator's input method is still converting; empty: given up."""

    text: Line


class Go(Verb, frozen=True):
    """Back, forward, anew, or to the first page of the menu."""

    to: Literal["back", "forward", "anew", "start"]


class Write(Verb, frozen=True):
    """What was chosen in the console's date panel, as the page's field wants it (`2026-11-22`)."""

    value: Annotated[str, msgspec.Meta(pattern=r"^[0-9T:W-]{0,20}$")]


class Reply(Verb, frozen=True):
    """The answer to what the page asks or says in a box."""

    accept: bool
    text: Line = ""


class Mark(Verb, frozen=True):
    """The operator shows the resident a place: a point, or a frame around something; none: all marks go."""

    shape: Literal["point", "frame", "none"]
    x: Fraction = 0.0
    y: Fraction = 0.0
    width: Fraction = 0.0
    height: Fraction = 0.0


class Zoom(Verb, frozen=True):
    """How large the page is shown, 1.0 as it was made."""

    factor: Annotated[float, msgspec.Meta(ge=0.5, le=3.0)]


class Ack(Verb, frozen=True):
    """The console has drawn a picture: the next may be sent."""

    picture: int


class Look(Verb, frozen=True):
    """The console has been opened anew and wants a whole picture."""


VERBS = Pointer | Wheel | Key | Text | Compose | Go | Write | Reply | Mark | Zoom | Ack | Look
