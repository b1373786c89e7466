"""What happens in one session: the booth, the devices, and the operator at the other end of the relay."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from contact_center.clock import Clock
from contact_center.errors import BadInput, MadoguchiError, Unavailable
from kiosk_bridge.booth.booth import Booth, Place
from kiosk_bridge.booth.messages import Mark
from kiosk_bridge.browser import Chromium
from kiosk_bridge.browser.process import Window
from kiosk_bridge.centre import JOINED, open_socket
from kiosk_bridge.config import Config
from kiosk_bridge.session import checks
from kiosk_bridge.session import words as w
from kiosk_bridge.session.card import CardDesk
from kiosk_bridge.session.papers import PapersDesk
from kiosk_bridge.session.photo import PhotoDesk

LARGEST = 8 << 20
LARGEST_DRAWN = 1 << 20
"""Characters of a picture drawn by finger."""

MOST_CRASHES = 3
"""How often the menu's first page is brought by itself; a page that crashes each time is left to the operator."""

ONCE = ("refused", "answered", "blocked", "crashed", "checked", "picture", "wrote")
"""News that are over once they are told; the rest is told again to a console that comes later."""

NO_MARK = Mark("none")
"""Marks go with the operator who has made them."""

MOST_WRITTEN = 8
"""How many of the resident's newest words and drawings an operator who comes, or comes back, is told again."""

FAILED = "うまくいきませんでした。もう一度お試しください。"


