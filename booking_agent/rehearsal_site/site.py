"""What all faces stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app

from booking_agent.rehearsal_site.faults import Faults
from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.post import PostOffice
from booking_agent.rehearsal_site.postman import Postman
from booking_agent.rehearsal_site.visits import Visits
from contact_center.clock import Clock

KEY = "rehearsal"


@dataclass(frozen=True)
class Site:
    """The parts of the practice city.

    :param control: whoever has it may read the ledger and turn the switches.
    :param mailed: for each mailed URL, until when it is good and what the visitor had typed so far.
    """

    clock: Clock
    control: str
    ledger: Ledger
    faults: Faults
    visits: Visits
    office: PostOffice
    postman: Postman
    mailed: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)

    def into(self, app: Flask) -> None:
        """Let the views of an application find it."""
        app.extensions[KEY] = self


def here() -> Site:
    """The site of the request."""
    return cast(Site, current_app.extensions[KEY])
