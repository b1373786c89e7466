"""What the browser has open, and who is told what happens in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol


class Owner(Protocol):
    """Who is told what happens in the pages."""

    def changed(self) -> None:
        """Another page is shown, or it may look different."""

    def hold(self) -> None:
        """Something may be a secret now."""

    def touched(self, kind: str) -> None:
        """Somebody has touched a page."""

    def told(self, what: dict[str, Any]) -> None:
        """Something for the console and the kiosk's face, without any value of a page."""


@dataclass
class Session:
    """A page, a frame in a process of its own, or a worker."""

    id: str
    kind: str
    target: str
    worlds: set[int] = field(default_factory=set)
    """Our world in each of its documents, by context."""

    secrets: set[int] = field(default_factory=set)
    """Worlds in which something is a secret as far as is known."""

    parent: str = ""
    guarded: asyncio.Event = field(default_factory=asyncio.Event)
    crashed: bool = False
    arrived: int = 0
    """How many documents have come in its window."""
