"""Conducting one intent: it owns the site's page from its first step to the proof, and takes its orders from a table.

look → fill and hold → read back → commit → prove. Each phase is written down before it begins; the last button is pressed at most
once for an intent, whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.facts import TITLES, Shown, Slot, differs
from booking_agent.driver.mailbox import DeskMailbox, desk_mailbox
from booking_agent.driver.picture import masked_picture
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.work import Work
from booking_agent.japanese import Mark
from booking_agent.model import Intent, State, Waits, What
from booking_agent.prove import Prover
from booking_agent.record import NUMBER, TRIES, Record
from booking_agent.service import Bookings
from booking_agent.staff import staff_sign_in
from booking_agent.traffic import counted
from contact_center.clock import day_of
from contact_center.errors import Conflict, Unavailable
from contact_center.house import House

BEAT_EVERY = 2.0
LOOK_EVERY = 0.05
PATIENCE = 900.0
"""Seconds for which an operator may take to choose, or to say yes, where the site sets no shorter time."""

LAST_TRY = 2 * TRIES
"""How often an intent is taken up at most, its proving included."""

BEFORE_END = 20.0
"""Seconds before the end of a site's hold at which we stop."""


class Conductor:
    """One run of an intent.

    :param row: as it was taken.
    """

    def __init__(self, house: House, bookings: Bookings, record: Record, row: Intent) -> None:
        self._house, self._bookings, self._record, self._row = house, bookings, record, row
        self.clock = house.clock
        self.profile = bookings.profiles.get(row.site)
        self.what = What(row.what)
        self.values = self._values()
        self._beat_at = self.clock.monotonic()
        self._stopped = False
        self._before_mail = ""
        self._hold_until: datetime | None = row.hold_until

    def _values(self) -> dict[str, Any]:
        kept = self._record.values()
        values: dict[str, Any] = {**kept, "counter": self._row.counter, "people": self._row.people}
        if "birthday" in kept:
            values["birthday"] = date.fromisoformat(kept["birthday"])
        for name, parts in (("name", ("family", "given")), ("kana", ("family_kana", "given_kana"))):
            if all(part in kept for part in parts):
                values[name] = "　".join(kept[part] for part in parts)
        if self.profile.mailbox == "desk":
            values["mail"] = self._bookings.mail_address(self._row.id)
        if self.profile.mailbox == "staff":
            values |= staff_sign_in(self._house.settings, self.profile.site)
        values.setdefault("mail", "")
        values.setdefault("remark", "")
        return values

    # -- the run ------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """From where the last run has left it to an outcome, or to somebody who has to find out."""
        if self._row.committed_at is not None:
            self._prove(Trouble(Reason.IN_DOUBT, "commit", seen="途中で止まりました"))
            return
        if self._row.tries > TRIES:
            self._record.stopped(Trouble(Reason.BROWSER), self._hold_until)
            return
        try:
            self._lease_person()
            with self._visit(self._record.visit()) as work:
                self._work(work)
        except Trouble as trouble:
            self._went_wrong(trouble)

    def _work(self, work: Work) -> None:
        try:
            self._until_proved(work)
        except Trouble as trouble:
            if trouble.reason is Reason.IN_DOUBT:
                raise
            with suppress(BrowserError, Trouble):
                if trouble.reason in (Reason.CHANGED, Reason.DIFFERENT, Reason.CAPTCHA, Reason.REFUSED):
                    self._record.picture(masked_picture(work.visit))
            if work.held and work.release():
                self._hold_until = None
            elif work.held and self._hold_until is None:
                # It was asked to keep the slot, and nothing was heard of it: it may be kept.
                self._hold_until = self.clock.now() + timedelta(minutes=work.flow.holds)
            raise

    def _went_wrong(self, trouble: Trouble) -> None:
        if trouble.reason is Reason.IN_DOUBT:
            self._prove(trouble)
        elif trouble.reason is Reason.BROWSER and not self._stopped and self._row.tries < TRIES:
            # The next run begins anew; until the last button that is without harm.
            raise trouble
        else:
            self._record.stopped(trouble, self._hold_until)

    def _until_proved(self, work: Work) -> None:
        former: Shown | None = None
        if self.what is not What.BOOK:
            self._record.step("find")
            former = work.find()
            if self.what is What.FIND:
                self._record.keep_shown(former)
                self._record.proved("found", former, former.number or str(self.values.get(NUMBER, "")))
                return
            self._may_still_be_changed(former)
            self._record.keep_former(former)
            if self.what is What.CHANGE and not self.profile.uses("change", "counter"):
                # It stays where it is: the site asks for no counter.
                self._row = self._record.at_counter(former.texts.get("counter", ""))
        if self.what is What.CANCEL:
            assert former is not None
            self._record.pick_cancel(former)
            work.enter_cancel()
            slot = former.slot()
        else:
            slot = self._chosen(work)
            self._fill(work)
        assert slot is not None
        self._read_back(work, slot)
        self._commit(work, slot)

    def _may_still_be_changed(self, found: Shown) -> None:
        if found.day is not None and (found.day - self._today).days < self.profile.window.change_until:
            raise Trouble(Reason.OUTSIDE, self.what.value, f"{self.profile.window.change_until}日前まで")

    @property
    def _today(self) -> date:
        return day_of(self.clock.now())

    # -- phases -------------------------------------------------------------------------------------------------------

    def _chosen(self, work: Work) -> Slot:
        """Look, let the operator choose where nothing was chosen yet, and choose on the site."""
        self._record.step("enter")
        work.enter()
        slot = self._planned()
        while True:
            if slot is None:
                slot = self._ask_for_slot(work)
            self._record.hold(slot)
            try:
                work.choose(slot)
                if work.held:
                    self._held(work)
                return slot
            except Trouble as trouble:
                if trouble.reason is not Reason.TAKEN:
                    raise
                # Nothing was kept: another slot can be chosen on the same page.
                self._record.let_go(Reason.TAKEN)
                slot = None

    def _planned(self) -> Slot | None:
        row = self._row
        return Slot(row.day, row.start, row.end, row.counter) if row.day is not None and row.start is not None else None

    def _ask_for_slot(self, work: Work) -> Slot:
        days = work.days()
        counter = self._row.counter
        self._record.show(counter, self._row.people, days, {})
        while True:
            # What was seen stands in the table before the operator is asked: what they say next is about that.
            self._record.step("slots", Waits.SLOT)
            said = self._hear(("day", "choose"), PATIENCE)
            day = date.fromisoformat(said["day"])
            if "start" in said:
                return Slot(
                    day, time.fromisoformat(said["start"]), time.fromisoformat(said["end"]) if said["end"] else None, counter
                )
            try:
                self._record.show(counter, self._row.people, None, {day: work.times(day)})
            except Trouble as trouble:
                if trouble.reason is not Reason.TAKEN:
                    raise
                # The site showed the day as free, and has nothing on it: it is full, and another can be chosen.
                days = [replace(cell, mark=Mark.FULL) if cell.day == day else cell for cell in days]
                self._record.show(counter, self._row.people, days, {day: []})

    def _fill(self, work: Work) -> None:
        self._record.step("fill")
        held = work.held
        work.fill()
        if work.held and not held:
            self._held(work)

    def _held(self, work: Work) -> None:
        self._hold_until = self.clock.now() + timedelta(minutes=work.flow.holds)
        with suppress(BrowserError):
            self._record.held(self._hold_until, work.context.storage_state())

    def _read_back(self, work: Work, slot: Slot) -> None:
        """What the site shows must be what was meant; then the operator reads it out."""
        shown = work.read_back()
        self._must_be_the_same(shown, slot)
        self._record.read_back(shown)
        self._hear(("yes",), PATIENCE)
        # A fresh look just before the button: the page may have changed while it was read out.
        self._must_be_the_same(work.read_back(), slot)
        work.ready()

    def _must_be_the_same(self, shown: Shown, slot: Slot) -> None:
        name = str(self.values.get("name", "")) if self.what is What.BOOK else ""
        if wrong := differs(shown, slot, self._row.people if self.what is What.BOOK else None, name):
            seen = "、".join(shown.texts.get(fact, "") for fact in wrong if fact != "name")
            raise Trouble(Reason.DIFFERENT, "read back", "、".join(TITLES[fact] for fact in wrong), seen or "違う内容")

    def _commit(self, work: Work, slot: Slot) -> None:
        self._record.committing()
        try:
            shown = work.commit()
        except Trouble as trouble:
            if trouble.reason is not Reason.IN_DOUBT and trouble.reason is not Reason.BROWSER:
                raise
            raise Trouble(Reason.IN_DOUBT, trouble.step, trouble.expected, trouble.seen) from trouble
        except BrowserError as error:
            raise Trouble(Reason.IN_DOUBT, "commit") from error
        number = shown.number or str(self.values.get(NUMBER, ""))
        if number:
            self._record.keep_number(number)
            self.values[NUMBER] = number
        unread = shown.slot() is None
        if self.what is not What.CANCEL and (unread or not number or differs(shown, slot, None)):
            # It says that it is done, but not what: its own look-up page knows.
            raise Trouble(Reason.IN_DOUBT, "done", seen="内容が読めません" if unread else "内容が違います")
        self._record.proved("page", shown, number)
        self._clear_mail()

    # -- what the operator says -----------------------------------------------------------------------------------------

    def _hear(self, kinds: tuple[str, ...], patience: float) -> dict[str, Any]:
        """Wait for a word of the operator.

        :raises Trouble: where they stop, or say nothing for too long.
        """
        end = self.clock.monotonic() + patience
        while True:
            said = self._record.next_command()
            if said is not None:
                if said.kind in ("stop", "no"):
                    self._stopped = True
                    raise Trouble(Reason.GIVEN_UP)
                if said.kind in kinds:
                    return dict(said.data)
            if self._hold_until is not None and self.clock.now() > self._hold_until - timedelta(seconds=BEFORE_END):
                raise Trouble(Reason.ENDED, "hold")
            if self.clock.monotonic() > end:
                raise Trouble(Reason.GIVEN_UP, seen="返事がありません")
            self._pulse()
            self.clock.sleep(LOOK_EVERY)

    def _told(self, step: str) -> None:
        """Before each step on the site: a sign of life, and whether the operator has stopped it."""
        self._pulse()
        if step.endswith(": mail"):
            self._before_mail = self._before_mail or self._record.row().step
            self._record.step("mail")
        elif self._before_mail:
            self._record.step(self._before_mail)
            self._before_mail = ""
        said = self._record.next_command()
        if said is not None and said.kind == "stop":
            self._stopped = True
            raise Trouble(Reason.GIVEN_UP)

    def _pulse(self) -> None:
        if self.clock.monotonic() - self._beat_at > BEAT_EVERY:
            self._beat_at = self.clock.monotonic()
            with suppress(Unavailable):
                self._record.beat()

    def _code_of_the_resident(self) -> str:
        self._record.step("code", Waits.CODE)
        return str(self._hear(("code",), PATIENCE)["code"])

    # -- around -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _visit(self, state: Any = None, what: str = "") -> Iterator[Work]:
        with self._bookings.chromium.context(state) as context:
            work = Work(
                context,
                self.profile,
                what or self.what.value,
                self.clock,
                self.values,
                self._row.flags,
                self._mailbox(),
                self._told,
            )
            with counted(self._house, self.profile.site, work.visit):
                yield work

    def _mailbox(self) -> Any:
        if self.profile.mailbox == "resident":
            return ResidentsMailbox(self._code_of_the_resident)
        if self.profile.mailbox != "desk":
            return None
        return desk_mailbox(self._house.settings, self.values["mail"], self.clock, self._pulse)

    def _clear_mail(self) -> None:
        box = self._mailbox()
        if isinstance(box, DeskMailbox):
            box.clear()

    def _lease_person(self) -> None:
        for name in ("card", "letter_id", NUMBER, "phone"):
            if self.values.get(name):
                self._record.lease_person(f"{name}:{self.values[name]}")
                return

    def _prove(self, trouble: Trouble) -> None:
        row = self._row = self._record.row()
        box = self._mailbox()
        former = Slot(row.former_day, row.former_start) if row.former_day is not None and row.former_start is not None else None
        prover = Prover(
            self._record, self.profile, self.what, self.clock, self.values, self._planned(), former, self._visit,
            box if isinstance(box, DeskMailbox) else None, self._pulse, row.committed_at or self.clock.now(),
        )  # fmt: skip
        prover.run(trouble)


class ResidentsMailbox:
    """The caller reads the mailed code out. A mailed address cannot be told by telephone."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def wait(self, mailed: Any) -> str:
        """The code that the operator types."""
        if mailed.url:
            raise Trouble(Reason.MAIL, "mail", "コード", "メールのURLから続けるサイトです")
        return str(self._ask())


def conduct(house: House, bookings: Bookings, id: int, me: str) -> None:
    """Take an intent and conduct it, unless somebody alive does so already."""
    record = Record(house, id, me)
    row = record.take()
    if row is None:
        return
    # Whoever has it now goes on.
    with suppress(Conflict):
        if row.committed_at is not None and row.tries > LAST_TRY:
            # Whatever ends us each time: a person finds out.
            record.hand_over(Trouble(Reason.IN_DOUBT, "prove", seen="照会を続けられませんでした"))
            return
        Conductor(house, bookings, record, row).run()


__all__ = ["Conductor", "State", "conduct"]
