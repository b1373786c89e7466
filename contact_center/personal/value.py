"""A personal value in memory. It has no `str`: what is not asked for by name cannot slip into a log line."""

from __future__ import annotations

from typing import NoReturn


class Personal:
    """A value that belongs to a resident.

    It compares by content and is otherwise opaque; only `reveal()` gives the text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Whoever calls this has been allowed to and has audited it."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "<personal>"

    def _no_text(self, *_: object) -> NoReturn:
        raise TypeError("a personal value has no text form; use reveal() where it is allowed and audited")

    __str__ = _no_text
    __format__ = _no_text
    __reduce__ = _no_text
