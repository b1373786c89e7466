"""The booth: one resident's browser, what the operator sees of it, and who may work it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from contact_center.clock import Clock
from contact_center.errors import BadInput, NotAllowed, Unavailable
from kiosk_bridge.booth import messages as m
from kiosk_bridge.booth.hands import RESIDENTS_ALONE, Hands
from kiosk_bridge.booth.own import OwnPages
from kiosk_bridge.booth.pages import Pages
from kiosk_bridge.booth.screen import Screen
from kiosk_bridge.browser import Chromium
from kiosk_bridge.browser.process import Window

NOT_GIVEN = "利用者が操作しています。操作するには、利用者の同意を求めてください。"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a menu opens.

    :param start: address of its first page.
    :param hosts: where the pages may go, `host` or `host:port`.
    :param secret_fields: CSS selector of further fields that are secrets.
    :param signed_in: CSS selector of what stands on its pages as long as somebody is signed in.
    :param keys: words of the keys on which secrets are typed: `stop`, `delete`, `enter`, in the resident's language.
    """

    start: str
    hosts: tuple[str, ...]
    secret_fields: str = ""
    signed_in: str = ""
    keys: dict[str, str] = {}


class Booth:
    """One resident's booth on a browser that was started beforehand.

    :param send: sends a picture to the console.
    :param tell: tells console and face what has happened, without any value of a page.
    :param pad: whether secrets are typed on keys on the screen.
    """

    def __init__(
        self, browser: Chromium, clock: Clock, send: Callable[[bytes], None], tell: Callable[[dict[str, Any]], None],
        pad: bool = False,
    ) -> None:  # fmt: skip
        self._browser = browser
        self._clock = clock
        self._tell = tell
        self._send = send
        self._control = False
        self._pad = pad
        self._typed: asyncio.Lock = asyncio.Lock()
        self._stream: asyncio.Task[None] | None = None

    async def open(self, place: Place, window: Window) -> None:
        """Guard the browser and open the menu's first page; once it is guarded, only the page, should it not have opened before.

        :param window: where its pages stand.
        :raises Unavailable: where the page does not open.
        """
        if self._stream is None:
            self._browser.lead_to(place.hosts)
            self.pages = Pages(self._browser.devtools, self, place.hosts, place.secret_fields, place.keys if self._pad else None)
            self.own = OwnPages(self._browser.devtools, self.pages)
            self.hands = Hands(self._browser.devtools, self.pages, lambda: place.start, self.require_control)
            self.screen = Screen(
                self._browser.devtools, self.pages, self._clock, self._send, lambda held: self._tell({"secret": held})
            )
            self._stream = asyncio.ensure_future(self.screen.run())
            await self.pages.begin(
                (window.width, window.height),
                (lambda one: self._browser.place(window, one.target, one.id)) if window.shown else None,
            )
        await self.pages.open(place.start)

    async def end_stream(self) -> None:
        """Show nothing any more."""
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError, Unavailable):
                await self._stream

    async def close(self) -> None:
        """End the stream and wipe the browser."""
        await self.end_stream()
        await self._browser.wipe()

    # -- who works it --------------------------------------------------------------------------------------------------

    @property
    def control(self) -> bool:
        """Whether the operator may work the page."""
        return self._control

    def require_control(self) -> None:
        """Let the operator change something in the page.

        :raises NotAllowed: without the control, or while something may be a secret.
        """
        if not self._control:
            raise NotAllowed(NOT_GIVEN)
        self.require_calm()

    def require_calm(self) -> None:
        """Let another page come to the front.

        :raises NotAllowed: while something may be a secret: what is typed further would go into that page.
        """
        if self.pages.secret:
            raise NotAllowed(RESIDENTS_ALONE)

    def grant(self) -> None:
        """The resident gives the control to the operator."""
        self._set_control(True)

    def take_back(self) -> None:
        """The resident has it again."""
        self._set_control(False)

    def _set_control(self, control: bool) -> None:
        if control != self._control:
            self._control = control
            self._tell({"control": control})

    async def said(self, data: bytes) -> None:
        """One message of the operator's console; those of one console are carried out in their order.

        :raises BadInput: for anything that is not exactly one of the verbs.
        :raises NotAllowed: without the control, or while something may be a secret.
        """
        try:
            verb: m.Verb = msgspec.json.decode(data, type=m.VERBS)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise BadInput("操作の内容を読めません。画面を再読み込みしてください。") from error
        if isinstance(verb, m.Ack):
            self.screen.drawn(verb.picture)
            return
        if isinstance(verb, m.Look):
            self.screen.start_over()
            return
        if isinstance(verb, m.Reply) and self._control:
            # A page that asks something answers nothing else, not even the press that made it ask.
            self.pages.boxes.answer(verb.accept, verb.text)
            return
        if isinstance(verb, m.Go) and verb.to == "start" and self._control:
            # The way out of a page that answers nothing any more, whatever else is waiting for it.
            await self.hands.start_over()
            return
        async with self._typed:
            if isinstance(verb, m.Mark):
                await self.hands.mark(verb)
            elif self._control:
                await self.hands.do(verb)
            else:
                raise NotAllowed(NOT_GIVEN)

    # -- what the pages tell (pages.Owner) --------------------------------------------------------------------------------

    def changed(self) -> None:
        """Another page is shown, or it may look different."""
        self.screen.look()

    def hold(self) -> None:
        """Something may be a secret now."""
        self.screen.hold()

    def touched(self, kind: str) -> None:
        """Somebody has touched the page: whoever is not the operator is the resident, who has the control at once."""
        if self._control and not self.hands.was_ours(kind):
            self.take_back()

    def told(self, what: dict[str, Any]) -> None:
        """Something for the console and the face."""
        self._tell(what)
