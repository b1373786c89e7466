"""The pictures of the two tutorials: a centre of its own, real calls, real pages.

    deploy/as_user.sh .venv/bin/python docs/pictures/make.py

It takes about two minutes. The pictures are put beside this file; where the system user may not write there, into var/pictures,
from where whoever owns the clone copies them. The people, numbers and sentences are made up. The times are those of the making.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from past import Past
from PIL import Image

from admin.demo.stage import Stage, temporary_home
from admin.processes.layout import CLONE
from contact_center.events.catalogue import SeatChanged
from contact_center.identity import passwords
from telephony.demo import RESIDENT_SAYS, Resident, take_seat, voice
from telephony.line_test import line_test

DEMO = CLONE / "admin" / "demo" / "directory.toml"
NOT_TRANSFERRED = """
[[departments]]
id = "archive"
city = "mihon"
name = "文書課"
reading = "ぶんしょか"
phone = "0559990101"
"""
COLLEAGUE = ("colleague", "伊藤 次郎")
OFFICE = "0559990100"
SETTLES = 500
"""Milliseconds before a picture, so that what was drawn last stands still."""

LARGEST = 150_000


# -- pictures -----------------------------------------------------------------------------------------------------------------


@dataclass
class Album:
    """Takes pictures and keeps each with at most 256 colours."""

    folder: Path
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, page: Any, name: str) -> None:
        """A picture of what the page shows now."""
        page.mouse.move(2, 2)
        page.wait_for_timeout(SETTLES)
        self.keep(Image.open(BytesIO(page.screenshot())).convert("RGB"), name)

    def keep(self, picture: Image.Image, name: str) -> None:
        """Keep a picture.

        :raises SystemExit: where it is too large for the documentation.
        """
        target = self.folder / f"{name}.png"
        picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
        self.sizes[name] = target.stat().st_size
        print(f"{name}.png  {self.sizes[name] // 1000} kB")
        if self.sizes[name] > LARGEST:
            raise SystemExit(f"{name}.png has more than {LARGEST} bytes.")


def folder_for_pictures() -> Path:
    """Beside this file, or where the system user may write."""
    beside = Path(__file__).parent
    folder = beside if os.access(beside, os.W_OK) else CLONE / "var" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# -- people -----------------------------------------------------------------------------------------------------------------


class Desk:
    """Somebody at a console."""

    def __init__(self, stage: Stage, browser: Any, account: str) -> None:
        self.page = stage.page(browser)
        self.page.set_default_timeout(30000)
        stage.sign_in(self.page, account)
        self.page.wait_for_selector("#take-seat:not([hidden])")

    def presence(self, state: str) -> None:
        """Wait until the seat is so."""
        self.page.wait_for_selector(f"#presence[data-state={state}]")

    def goes_away(self, reason: str) -> None:
        """Away, for a reason."""
        self.page.select_option("#away-reason", reason)
        self.page.keyboard.press("Alt+2")
        self.presence("away")

    def rings(self) -> None:
        """Wait until a call rings and its card is there."""
        self.page.wait_for_selector("body[data-phone=ringing]", timeout=40000)
        self.page.wait_for_selector("#contact:not([hidden])")
        self.page.locator("#contact-number", has_text=re.compile(r"^0\d{9}")).wait_for()

    def answers(self) -> None:
        """Answer it."""
        self.page.keyboard.press("F4")
        self.page.wait_for_selector("body[data-phone=talking]")
        self.presence("on_contact")

    def notes(self, text: str) -> None:
        """Write the note, and wait until it is kept."""
        self.page.wait_for_selector("#note:not([readonly])")
        self.page.fill("#note", text)
        self.page.locator("#note-state").get_by_text("ません").or_(self.page.get_by_text("保存しました")).first.wait_for()

    def classifies(self, outcome: str, *categories: str) -> None:
        """Choose outcome and categories, the main one first."""
        for category in categories:
            self.page.check(f"#categories input[value={category}]", force=True)
        self.page.check(f"#outcomes input[value={outcome}]", force=True)

    def finishes(self) -> None:
        """End the wrap-up."""
        self.page.wait_for_selector("#finish:not([disabled])")
        self.page.keyboard.press("Control+Enter")
        self.presence("available")

    def types(self, key: str, text: str = "") -> None:
        """Open a list by its key and type into it."""
        self.page.keyboard.press(key)
        self.page.wait_for_selector("#picker:not([hidden])")
        self.page.keyboard.type(text)


class Scene:
    """The stage with everybody on it."""

    def __init__(self, stage: Stage, album: Album, browser: Any, past: Past) -> None:
        self.stage, self.album, self.browser, self.past = stage, album, browser, past
        self.week = past.former_days()
        self.agent = Desk(stage, browser, "agent")

    def resident(self, number: str, says: str = RESIDENT_SAYS) -> Resident:
        """Somebody at home who calls line 1."""
        one = Resident(self.stage, number)
        one.says(voice(self.stage.home / "tmp", f"says-{number}", says))
        return one

    def calls(self, number: str) -> Resident:
        """Somebody calls, and the agent's seat rings."""
        one = self.resident(number)
        one.calls()
        self.agent.rings()
        return one

    # -- the agent's day ---------------------------------------------------------------------------------------------------

    def sits_down(self) -> None:
        """Before the first call."""
        page, take = self.agent.page, self.album.take
        page.select_option("#seat", "seat-1")
        take(page, "agent-1-seat")
        take_seat(page)
        page.keyboard.press("Alt+s")
        page.get_by_text("点検が終わりました。").wait_for()
        take(page, "agent-2-check")
        self.past.today()
        page.locator("#callbacks").get_by_text("待ちきれず").wait_for()
        for account, seat, reason in (("supervisor", "seat-2", "paperwork"), (COLLEAGUE[0], "seat-3", "break")):
            desk = Desk(self.stage, self.browser, account)
            take_seat(desk.page, seat)
            desk.goes_away(reason)
            if account == "supervisor":
                self.supervisor = desk
        page.bring_to_front()
        page.click("#go-available")
        self.agent.presence("available")

    def asks_the_office(self) -> None:
        """A call from its ring to the wrap-up, handed over to an office."""
        page, take = self.agent.page, self.album.take
        office = self.resident(OFFICE, "市民課の田中でございます。ご用件をどうぞ。")
        caller = self.calls("0311110001")
        take(page, "agent-3-rings")
        self.agent.answers()
        self.agent.notes("受取日を変えたい。通知書は手元にある。番号は 1234 5678 9012 と言われた")
        self.agent.classifies("booked", "booking", "proxy")
        take(page, "agent-4-card")
        self.agent.types("F6")
        page.locator("#picker-list li", has_text="文書課").wait_for()
        take(page, "agent-5-ask")
        page.keyboard.type("しみ")
        page.keyboard.press("Enter")
        office.picks_up()
        page.get_by_text("市民課と相談中").wait_for()
        take(page, "agent-6-consult")
        page.keyboard.press("Alt+g")
        self.agent.presence("wrapping")
        self.agent.classifies("department")
        take(page, "agent-7-wrap-up")
        caller.hangs_up()
        self.agent.finishes()
        for one in (caller, office):
            one.leaves()

    def hands_on(self) -> None:
        """A question to the city."""
        page = self.agent.page
        caller = self.calls("0311110002")
        self.agent.answers()
        self.agent.notes("交付通知書がまだ届かないとのこと")
        self.agent.classifies("reported", "new")
        self.agent.types("Alt+a", "しみ")
        page.keyboard.press("Enter")
        page.locator("#sources button", has_text="市民課").wait_for()
        page.keyboard.press("Alt+q")
        page.select_option("#hand-on-to", "city:citizens")
        page.fill("#hand-on-text", "交付通知書が届かない。発送日を確認してほしい。夕方に折り返す約束。")
        self.album.take(page, "agent-8-hand-on")
        page.click("#hand-on-form button.strong")
        page.get_by_text("引き継ぎました。").wait_for()
        caller.hangs_up()
        self.agent.presence("wrapping")
        self.agent.finishes()
        caller.leaves()

    def needs_help(self) -> None:
        """A raised hand, the supervisor's page, a nuisance call, and a wrap-up that is not ended."""
        page, take = self.agent.page, self.album.take
        caller = self.calls("0311110003")
        self.agent.answers()
        self.agent.notes("三回かけたと大声で言われている")
        page.keyboard.press("Alt+h")
        office = self.office("/supervise")
        office.locator("#seats").get_by_text("手を挙げています").wait_for()
        take(office, "supervisor-1-page")
        office.click("#seats button[data-supervise=seat-1][data-how=listen]")
        self.supervisor.page.wait_for_selector("body[data-phone=talking]")
        self.supervisor.page.bring_to_front()
        self.supervisor.page.locator("#call-state").get_by_text("1番席の通話を聞いています").wait_for()
        take(self.supervisor.page, "supervisor-2-listens")
        page.bring_to_front()
        for _ in range(2):
            page.keyboard.press("Alt+m")
        page.get_by_text("終話の言葉").wait_for()
        page.get_by_text("鈴木 一郎が聞いています").first.wait_for()
        take(page, "agent-9-nuisance")
        page.keyboard.press("F8")
        self.agent.presence("wrapping")
        caller.leaves()
        self._time_passes(timedelta(seconds=75))
        office.bring_to_front()
        office.get_by_text("席を解放").wait_for()
        take(office, "supervisor-3-overdue")
        office.get_by_text("席を解放").click()
        self.agent.presence("available")
        self.office_page = office

    def calls_back(self) -> None:
        """The list of who is to be called back."""
        page = self.agent.page
        page.bring_to_front()
        row = page.locator("#callbacks li", has_text="つながらず")
        row.get_by_text("番号を見る").click()
        row.get_by_text("0311130003").wait_for()
        self.album.take(page, "agent-10-callbacks")

    def _time_passes(self, over: timedelta) -> None:
        """The wrap-up of seat 1 has been over for so long."""
        house = self.stage.house
        with house.database.session_scope() as session:
            seat = house.seats.get(session, "seat-1")
            seat.wrap_until = self.stage.clock.now() - over
            changed = SeatChanged(
                actor="operator", seat=seat.id, presence=seat.presence, person=seat.person_id, contact=seat.contact_id
            )
            house.log.append(session, changed)

    # -- the supervisor's day ----------------------------------------------------------------------------------------------

    def office(self, path: str) -> Any:
        """Another page of the supervisor's."""
        page = self.supervisor.page.context.new_page()
        page.set_default_timeout(15000)
        page.goto(self.stage.url + path)
        page.wait_for_selector("#lines li")
        return page

    def answers_the_city(self) -> None:
        """A question is received and answered."""
        page = self.office_page
        with self.stage.house.database.reading() as session:
            newest = max(row.id for row in self.stage.house.escalations.waiting(session, frozenset({"mihon"})))
        row = page.locator(f"#escalations li[data-key='{newest}']")
        row.get_by_text("受領した").click()
        row.get_by_text("受領済み").wait_for()
        row.get_by_text("内容と回答").click()
        page.get_by_text("発送日を確認してほしい").wait_for()
        page.fill("#answer-text", "市民課の田中さんより電話。昨日発送した。届かなければ本人から市民課へ。")
        self.album.take(page, "supervisor-4-answer")
        page.click("#answer-keep")
        page.locator("#callbacks").get_by_text("回答を伝える").wait_for()

    def closes_and_announces(self) -> None:
        """An announcement on line 1, and line 2 closed by a key that is pressed twice."""
        page = self.office_page
        page.click("[data-notice=line1]")
        page.fill("#notice-text", "全国のシステムの不具合により、ただいま電子証明書のお手続きができません。復旧の時刻は未定です。")
        close, asks = page.locator("button.close[data-line=line2]"), page.get_by_text("本当に休止する")
        close.click()
        asks.wait_for()
        self.album.take(page, "supervisor-5-lines")
        # Whoever has looked at the picture too long must begin anew.
        asks.wait_for(state="detached")
        close.click()
        asks.click()
        page.locator("#lines").get_by_text("臨時休止中").wait_for()
        page.click("#notice-form button.strong")
        page.locator("#lines").get_by_text("から流れています").wait_for(timeout=30000)

    def looks_at_the_record(self) -> None:
        """Handover, corrections, figures, wallboard."""
        page, take = self.office_page, self.album.take
        first, last = self.week
        for path, name in (("handover", "supervisor-6-handover"), ("corrections", "supervisor-7-corrections")):
            page.goto(f"{self.stage.url}/{path}")
            page.locator("h1").wait_for()
            take(page, name)
        page.goto(f"{self.stage.url}/figures?from={first}&to={last}")
        page.locator(".formulas").wait_for()
        take(page, "supervisor-8-figures")
        page.get_by_text("この月を確定する").scroll_into_view_if_needed()
        take(page, "supervisor-9-freeze")
        page.goto(f"{self.stage.url}/wallboard")
        page.wait_for_selector("#board div")
        take(page, "supervisor-10-wallboard")


