"""The plain alternatives to our booking: requests by hand, and a browser script written for exactly one site.

Each way goes through a practice site in two parts, as our own does: until the free times of a day are there, and from a chosen time
to the number of the reservation.
"""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any, Protocol

from playwright.sync_api import Browser, Page, sync_playwright

from booking_agent.driver.chromium import HEADLESS
from booking_agent.profiles.values import Template

COUNTER_PLACE, COUNTER = 1, "北支所"


class Way(Protocol):
    """One booking on one site; the resident takes a day of their own, `place` from the last."""

    def slots(self) -> None:
        """Until the times of a day with room are there."""

    def book(self) -> str:
        """One of those times; the number of the reservation."""


class _Requests:
    def __init__(self, url: str, who: dict[str, Any]) -> None:
        self.url, self.who = url, who
        self.free: list[str] = []
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str, form: dict[str, Any] | None = None) -> str:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        return self._ask(urllib.request.Request(self.url + path, data))

    def post_json(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.loads(self._ask(request))

    def _ask(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())


class AppByRequests(_Requests):
    """The one page's own addresses, without the page."""

    def slots(self) -> None:
        """The times of a day in the next month."""
        self.get("")
        place = f"counter={COUNTER_PLACE}&people=1"
        month = json.loads(self.get(f"api/month?{place}&ym="))
        if month["later"]:
            month = json.loads(self.get(f"api/month?{place}&ym={month['later']}"))
        days = [cell["day"] for week in month["weeks"] for cell in week if cell and cell["free"]]
        day = days[-1 - self.who["place"]]
        self.free = [one["slot"] for one in json.loads(self.get(f"api/times?{place}&day={day}"))["times"] if one["free"]]

    def book(self) -> str:
        """Keep one, and hand the person's data in."""
        who = self.who
        self.post_json("api/hold", {"slot": self.free[0], "counter": str(COUNTER_PLACE), "people": "1"})
        told = self.post_json("api/book", {
            "number": who["number"], "birthday": who["birthday"], "name": f"{who['family']}　{who['given']}",
            "kana": Template("{kana|hiragana}").fill({"kana": f"{who['family_kana']}　{who['given_kana']}"}),
            "phone": who["phone"], "mail": who["mail"],
        })  # fmt: skip
        return str(told["number"])


class FramesByRequests(_Requests):
    """The main frame's forms, without frames."""

    def slots(self) -> None:
        """Log in, choose the counter, open the last day with room."""
        self._act("login", id=self.who["letter_id"], password=self.who["letter_password"])
        self._act("new")
        month = self._act("place", counter=COUNTER_PLACE, people=1)
        if later := re.findall(r"send\('month','(\d+)'\)\">翌月", month):
            month = self._act("month", val=later[0])
        days = re.findall(r"send\('day','(\d+)'\)", month)
        times = self._act("day", val=days[-1 - self.who["place"]])
        self.free = re.findall(r"erabu\(this,'([^']+)'\)", times)

    def book(self) -> str:
        """Keep one, write the applicant's page, register."""
        who = self.who
        self._act("hold", val=self.free[0])
        self._act("check", **_applicant(who))
        done = self._act("register")
        return str(re.findall(r"<b>([０-９0-9]+)</b>", done)[0])

    def _act(self, act: str, **form: Any) -> str:
        return self.get("main", {"act": act, **form})


def _applicant(who: dict[str, Any]) -> dict[str, str]:
    year, month, day = (int(part) for part in who["birthday"].split("-"))
    era, before = ("昭和", 1925) if year < 1989 else ("平成", 1988) if year < 2019 else ("令和", 2018)
    kana = Template("{kana|half_kana}").fill({"kana": f"{who['family_kana']}　{who['given_kana']}"})
    return {
        "name": f"{who['family']}　{who['given']}", "kana": kana, "phone": who["phone"], "era": era, "year": str(year - before),
        "month": str(month), "day": str(day),
    }  # fmt: skip


class AppByScript:
    """Written for this one page: it knows its ids, and what to wait for."""

    def __init__(self, page: Page, url: str, who: dict[str, Any]) -> None:
        self.page, self.url, self.who = page, url, who

    def slots(self) -> None:
        """Agree, choose the counter, open the last day with room."""
        page = self.page
        page.goto(self.url)
        page.wait_for_selector("body[data-ready='1']")
        page.check("#agree")
        page.click("#agreed")
        page.wait_for_selector(".time")
        self._rest(lambda: page.select_option("#counter", str(COUNTER_PLACE)))
        if page.locator("[aria-label=次の月]").count():
            self._rest(lambda: page.click("[aria-label=次の月]"))
        days = page.locator(".grid .open", has_text="〇")
        self._rest(lambda: days.nth(days.count() - 1 - self.who["place"]).click())
        page.wait_for_selector(".time:enabled")

    def _rest(self, does: Callable[[], object]) -> None:
        """The page is done when its times have come and its spinner has gone."""
        with self.page.expect_response(lambda answer: "/times" in answer.url):
            does()
        self.page.wait_for_selector("#spinner", state="hidden")

    def book(self) -> str:
        """Choose, keep, fill, confirm."""
        page, who = self.page, self.who
        page.locator(".time:enabled").first.click()
        page.click("#hold")
        page.wait_for_selector("#form.shown #number1")
        page.fill("#number1", who["number"][:3])
        page.fill("#number2", who["number"][3:])
        page.fill("#birthday", who["birthday"])
        page.fill("#name", f"{who['family']}　{who['given']}")
        page.fill("#kana", Template("{kana|hiragana}").fill({"kana": f"{who['family_kana']}　{who['given_kana']}"}))
        page.fill("#phone", who["phone"])
        page.fill("#mail", who["mail"])
        page.click("#check")
        page.click("#register")
        page.locator("#modal button", has_text="OK").click()
        page.wait_for_selector("#done.shown .sum td")
        return page.locator("#done .sum td").first.inner_text()


class FramesByScript:
    """Written for these frames."""

    def __init__(self, page: Page, url: str, who: dict[str, Any]) -> None:
        self.page, self.url, self.who = page, url, who

    def slots(self) -> None:
        """Log in, choose the counter, open the last day with room."""
        page, main = self.page, self.page.frame_locator("frame[name=main]")
        page.goto(self.url)
        main.locator("input[name=id]").fill(self.who["letter_id"])
        main.locator("input[name=password]").fill(self.who["letter_password"])
        main.locator("a:has(img)").click()
        main.locator("td.title", has_text="お知らせ").wait_for()
        page.frame_locator("frame[name=menu]").locator("a", has_text="新規予約").click()
        main.locator("select[name=counter]").select_option(str(COUNTER_PLACE))
        main.locator("input[value=次へ進む]").click()
        days = main.locator("td[valign=top] a")
        days.first.wait_for()
        if main.locator("a", has_text="翌月").count():
            main.locator("a", has_text="翌月").click()
            main.locator("a", has_text="前月").wait_for()
        days.nth(days.count() - 1 - self.who["place"]).click()
        main.locator("td.aki, td.sukunai").first.wait_for()

    def book(self) -> str:
        """Choose, keep, fill, register."""
        main = self.page.frame_locator("frame[name=main]")
        main.locator("td[onclick]").first.click()
        main.locator("input[value=仮予約する]").click()
        for name, value in _applicant(self.who).items():
            field = main.locator(f"[name={name}]")
            field.select_option(value) if name in ("era", "year", "month", "day") else field.fill(value)
        main.locator("input[value=確認画面へ]").click()
        main.locator("input[value=本予約する]").click()
        main.locator("td.title", has_text="受付完了").wait_for()
        return str(main.locator("td b").last.inner_text())


BY_REQUESTS: dict[str, Callable[..., Way]] = {"app": AppByRequests, "frames": FramesByRequests}
BY_SCRIPT: dict[str, Callable[..., Way]] = {"app": AppByScript, "frames": FramesByScript}


@contextmanager
def browser() -> Iterator[Browser]:
    """The same browser as ours, started with the same words that matter."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=HEADLESS, args=["--disable-gpu"], chromium_sandbox=True)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page_of(started: Browser) -> Iterator[Page]:
    """A fresh page with animations off."""
    context = started.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")
    try:
        yield context.new_page()
    finally:
        context.close()
