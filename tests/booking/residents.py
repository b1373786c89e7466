"""Careful residents in a browser: each goes through one face by what is written on it, and waits for what can be seen."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.booking.city import City


class OfPages:
    """Page by page."""

    def __init__(self, page: Page, city: City, person: dict[str, Any]) -> None:
        self.page, self.city, self.person = page, city, person

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label).click()

    def heading(self, text: str) -> None:
        expect(self.page.locator("h1")).to_have_text(text)

    def begin(self) -> None:
        """From the first page until the resident is known."""
        self.page.goto(self.city.url + "/pages/")
        self.page.get_by_role("link", name="新規予約").click()
        self.page.get_by_title("製造番号").fill(self.person["number"])
        self.page.get_by_title("生年月日").fill(self.person["birthday"].replace("-", ""))
        self.press("次へ進む")
        self.heading("予約人数の選択")

    def identify(self, people: int) -> None:
        """From there until the mail is sent."""
        page = self.page
        page.get_by_title("予約人数").select_option(f"{people}人")
        self.press("次へ進む")
        page.get_by_label("注意事項に同意する").check()
        self.press("次へ進む")
        page.get_by_title("メールアドレス", exact=True).fill(self.person["mail"])
        page.get_by_title("メールアドレス（確認用）").fill(self.person["mail"])
        self.press("次へ進む")
        self.heading("メールを送信しました")

    def follow_the_mail(self) -> None:
        mail = self.city.mail(self.person["mail"], "/pages/continue")
        self.page.goto(re.search(r"http\S+", mail)[0])

    def choose(self, counter: str = "市民課（本庁舎1階）") -> str:
        """The first free time; how it is written."""
        page = self.page
        page.get_by_label(counter).check()
        self.press("次へ進む")
        free = page.locator(".month").get_by_role("link", name=re.compile("[○△]"))
        while not free.count():
            page.get_by_role("link", name="次の月").click()
        free.first.click()
        self.heading("時間の選択")
        row = page.locator(".times tr").filter(has=page.get_by_role("link")).first
        time = row.locator("td").first.inner_text()
        row.get_by_role("link").click()
        return time

    def fill(self) -> None:
        page, who = self.page, self.person
        for title, name in (("姓", "family"), ("名", "given"), ("セイ", "family_kana"), ("メイ", "given_kana")):
            page.get_by_title(title, exact=True).fill(who[name])
        for place, part in enumerate(who["phone"].split("-"), 1):
            page.get_by_title(f"電話番号{place}").fill(part)
        self.press("確認画面へ")
        self.heading("予約内容の確認")

    def number(self) -> str:
        return self.page.locator(".number").inner_text()

    def look_up(self, number: str) -> None:
        self.page.goto(self.city.url + "/pages/")
        self.page.get_by_role("link", name="予約の確認・変更・取消").click()
        self.page.get_by_title("予約番号").fill(number)
        self.page.get_by_title("生年月日").fill(self.person["birthday"].replace("-", ""))
        self.press("照会する")
        self.heading("予約内容")


class OfApp:
    """On the one page; nothing is pressed before the script has bound it."""

    def __init__(self, page: Page, city: City, person: dict[str, Any]) -> None:
        self.page, self.city, self.person = page, city, person

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label).locator("visible=true").click()

    def heading(self, text: str) -> None:
        expect(self.page.locator(".step.shown h2")).to_have_text(text)

    def open(self) -> None:
        self.page.goto(self.city.url + "/app/")
        expect(self.page.locator("body")).to_have_attribute("data-ready", "1")

    def at_once(self, place: int) -> None:
        """From now on that free day is clicked in the moment in which it is drawn, as a machine would."""
        self.page.evaluate(
            """(place) => new MutationObserver((_, watching) => {
                const day = document.querySelectorAll(".grid .open")[place];
                if (day) { watching.disconnect(); day.click(); }
            }).observe(document.getElementById("calendar"), { childList: true })""",
            place,
        )

    def agree(self, at_once: int | None = None) -> None:
        self.open()
        if at_once is not None:
            self.at_once(at_once)
        self.page.get_by_label("利用規約").check()
        self.press("次へ進む")
        self.settled()

    def settled(self) -> None:
        """The times of a day are shown and nothing is under way."""
        expect(self.page.locator(".time").first).to_be_visible()
        expect(self.page.locator("#spinner")).to_be_hidden()

    def days(self) -> Any:
        return self.page.locator("#calendar").get_by_role("button").filter(has_text="〇")

    def times(self) -> Any:
        return self.page.locator(".time:enabled")

    def choose(self, place: int = 0) -> str:
        """A free time of a free day that is not the one that the page has taken by itself; how it is written."""
        self.days().nth(1).click()
        expect(self.days().nth(1)).to_have_class("open now")
        self.settled()
        time = self.times().nth(place)
        written = time.inner_text().split("分")[0]
        time.click()
        expect(self.page.locator(".time.on")).to_contain_text("✔")
        self.press("予約する")
        return written

    def fill(self) -> None:
        page, who = self.page, self.person
        self.heading("申込者の情報を入力してください")
        page.get_by_label("製造番号の前半3桁").fill(who["number"][:3])
        page.get_by_label("製造番号の後半6桁").fill(who["number"][3:])
        page.locator("#form").get_by_label("生年月日").fill(who["birthday"])
        page.get_by_label("お名前").fill(who["family"] + "　" + who["given"])
        page.get_by_label("ふりがな").fill("みほん　はなこ")
        page.locator("#form").get_by_label("電話番号").fill(who["phone"])
        page.get_by_label("メールアドレス").fill(who["mail"])
        self.press("確認画面へ")
        self.heading("予約内容の確認")

    def register(self) -> None:
        self.press("登録する")
        self.page.get_by_role("dialog").get_by_role("button", name="OK").click()

    def value(self, head: str) -> str:
        row = self.page.locator(".step.shown .sum tr").filter(has_text=head)
        return row.locator("td").inner_text()

    def look_up(self, number: str) -> None:
        self.open()
        self.page.get_by_text("予約の確認・変更・取消").first.click()
        self.heading("予約の確認・変更・取消")
        self.page.get_by_label("予約番号").fill(number)
        self.page.locator("#find").get_by_label("電話番号").fill(self.person["phone"])
        self.press("照会する")
        self.heading("予約内容")


class OfFrames:
    """In the main frame, and by the menu beside it."""

    def __init__(self, page: Page, city: City, person: dict[str, Any]) -> None:
        self.page, self.city, self.person = page, city, person

    @property
    def main(self) -> Any:
        return self.page.frame_locator("frame[name=main]")

    def menu(self, label: str) -> None:
        self.page.frame_locator("frame[name=menu]").get_by_role("link", name=label).click()

    def press(self, label: str) -> None:
        self.main.get_by_role("button", name=label).click()

    def heading(self, text: str) -> None:
        expect(self.main.locator(".title")).to_have_text("■ " + text)

    def log_in(self) -> None:
        self.page.goto(self.city.url + "/frames/")
        self.main.get_by_title("ＩＤ").fill(self.person["letter_id"])
        self.main.get_by_title("パスワード").fill(self.person["letter_password"])
        self.main.get_by_role("link", name="ログイン").click()
        self.heading("お知らせ")

    def choose(self, counter: str = "北支所") -> str:
        """The last free time of the first free day; how it is written."""
        self.heading("窓口の選択")
        self.main.get_by_title("受取窓口").select_option(counter)
        self.press("次へ進む")
        self.heading("予約日の選択")
        free = self.main.get_by_role("link").filter(has=self.page.get_by_alt_text(re.compile("空きあり|残りわずか")))
        if not free.count():
            self.main.get_by_role("link", name="翌月").click()
        free.first.click()
        self.heading("時間の選択")
        cell = self.main.locator("td[onclick]").last
        time = str(cell.inner_text())
        cell.click()
        self.press("仮予約する")
        return time

    def birthday(self) -> None:
        year, month, day = (int(part) for part in self.person["birthday"].split("-"))
        era, first = ("昭和", 1925) if year < 1989 else ("平成", 1988)
        for title, value in (("元号", era), ("年", year - first), ("月", month), ("日", day)):
            self.main.get_by_title(title, exact=True).select_option(str(value))

    def fill(self) -> None:
        self.heading("申込者の入力（仮予約中）")
        self.main.get_by_title("氏名").fill(self.person["family"] + "　" + self.person["given"])
        self.main.get_by_title("フリガナ").fill("ﾐﾎﾝ ﾊﾅｺ")
        self.birthday()
        self.main.get_by_title("電話番号").fill(self.person["phone"])
        self.press("確認画面へ")
        self.heading("内容の確認（仮予約中）")

    def number(self) -> str:
        self.heading("受付完了")
        wide = self.main.locator("tr").filter(has_text="受付番号").last.locator("b").inner_text()
        return str(wide).translate(str.maketrans("０１２３４５６７８９", "0123456789"))

    def look_up(self, number: str) -> None:
        self.menu("予約の確認・変更・取消")
        self.main.get_by_title("受付番号").fill(number)
        self.birthday()
        self.press("照会する")
        self.heading("予約内容")
