"""Finding out what became of a booking whose answer was lost. Nothing is pressed that could book, change or cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.facts import Shown, Slot, differs
from booking_agent.driver.mailbox import DeskMailbox, found
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.model import What
from booking_agent.profiles import Profile, Template
from booking_agent.record import NUMBER, Record
from contact_center.clock import Clock, day_of
from contact_center.errors import Conflict

WITHIN = 60.0
"""Seconds after the last button within which it must be known, or a person takes over."""

NOT_BEFORE = 15.0
"""Seconds after the last button before "there is no such reservation" is believed: what was handed in may still be worked, and
look-up pages lag behind.
"""

PAUSE = 2.0
_NO = (Reason.MISMATCH,)
_log = logging.getLogger(__name__)


class Prover:
    """Looks the outcome up.

    :param slot: the one that was chosen; for a cancellation the one that was held.
    :param former: of a change: the one that was held before.
    :param visit: opens a fresh visit, `(state, what)`.
    """

    def __init__(
        self, record: Record, profile: Profile, what: What, clock: Clock, values: dict[str, Any], slot: Slot | None,
        former: Slot | None, visit: Callable[..., AbstractContextManager[Any]], mailbox: DeskMailbox | None,
        pulse: Callable[[], None], since: datetime,
    ) -> None:  # fmt: skip
        self._record, self._profile, self._what, self._clock, self._values = record, profile, what, clock, values
        self._slot, self._former, self._visit, self._mailbox, self._pulse, self._since = slot, former, visit, mailbox, pulse, since
        self._mails = 0

    def run(self, trouble: Trouble) -> None:
        """Look until it is proved, or hand it to a person with everything known."""
        self._record.in_doubt(trouble)
        self._record.step("prove")
        while True:
            try:
                if self._look(self._late() > timedelta(seconds=NOT_BEFORE)):
                    return
            except Conflict:
                # Somebody else has it by now.
                raise
            except Exception as error:
                # The site is away or busy, and is asked again; or the profile does not fit, and then a person is asked in time.
                if not isinstance(error, (Trouble, BrowserError)):
                    _log.warning("a look at the outcome failed: %s", type(error).__name__)
            if self._late() > timedelta(seconds=WITHIN) or not self._may_still_be_known():
                self._record.hand_over(self._told(trouble))
                return
            self._pulse()
            self._clock.sleep(PAUSE)

    def _late(self) -> timedelta:
        """How long ago the last button was pressed."""
        return self._clock.now() - self._since

    def _may_still_be_known(self) -> bool:
        """Whether there is any way left to look it up: without one nobody is kept waiting."""
        proof = self._profile.proof
        by_mail = self._what is What.BOOK and self._mailbox is not None and bool(proof.mail or proof.shows)
        return by_mail or self._can_find() or (self._what is What.BOOK and proof.already)

    def _can_find(self) -> bool:
        """Whether the site has a look-up page, and all that it asks for is known."""
        if self._profile.find is None:
            return False
        names = {name for step in self._profile.find.enter for text in step.templates() for name, _ in Template(text).names()}
        return all(self._values.get(name) not in (None, "") for name in names)

    def _told(self, trouble: Trouble) -> Trouble:
        """What the person who finds out is told."""
        if not self._mails or not (self._profile.proof.mail or self._profile.proof.shows):
            return trouble
        seen = f"{trouble.seen}（メールは{self._mails}通届きましたが、proof の書き方に合いません）"
        return Trouble(trouble.reason, trouble.step, trouble.expected, seen)

    def _look(self, believed: bool) -> bool:
        """One look; whether it is known now.

        :param believed: whether it is late enough to believe that there is none.
        """
        if self._what is What.BOOK and self._mailbox is not None and self._by_mail(self._mailbox):
            return True
        if self._can_find():
            return self._by_looking_up(believed)
        if self._what is What.BOOK and self._profile.proof.already:
            return self._by_beginning(believed)
        return False

    def _by_mail(self, mailbox: DeskMailbox) -> bool:
        """The mail with which the site confirms a booking: its number, and where the profile can read them, day and time."""
        proof = self._profile.proof
        if not proof.mail and not proof.shows:
            return False
        texts = mailbox.texts()
        self._mails = len(texts)
        for text in texts:
            number = found(proof.mail, text)
            if number and number != self._values.get(NUMBER):
                self._values[NUMBER] = number
                self._record.keep_number(number)
            shows: dict[str, str] = {name: one for name, pattern in proof.shows.items() if (one := found(pattern, text))}
            shown = Shown({**shows, **({"number": number} if number else {})}, day_of(self._clock.now()))
            if self._slot is not None and shown.slot() is not None and not differs(shown, self._slot, None):
                return self._proved("mail", shown, str(self._values.get(NUMBER, "")))
        return False

    def _by_looking_up(self, believed: bool) -> bool:
        number = str(self._values.get(NUMBER, ""))
        found = self._find()
        if found is None:
            if self._what is What.CANCEL:
                return self._proved("found", None, number)
            return believed and self._what is What.BOOK and self._not_done()
        if self._what is What.CANCEL:
            return believed and self._not_done()
        assert self._slot is not None
        if not differs(found, self._slot, None):
            return self._proved("found", found, found.number or number)
        # A change that was not done shows the former time. What shows neither is for a person to look at.
        same = self._what is What.CHANGE and self._former is not None and not differs(found, self._former, None)
        return believed and same and self._not_done()

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
