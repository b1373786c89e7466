"""What a face remembers of a visitor between two requests; kept in memory and known by a cookie."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from booking_agent.rehearsal_site.model import Face
from contact_center.clock import Clock

IDLE = 30 * 60
"""Seconds after which a visit that does nothing ends."""


@dataclass
class Visit:
    """One visitor's way through a face.

    :param seen: monotonic seconds of the last request.
    :param token: what the next form must bring along.
    :param staff: whether somebody of the city has signed in, who books for others.
    """

    face: Face
    seen: float
    id: str = field(default_factory=lambda: token_urlsafe(16))
    data: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    staff: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh_token(self) -> str:
        """The token of the form that is shown now; that of any former page is worth nothing from here on."""
        self.token = token_urlsafe(12)
        return self.token

    def spend(self, token: str) -> bool:
        """Whether a form is the one that was shown last; it can be handed in once."""
        with self.lock:
            right, self.token = bool(token) and token == self.token, ""
            return right


class Visits:
    """All visits of all faces.

    :param clock: by it an idle visit ends.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: dict[str, Visit] = {}

    def of(self, face: Face, id: str) -> Visit:
        """The visit of a cookie; a new one where it is unknown or has ended."""
        now = self._clock.monotonic()
        with self._lock:
            self._all = {one.id: one for one in self._all.values() if one.seen > now - IDLE}
            found = self._all.get(id)
            if found is None or found.face != face:
                found = Visit(face, now)
                self._all[found.id] = found
            found.seen = now
            return found

    def clear(self) -> None:
        """End all of them."""
        with self._lock:
            self._all.clear()
