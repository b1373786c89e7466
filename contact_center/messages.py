"""What travels on wires: frozen dataclasses, told apart by their `type`. No database here.

Every message is closed: a field too many, a wrong type or an unknown name is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from contact_center.errors import BadInput

LONGEST = 64 * 1024
"""Bytes of the longest text message that is read."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message on the wire. `TYPE` names it; the fields are its content."""

    TYPE: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class Hello(Message):
    """A console says who it is and the last event it has seen, so that it receives the rest."""

    TYPE: ClassVar[str] = "hello"
    last: int | None = None
    tab: str = ""
    watch: bool = False
    """A page that only watches: it never holds the seat of its person."""


@dataclass(frozen=True, kw_only=True)
class Beat(Message):
    """A sign of life, answered at once by the same number; a dead socket looks alive for minutes without."""

    TYPE: ClassVar[str] = "beat"
    n: int = 0


@dataclass(frozen=True, kw_only=True)
class TakeOver(Message):
    """This tab wants the seat that another tab of the same person holds."""

    TYPE: ClassVar[str] = "take_over"


@dataclass(frozen=True, kw_only=True)
class JoinRelay(Message):
    """This connection shows the ticket of a grant; from now on it talks with the other side of that grant, and with nobody else."""

    TYPE: ClassVar[str] = "relay"
    ticket: str


@dataclass(frozen=True, kw_only=True)
class Snapshot(Message):
    """All a console needs to draw itself, as of event `last`."""

    TYPE: ClassVar[str] = "snapshot"
    last: int
    state: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change(Message):
    """The things that an event has changed, each as it is now, by kind and id; `None` means gone."""

    TYPE: ClassVar[str] = "change"
    last: int
    event: str
    state: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refused(Message):
    """A message could not be carried out; nothing was changed. `to` is its type, `ref` the number its sender gave it."""

    TYPE: ClassVar[str] = "refused"
    to: str
    ref: int | None
    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Done(Message):
    """A message was carried out and is on the record; `result` is the answer to a question."""

    TYPE: ClassVar[str] = "done"
    to: str
    ref: int | None
    result: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class OtherTab(Message):
    """Another tab of the same person holds the seat (`held`), or has just taken it (`taken`)."""

    TYPE: ClassVar[str] = "other_tab"
    what: str


def catalogue(kinds: Iterable[type[Message]]) -> Mapping[str, type[Message]]:
    """The kinds by name.

    :raises ValueError: where two kinds share a name.
    """
    found: dict[str, type[Message]] = {}
    for kind in kinds:
        if not kind.TYPE or found.get(kind.TYPE, kind) is not kind:
            raise ValueError(f"message type {kind.TYPE!r} of {kind.__name__} is empty or taken")
        found[kind.TYPE] = kind
    return found


def encode(message: Message) -> str:
    """The message as JSON text."""
    body: dict[str, Any] = {"type": message.TYPE}
    body.update(msgspec.to_builtins(message))
    return msgspec.json.encode(body).decode()


def decode(text: str, kinds: Mapping[str, type[Message]]) -> tuple[Message, int | None]:
    """Read one message, and the number by which its sender wants to know the answer.

    :raises BadInput: for anything that is not exactly one of the kinds.
    """
    if len(text) > LONGEST:
        raise BadInput("送られた内容が長すぎます。短くしてください。")
    try:
        body = msgspec.json.decode(text.encode("utf-8", "strict"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput("送られた内容をJSONとして読めません。画面を再読み込みしてください。") from error
    if not isinstance(body, dict) or not isinstance(body.get("type"), str) or body["type"] not in kinds:
        raise BadInput("知らない種類の内容です。画面を再読み込みしてください。")
    kind = kinds[body.pop("type")]
    ref = body.pop("ref", None)
    extra = set(body) - set(kind.__dataclass_fields__)
    try:
        if extra or not (ref is None or type(ref) is int):
            raise msgspec.ValidationError("unknown field")
        return msgspec.convert(body, kind), ref
    except msgspec.ValidationError as error:
        raise BadInput("内容に足りない所か余分な所があります。画面を再読み込みしてください。") from error
