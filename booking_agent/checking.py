"""Walking a site by its profile without booking anything: for whoever writes a profile, and every morning for the doctor."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as BrowserError

from booking_agent.driver.calendar import Cell
from booking_agent.driver.chromium import Chromium
from booking_agent.driver.facts import Slot
from booking_agent.driver.lane import LaneWork
from booking_agent.driver.picture import masked_picture
from booking_agent.driver.trouble import Reason, Trouble
from booking_agent.driver.visit import Mailbox
from booking_agent.driver.work import Work
from booking_agent.japanese import Mark
from booking_agent.profiles import Profile, line_of
from booking_agent.profiles.schema import Lane
from contact_center.clock import Clock

WORDS = {
    Reason.TAKEN: "空きがない", Reason.OUTSIDE: "受付期間の外", Reason.ALREADY: "予約がもうある",
    Reason.MISMATCH: "登録と一致しない",
    Reason.REFUSED: "入力を受け付けない", Reason.BUSY: "混雑", Reason.STOPPED: "停止中", Reason.ENDED: "制限時間が過ぎた",
    Reason.CHANGED: "プロファイルと画面が違う", Reason.DIFFERENT: "選んだ内容と画面が違う", Reason.CAPTCHA: "画像認証",
    Reason.MAIL: "メールが要る、または届かない", Reason.BROWSER: "ブラウザーが止まった", Reason.IN_DOUBT: "分からない",
}  # fmt: skip
"""Why a walk stopped, in the words of who writes profiles."""

DAYS_TRIED = 5
"""Free days of which one must have times."""


@dataclass
class SiteReport:
    """What a walk has found.

    :param lines: what was done and what was read, in words.
    :param fingerprint: changes where the names of buttons, links and fields on the way do.
    """

    site: str
    good: bool = True
    lines: list[str] = field(default_factory=list)
    fingerprint: str = ""

    def say(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)

    def told(self) -> str:
        """For people."""
        return "\n".join(
            [*self.lines, f"{self.site}: " + ("プロファイルのとおりに歩けました。" if self.good else "歩けませんでした。")]
        )

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {"site": self.site, "good": self.good, "lines": self.lines, "fingerprint": self.fingerprint}


class _Walk:
    def __init__(self, report: SiteReport, pictures: Path | None) -> None:
        self.report, self._pictures, self._names = report, pictures, set[str]()
        self.day: date | None = None
        """The day whose times were read."""

        self._seen = 0

    def note(self, work: Work, what: str) -> None:
        """Keep what the page looks like now."""
        for kind in ("press", "field"):
            self._names |= {
                f"{kind}:{name}" for part in work.visit.ask("alternatives", kind) for name in part if not name.isdigit()
            }
        self.report.fingerprint = hashlib.sha256("\n".join(sorted(self._names)).encode()).hexdigest()
        if self._pictures is not None:
            self._pictures.mkdir(parents=True, exist_ok=True)
            self._seen += 1
            (self._pictures / f"{self._seen:02}-{what}.png").write_bytes(masked_picture(work.visit))


def check_site(
    chromium: Chromium, profile: Profile, clock: Clock, values: Mapping[str, Any], pictures: Path | None = None,
    file: Path | None = None, mailbox: Mailbox | None = None,
) -> SiteReport:  # fmt: skip
    """Walk a site as far as is possible without booking.

    :param values: what a made-up person would type; without, only what can be seen without any person is walked. With a
        `number` the reservation of that number is looked up, too.
    :param pictures: a folder for masked pictures of the pages.
    :param mailbox: where mailed codes and addresses are read, for a site that goes on from a mail.
    :param file: of the profile, whose line is told where the walk stops.
    """
    report = SiteReport(profile.site)
    if profile.by != "web":
        report.say(f"webでは予約できないサイトです: {profile.instead}")
        return report
    walk = _Walk(report, pictures)
    given = {"counter": profile.counters[0] if profile.counters else "", "people": 1, **_typed(values)}
    flags = list(values.get("flags", []))
    with chromium.context() as context:
        steps: list[str] = []
        work = Work(context, profile, "book" if values else "look", clock, given, flags, mailbox, steps.append)
        try:
            _look(work, walk, bool(values))
            if values:
                _fill(work, walk)
                if profile.find is not None and "number" in given:
                    _find(chromium, profile, clock, given, report)
            elif profile.lane is not None:
                _lane(chromium, work, profile.lane, report)
        except Trouble as trouble:
            report.good = False
            stopped = trouble.step or (steps[-1] if steps else "")
            line = f"（{file}:{line_of(file, stopped)}）" if file is not None and stopped else ""
            report.say(f"止まったところ: {stopped or '初めの画面'}{line}")
            report.say(f"　理由: {WORDS.get(trouble.reason, trouble.reason.value)}")
            report.say(f"　期待したもの: {trouble.expected or '-'}")
            report.say(f"　画面にあったもの: {trouble.seen or '-'}")
        except (KeyError, BrowserError) as error:
            report.good = False
            report.say(f"止まったところ: {steps[-1] if steps else '初めの画面'}")
            report.say(f"　値がありません: {error}" if isinstance(error, KeyError) else f"　ブラウザー: {type(error).__name__}")
        finally:
            with_picture = work.visit.page
            if not with_picture.is_closed():
                walk.note(work, "last")
            work.release()
    return report


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in values.items() if name != "flags"}
    if "birthday" in made:
        made["birthday"] = date.fromisoformat(str(made["birthday"]))
    for name, parts in (("name", ("family", "given")), ("kana", ("family_kana", "given_kana"))):
        if all(part in made for part in parts):
            made[name] = "　".join(str(made[part]) for part in parts)
    return made


def _look(work: Work, walk: _Walk, as_person: bool) -> None:
    report, profile = walk.report, work.profile
    if not as_person and not profile.look:
        work.visit.open(profile.start, "start")
        for place, step in enumerate(_first_flow(work), 1):
            if step.open:
                work.visit.walk("book.enter", [step], place)
            elif step.click:
                work.visit.one(work.visit.locate(step.click, "press"), f"book.enter {place}: click")
                break
        report.say("初めの画面に、プロファイルの最初のボタンがあります（その先は、人の値がないと歩けません）。")
        walk.note(work, "start")
        return
    if as_person:
        work.enter()
    else:
        work.look()
    walk.note(work, "days")
    days = work.days()
    free = [cell.day for cell in days if cell.free and cell.day is not None]
    report.say(f"日付 {_counted(days)}")
    _unseen(work, report)
    if not free:
        # A city may be fully booked; a calendar of nothing but closed days is most often one whose marks are not read.
        full = any(cell.mark is Mark.FULL for cell in days)
        report.good = report.good and full
        report.say("空きのある日がないので、時間は読んでいません。")
        if not full:
            report.say("満の日もありません。印（marks）か cells が合っていないようです。")
        return
    times, walk.day = _times(work, list(dict.fromkeys(free))[:DAYS_TRIED], report)
    walk.note(work, "times")
    report.say(f"時間（{walk.day}） {_counted(times)} 例: " + "、".join(cell.text for cell in times[:3]))


def _times(work: Work, days: list[date], report: SiteReport) -> tuple[list[Cell], date]:
    """The times of the first day that has any: some sites show a day as free that has none.

    :raises Trouble: where no day has.
    """
    for day in days[:-1]:
        try:
            return work.times(day), day
        except Trouble as trouble:
            if trouble.reason is not Reason.TAKEN:
                raise
            report.say(f"時間（{day}） 空きの印のある日ですが、時間がありません（{trouble.seen}）。")
    return work.times(days[-1]), days[-1]


def _unseen(work: Work, report: SiteReport) -> None:
    """What the profile says of cells and no cell has: it is wrong, or was just not to be seen."""
    for name, unused in work.use.unused.items():
        if unused:
            report.say(f"{name}: 一度も出なかった印 {'、'.join(sorted(unused))}（合っているか確かめてください）")
    views = {"days": work.profile.days, "times": work.profile.times}
    for name in work.use.unused:
        view = views[name]
        if view is not None and view.reads is not None and name not in work.use.read:
            report.good = False
            report.say(f"{name}: reads の pattern に合うものが一つもありません")


def _find(chromium: Chromium, profile: Profile, clock: Clock, given: Mapping[str, Any], report: SiteReport) -> None:
    """The look-up page, where a number of a reservation was given."""
    with chromium.context() as context:
        shown = Work(context, profile, "find", clock, given).find()
    report.say("照会の画面: " + "、".join(f"{name}＝{text}" for name, text in shown.texts.items()))


def _lane(chromium: Chromium, work: Work, lane: Lane, report: SiteReport) -> None:
    """The lane must show what the page shows."""
    with chromium.context() as context:
        short = LaneWork(context, work.profile, lane, work.clock, work.visit.values)
        short.look()
        days = short.days()
        free = [cell.day for cell in days if cell.free]
        report.say(f"lane: 日付 {_counted(days)}")
        shown = [cell.day for cell in work.days() if cell.free]
        if free != shown:
            only = sorted({str(day) for day in set(free) ^ set(shown)})
            raise Trouble(Reason.CHANGED, "lane: days", "画面と同じ空き", "違う日: " + "、".join(only[:5]))
        times = short.times(free[0]) if free and free[0] is not None else []
        report.say(f"lane: 時間 {_counted(times)}")


def _first_flow(work: Work) -> list[Any]:
    return work.profile.book.enter if work.profile.book is not None else []


def _counted(cells: list[Cell]) -> str:
    words = {Mark.FREE: "○", Mark.FEW: "△", Mark.FULL: "×", Mark.CLOSED: "休・期間外", Mark.UNKNOWN: "読めない印"}
    counts = {mark: sum(cell.mark is mark for cell in cells) for mark in words}
    told = " ".join(f"{words[mark]}{count}" for mark, count in counts.items() if count)
    unread = sorted({cell.text for cell in cells if cell.mark is Mark.UNKNOWN})
    return told + (f"（読めない印: {'、'.join(unread[:5])}）" if unread else "")


def _fill(work: Work, walk: _Walk) -> None:
    report, profile = walk.report, work.profile
    free = [cell for cell in work.days() if cell.free] if profile.times is None else []
    if profile.times is not None:
        day = walk.day
        times = [cell for cell in work.times(day) if cell.free] if day is not None else []
        slot = (
            Slot(day, times[-1].start, times[-1].end, str(work.visit.values["counter"]))
            if times and day and times[-1].start
            else None
        )
    else:
        last = free[-1] if free else None
        slot = Slot(last.day, last.start, last.end, str(work.visit.values["counter"])) if last and last.day and last.start else None
    if slot is None:
        return
    work.choose(slot)
    work.fill()
    shown = work.read_back()
    walk.note(work, "read-back")
    report.say("確認の画面: " + "、".join(f"{name}＝{text}" for name, text in shown.texts.items()))
    work.ready()
    report.say("最後のボタンがあります（押していません）。")


__all__ = ["SiteReport", "check_site"]