def main() -> None:
    """Play everything and take the pictures."""
    home = temporary_home()
    directory = home / "directory.toml"
    # Line 2 keeps a town hall's hours; the pictures are made at any hour.
    people_and_lines = DEMO.read_text("utf-8").replace('calendar = "city-hall"', 'calendar = "always"')
    directory.write_text(people_and_lines + NOT_TRANSFERRED, "utf-8")
    stage = Stage(home, any_ports=True, directory=directory)
    try:
        stage.open()
        account, name = COLLEAGUE
        stage.passwords[account] = passwords.made_up_password()
        stage.house.people.add("operator", account, name, stage.passwords[account], ["agent"], ["mihon"])
        stage.say("line_test")
        for result in line_test(stage.house):
            print(result.name, result.expected.words, result.fault or "正常")
        browser = stage.browser(voice(home / "tmp", "agent-says", "はい、担当の佐藤でございます。", silence=0.2))
        album = Album(folder_for_pictures())
        scene = Scene(stage, album, browser, Past(stage))
        acts: tuple[Callable[[], None], ...] = (
            scene.sits_down, scene.asks_the_office, scene.hands_on, scene.needs_help, scene.answers_the_city, scene.calls_back,
            scene.closes_and_announces, scene.looks_at_the_record,
        )  # fmt: skip
        for act in acts:
            stage.say(act.__name__)
            act()
        print(f"{len(album.sizes)} pictures in {album.folder}")
    finally:
        stage.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
