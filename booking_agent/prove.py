"""Finding out what became of a booking whose answer was lost. Nothing is pressed that could book, change or cancel."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.facts import Shown, Slot, differs
from booking_agent.driver.mailbox import DeskMailbox
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.model import What
from booking_agent.profiles import Profile
from booking_agent.record import NUMBER, Record
from contact_center.clock import Clock

WITHIN = 60.0
"""Seconds after the last button within which it must be known, or a person takes over."""

NOT_BEFORE = 15.0
"""Seconds after the last button before "there is no such reservation" is believed: what was handed in may still be worked, and
look-up pages lag behind.
"""

PAUSE = 2.0
_NO = (Reason.MISMATCH,)


class Prover:
    """Looks the outcome up.

    :param slot: the one that was chosen; for a cancellation the one that was held.
    :param visit: opens a fresh visit, `(state, what)`.
    """

    def __init__(
        self, record: Record, profile: Profile, what: What, clock: Clock, values: dict[str, Any], slot: Slot | None,
        visit: Callable[..., AbstractContextManager[Any]], mailbox: DeskMailbox | None, pulse: Callable[[], None], since: datetime,
    ) -> None:  # fmt: skip
        self._record, self._profile, self._what, self._clock, self._values = record, profile, what, clock, values
        self._slot, self._visit, self._mailbox, self._pulse, self._since = slot, visit, mailbox, pulse, since

    def run(self, trouble: Trouble) -> None:
        """Look until it is proved, or hand it to a person with everything known."""
        self._record.in_doubt(trouble)
        self._record.step("prove")
        while True:
            late = self._clock.now() - self._since
            try:
                if self._look(late > timedelta(seconds=NOT_BEFORE)):
                    return
            except (Trouble, BrowserError):
                # The site is away or busy: it is asked again.
                pass
            if self._clock.now() - self._since > timedelta(seconds=WITHIN):
                self._record.hand_over(trouble)
                return
            self._pulse()
            self._clock.sleep(PAUSE)

    def _look(self, believed: bool) -> bool:
        """One look; whether it is known now.

        :param believed: whether it is late enough to believe that there is none.
        """
        number = str(self._values.get(NUMBER, ""))
        if not number and self._what is What.BOOK and self._profile.proof.mail and self._mailbox is not None:
            number = self._mailbox.search(self._profile.proof.mail, 0)
            if number:
                self._values[NUMBER] = number
                self._record.keep_number(number)
        if number and self._profile.find is not None:
            return self._by_number(number, believed)
        if self._what is What.BOOK and self._profile.proof.already:
            return self._by_beginning(believed)
        return False

    def _by_number(self, number: str, believed: bool) -> bool:
        found = self._find()
        if found is None:
            if self._what is What.CANCEL:
                return self._proved("found", None, number)
            return believed and self._what is What.BOOK and self._not_done()
        if self._what is What.CANCEL:
            return believed and self._not_done()
        assert self._slot is not None
        if not differs(found, self._slot, None):
            return self._proved("found", found, number)
        # A change that was not done shows the former time; a booking that shows another is for a person to look at.
        return believed and self._what is What.CHANGE and self._not_done()

    def _find(self) -> Shown | None:
        with self._visit(None, "find") as work:
            try:
                return work.find()
            except Trouble as trouble:
                if trouble.reason in _NO and work.says_none():
                    return None
                raise

    def _by_beginning(self, believed: bool) -> bool:
        """Whether the site lets the person begin: it does not where they hold a reservation."""
        with self._visit(None, "book") as work:
            try:
                work.enter()
            except Trouble as trouble:
                if trouble.reason is Reason.ALREADY:
                    return self._proved("already", None, "")
                raise
        return believed and self._not_done()

    def _proved(self, proof: str, shown: Shown | None, number: str) -> bool:
        if shown is not None:
            self._record.keep_shown(shown)
        self._record.proved(proof, shown, number)
        if self._mailbox is not None:
            with suppress(Trouble):
                self._mailbox.clear()
        return True

    def _not_done(self) -> bool:
        self._record.stopped(Trouble(Reason.STOPPED, "prove", seen="照会の結果、受け付けられていませんでした"), None)
        return True
