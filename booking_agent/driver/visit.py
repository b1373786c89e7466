"""One visit to a site: steps are done one after the other, and after each the page is let come to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urljoin

from playwright.sync_api import Dialog, ElementHandle, Frame, Page, Request, Response
from playwright.sync_api import Error as BrowserError

from booking_agent.driver.said import read_said
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.japanese import plain
from booking_agent.profiles import Locator, Profile, Step, Template
from booking_agent.profiles.schema import Kind, Mailed, locator
from booking_agent.profiles.values import Value
from contact_center.clock import Clock

QUIET = 15
"""Milliseconds without a change after which a page is at rest."""

REST_MOST = 12.0
PATIENCE = 10.0
"""Seconds in which what the profile names must stand on the page, once the page is at rest."""

_ENDLESS = {"websocket", "eventsource", "ping", "media", "other"}
_ASKED = ("document", "xhr", "fetch")
"""What counts against the budget of requests; pictures and style sheets are no work for a site's owner."""

_M = "window[Symbol.for('madoguchi')]"


class Mailbox(Protocol):
    """Where mailed codes and addresses are read."""

    def wait(self, mailed: Mailed) -> str:
        """The address or the code.

        :raises Trouble: where no mail comes.
        """


class Visit:
    """A page of a site, opened for one purpose.

    :param context: a browser context that nobody else uses.
    :param values: what may be written into the site's fields.
    :param flags: what `when` and `unless` of a step ask for.
    :param tell: is told each step before it is done, such as `book.fill 3/7`.
    """

    def __init__(
        self, context: Any, profile: Profile, clock: Clock, values: Mapping[str, Value], flags: Iterable[str] = (),
        mailbox: Mailbox | None = None, tell: Callable[[str], None] = lambda step: None,
    ) -> None:  # fmt: skip
        self.profile, self.values, self.flags = profile, dict(values), set(flags)
        self.clock = clock
        self.requests = 0
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self._context, self._mailbox, self._tell = context, mailbox, tell
        self._running: dict[Request, float] = {}
        self._moves = 0
        self._answer = ""
        self._asked: list[str] = []
        self._bad: list[int] = []
        self._before: tuple[str, list[Any]] = ("", [])
        self._last: Frame | None = None
        context.on("request", self._begins)
        context.on("requestfinished", self._ends)
        context.on("requestfailed", self._ends)
        context.on("response", self._answered)
        context.on("dialog", self._dialog)
        context.on("page", self._opened)

    # -- what the browser tells ---------------------------------------------------------------------------------------

    def _begins(self, request: Request) -> None:
        self._moves += 1
        self.requests += request.resource_type in _ASKED
        if request.resource_type not in _ENDLESS and not any(part in request.url for part in self.profile.ignore):
            self._running[request] = self.clock.monotonic()

    def _ends(self, request: Request) -> None:
        self._moves += 1
        self._running.pop(request, None)

    def _answered(self, response: Response) -> None:
        if response.status in (429, 502, 503, 504) and response.request.resource_type in ("document", "xhr", "fetch"):
            self._bad.append(response.status)

    def _dialog(self, dialog: Dialog) -> None:
        self._asked.append(dialog.message)
        # A question is answered with yes only where the profile says so.
        if dialog.type == "alert" or self._answer == "ok":
            dialog.accept()
        else:
            dialog.dismiss()

    def _opened(self, page: Page) -> None:
        self.page = page

    # -- coming to rest -----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until no request runs and nothing changes any more, in no frame. A page that never rests is left after a while:
        what is looked for next decides.
        """
        end = self.clock.monotonic() + REST_MOST
        while self.clock.monotonic() < end:
            moves = self._moves
            if self._all_still() and moves == self._moves and not self._waits():
                return
            if self._waits():
                self.page.wait_for_timeout(5)

    def _all_still(self) -> bool:
        """Whether every frame is at rest. The page asks those that it may look into itself; the others are asked one by one."""
        frames = self.page.frames
        reached, still = self._quiet(self.page.main_frame)
        return still and (reached == len(frames) or all(self._quiet(frame)[1] for frame in frames[1:]))

    def _quiet(self, frame: Frame) -> tuple[int, bool]:
        try:
            said = frame.evaluate(f"{_M} ? {_M}.quiet({QUIET}, 400) : [1, document.readyState === 'complete']")
        except BrowserError:
            # The frame is on its way to another page.
            if frame.is_detached():
                return 1, True
            self._alive()
            return 1, False
        return int(said[0]), bool(said[1])

    def _alive(self) -> None:
        if self.page.is_closed() or not self._context.browser.is_connected():
            raise Trouble(Reason.BROWSER)

    def _waits(self) -> bool:
        now = self.clock.monotonic()
        return any(now - began < REST_MOST for began in self._running.values())

    # -- finding ------------------------------------------------------------------------------------------------------

    def ask(self, what: str, given: Any = None) -> list[Any]:
        """What each frame's page answers; frames that are just changing say nothing."""
        frames, said = self.page.frames, []
        if len(frames) > 1:
            with suppress(BrowserError):
                asked = f"([what, given]) => {_M} ? {_M}.everywhere(what, given) : []"
                said = self.page.main_frame.evaluate(asked, [what, given])
                if len(said) == len(frames):
                    return [one for one in said if one is not None]
        said = []
        for frame in frames:
            with suppress(BrowserError):
                said.append(frame.evaluate(f"(given) => {_M} ? {_M}.{what}(given) : null", given))
        return [one for one in said if one is not None]

    def words(self) -> str:
        """All that can be read, and what the browser was asked to say."""
        return "\n".join([*self.ask("words"), *self._asked])

    def all(self, wanted: Locator) -> list[ElementHandle]:
        """Every element that is meant, of all frames."""
        query = {"kind": wanted.kind, "text": wanted.text, "part": wanted.part, "within": wanted.within}
        found: list[ElementHandle] = []
        frames = self.page.frames
        many = sum(self.ask("count", query)) if len(frames) > 1 else 1
        # Where something was found last, there is most often the next as well.
        for frame in sorted(frames, key=lambda one: one is not self._last):
            if len(found) >= many:
                break
            with suppress(BrowserError):
                here = frame.evaluate_handle(f"(given) => {_M} ? {_M}.find(given) : []", query).get_properties().values()
                found += [element for handle in here if (element := handle.as_element()) is not None]
                self._last = frame if here else self._last
        return found

    def one(self, wanted: Locator, step: str, patience: float = PATIENCE) -> ElementHandle:
        """The one element that is meant.

        :raises Trouble: where the site says why it is not there; where there is none or are several, with what is there instead.
        """
        end = self.clock.monotonic() + patience
        while True:
            found = self.all(wanted)
            if wanted.place:
                if len(found) == wanted.of:
                    return found[wanted.place - 1]
            elif len(found) == 1:
                return found[0]
            self.settle()
            if not found:
                self.check(step, str(wanted))
            if self.clock.monotonic() > end:
                names = self.ask("alternatives", wanted.kind)
                several = f"{len(found)}個あります" if found else "、".join(name for part in names for name in part)
                raise Trouble(Reason.CHANGED, step, str(wanted), several or "何もありません")
            self.page.wait_for_timeout(30)

    def check(self, step: str, expected: str = "") -> None:
        """Look why the page is not the one that was expected.

        :raises Trouble: where the page says it.
        """
        self._alive()
        said = self.words()
        before, fields = self._before
        reason, words = read_said(said, self.profile.errors, before)
        if reason is Reason.REFUSED and not (fields and fields == self.ask("alternatives", "field")):
            # A form that refuses stands there again.
            reason = None
        if reason is not None and reason not in (Reason.REFUSED, Reason.BUSY):
            raise Trouble(reason, step, expected, words)
        if any(self.ask("captcha")):
            raise Trouble(Reason.CAPTCHA, step, expected)
        if self._bad:
            # "Busy" is never read as "no slots", whatever the page makes of it.
            raise Trouble(Reason.BUSY if 429 in self._bad else Reason.STOPPED, step, expected, f"HTTP {self._bad[-1]}")
        if reason is not None:
            raise Trouble(reason, step, expected, words)

    def check_answers(self, step: str) -> None:
        """The site has answered that it is busy or away, whatever the page shows.

        :raises Trouble: where it has.
        """
        if self._bad:
            raise Trouble(Reason.BUSY if 429 in self._bad else Reason.STOPPED, step, seen=f"HTTP {self._bad[-1]}")

    # -- doing --------------------------------------------------------------------------------------------------------

    def walk(self, name: str, steps: list[Step], first: int = 1) -> None:
        """Do these steps.

        :param name: of the part of the profile, such as `book.fill`.
        :param first: the how many-th of that part the first of them is.
        :raises Trouble: where one of them cannot be done.
        """
        for place, step in enumerate(steps, first):
            if self._is_meant(step) and (not step.maybe or self._is_there(step)):
                label = f"{name} {place}: {step.verb}"
                self._tell(label)
                try:
                    self.do(step, label)
                except BrowserError as error:
                    self._alive()
                    self.settle()
                    self.check(label)
                    raise Trouble(Reason.CHANGED, label, step.verb, "操作できません") from error

    def _is_meant(self, step: Step) -> bool:
        return (not step.when or step.when in self.flags) and (not step.unless or step.unless not in self.flags)

    def _is_there(self, step: Step) -> bool:
        self.settle()
        return len(self.all(self.locate(step.click, "press"))) == 1

    def do(self, step: Step, label: str) -> None:
        """One step."""
        self._answer, self._asked = step.dialog, []
        if not step.see:
            # Who only looks has asked for nothing: what was answered before still counts.
            self._bad = []
        if step.open:
            self.open(urljoin(self.profile.start, self.fill(step.open)), label)
        for wanted in (step.click, step.hold):
            if wanted:
                self.press(self.locate(wanted, "press"), label)
        for target, text in step.fill.items():
            self._write(self.locate(target, "field"), self.fill(text), label, keys=False)
        for target, text in step.type.items():
            self._write(self.locate(target, "field"), self.fill(text), label, keys=True)
        for target, text in step.choose.items():
            self._choose(self.locate(target, "field"), self.fill(text), label)
        for on, said in ((True, step.tick), (False, step.untick)):
            for target in [said] if isinstance(said, str) else said:
                if target:
                    self._tick(self.locate(target, "field"), on, label)
        if step.see:
            self.one(self.locate(step.see, "text"), label)
        if step.mail is not None:
            self._go_on_by_mail(step.mail, label)
        if step.fill or step.type or step.choose or step.tick or step.untick:
            self.settle()

    def locate(self, written: str, usual: Kind) -> Locator:
        """The locator of a text of the profile, with its values."""
        return locator(self.fill(written), usual)

    def fill(self, text: str) -> str:
        """A text of the profile with its values."""
        return Template(text).fill(self.values)

    def open(self, address: str, label: str) -> None:
        """Go to an address.

        :raises Trouble: where nobody answers there.
        """
        try:
            self.page.goto(address, wait_until="commit")
        except BrowserError as error:
            self._alive()
            raise Trouble(Reason.STOPPED, label, "応答", "つながりません") from error
        self.settle()

    def press(self, wanted: Locator, label: str) -> None:
        """Press the one button or link that is meant."""
        key = self.one(wanted, label)
        self._before = self.words(), self.ask("alternatives", "field")
        key.click()
        self.settle()

    def _write(self, wanted: Locator, text: str, label: str, keys: bool) -> None:
        element = self.one(wanted, label)
        if keys:
            element.fill("")
            element.type(text)
        else:
            element.fill(text)
        if _digits(element.input_value()) != _digits(text):
            raise Trouble(Reason.CHANGED, label, str(wanted), "入れた値が欄に残りません")

    def _choose(self, wanted: Locator, text: str, label: str) -> None:
        element = self.one(wanted, label)
        options = [one["text"] for one in element.evaluate(f"(one) => {_M}.options(one)")]
        same = [place for place, one in enumerate(options) if plain(one) == plain(text)]
        if len(same) != 1:
            raise Trouble(
                Reason.CHANGED, label, f"{wanted} の「{text}」" if text in ("", None) else str(wanted), "、".join(options[:8])
            )
        element.select_option(index=same[0])

    def _tick(self, wanted: Locator, on: bool, label: str) -> None:
        element = self.one(wanted, label)
        is_on = "(one) => one.checked ?? one.getAttribute('aria-checked') === 'true'"
        if element.evaluate(is_on) != on:
            if element.is_visible():
                element.click()
            else:
                element.evaluate_handle("(one) => one.labels[0]").as_element().click()  # type: ignore[union-attr]
        if element.evaluate(is_on) != on:
            raise Trouble(Reason.CHANGED, label, str(wanted), "印が付きません")

    def _go_on_by_mail(self, mailed: Mailed, label: str) -> None:
        if self._mailbox is None:
            raise Trouble(Reason.MAIL, label)
        self.settle()
        got = self._mailbox.wait(mailed)
        if mailed.url:
            self.open(got, label)
        else:
            self._write(self.locate(mailed.into, "field"), got, label, keys=False)


def _digits(text: str) -> str:
    """A value without what a field may put between its parts by itself."""
    return "".join(letter for letter in plain(text) if letter.isalnum())
