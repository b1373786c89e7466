"""Both practice sites and the card software in one process, on two ports."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Any

from flask import Flask, Request, render_template
from werkzeug.serving import BaseWSGIServer

from contact_center.clock import Clock, SystemClock
from contact_center.web import practice
from video_desk.rehearsal_sites import apply, client, control, portal
from video_desk.rehearsal_sites.post import Office
from video_desk.rehearsal_sites.site import Site

LARGEST_REQUEST = 24 * 1024 * 1024


class _InMemory(Request):
    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        """Memory: a large photo would else lie in a temporary file, where a search for what sessions left would find it."""
        return io.BytesIO()


class _Application(Flask):
    request_class = _InMemory


@dataclass
class Running:
    """The practice sites while they are open."""

    site: Site
    _servers: tuple[BaseWSGIServer, ...]

    @property
    def port(self) -> int:
        """Of both sites."""
        return self.site.port

    @property
    def second_port(self) -> int:
        """Of the card software."""
        return self.site.second_port

    @property
    def url(self) -> str:
        """Where both sites are."""
        return self.site.url

    @property
    def second_url(self) -> str:
        """Where the card software is."""
        return self.site.client_url

    def close(self) -> None:
        """Close all of it."""
        for server in self._servers:
            practice.end(server)


def serve(
    control_token: str, port: int = 0, second_port: int = 0, office: Office | None = None, clock: Clock | None = None
) -> Running:
    """Open the practice sites on 127.0.0.1.

    :param control_token: for `/control`.
    :param port: of both sites; port 0 takes a free one, here and for the card software.
    :param office: where mails are sent; without it they stay in the ledger.
    :raises OSError: where a port is taken.
    """
    site = Site(clock or SystemClock(), control_token, office)
    first = practice.bind(application(site), port)
    try:
        second = practice.bind(card_software(site), second_port)
    except BaseException:
        first.server_close()
        raise
    site.port, site.second_port = first.server_port, second.server_port
    for server, name in ((first, "sites"), (second, "card-software")):
        practice.begin(server, name)
    return Running(site, (first, second))


def application(site: Site) -> Flask:
    """Both sites and the back door; the card software too, for a PIN that is typed in the portal's own page."""
    made = _made(site)
    for part in (control, apply, portal, client):
        made.register_blueprint(part.blueprint)
    made.add_url_rule("/", "top", lambda: render_template("shared/top.html", face="apply"))
    return made


def card_software(site: Site) -> Flask:
    """The other origin."""
    made = _made(site)
    made.register_blueprint(client.blueprint)
    return made


def _made(site: Site) -> Flask:
    # Not "templates": what stands there in this house is said in two languages, and these sites speak Japanese only.
    made = _Application(__name__, template_folder="screens", static_folder="assets", static_url_path="/assets")
    made.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    site.into(made)
    return made
