"""The pictures of the two tutorials: a centre of its own, real calls, real pages.

    deploy/as_user.sh .venv/bin/python docs/pictures/make.py

It takes about two minutes. The pictures are put beside this file; where the system user may not write there, into var/pictures,
from where whoever owns the clone copies them. The people, numbers and sentences are made up. The times are those of the making.
"""

from __future__ import annotations

import base64
import os
import random
import re
import secrets
import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from admin.demo.stage import PEOPLE, Stage, temporary_home
from admin.processes.layout import CLONE
from contact_center.clock import TOKYO, FakeClock
from contact_center.contacts import Contact, State, Unserved
from contact_center.contacts.corrections import UNCLASSIFIED
from contact_center.events.catalogue import ContactAnswered, SeatChanged
from contact_center.house import House, build, read_settings
from contact_center.identity import Actor, passwords
from contact_center.personal import Personal
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
MOST_COLOURS, COMMONEST = 256, 64
SUBJECTS = (
    ("booking", "booked"), ("booking", "booked"), ("pin", "faq"), ("certificate", "faq"), ("renewal", "faq"), ("new", "faq"),
    ("loss", "department"), ("address", "department"), ("insurance", "national"), ("elsewhere", "other_city"),
)  # fmt: skip
"""What the contacts of former days were about, and how they ended."""


# -- pictures -----------------------------------------------------------------------------------------------------------------


@dataclass
class Album:
    """Takes pictures and keeps each with at most 256 colours."""

    folder: Path
    painter: Any
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, page: Any, name: str) -> None:
        """A picture of what the page shows now.

        :raises SystemExit: where it is too large for the documentation.
        """
        page.mouse.move(2, 2)
        page.wait_for_timeout(SETTLES)
        content = _paletted(self._pixels(page.screenshot()))
        (self.folder / f"{name}.png").write_bytes(content)
        self.sizes[name] = len(content)
        print(f"{name}.png  {len(content) // 1000} kB")
        if len(content) > LARGEST:
            raise SystemExit(f"{name}.png has more than {LARGEST} bytes.")

    def _pixels(self, png: bytes) -> np.ndarray:
        # The browser can read its own pictures; no library for images is needed.
        read = """async (png) => {
          const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
          const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
          context.drawImage(image, 0, 0);
          const { data, width, height } = context.getImageData(0, 0, image.width, image.height);
          let text = "";
          for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
          return { width, height, data: btoa(text) };
        }"""
        got = self.painter.evaluate(read, base64.b64encode(png).decode())
        raw = np.frombuffer(base64.b64decode(got["data"]), dtype=np.uint8)
        return raw.reshape(got["height"], got["width"], 4)[:, :, :3]


