"""Counter, day and time: the same pages for a booking and for a change."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request

from booking_agent.rehearsal_site.calendar import Mark, month_of, months, of_day, of_slot
from booking_agent.rehearsal_site.face import Expired, keep, mixed_up, visit
from booking_agent.rehearsal_site.japanese import clock_span, from_digits, western
from booking_agent.rehearsal_site.model import COUNTERS
from booking_agent.rehearsal_site.pages.flow import FACE, asked, blueprint, calendar, chosen, handed_in, screen, typed
from booking_agent.rehearsal_site.site import here

TIME_MARKS = {Mark.FREE: "〇", Mark.FEW: "残りわずか", Mark.FULL: "満"}


@blueprint.post("/counter")
def counter() -> str:
    """The counter; then the calendar opens at this month, be there a free day in it or not."""
    data = handed_in("flow", "person")
    place = typed("counter")
    if place not in {str(one) for one in range(len(COUNTERS))}:
        return screen("counter", wrong="受取窓口を選択してください。")
    data["counter"] = int(place)
    return calendar(data, months(here().ledger, FACE)[0])


@blueprint.get("/calendar")
def month() -> str:
    """Another month."""
    data = _choosing()
    return calendar(data, month_of(here().ledger, FACE, request.args.get("ym", "")))


@blueprint.get("/times")
def times() -> str:
    """The times of a day."""
    data, ledger = _choosing(), here().ledger
    day = from_digits(request.args.get("day", "")) or date.min
    whose = asked(data)
    if of_day(ledger, whose, day) not in (Mark.FREE, Mark.FEW):
        return calendar(data, month_of(ledger, FACE, f"{day:%Y%m}"), "選択された日は予約できません。")
    rows = [(slot, clock_span(slot), of_slot(ledger, whose, slot)) for slot in ledger.slots(whose.counter, day)]
    return screen("times", rows=rows, marks=TIME_MARKS, day=western(day), first=day)


@blueprint.get("/pick")
def pick() -> str:
    """A time; whoever changes a reservation has it kept for them from now on."""
    data, ledger = _choosing(), here().ledger
    slot = ledger.slot(request.args.get("slot", ""))
    data["slot"] = slot.id
    if data["flow"] == "book":
        return screen("applicant", chosen=chosen(slot.id))
    whose = asked(data)
    made = keep(whose, mixed_up(whose, slot.id))
    data |= {"slot": made.slot, "hold": made.id}
    return screen("change", chosen=chosen(data["slot"]), former=chosen(ledger.reservations[data["reservation"]].slot))


def _choosing() -> dict[str, Any]:
    data = visit().data
    if "counter" not in data:
        raise Expired
    return data
