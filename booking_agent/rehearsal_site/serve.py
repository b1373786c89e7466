"""The whole practice city in one process: the faces, their ledger, the post office."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, render_template
from werkzeug.serving import BaseWSGIServer

from booking_agent.rehearsal_site import app, control, frames, pages
from booking_agent.rehearsal_site.face import Cut, hang_up
from booking_agent.rehearsal_site.faults import Faults
from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.post import PostOffice
from booking_agent.rehearsal_site.postman import Postman
from booking_agent.rehearsal_site.site import Site
from booking_agent.rehearsal_site.visits import Visits
from contact_center.clock import SystemClock
from contact_center.web import practice


@dataclass
class Running:
    """The practice city while it is open."""

    port: int
    smtp_port: int
    imap_port: int
    _server: BaseWSGIServer
    _office: PostOffice

    @property
    def url(self) -> str:
        """Where the faces are."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Close the faces and the post office."""
        practice.end(self._server)
        self._office.close()


def serve(control_token: str, port: int = 0, smtp_port: int = 0, imap_port: int = 0) -> Running:
    """Open the practice city on 127.0.0.1.

    :param control_token: for `/ledger` and `/switches`.
    :param port: of the faces; port 0 takes a free one, here and for the others.
    :raises OSError: where a port is taken.
    """
    clock = SystemClock()
    ledger, faults = Ledger(clock), Faults(clock)
    office = PostOffice(lambda: ledger.mailboxes)
    smtp_port, imap_port = office.open(smtp_port, imap_port)
    site = Site(clock, control_token, ledger, faults, Visits(clock), office, Postman(ledger, faults, smtp_port))
    server = practice.bind(application(site), port)
    practice.begin(server, "faces")
    return Running(server.server_port, smtp_port, imap_port, server, office)


def application(site: Site) -> Flask:
    """The web side of a site."""
    # Not "templates": what stands there in this house is said in two languages, and a city speaks Japanese only.
    made = Flask(__name__, template_folder="screens")
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    site.into(made)
    for part in (control, pages, app, frames):
        made.register_blueprint(part.blueprint)
    made.add_url_rule("/", "top", lambda: render_template("rehearsal/top.html"))
    made.register_error_handler(Cut, _cut)
    return made


def _cut(error: Cut) -> Response:
    hang_up()
    return Response()
