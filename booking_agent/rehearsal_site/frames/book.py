"""From the counter to the final reservation."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from booking_agent.rehearsal_site.calendar import Asked, Mark, month_of, months, of_day, of_slot
from booking_agent.rehearsal_site.calendar import month as month_weeks
from booking_agent.rehearsal_site.face import Expired, commit, keep, look, mixed_up, shows_nothing
from booking_agent.rehearsal_site.frames.flow import FACE, act, keys, message, person, row, screen, value
from booking_agent.rehearsal_site.japanese import ERAS, clock_span, era_year, from_digits, from_era, is_wide, japanese, wide
from booking_agent.rehearsal_site.model import COUNTERS, Reason, Wish
from booking_agent.rehearsal_site.site import here
from booking_agent.rehearsal_site.words import CITY, SENTENCES

DAY_PICTURES = {
    Mark.FREE: ("maru", "空きあり"),
    Mark.FEW: ("sankaku", "残りわずか"),
    Mark.FULL: ("batsu", "満員"),
    Mark.CLOSED: ("yasumi", "休"),
}
TIME_CLASSES = {Mark.FREE: "aki", Mark.FEW: "sukunai", Mark.FULL: "man"}
COLUMNS = 4


@act("new")
def new(data: dict[str, Any]) -> str:
    """Begin a booking."""
    ledger = here().ledger
    if ledger.rules[FACE].one_each and ledger.booked(data["person"]):
        return message(SENTENCES[Reason.ALREADY])
    data |= {"flow": "book", "people": 1}
    return place(data)


def place(data: dict[str, Any]) -> str:
    """The page with the counters, and with the number of people where families come together."""
    largest = here().ledger.rules[FACE].largest_party if data["flow"] == "book" else 1
    return screen("place", largest=largest, keys=keys(("place", "次へ進む")))


@act("place")
def placed(data: dict[str, Any]) -> str:
    """The counter was chosen."""
    if value("counter") not in {str(one) for one in range(len(COUNTERS))}:
        return place(data)
    data["counter"] = int(value("counter"))
    if data["flow"] == "book" and value("people").isdecimal():
        data["people"] = int(value("people"))
    return _month(data, months(here().ledger, FACE)[0])


@act("month")
def month(data: dict[str, Any]) -> str:
    """Another month, or the calendar once more."""
    return _month(data, month_of(here().ledger, FACE, value("val")))


def _month(data: dict[str, Any], first: date) -> str:
    ledger, turned = here().ledger, look()["turned"]
    known = months(ledger, FACE)
    at = known.index(first)
    late = here().faults.meets("lost_click", FACE) is not None
    return screen(
        "month", weeks=month_weeks(ledger, _asked(data), first, turned), pictures=DAY_PICTURES, late=late,
        title=wide(f"{era_year(first)}{first.month}月"), heads="月火水木金土日" if turned else "日月火水木金土",
        former=known[at - 1] if at else None, later=known[at + 1] if at + 1 < len(known) else None,
        counter=COUNTERS[data["counter"]],
    )  # fmt: skip


@act("day")
def day(data: dict[str, Any]) -> str:
    """The times of a day, in coloured cells."""
    ledger, asked = here().ledger, _asked(data)
    meant = from_digits(value("val")) or date.min
    if of_day(ledger, asked, meant) not in (Mark.FREE, Mark.FEW):
        return message(SENTENCES[Reason.OUTSIDE])
    slots = ledger.slots(asked.counter, meant)
    cells = [(slot.id, wide(clock_span(slot)), TIME_CLASSES[of_slot(ledger, asked, slot)]) for slot in slots]
    rows = [cells[at : at + COLUMNS] for at in range(0, len(cells), COLUMNS)]
    if look()["turned"]:
        # A rebuilt site fills its table column by column.
        rows = [cells[at :: len(rows)] for at in range(len(rows))]
    buttons = keys(("month", "カレンダーへ戻る"), ("hold", "仮予約する"))
    return screen("times", rows=rows, day=wide(japanese(meant)), keys=buttons, counter=COUNTERS[asked.counter])


@act("hold")
def hold(data: dict[str, Any]) -> str:
    """仮予約: the slot is kept; what comes is 本予約, for a booking after the applicant's page."""
    asked = _asked(data)
    made = keep(asked, mixed_up(asked, value("val")))
    data |= {"hold": made.id, "slot": made.slot, "until": wide(f"{made.until.hour}時{made.until:%M}分")}
    return _check(data) if data["flow"] == "change" else applicant(data)


@act("fix")
def applicant(data: dict[str, Any], wrong: str = "") -> str:
    """The applicant's page."""
    _needed(data, "hold")
    buttons = keys(("month", "日時を選び直す"), ("check", "確認画面へ"))
    return screen("applicant", chosen=row(data["slot"]), until=data["until"], wrong=wrong, eras=list(ERAS), keys=buttons)


@act("check")
def check(data: dict[str, Any]) -> str:
    """What was typed is looked through, then shown."""
    _needed(data, "hold")
    given = {name: value(name) for name in ("name", "kana", "phone")}
    if not given["name"] or not is_wide(given["name"]):
        return applicant(data, "氏名は全角で入力してください。")
    if not re.fullmatch(r"[ｦ-ﾟ ]+", given["kana"]):
        return applicant(data, "フリガナは半角カナで入力してください。")
    if typed_birthday() != person(data).birthday:
        return applicant(data, "生年月日が登録内容と一致しません。")
    if not re.fullmatch(r"[0-9]{2,5}-[0-9]{1,4}-[0-9]{4}", given["phone"]):
        return applicant(data, "電話番号は半角数字とハイフンで入力してください。")
    data["given"] = given
    return _check(data)


def _check(data: dict[str, Any]) -> str:
    back = ("month", "日時を選び直す") if data["flow"] == "change" else ("fix", "修正する")
    return screen(
        "check", chosen=row(data["slot"]), until=data["until"], given=data.get("given", {}), people=data["people"],
        keys=keys(back, ("register", "本予約する")),
    )  # fmt: skip


@act("register")
def register(data: dict[str, Any]) -> str:
    """本予約: the last button of a booking and of a change."""
    _needed(data, "hold", "flow")
    wish = Wish(
        face=FACE, what="change" if data["flow"] == "change" else "book", person=data["person"], slot=data["slot"],
        people=data["people"], hold=data["hold"], reservation=data.get("reservation", ""), given=data.get("given", {}),
    )  # fmt: skip
    done = commit(wish)
    return finish(data, done.number, "変更を受け付けました。" if wish.what == "change" else "本予約を受け付けました。")


def finish(data: dict[str, Any], number: str, text: str) -> str:
    """The page that ends a flow, and a mail to the address that the city has."""
    site, mine = here(), person(data)
    found = site.ledger.reservations[number]
    chosen = row(found.slot)
    told = f"受付番号：{number}\n{chosen['counter']}\n{chosen['day']} {chosen['time']}\n{text}\n"
    site.postman.send(FACE, mine.mail, f"【{CITY}】予約受付システムからのお知らせ", told)
    data.clear()
    data["person"] = mine.number
    return screen("done", number=wide(number), chosen=chosen if found.state == "booked" else None, text=text)


def typed_birthday() -> date | None:
    """The day that the four select boxes mean."""
    return from_era(value("era"), value("year"), value("month"), value("day"))


def _asked(data: dict[str, Any]) -> Asked:
    _needed(data, "counter")
    return Asked(FACE, data["counter"], data["people"], data.get("hold", ""), shows_nothing(FACE))


def _needed(data: dict[str, Any], *needs: str) -> None:
    if any(need not in data for need in needs):
        raise Expired