def _paletted(pixels: np.ndarray) -> bytes:
    colours, where, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    nearest, palette = _nearest(colours.astype(float), counts)
    height, width = pixels.shape[:2]
    rows = nearest[where.ravel()].astype(np.uint8).reshape(height, width)
    plain = np.concatenate([np.zeros((height, 1), dtype=np.uint8), rows], axis=1).tobytes()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    table = palette.round().astype(np.uint8).tobytes()
    parts = chunk(b"IHDR", head) + chunk(b"PLTE", table) + chunk(b"IDAT", zlib.compress(plain, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _nearest(colours: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A palette, and the place in it of each colour: the commonest are exact, then what is farthest from all and not too rare."""
    commonest = list(np.argsort(-counts)[:COMMONEST])
    chosen: list[int] = []
    nearest = np.zeros(len(colours), dtype=np.int64)
    far = np.full(len(colours), np.inf)
    while len(chosen) < MOST_COLOURS and far.any():
        place = int(commonest.pop(0) if commonest else np.argmax(far * np.sqrt(counts)))
        distance = ((colours - colours[place]) ** 2).sum(axis=1)
        nearest[distance < far] = len(chosen)
        far = np.minimum(far, distance)
        chosen.append(place)
    return nearest, colours[chosen]


def folder_for_pictures() -> Path:
    """Beside this file, or where the system user may write."""
    beside = Path(__file__).parent
    folder = beside if os.access(beside, os.W_OK) else CLONE / "var" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# -- what happened before ---------------------------------------------------------------------------------------------------


class Past:
    """Lets contacts have happened: last month, yesterday, and earlier today."""

    def __init__(self, stage: Stage) -> None:
        self.now = stage.clock.now()
        self.clock = FakeClock(self.now - timedelta(days=70))
        self.house: House = build(read_settings(stage.settings_path), self.clock)
        self.random = random.Random(17)  # noqa: S311
        with self.house.database.reading() as session:
            cities = frozenset(city.id for city in self.house.directory.cities(session))
        ids = {person.account: person.id for person in self.house.identity.people()}
        rights = frozenset(self.house.rights.of(PEOPLE[1][2]))
        self.agent = Actor(ids["agent"], "", rights, cities)
        self.supervisor = Actor(ids["supervisor"], "", rights, cities)

    def at(self, moment: datetime) -> datetime:
        """The clock of the past stands there."""
        self.clock.advance((moment - self.clock.now()).total_seconds())
        return moment

    def served(self, arrived: datetime, category: str, outcome: str, number: str = "") -> int:
        """Somebody called and was served; the contact's id."""
        wait, talk, wrap = (self.random.randint(*span) for span in ((4, 26), (95, 420), (20, 80)))
        answered = arrived + timedelta(seconds=wait)
        ended = answered + timedelta(seconds=talk)
        self.at(ended + timedelta(seconds=wrap))
        with self.house.database.session_scope() as session:
            contact = self._arrive(session, arrived, number)
            contact.state, contact.answered_at, contact.ended_at = State.WRAPPING, answered, ended
            contact.person_id = self.agent.person
            said = ContactAnswered(
                city=contact.city_id, contact=contact.id, actor=self.agent.word, line=contact.line_id, seat="seat-1",
                person=self.agent.person, waited=float(wait),
            )  # fmt: skip
            self.house.log.append(session, said, at=answered)
            contact.category, contact.outcome = category, outcome
            self.house.notes.finish(session, contact, self.agent.word)
            return contact.id

    def unserved(self, arrived: datetime, how: Unserved, waited: int, number: str = "") -> None:
        """Somebody called and was not served."""
        left = self.at(arrived + timedelta(seconds=waited))
        with self.house.database.session_scope() as session:
            self.house.contacts.gone(session, self._arrive(session, arrived, number), how, left)

    def _arrive(self, session: Any, at: datetime, number: str) -> Contact:
        key = f"picture-{secrets.token_hex(6)}"
        caller = Personal("+81" + number[1:]) if number else None
        return self.house.contacts.arrive(session, key, "phone", self.random.choice(("line1", "line1", "line2")), caller, at)

    def asked(self, moment: datetime, contact: int, to: str, text: str, office: str = "") -> int:
        """A contact was handed on; the question's id."""
        self.at(moment)
        with self.house.database.session_scope() as session:
            return self.house.escalations.hand_on(session, self.agent, contact, to, text, office=office).id

    def former_days(self) -> tuple[date, date]:
        """A full week of last month, whose first and last day are returned; and what yesterday has left to do."""
        last = self.now.astimezone(TOKYO).date().replace(day=1) - timedelta(days=1)
        monday = last - timedelta(days=last.weekday() + 7)
        for day in (monday + timedelta(days=n) for n in range(5)):
            self._working_day(day)
        self._all_called_back()
        yesterday = self.now - timedelta(hours=27)
        contact = self.served(yesterday, "booking", "reported", "0311130001")
        self.asked(yesterday + timedelta(minutes=12), contact, "city", "通知書の再送ができるかを確認してほしい。", "citizens")
        self.served(yesterday + timedelta(minutes=30), UNCLASSIFIED, "faq")
        contact = self.served(self.now - timedelta(hours=6), "insurance", "reported", "0311130002")
        asked = self.asked(self.now - timedelta(hours=5, minutes=50), contact, "city", "資格確認書の届く時期。", "insurance")
        with self.house.database.session_scope() as session:
            self.house.escalations.receive(session, self.supervisor, asked)
        return monday, monday + timedelta(days=4)

    def _working_day(self, day: date) -> None:
        opens = datetime.combine(day, time(8, 32), TOKYO)
        for start in sorted(self.random.randint(0, 8 * 60 + 20) for _ in range(self.random.randint(19, 27))):
            arrived = opens + timedelta(minutes=start)
            chance = self.random.random()
            if chance < 0.9:
                self.served(arrived, *self.random.choice(SUBJECTS))
            else:
                self.unserved(arrived, Unserved.ABANDONED if chance < 0.96 else Unserved.OVERFLOWED, self.random.randint(5, 40))
        self.unserved(opens + timedelta(hours=9, minutes=20), Unserved.OUT_OF_HOURS, 31)

    def _all_called_back(self) -> None:
        with self.house.database.session_scope() as session:
            for row in self.house.callbacks.waiting(session, self.agent.cities):
                self.house.callbacks.tried(session, self.agent, row.id, reached=True)

    def today(self) -> None:
        """The calls of the last hours, two of which nobody answered."""
        midnight = datetime.combine(self.now.astimezone(TOKYO).date(), time(), TOKYO)
        begins = max(midnight, self.now - timedelta(hours=4))
        minutes = int((self.now - timedelta(minutes=45) - begins).total_seconds() // 60)
        for start in sorted(self.random.randint(0, max(0, minutes)) for _ in range(22 if minutes > 30 else 0)):
            self.served(begins + timedelta(minutes=start), *self.random.choice(SUBJECTS))
        self.unserved(self.now - timedelta(minutes=34), Unserved.OVERFLOWED, 9, "0311130003")
        self.unserved(self.now - timedelta(minutes=21), Unserved.ABANDONED, 48, "0311130004")


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
        page.locator("#check-list li").last.scroll_into_view_if_needed()
        take(page, "agent-2-check")
        page.locator(".side").evaluate("(side) => { side.scrollTop = 0; }")
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
        self.supervisor.page.get_by_text("1番席の通話を聞いています").wait_for()
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
        stage.house.identity.add_person("operator", account, name, stage.passwords[account], ["agent"], ["mihon"])
        stage.say("line_test")
        for result in line_test(stage.house):
            print(result.name, result.expected.words, result.fault or "正常")
        browser = stage.browser(voice(home / "tmp", "agent-says", "はい、担当の佐藤でございます。", silence=0.2))
        album = Album(folder_for_pictures(), stage.page(browser))
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
