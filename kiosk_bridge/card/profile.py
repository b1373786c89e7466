"""Card profiles: data, checked when they are read."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-F]{2})+$")]


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a PIN's counter is.

    :param file: the elementary file of the PIN.
    :param most: tries that a fresh card allows.
    :param application: where it is not in the card's own.
    """

    file: Hex
    most: Annotated[int, msgspec.Meta(ge=1, le=15)]
    application: Hex | None = None


class CardProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of card.

    :param certificate: the file of the user's certificate, readable without a PIN.
    """

    name: str
    application: Hex
    certificate: Hex
    pins: dict[str, Pin]


@cache
def profiles() -> tuple[CardProfile, ...]:
    """Every kind of card that is known, the most usual first."""
    text = files("kiosk_bridge.card").joinpath("cards.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["card"], tuple[CardProfile, ...])
