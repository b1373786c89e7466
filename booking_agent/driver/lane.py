"""The read-only lane: free slots read from single addresses, where the profile names them; no script of the site runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

import jmespath
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Route

from booking_agent.driver.calendar import Calendar, Cell
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.visit import Visit
from booking_agent.japanese import Mark, read_date, read_mark, read_span
from booking_agent.profiles import Profile, View
from booking_agent.profiles.schema import Lane, Reading
from booking_agent.profiles.values import Template, Value
from contact_center.clock import Clock, day_of

WITHIN = 10_000
"""Milliseconds in which an address must answer."""

_REASONS = {429: Reason.BUSY, 502: Reason.STOPPED, 503: Reason.STOPPED, 504: Reason.STOPPED}


class LaneWork:
    """A look at a calendar by the profile's lane; it does what `Work` does for a look.

    :param context: a browser context that nobody else uses: its cookies and user agent are used.
    """

    def __init__(self, context: Any, profile: Profile, lane: Lane, clock: Clock, values: Mapping[str, Value]) -> None:
        self._context, self._profile, self._lane = context, profile, lane
        self._today = day_of(clock.now())
        ids = dict(zip(profile.counters, lane.counters, strict=False))
        self._values = {**values, "counter_id": ids.get(str(values.get("counter", "")), "")}
        self.visit = Visit(context, profile, clock, self._values)
        context.route("**/*", _documents_only)

    def look(self) -> None:
        """Open what must be opened before the addresses are answered."""
        if self._lane.open:
            self._get(self._lane.open)

    def days(self) -> list[Cell]:
        """The days that can be booked, from today on, or days with their times."""
        last = self._today + timedelta(days=self._profile.window.last)
        assert self._profile.days is not None
        found: dict[tuple[Any, ...], Cell] = {}
        month = self._today.replace(day=1)
        while month <= last:
            cells = self._read(self._lane.days, self._profile.days, "days", {"month": month})
            found |= {(cell.day, cell.start): cell for cell in cells if cell.day is not None and self._today <= cell.day <= last}
            if "{month" not in self._lane.days.address:
                break
            month = (month + timedelta(days=31)).replace(day=1)
        return [found[key] for key in sorted(found, key=lambda key: tuple(str(part) for part in key))]

    def times(self, day: date) -> list[Cell]:
        """The times of a day."""
        if self._lane.times is None or self._profile.times is None:
            return []
        cells = self._read(self._lane.times, self._profile.times, "times", {"day": day})
        return [cell for cell in cells if cell.start is not None and cell.day in (None, day)]

    def _read(self, reading: Reading, view: View, name: str, more: Mapping[str, Value]) -> list[Cell]:
        address = Template(reading.address).fill({**self._values, **more})
        if not reading.each:
            self.visit.open(urljoin(self._profile.start, address), f"lane: {name}")
            return Calendar(self.visit, view, name, self._today).read()
        answer = self._get(address)
        try:
            rows = jmespath.search(reading.each, answer.json())
        except (ValueError, BrowserError) as error:
            raise Trouble(Reason.CHANGED, f"lane: {name}", reading.each, "JSONではありません") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Trouble(Reason.CHANGED, f"lane: {name}", reading.each, "並びがありません")
        own = {Mark(mark): words for mark, words in view.marks.items()}
        return [cell for at, row in enumerate(rows) if (cell := self._cell(at, row, own)) is not None]

    def _get(self, address: str) -> Any:
        """One request.

        :raises Trouble: where it is not answered as it should be; "busy" is never read as "no slots".
        """
        self.visit.requests += 1
        try:
            answer = self._context.request.get(urljoin(self._profile.start, address), timeout=WITHIN, max_retries=0)
        except BrowserError as error:
            raise Trouble(Reason.STOPPED, "lane", "応答", "つながりません") from error
        if not answer.ok:
            raise Trouble(_REASONS.get(answer.status, Reason.CHANGED), "lane", address, f"HTTP {answer.status}")
        return answer

    def _cell(self, at: int, row: Mapping[str, Any], own: dict[Mark, list[str]]) -> Cell | None:
        day, time = (str(row.get(name) or "") for name in ("day", "time"))
        span = read_span(time)
        cell_day = read_date(day, self._today)
        if cell_day is None and span is None:
            return None
        start, end = span or (None, None)
        return Cell(0, at, time or day, cell_day, start, end, _mark(row.get("mark"), own))


def _mark(said: Any, own: dict[Mark, list[str]]) -> Mark:
    """How a slot stands: by its sign, by how many are left, or by whether it is free at all."""
    if isinstance(said, int) and str(said).lower() not in {word for words in own.values() for word in words}:
        return Mark.FREE if said > 0 else Mark.FULL
    return read_mark([str(said).lower() if isinstance(said, bool) else str(said or "")], own) or Mark.UNKNOWN


def _documents_only(route: Route) -> None:
    if route.request.resource_type == "document" and route.request.method == "GET":
        route.fallback()
    else:
        route.abort("blockedbyclient")


__all__ = ["LaneWork"]
