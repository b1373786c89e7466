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


@dataclass(frozen=True, kw_only=True)
class AskDraft(Message):
    """A draft of an answer is wanted; its sentences come with `turn`, as they are checked."""

    TYPE: ClassVar[str] = "faq.draft"
    turn: int
    city: str
    typed: str
    contact: int | None = None


@dataclass(frozen=True, kw_only=True)
class DraftBegun(Message):
    """What has left the machine for a draft, and where to."""

    TYPE: ClassVar[str] = "faq.draft_begun"
    turn: int
    sent: str
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class DraftSentence(Message):
    """A sentence that an article bears out; `verbatim`: the article's own, where the model's wording could not be checked."""

    TYPE: ClassVar[str] = "faq.draft_sentence"
    turn: int
    text: str
    code: str
    edition: int
    quote: str
    verbatim: bool = False


@dataclass(frozen=True, kw_only=True)
class DraftEnded(Message):
    """How a draft ended: sentences kept and dropped, and why the rest did not come (`slow`, `provider` or nothing)."""

    TYPE: ClassVar[str] = "faq.draft_ended"
    turn: int
    kept: int
    dropped: int
    given_up: str
