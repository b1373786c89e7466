"""What a site remembers of a visitor between two requests; kept in memory and known by a cookie."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from contact_center.clock import Clock
from video_desk.rehearsal_sites.model import Face


@dataclass
class Visit:
    """One visitor's way through a site.

    :param until: monotonic seconds; then it ends unless another request comes.
    :param person: who has signed in at the portal.
    """

    face: Face
    until: float
    id: str = field(default_factory=lambda: token_urlsafe(16))
    data: dict[str, Any] = field(default_factory=dict)
    person: str = ""

    def forget(self) -> None:
        """Begin anew."""
        self.data.clear()
        self.person = ""


class Visits:
    """All visits of both sites."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: dict[str, Visit] = {}

    def of(self, face: Face, id: str, idle: float) -> Visit:
        """The visit of a cookie; a new one where it is unknown or has ended.

        :param idle: seconds after which it ends if nothing comes.
        """
        now = self._clock.monotonic()
        with self._lock:
            self._all = {one.id: one for one in self._all.values() if one.until > now}
            found = self._all.get(id)
            if found is None or found.face != face:
                found = Visit(face, now)
                self._all[found.id] = found
            found.until = now + idle
            return found

    def clear(self) -> None:
        """End all of them."""
        with self._lock:
            self._all.clear()
