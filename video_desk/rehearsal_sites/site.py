"""What both sites stand on."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from contact_center.clock import Clock
from video_desk.rehearsal_sites.faults import Faults
from video_desk.rehearsal_sites.ledger import Ledger
from video_desk.rehearsal_sites.post import Office, Postman
from video_desk.rehearsal_sites.reader import Reader
from video_desk.rehearsal_sites.visits import Visits

KEY = "rehearsal_sites"


class Site:
    """The parts of the practice sites.

    :param control: whoever has it may read the ledger and turn the switches.
    :param port: of both sites; `second_port` of the card software. Both are known only once they are open.
    """

    def __init__(self, clock: Clock, control: str, office: Office | None = None) -> None:
        self.clock, self.control = clock, control
        self.ledger, self.faults, self.visits = Ledger(clock), Faults(), Visits(clock)
        self.reader, self.postman = Reader(self.ledger), Postman(self.ledger, office)
        self.port = self.second_port = 0

    @property
    def url(self) -> str:
        """The origin of both sites."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client_url(self) -> str:
        """The other origin, of the card software."""
        return f"http://{self.ledger.rules.client_host}:{self.second_port}"

    def into(self, app: Flask) -> None:
        """Let the views of an application find it."""
        app.extensions[KEY] = self


def here() -> Site:
    """The site of the request."""
    return cast(Site, current_app.extensions[KEY])
