"""The events of the FAQ."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.events import Event


@dataclass(frozen=True, kw_only=True)
class FaqPublished(Event):
    """A revision is in force for a city."""

    code: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class FaqWithdrawn(Event):
    """An article is not shown any more in a city."""

    code: str


@dataclass(frozen=True, kw_only=True)
class FaqAnnounced(Event):
    """A notice above the results was put up or taken down."""

    notice: int


@dataclass(frozen=True, kw_only=True)
class FaqUsed(Event):
    """An agent answered from an article."""

    code: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class FaqUnanswered(Event):
    """An agent found no answer, or a wrong one; the editors have it on their list.

    :param kind: `not_found` or `wrong`.
    """

    remark: int
    kind: str
