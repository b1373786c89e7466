"""What a page shows of a booking, read by its headings, and held against what was meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from playwright.sync_api import ElementHandle

from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.visit import Visit
from booking_agent.japanese import plain, read_date, read_number, read_span
from booking_agent.profiles.schema import locator

TITLES = {"day": "予約日", "time": "時間", "counter": "受取窓口", "people": "人数", "name": "氏名"}
"""What the facts are called that are held against what was meant."""


@dataclass(frozen=True)
class Slot:
    """A time at a counter."""

    day: date
    start: time
    end: time | None = None
    counter: str = ""


@dataclass(frozen=True)
class Shown:
    """The facts of a page as they are written there; those that it does not show are absent."""

    texts: Mapping[str, str]
    today: date

    @property
    def day(self) -> date | None:
        """The day, where it can be read."""
        return read_date(self.texts.get("day", ""), self.today)

    @property
    def span(self) -> tuple[time, time | None] | None:
        """The time, where it can be read."""
        return read_span(self.texts.get("time", ""))

    @property
    def number(self) -> str:
        """The number of the reservation, in half-width letters."""
        return unicodedata.normalize("NFKC", self.texts.get("number", "")).strip().split(" ")[0]

    def slot(self) -> Slot | None:
        """The slot, where day and time can be read."""
        if self.day is None or self.span is None:
            return None
        return Slot(self.day, *self.span, self.texts.get("counter", ""))


def read_shown(visit: Visit, names: Mapping[str, str], today: date, step: str, needed: tuple[str, ...] = ("day", "time")) -> Shown:
    """Read a page's facts.

    :param names: for each fact the heading before it or the label of its field, or `css:` and a selector (` @` and a name after it:
        that attribute), or `url:` and a pattern of the page's address.
    :raises Trouble: where one of `needed` is not there, or a heading stands before two different things.
    """
    pairs = [tuple(pair) for part in visit.ask("facts") for pair in part]
    texts: dict[str, str] = {}
    for fact, heading in names.items():
        if heading.startswith("url:"):
            match = re.search(heading.removeprefix("url:"), visit.page.url)
            found = {match[1]} if match else set()
        elif heading.startswith("css:"):
            selector, _, attribute = heading.partition(" @")
            found = {_said(handle, attribute) for handle in visit.all(locator(selector, "css"))}
        else:
            found = {value for head, value in pairs if plain(head) == plain(heading)}
        if len(found) > 1:
            raise Trouble(Reason.CHANGED, step, heading, f"違う内容が{len(found)}個あります")
        if found:
            texts[fact] = found.pop()
    shown = Shown(texts, today)
    readable = {"day": shown.day, "time": shown.span}
    for fact in needed:
        if not texts.get(fact) or readable.get(fact, True) is None:
            visit.check(step, names.get(fact, fact))
            heads = "、".join(dict.fromkeys(head for head, _ in pairs))
            raise Trouble(Reason.CHANGED, step, names.get(fact, fact), heads[:200] or "読める見出しがありません")
    return shown


def _said(handle: ElementHandle, attribute: str) -> str:
    """What an element shows: its attribute where one is named, a field's value or the line that is chosen in it, else its text."""
    if attribute:
        return handle.get_attribute(attribute) or ""
    said = handle.evaluate(
        "(one) => one.matches('select') ? (one.selectedOptions[0]?.text ?? '')"
        " : one.matches('input, textarea') ? one.value : one.innerText"
    )
    return str(said).strip()


def differs(shown: Shown, slot: Slot, people: int | None, name: str = "") -> list[str]:
    """The facts that are not what was meant; empty where the page shows exactly what was meant.

    :param people: None where that does not matter.
    :param name: empty where none was given.
    """
    wrong = []
    if shown.day != slot.day:
        wrong.append("day")
    span = shown.span
    if span is None or span[0] != slot.start or (span[1] is not None and slot.end is not None and span[1] != slot.end):
        wrong.append("time")
    if slot.counter and "counter" in shown.texts and plain(shown.texts["counter"]) != plain(slot.counter):
        wrong.append("counter")
    if people is not None and "people" in shown.texts and read_number(shown.texts["people"]) != people:
        wrong.append("people")
    if name and "name" in shown.texts and _letters(shown.texts["name"]) != _letters(name):
        wrong.append("name")
    return wrong


def _letters(text: str) -> str:
    return plain(text).replace(" ", "").removesuffix("様")
