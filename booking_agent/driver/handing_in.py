"""The last button hands in once. Chromium repeats a request by itself where a kept connection breaks off before the answer, and
some pages send twice; so what is handed in passes through here, and each request goes out at most once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Request, Route

CONFLICT = 409
"""What a site answers where somebody else was sooner (RFC 9110 15.5.10)."""

ANSWER_WITHIN = 45_000
"""Milliseconds in which the site must answer what was handed in; then its outcome is looked up."""


class HandingIn:
    """What went out at the last button.

    :param sent: how many requests that hand something in were sent.
    :param asked: whether anything at all has gone out that a script or a link may book by.
    :param conflict: whether it was refused because somebody else was sooner.
    :param lost: whether one of them was never answered.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.asked = False
        self.lost = False
        self.conflict = False
        self._known: set[tuple[str, str, bytes | None]] = set()

    def pass_on(self, route: Route) -> None:
        """Let a request out, if it was not sent before."""
        request = route.request
        self.asked = self.asked or request.resource_type in ("document", "xhr", "fetch", "other", "script")
        if not self._hands_in(request):
            route.fallback()
            return
        mark = (request.method, request.url, request.post_data_buffer)
        if mark in self._known:
            route.abort("blockedbyclient")
            return
        self._known.add(mark)
        self.sent += 1
        try:
            answer = route.fetch(max_redirects=0, max_retries=0, timeout=ANSWER_WITHIN)
        except BrowserError:
            self.lost = True
            route.abort("connectionfailed")
            return
        self.conflict = self.conflict or answer.status == CONFLICT
        route.fulfill(response=answer)

    def _hands_in(self, request: Request) -> bool:
        """What is not a mere GET; and where nothing was sent yet, the page that a link leads to, for some sites book by a link."""
        if request.method == "GET":
            return not self.sent and request.is_navigation_request()
        return request.method not in ("HEAD", "OPTIONS")


@contextmanager
def handing_in(context: Any) -> Iterator[HandingIn]:
    """Watch over a visit while its last button is pressed."""
    made = HandingIn()
    context.route("**/*", made.pass_on)
    try:
        yield made
    finally:
        context.unroute("**/*", made.pass_on)
