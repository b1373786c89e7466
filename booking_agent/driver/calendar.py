"""Days and times as a site shows them, read and chosen. Nothing is guessed: what cannot be read is not offered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.visit import Visit
from booking_agent.japanese import Mark, plain, read_date, read_mark, read_month, read_number, read_span
from booking_agent.profiles import View
from booking_agent.profiles.schema import locator

MOST_TURNS = 14
"""Months or weeks that are turned at most to find a day."""

AGAIN = 2
"""How often a day is clicked anew where the page shows another one: sites lose clicks."""

APPEARS_WITHIN = 3.0
"""Seconds in which days or times must stand on a page that is at rest."""

_M = "window[Symbol.for('madoguchi')]"
_DAY = re.compile(r"^\d{1,2}日?$")


@dataclass(frozen=True)
class Cell:
    """A place of a calendar.

    :param day: None where the view shows times only; `start` None where it shows days only.
    """

    frame: int
    at: int
    text: str
    day: date | None
    start: time | None
    end: time | None
    mark: Mark
    option: bool = False

    @property
    def free(self) -> bool:
        """Whether it can be chosen."""
        return self.mark in (Mark.FREE, Mark.FEW)


@dataclass
class Use:
    """Which words of a profile's views a site has shown, for whoever wrote them.

    :param unused: for each view its own marks that no cell has had so far.
    :param read: the views whose `reads` has matched something.
    """

    unused: dict[str, set[str]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)


class Calendar:
    """The days or the times of a page.

    :param name: of the view in the profile, for words about what went wrong.
    :param today: as the site sees it.
    :param use: is told which words of the view were of use.
    """

    def __init__(self, visit: Visit, view: View, name: str, today: date, use: Use | None = None) -> None:
        self._visit, self._view, self._name, self._today = visit, view, name, today
        self._own = {Mark(name): words for name, words in view.marks.items()}
        self._use = use or Use()
        self._unused = self._use.unused.setdefault(name, {word for words in view.marks.values() for word in words})

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> list[Cell]:
        """Every cell that is a day or a time.

        :raises Trouble: where the page shows none at all; "busy" is never read as "no slots".
        """
        visit = self._visit
        end = visit.clock.monotonic() + APPEARS_WITHIN
        while True:
            visit.settle()
            visit.check_answers(self._name)
            if found := self._found():
                return found
            visit.check(self._name, self._view.cells)
            if visit.clock.monotonic() > end:
                raise Trouble(Reason.CHANGED, self._name, self._view.cells, "日付も時間も読めません")
            visit.page.wait_for_timeout(30)

    def _found(self) -> list[Cell]:
        found: list[Cell] = []
        visit, reads = self._visit, self._view.reads
        for place, frame in enumerate(visit.page.frames):
            try:
                asked = [self._view.cells, reads.attribute if reads else ""]
                raw, options = frame.evaluate(f"(asked) => {_M} ? [{_M}.cells(asked), {_M}.choices(asked[0])] : [[], []]", asked)
            except BrowserError:
                # The frame is on its way to another page.
                continue
            found += self._cells(place, [one for one in raw if one["shown"]], self._month(raw)) if not options else []
            found += [cell for at, one in enumerate(options) if (cell := self._option(place, at, one)) is not None]
        return found

    def _month(self, raw: list[Any]) -> date | None:
        if not self._view.month or not raw:
            return None
        heading = self._visit.one(locator(self._view.month, "css"), self._name).inner_text()
        month = read_month(heading, self._today)
        if month is None:
            raise Trouble(Reason.CHANGED, self._name, "年月", plain(heading)[:30])
        return month

    def _cells(self, place: int, raw: list[dict[str, Any]], month: date | None) -> list[Cell]:
        numbers = [self._number(one) if month else None for one in raw]
        # Days of the month before may stand in the first week; after the last day begin those of the next.
        first_one = next((at for at, number in enumerate(numbers) if number == 1), 0)
        shift = -1 if any(number is not None for number in numbers[:first_one]) else 0
        last, made = 0, []
        for one, number in zip(raw, numbers, strict=True):
            if number is not None:
                shift += 1 if number < last else 0
                last = number
            told = self._told_by(one)
            day = read_date(told.get("date", ""), self._today) or self._day_of(one, number, month, shift)
            span = read_span(told.get("time", "")) or self._span_of(one)
            if day is None and span is None:
                continue
            start, end = span or (None, None)
            self._note_use(one)
            made.append(Cell(place, one["at"], one["text"], day, start, end, self._mark(one)))
        return made

    def _note_use(self, one: dict[str, Any]) -> None:
        """What the profile says and a cell has."""
        if self._unused:
            tokens = [*one["signs"], *one["classes"], *one["dated"]]
            self._unused -= {word for word in self._unused if read_mark(tokens, {Mark.FREE: [word]}) is Mark.FREE}
        if self._view.reads is not None and re.search(self._view.reads.pattern, one["read"]) is not None:
            self._use.read.add(self._name)

    def _told_by(self, one: dict[str, Any]) -> dict[str, str]:
        """Day and time as an attribute says them, where the profile names one."""
        found = re.search(self._view.reads.pattern, one["read"]) if self._view.reads else None
        if found is None:
            return {}
        parts = {name: text for name, text in found.groupdict().items() if text}
        if "year" in parts:
            parts["date"] = f"{parts['year']}-{parts['month']}-{parts['day']}"
        if "hour" in parts:
            parts["time"] = f"{parts['hour']}:{parts.get('minute', '0'):0>2}"
        return parts

    def _number(self, one: dict[str, Any]) -> int | None:
        number = read_number(next((sign for sign in one["signs"] if re.match(r"^\d", plain(sign))), ""))
        return number if number is not None and 1 <= number <= 31 else None

    def _day_of(self, one: dict[str, Any], number: int | None, month: date | None, shift: int) -> date | None:
        for text in (
            *one["dated"],
            one["text"] if month is None else "",
            one["column"] if month is None else "",
            one["row"] if month is None else "",
        ):
            if text and (day := read_date(text, self._today)) is not None:
                return day
        if number is None or month is None:
            return None
        begins = _months_on(month, shift)
        try:
            return begins.replace(day=number)
        except ValueError:
            return None

    def _span_of(self, one: dict[str, Any]) -> tuple[time, time | None] | None:
        for text in (one["text"], *one["dated"], one["row"], one["column"]):
            if text and (span := read_span(text)) is not None:
                return span
        return None

    def _mark(self, one: dict[str, Any]) -> Mark:
        signs = [sign for sign in one["signs"] if not _DAY.match(plain(sign)) and read_span(sign) is None]
        own = {mark: words for mark, words in self._own.items() if words}
        mark = read_mark([*signs, *one["classes"], *one["dated"]], own) if own else None
        if mark is None:
            mark = read_mark(signs, {})
        pressable = one["keys"] > 0 and not one["disabled"]
        if mark is None:
            unread = [sign for sign in signs if len(plain(sign)) <= 2 and read_date(sign, self._today) is None]
            return Mark.FREE if pressable and not self._view.marked else Mark.UNKNOWN if unread and pressable else Mark.CLOSED
        return mark if pressable or mark not in (Mark.FREE, Mark.FEW) else Mark.UNKNOWN

    def _option(self, place: int, at: int, one: dict[str, Any]) -> Cell | None:
        day = read_date(one["text"], self._today)
        start, end = read_span(one["text"]) or (None, None)
        if day is None and start is None:
            return None
        mark = read_mark(one["text"].split(), self._own) or Mark.FREE
        return Cell(place, at, one["text"], day, start, end, Mark.CLOSED if one["disabled"] else mark, option=True)

    # -- turning ------------------------------------------------------------------------------------------------------

    def turn_to(self, day: date) -> list[Cell]:
        """Turn the months or weeks until a day is shown; its page.

        :raises Trouble: where the site does not show it.
        """
        for _ in range(MOST_TURNS):
            cells = self.read()
            days = [cell.day for cell in cells if cell.day is not None]
            if day in days or not days:
                return cells
            if not self._turn(day > max(days)):
                break
        raise Trouble(Reason.OUTSIDE, self._name, "その日のあるカレンダー", "先の月・週がありません")

    def turn(self) -> bool:
        """Turn to what comes next; False where the site shows no further."""
        return self._turn(later=True)

    def _turn(self, later: bool) -> bool:
        written = self._view.next if later else self._view.previous
        if not written:
            return False
        visit = self._visit
        wanted = visit.locate(written, "press")
        found = visit.all(wanted)
        if len(found) != 1 or found[0].is_disabled():
            return False
        before = self._first()
        found[0].click()
        visit.settle()
        return self._first() != before

    def _first(self) -> tuple[Any, ...]:
        cells = self.read()
        return tuple((cell.day, cell.text) for cell in cells[:40])

    # -- choosing -----------------------------------------------------------------------------------------------------

    def choose(self, day: date | None, start: time | None) -> None:
        """Click the one free cell of that day or time, and look that it was chosen.

        :param day: None in a view that shows times only.
        :raises Trouble: where it is not free, or the page shows another as chosen.
        """
        for _ in range(1 + AGAIN):
            cells = self.turn_to(day) if day is not None else self.read()
            meant = [cell for cell in cells if (day is None or cell.day == day) and (start is None or cell.start == start)]
            if len(meant) != 1:
                raise Trouble(Reason.CHANGED if meant else Reason.TAKEN, self._name, "その日時", f"{len(meant)}個あります")
            if not meant[0].free:
                raise Trouble(Reason.TAKEN, self._name, "空き", meant[0].mark.value)
            self._click(meant[0])
            if self._is_chosen(day, start):
                return
        raise Trouble(Reason.CHANGED, self._name, "選んだ日時", "別の日時が選ばれています")

    def _click(self, cell: Cell) -> None:
        visit = self._visit
        frame = visit.page.frames[cell.frame]
        if cell.option:
            frame.locator(self._view.cells).select_option(index=cell.at)
        else:
            key = frame.evaluate_handle(
                f"([selector, at, said]) => {_M}.key(selector, at, said)", [self._view.cells, cell.at, cell.text]
            )
            element = key.as_element()
            if element is None:
                raise Trouble(Reason.CHANGED, self._name, "押せる日時", "画面が動きました")
            element.click(force=not element.is_visible())
        visit.settle()

    def _is_chosen(self, day: date | None, start: time | None) -> bool:
        if self._view.heading and day is not None:
            shown = [handle.inner_text() for handle in self._visit.all(locator(self._view.heading, "css"))]
            if [read_date(text, self._today) for text in shown] != [day]:
                return False
        if self._view.chosen:
            shown = [handle.inner_text() for handle in self._visit.all(locator(self._view.chosen, "css"))]
            spans = [read_span(text) for text in shown]
            return len(spans) == 1 and (start is None or (spans[0] is not None and spans[0][0] == start))
        return True


def _months_on(month: date, shift: int) -> date:
    for _ in range(abs(shift)):
        month = (month + timedelta(days=31)).replace(day=1) if shift > 0 else (month - timedelta(days=1)).replace(day=1)
    return month