class Desk:
    """One session.

    :param tell_bridge: says a word, with values, to the bridge, which shows it on the face or writes it down.
    :param give_up: is called where no resident can be served here any more.
    """

    def __init__(
        self, config: Config, token: str, clock: Clock, tell_bridge: Callable[..., None], give_up: Callable[[], None]
    ) -> None:
        self._config, self._token, self._clock, self._tell_bridge, self._give_up = config, token, clock, tell_bridge, give_up
        self._browser: Chromium | None = None
        self._booth: Booth | None = None
        self._photo: PhotoDesk | None = None
        self._place: Place | None = None
        self._papers: PapersDesk | None = None
        self._card = CardDesk(
            config.reader, clock, self._say, lambda words: tell_bridge("card", words=words), lambda: self._met("card")
        )
        self._crashes = 0
        self._relay: ClientConnection | None = None
        self._joins = 0
        self._sending: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._written: deque[dict[str, Any]] = deque(maxlen=MOST_WRITTEN)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.state: dict[str, Any] = {"open": False, "control": False, "secret": False, "asked": ""}

    # -- what the bridge says ------------------------------------------------------------------------------------------------

    async def warm(self) -> None:
        """Start the resident's browser before they are there, so that nobody waits for it."""
        config = self._config
        window = Window(config.strip, 0, config.width - config.strip, config.height, config.shown)
        self._browser = browser = await Chromium.start(window, config.browser, gated=True)
        if config.shown:
            await browser.hide()
        self._tell_bridge("ready", folder=str(browser.folder), browser=browser.pid)
        self._do(self._watch(browser))

    async def _watch(self, browser: Chromium) -> None:
        """Begin anew with a fresh browser where the resident's ends by itself."""
        await browser.gone.wait()
        booth, self._booth, self._photo, self._papers = self._booth, None, None, None
        if booth is not None:
            booth.take_back()
            self._booth_told({"secret": False})
        if self._place is not None:
            self._say({"open": False, "crashed": True})
            self._note("fault.restart")
        try:
            await browser.wipe()
            await self.warm()
        except Unavailable:
            self._give_up()
            raise
        if booth is not None:
            await booth.end_stream()
            await self._open()

    def begin(self, place: dict[str, Any] | None) -> None:
        """A resident has begun.

        :param place: what their procedure opens; None: nothing.
        """
        self._place = msgspec.convert(place, Place) if place else None

    def join(self, ticket: str) -> None:
        """An operator is about to look."""
        self._do(self._join(ticket))

    def answered(self, which: str, yes: bool) -> None:
        """The resident has touched an answer."""
        self._say({"asked": ""})
        if which == "control":
            if yes and self._booth is not None:
                self._booth.grant()
            return
        self._say({"answered": {"which": which, "yes": yes}})
        if which == "licence":
            self._met("answered")
        elif which == "interpreter":
            self._tell_bridge("interpreter", agreed=yes)
            if not yes:
                self._written = deque((news for news in self._written if "wrote" not in news), MOST_WRITTEN)
        elif yes:
            self._met(which)

    def news(self, about: str, values: dict[str, Any]) -> None:
        """What the face has for the operator: a caption, something written by finger, how good the line is."""
        if about == "caption":
            self._write({"wrote": values | {"who": "resident"}})
        elif about == "drawn":
            self._write({"picture": {"of": "drawn", "data": str(values.get("picture", ""))[:LARGEST_DRAWN]}})
        elif about == "line":
            self._say({"line": values.get("tier", "")})

    def take_back(self) -> None:
        """The resident wants to work by themselves."""
        if self._booth is not None:
            self._booth.take_back()

    async def plays(self, does: str, how: dict[str, Any]) -> None:
        """A script stands in for the resident at their browser: `press` a place that a selector names, or `type`."""
        if self._booth is None:
            return
        if does == "where":
            place = None
            with suppress(Unavailable):
                place = await self._booth.own.where(how["selector"], bool(how["filled"]))
            self._tell_bridge("where", place=place)
        elif does == "press":
            await self._booth.own.press(how["selector"])
        else:
            await self._booth.own.type(how["text"])

    async def end(self) -> None:
        """Wipe everything; this process ends next."""
        self._card.stop()
        for task in list(self._tasks):
            task.cancel()
        if self._photo is not None:
            with suppress(Unavailable):
                await self._photo.stop()
        if self._relay is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._relay.close(), 1.0)
        if self._booth is not None:
            await self._booth.close()
        elif self._browser is not None:
            await self._browser.wipe()

    # -- the operator --------------------------------------------------------------------------------------------------------

    async def _join(self, ticket: str) -> None:
        former, self._relay = self._relay, None
        self._joins += 1
        mine = self._joins
        if former is not None:
            self._nobody_looks()
            # A line that is cut in one direction answers no farewell.
            self._do(former.close())
        socket = await open_socket(self._config, self._token, LARGEST)
        if mine != self._joins:
            await socket.close()
            return
        await socket.send(json.dumps({"type": "relay", "ticket": ticket}))
        self._relay, self._sending = socket, asyncio.Queue()
        sender = asyncio.ensure_future(self._send_all(socket, self._sending))
        try:
            async for message in socket:
                if message == JOINED:
                    self._tell_all()
                else:
                    await self._heard(message if isinstance(message, bytes) else message.encode())
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            if self._relay is socket:
                self._relay = None
                self._nobody_looks()

    def _nobody_looks(self) -> None:
        self.take_back()
        if self._booth is not None:
            self._booth.screen.share(False)
            self._do(self._booth.hands.mark(NO_MARK))

    def _tell_all(self) -> None:
        """Tell an operator who has just come how it stands."""
        self._say(dict(self.state))
        for news in self._written:
            self._say(news)
        if self._booth is not None:
            self._booth.screen.share(True)
            self._booth.screen.start_over()

    async def _send_all(self, socket: ClientConnection, queue: asyncio.Queue[str | bytes]) -> None:
        with suppress(ConnectionClosed):
            while True:
                await socket.send(await queue.get())

    async def _heard(self, message: bytes) -> None:
        try:
            if _name(message) in w.NAMES:
                try:
                    word = msgspec.json.decode(message, type=w.WORDS)
                except msgspec.MsgspecError as error:
                    raise BadInput("操作の内容を読めません。画面を再読み込みしてください。") from error
                await self._obey(word)
            elif self._booth is None:
                raise Unavailable("ブラウザーはまだ開いていません。")
            else:
                # A page that asks something in a box keeps the act waiting that made it ask: the answer must be heard meanwhile.
                self._do(self._booth.said(message))
        except MadoguchiError as error:
            self._say({"refused": error.sentence()})

    async def _obey(self, word: w.WORDS) -> None:
        match word:
            case w.Show():
                await self._open()
            case w.AskControl():
                self._ask("control")
            case w.GiveBack():
                self.take_back()
            case w.AskTouch():
                self._ask(word.which, left=word.left, right=word.right)
            case w.Address():
                booth, _ = self._open_booth()
                booth.require_control()
                await booth.pages.open(word.url)
            case w.Say():
                self._tell_bridge("said", text=word.text)
            case w.Card():
                self._do(self._card.look())
            case w.Photo():
                self._do(self._open_photo().do(word.what))
            case w.Papers():
                self._do(self._look_at_papers(word.what))
            case w.Check():
                self._do(self._check(word.what))
            case w.Wrote():
                self._tell_bridge("caption", id=word.id, who=word.who, said=word.said, translated=word.translated, wrong=word.wrong)

    def _ask(self, which: str, **names: str) -> None:
        # Both screens show what the resident is asked to compare.
        self._say({"asked": which, "names": [*names.values()] if which == "same" else []})
        self._tell_bridge("ask", which=which, **names)

    async def _open(self) -> None:
        if self._place is None or self._browser is None:
            raise Unavailable("この手続きは、ブラウザーを使いません。")
        config = self._config
        if self._booth is None:
            self._booth = Booth(self._browser, self._clock, self._picture, self._booth_told, config.pad)
        if not self.state["open"]:
            window = Window(config.strip, 0, config.width - config.strip, config.height, config.shown)
            await self._booth.open(self._place, window)
            self._tell_bridge("strip", strip=True)
            self._say({"open": True})
        self._booth.screen.share(self._relay is not None)

    def _open_booth(self) -> tuple[Booth, Place]:
        """The booth and what it shows.

        :raises Unavailable: where it is not open yet.
        """
        if self._booth is None or self._place is None or not self.state["open"]:
            raise Unavailable("先にブラウザーを開いてください。")
        return self._booth, self._place

    # -- devices -------------------------------------------------------------------------------------------------------------

    async def _check(self, what: str) -> None:
        booth, place = self._open_booth()
        good = await (checks.has_application_id(booth.own) if what == "id" else checks.is_signed_out(booth.own, place))
        if good:
            self._met("application_id" if what == "id" else "logged_out")
        self._say({"checked": {"what": what, "good": good}})

    def _met(self, what: str) -> None:
        """What a step of the procedure waits for has come to pass."""
        self._tell_bridge("met", what=what)

    def _open_photo(self) -> PhotoDesk:
        booth, _ = self._open_booth()
        if self._photo is None:
            self._photo = PhotoDesk(booth, self._config.camera, self._photo_told, self._lend)
        return self._photo

    def _lend(self, lent: bool) -> None:
        self._tell_bridge("lend", lent=lent)

    def _photo_told(self, told: dict[str, Any]) -> None:
        self._say({"photo": told})
        if told["at"] == "put":
            self._met("photo")
        if told["at"] == "fault":
            self._note("fault.camera")
        if told["at"] in ("guide", "taken"):
            good = "still" if told["at"] == "guide" else "good"
            self._note(f"photo.{(told['faults'] or [good])[0]}")

    async def _look_at_papers(self, what: str) -> None:
        booth, place = self._open_booth()
        if self._papers is None:
            self._papers = PapersDesk(booth, self._config.papers, place.hosts, self._say, self._note)
        if await self._papers.do(what):
            self._met("application_id")

    def _note(self, word: str) -> None:
        """Show the resident a word of the face."""
        self._tell_bridge("note", says=word, values={})

    # -- telling -------------------------------------------------------------------------------------------------------------

    def _picture(self, data: bytes) -> None:
        if self._relay is not None:
            self._sending.put_nowait(data)

    def _say(self, news: dict[str, Any]) -> None:
        """Tell the console; what stays true is told again to a console that comes later."""
        self.state |= {key: value for key, value in news.items() if key not in ONCE}
        if self._relay is not None:
            self._sending.put_nowait(json.dumps(news, ensure_ascii=False))

    def _write(self, news: dict[str, Any]) -> None:
        """Tell what the resident has written or said; whoever looks only later is told, too."""
        self._written.append(news)
        self._say(news)

    def _booth_told(self, told: dict[str, Any]) -> None:
        self._say(told)
        for word in ("control", "secret"):
            if word in told:
                self._tell_bridge(word, **{word: told[word]})
        if told.get("control"):
            self._say({"asked": ""})
        if "crashed" in told and self._booth is not None:
            self._note("fault.restart")
            self._crashes += 1
            if self._crashes <= MOST_CRASHES:
                self._do(self._booth.hands.start_over())

    def _do(self, work: Any) -> None:
        async def quietly() -> None:
            try:
                await work
            except MadoguchiError as error:
                self._say({"refused": error.sentence()})
            except Exception:
                self._say({"refused": FAILED})

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _name(message: bytes) -> str:
    try:
        return str(msgspec.json.decode(message)["do"])
    except (msgspec.MsgspecError, KeyError, TypeError, RecursionError):
        return ""
