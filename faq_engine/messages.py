"""What the panel says to the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from contact_center.messages import Message


@dataclass(frozen=True, kw_only=True)
class OpenedArticle(Message):
    """An article was opened and read."""

    TYPE: ClassVar[str] = "faq.opened"
    city: str
    code: str


@dataclass(frozen=True, kw_only=True)
class UsedArticle(Message):
    """The resident was answered from an article; `typed` is what was searched for in vain before."""

    TYPE: ClassVar[str] = "faq.used"
    contact: int
    code: str
    typed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RemarkArticle(Message):
    """An article is wrong, or none answers: it goes on the editors' list."""

    TYPE: ClassVar[str] = "faq.remark"
    kind: Literal["wrong", "not_found"]
    city: str
    contact: int | None = None
    code: str = ""
    typed: str = ""
    said: str = ""
