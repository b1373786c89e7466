"""One booking, change, cancellation or look-up on a site, phase by phase. Who conducts it decides when the next one begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.calendar import Calendar, Cell, Use
from booking_agent.driver.facts import Shown, Slot, differs, read_shown
from booking_agent.driver.handing_in import HandingIn, handing_in
from booking_agent.driver.said import is_none
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.visit import Mailbox, Visit
from booking_agent.profiles import Flow, Profile
from booking_agent.profiles.schema import locator
from booking_agent.profiles.values import Value
from contact_center.clock import Clock, day_of

DONE_WITHIN = 20.0
"""Seconds in which the site must say that it is done."""


class Work:
    """A visit with a purpose.

    :param what: `book`, `change`, `cancel`, `find` or `look`.
    :param values: the person's, and `counter` and `people`.
    """

    def __init__(
        self, context: Any, profile: Profile, what: str, clock: Clock, values: Mapping[str, Value], flags: Iterable[str] = (),
        mailbox: Mailbox | None = None, tell: Any = lambda step: None,
    ) -> None:  # fmt: skip
        self.profile, self.what, self.clock = profile, what, clock
        self.context = context
        self.visit = Visit(context, profile, clock, values, flags, mailbox, tell)
        self.held = False
        self.use = Use()
        self._tell = tell
        self.open_day: date | None = None

    @property
    def flow(self) -> Flow:
        """The flow of this purpose."""
        return self.profile.flow(self.what)

    @property
    def today(self) -> date:
        """Today."""
        return day_of(self.clock.now())

    # -- until days or the reservation are shown ------------------------------------------------------------------------

    def look(self) -> None:
        """To the calendar, without any person's data."""
        self.visit.walk("look", self.profile.look)

    def enter(self) -> None:
        """To the calendar, as the person."""
        if not self.flow.enter:
            self.look()
            return
        self.visit.walk(f"{self.what}.enter", self.flow.enter)

    def find(self) -> Shown:
        """The person's reservation.

        :raises Trouble: `mismatch` where the site knows none for these details.
        """
        found = self.profile.flow("find")
        self.visit.walk("find.enter", found.enter)
        return read_shown(self.visit, {**self.profile.facts, **found.shows}, self.today, "find")

    # -- slots --------------------------------------------------------------------------------------------------------

    def days(self, until: date | None = None) -> list[Cell]:
        """The days that the calendar shows, from the page it stands on to the last that can be booked.

        :param until: not further than this day.
        """
        last = min(self.today + timedelta(days=self.profile.window.last), until or date.max)
        view = self._days
        found: dict[tuple[Any, ...], Cell] = {}
        while True:
            cells = view.read()
            found |= {(cell.day, cell.start): cell for cell in cells if cell.day is not None and cell.day >= self.today}
            shown = [cell.day for cell in cells if cell.day is not None]
            if not shown or max(shown) >= last or not view.turn():
                return sorted(
                    found.values(), key=lambda cell: (cell.day, cell.start or 0) if cell.start is None else (cell.day, cell.start)
                )

    def times(self, day: date) -> list[Cell]:
        """The times of a day."""
        if self.profile.times is None:
            return [cell for cell in self._days.turn_to(day) if cell.day == day and cell.start is not None]
        self._open(day)
        return [cell for cell in self._times.read() if cell.start is not None and cell.day in (None, day)]

    def _open(self, day: date) -> None:
        """Let the page show the times of a day."""
        assert self.profile.times is not None
        if self.open_day == day:
            return
        if self.open_day is not None and self.profile.times.back:
            self.visit.press(self.visit.locate(self.profile.times.back, "press"), "times: back")
        self._days.choose(day, None)
        self.open_day = day

    @property
    def _days(self) -> Calendar:
        assert self.profile.days is not None
        return Calendar(self.visit, self.profile.days, "days", self.today, self.use)

    @property
    def _times(self) -> Calendar:
        assert self.profile.times is not None
        return Calendar(self.visit, self.profile.times, "times", self.today, self.use)

    # -- fill and hold ------------------------------------------------------------------------------------------------

    def choose(self, slot: Slot) -> None:
        """Choose a slot: exactly this one or none.

        :raises Trouble: `taken` where it is not free, `outside` where the site shows no such day.
        """
        self._tell(f"{self.what}: choose")
        before = self.held
        self.held = bool(self.flow.holds) and not any(step.hold for step in self.flow.fill)
        try:
            self._choose(slot)
        except Trouble as trouble:
            if trouble.reason in (Reason.TAKEN, Reason.OUTSIDE):
                # Nothing was pressed: nothing is kept that was not before.
                self.held = before
            raise

    def _choose(self, slot: Slot) -> None:
        if self.profile.times is None:
            self._days.choose(slot.day, slot.start)
        else:
            self._open(slot.day)
            self._times.choose(None, slot.start)

    def fill(self) -> None:
        """From the chosen slot to the page that shows everything once more."""
        for place, step in enumerate(self.flow.fill, 1):
            # Whose answer is lost may have kept the slot all the same.
            self.held = self.held or bool(step.hold)
            self.visit.walk(f"{self.what}.fill", [step], place)

    def read_back(self) -> Shown:
        """What the site shows before the last button.

        :raises Trouble: where it cannot be read.
        """
        self.visit.settle()
        names = {**self.profile.facts, **self.flow.shows}
        needed = {"day", "time", *self.flow.shows} - {"number"}
        if len(self.profile.counters) > 1:
            needed.add("counter")
        return read_shown(self.visit, names, self.today, f"{self.what}: read back", tuple(sorted(needed)))

    def enter_cancel(self) -> None:
        """From the shown reservation to the last button."""
        self.visit.walk(f"{self.what}.enter", self.flow.enter)

    # -- commit -------------------------------------------------------------------------------------------------------

    def ready(self) -> None:
        """The last button is there, once, and no riddle stands before it.

        :raises Trouble: where it is not.
        """
        first = self.flow.commit[0]
        step = f"{self.what}.commit 1: {first.verb}"
        wanted = self.visit.locate(first.click or first.hold, "press")
        if not self.visit.one(wanted, step).is_enabled():
            raise Trouble(Reason.CHANGED, step, str(wanted), "ボタンはありますが、押せない状態です")
        if any(self.visit.ask("captcha")):
            raise Trouble(Reason.CAPTCHA, step)

    def commit(self) -> Shown:
        """Press the last button, once, and read what the site says.

        :returns: what the page that follows shows.
        :raises Trouble: with a reason for which nothing was booked, if the site says so; `in_doubt` where it says nothing.
        """
        flow = self.flow
        assert flow.done is not None
        label = f"{self.what}.commit"
        with handing_in(self.context) as handed:
            try:
                for place, step in enumerate(flow.commit, 1):
                    label = f"{self.what}.commit {place}: {step.verb}"
                    self.visit.do(step, label)
                    if handed.lost:
                        # No page will say anything any more: it is looked up at once.
                        raise Trouble(Reason.IN_DOUBT, label, flow.done.see)
                    if handed.conflict:
                        raise Trouble(Reason.TAKEN, label, flow.done.see, "HTTP 409")
                return self._done(flow)
            except (Trouble, BrowserError) as error:
                raise self._verdict(handed, error, label) from error

    def _verdict(self, handed: HandingIn, error: Trouble | BrowserError, label: str) -> Trouble:
        """What is known after the last button did not lead to "done"."""
        assert self.flow.done is not None
        expected = self.flow.done.see
        if not handed.sent and not handed.asked:
            # Nothing has left the machine: nothing can have been booked.
            return error if isinstance(error, Trouble) else Trouble(Reason.CHANGED, label, expected, "押せませんでした")
        if not handed.lost and isinstance(error, Trouble) and error.reason in _SAYS_NO:
            return error
        where = error.step if isinstance(error, Trouble) else label
        return Trouble(Reason.IN_DOUBT, where, expected, "答えがありません" if handed.lost else str(getattr(error, "seen", "")))

    def _done(self, flow: Flow) -> Shown:
        assert flow.done is not None
        step = f"{self.what}: done"
        self.visit.one(locator(flow.done.see, "text"), step, DONE_WITHIN)
        return read_shown(self.visit, {**self.profile.facts, **flow.done.shows}, self.today, step, needed=())

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def release(self) -> bool:
        """Give a kept slot back; whether the site has taken it back."""
        if not self.held or not self.profile.release:
            return not self.held
        with suppress(Trouble, BrowserError):
            self.visit.walk("release", self.profile.release)
            self.held = False
        return not self.held

    def says_none(self) -> bool:
        """Whether the page says that there is no such reservation."""
        return is_none(self.visit.words(), self.profile.errors)


_SAYS_NO = {Reason.TAKEN, Reason.OUTSIDE, Reason.ALREADY, Reason.MISMATCH, Reason.REFUSED}
"""What a site answers to the last button when it has booked nothing. "Busy" and "ended" may come after it has booked."""

__all__ = ["Work", "differs"]
