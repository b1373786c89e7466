"""What two revisions do not share, field by field, fit to be read by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

_PIECE = re.compile(r"[一-龯々]+|[ぁ-ん]+|[ァ-ヶー]+|[A-Za-z]+|[0-9０-９]+|\n|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `same`, `out` (only before) or `in` (only after)."""

    how: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A field that is not the same, by its name in `Content`."""

    field: str
    pieces: tuple[Piece, ...]


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """The fields that are not the same, in their order."""
    fields = dict.fromkeys([*after, *before])
    return [
        Changed(field, pieces(text_of(before.get(field)), text_of(after.get(field))))
        for field in fields if text_of(before.get(field)) != text_of(after.get(field))
    ]  # fmt: skip


def text_of(value: Any) -> str:
    """A field's value as lines of text."""
    if value is None or value is False:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {text_of(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(text_of(one) for one in value)
    return "✓" if value is True else str(value)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """How one text becomes the other. It is cut where the script changes, which in Japanese is mostly where a word begins."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    found: list[Piece] = []
    for how, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            found.append(Piece("same", "".join(old[i1:i2])))
            continue
        found += [Piece(kind, text) for kind, text in (("out", "".join(old[i1:i2])), ("in", "".join(new[j1:j2]))) if text]
    return tuple(found)
