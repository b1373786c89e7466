"""What practice sites have in common: outside sites as we rehearse with them, on this machine only, with a back door."""

from __future__ import annotations

import hmac
import json
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, abort, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Nothing: addresses of pages hold mailed keys and tickets."""


def bind(app: Flask, port: int = 0) -> BaseWSGIServer:
    """A port of 127.0.0.1 on which a site can begin.

    :param port: 0 takes a free one.
    :raises OSError: where it is taken.
    """
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)


def begin(server: BaseWSGIServer, name: str) -> None:
    """Let a site answer from now on."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name=name).start()


def end(server: BaseWSGIServer) -> None:
    """Close a site that has begun."""
    server.shutdown()
    server.server_close()


def only_with_the_token(blueprint: Blueprint, token: Callable[[], str]) -> None:
    """Open a blueprint's pages to the header `X-Control` only; whoever has no token learns nothing, not even that they are there.

    What is posted there and cannot be read is answered by a sentence that says why.
    """

    def admit() -> None:
        if not hmac.compare_digest(request.headers.get("X-Control", "").encode(), token().encode()):
            abort(404)

    def not_understood(error: msgspec.MsgspecError) -> tuple[str, int]:
        return str(error), 400

    blueprint.before_request(admit)
    blueprint.register_error_handler(msgspec.MsgspecError, not_understood)


def as_json(value: Any) -> Response:
    """An answer of the back door."""
    return Response(msgspec.json.encode(value), mimetype="application/json")


def tell_and_wait(told: Mapping[str, Any], close: Callable[[], None]) -> None:
    """Say in one line of JSON where a practice site is, and close it at SIGTERM or Ctrl-C."""
    ended = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: ended.set())
    print(json.dumps(told), flush=True)
    ended.wait()
    close()
