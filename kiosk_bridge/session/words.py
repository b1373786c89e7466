"""What the operator may say to a session beside the booth's own verbs: again a small closed language."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Short = Annotated[str, msgspec.Meta(max_length=60)]
Caption = Annotated[str, msgspec.Meta(max_length=600)]


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=str.lower):
    """One word of the operator."""


class Show(Word, frozen=True):
    """Open the resident's browser on the procedure's first page."""


class AskControl(Word, frozen=True, tag="ask_control"):
    """Ask the resident for leave to work their browser."""


class GiveBack(Word, frozen=True, tag="give_back"):
    """Give it back."""


class AskTouch(Word, frozen=True, tag="ask_touch"):
    """Ask for a touch of the resident's: a yes, that two names are the same, whether the card is a licence too, whether they may be
    kept for a defect, whether what is said may be translated, whether it is over.

    :param left: who is signed in, as the page shows it; `right` the holder of the account.
    """

    which: Literal["yes", "same", "licence", "keep", "interpreter", "end"]
    left: Short = ""
    right: Short = ""


class Address(Word, frozen=True):
    """Open an address of the menu, such as the personal one that the site has mailed."""

    url: Annotated[str, msgspec.Meta(max_length=2000)]


class Say(Word, frozen=True):
    """Words that the resident reads."""

    text: Annotated[str, msgspec.Meta(max_length=200)]


class Card(Word, frozen=True):
    """Look at the card in the reader."""

    what: Literal["look"]


class Photo(Word, frozen=True):
    """Begin to guide, release the shutter, put it into the page, or throw it away."""

    what: Literal["guide", "shoot", "put", "stop"]


class Papers(Word, frozen=True):
    """Read the form under the stand camera; open the page that its code leads to; show the paper, My Numbers in it black."""

    what: Literal["read", "fill", "show"]


class Check(Word, frozen=True):
    """Look whether the application id stands in the page, or whether nobody is signed in there any more."""

    what: Literal["id", "signed_out"]


class Wrote(Word, frozen=True):
    """What was said, and how it reads in the resident's language, for their captions.

    :param who: `operator` or `resident`.
    """

    id: Short
    who: Literal["operator", "resident"]
    said: Caption
    translated: Caption = ""
    wrong: bool = False


WORDS = Show | AskControl | GiveBack | AskTouch | Address | Say | Card | Photo | Papers | Check | Wrote
NAMES = frozenset(
    one.__struct_config__.tag for one in (Show, AskControl, GiveBack, AskTouch, Address, Say, Card, Photo, Papers, Check, Wrote)
)
