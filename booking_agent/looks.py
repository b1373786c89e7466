"""The look-lane: one visit for all who ask, so that seven seats do not use up what the site's owner allows."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.calendar import Cell
from booking_agent.driver.lane import LaneWork
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.work import Work
from booking_agent.events import BookingSlotsSeen
from booking_agent.model import CalendarRow
from booking_agent.profiles import Profile
from booking_agent.profiles.schema import Lane
from booking_agent.profiles.values import Value
from booking_agent.record import note_seen
from booking_agent.service import Bookings
from booking_agent.traffic import note
from contact_center.house import House

AT_HAND = 2
"""Days whose times are looked at unasked: the next free ones."""

SHARE = 0.6
"""The part of the site's budget that looking may use; the rest is for bookings."""

SPARED = "spared"
"""Why nothing was looked at: we keep to the number of requests that the site's owner allows us."""

SUDDEN = 5
"""Free days that do not vanish all at once within `STILL` seconds; a site that shows none then is thought to be busy."""

STILL = 600.0


def look(house: House, bookings: Bookings, id: int) -> None:
    """Look at a calendar, and write down what it shows."""
    with house.database.reading() as session:
        row = session.get(CalendarRow, id)
        profile = bookings.profiles.get(row.site) if row is not None else None
        if row is None or profile is None:
            return
        asked, room = row.asked_day, bookings.may_look(session, profile, SHARE)
    if not room:
        _wrong(house, id, SPARED)
        return
    values: dict[str, Value] = {"counter": row.counter, "people": row.people}
    try:
        try:
            _look(house, bookings, profile, row, asked, values, profile.lane)
        except Trouble as trouble:
            if profile.lane is None or trouble.reason is not Reason.CHANGED:
                raise
            # The short way is not there any more; the morning's check says so. The page itself is still to be read.
            _look(house, bookings, profile, row, asked, values, None)
    except Trouble as trouble:
        _wrong(house, id, trouble.reason)
    except BrowserError:
        _wrong(house, id, Reason.BROWSER)


def _look(
    house: House, bookings: Bookings, profile: Profile, row: CalendarRow, asked: str, values: dict[str, Value], lane: Lane | None
) -> None:
    with bookings.chromium.context() as context:
        work: Work | LaneWork
        if lane is not None:
            work = LaneWork(context, profile, lane, house.clock, values)
        else:
            work = Work(context, profile, "look", house.clock, values)
        try:
            work.look()
            days = work.days()
            _check_sudden(house, row, days)
            _seen(house, profile, row.id, days, {})
            for day in _wanted(days, asked):
                _seen(house, profile, row.id, None, {day: work.times(day)})
        finally:
            note(house, profile.site, work.visit.requests)


def _wanted(days: list[Cell], asked: str) -> list[date]:
    """The day that was asked for and the next free ones, where times do not stand beside the days already."""
    if any(cell.start is not None for cell in days):
        return []
    free = [cell.day for cell in days if cell.free and cell.day is not None]
    named = [date.fromisoformat(asked)] if asked else []
    return [*(day for day in named if day in free), *(day for day in free[:AT_HAND] if day not in named)]


def _check_sudden(house: House, row: CalendarRow, days: list[Cell]) -> None:
    """A calendar without any free day, where there were many a moment ago, is what some busy sites show.

    :raises Trouble: `busy`; what was seen before stays.
    """
    before = sum(mark in ("free", "few") for _, mark in row.days)
    recent = row.seen_at is not None and (house.clock.now() - row.seen_at).total_seconds() < STILL
    if recent and before >= SUDDEN and not any(cell.free for cell in days):
        raise Trouble(Reason.BUSY, "look", seen="空きが一度に消えました")


def _seen(house: House, profile: Profile, id: int, days: list[Cell] | None, times: dict[date, list[Cell]]) -> None:
    with house.database.session_scope() as session:
        row = session.get_one(CalendarRow, id)
        note_seen(row, days, times, house.clock.now())
        house.log.append(session, BookingSlotsSeen(city=profile.city, actor="booking_agent", calendar=id, site=profile.site))


def _wrong(house: House, id: int, reason: str) -> None:
    with house.database.session_scope() as session:
        row = session.get_one(CalendarRow, id)
        row.reason, row.looking_since = str(reason), None
        house.log.append(session, BookingSlotsSeen(actor="booking_agent", calendar=id, site=row.site))
