"""The pictures of the tutorial of the FAQ: a centre of its own, one real call, real pages.

    deploy/as_user.sh .venv/bin/python docs/pictures/faq.py

It takes about a minute; what was said of `make.py` holds here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from make import DEMO, Album, Desk, folder_for_pictures

from admin.demo.stage import Stage, free_port, temporary_home
from contact_center.clock import TOKYO
from faq_engine.demo import RESIDENT_NUMBER, RESIDENT_SAYS, VALUES
from faq_engine.demo import settings as faq_settings
from faq_engine.places import Places
from faq_engine.shipped import load
from telephony.demo import Resident, take_seat, voice

CITY = "mihon"
SAID = "あのーすみません、母がカードを受け取りに行けないんですけど、私が代わりに行ってもいいんでしょうか"


class Scene:
    """Editor, city and agent at their pages."""

    def __init__(self, stage: Stage, album: Album, browser: Any) -> None:
        self.stage, self.album, self.browser = stage, album, browser

    def page(self, account: str, path: str) -> Any:
        """A page of somebody's."""
        page = self.stage.page(self.browser)
        page.set_default_timeout(30000)
        self.stage.sign_in(page, account, path)
        return page

    def loads(self) -> None:
        """The articles that come with the product, and the city's own words."""
        load(self.stage.house)
        with self.stage.house.database.session_scope() as session:
            for name, text in VALUES.items():
                Places(self.stage.house.directory, self.stage.clock).write(session, CITY, name, text)

    def confirms(self) -> None:
        """The city reads and confirms."""
        page = self.page("city", "/faq/city")
        page.locator("section.waiting").first.wait_for()
        self.album.take(page, "faq-1-city")
        page.click("button[value=all]")
        page.locator("p.right").wait_for(timeout=60000)
        page.context.close()

    def asks(self) -> None:
        """A resident asks; the agent finds, opens, has a draft made, and says what it was answered with."""
        agent = Desk(self.stage, self.browser, "agent")
        take_seat(agent.page)
        agent.page.click("#go-available")
        agent.presence("available")
        caller = Resident(self.stage, RESIDENT_NUMBER)
        caller.says(voice(self.stage.home / "tmp", "asks", RESIDENT_SAYS))
        caller.calls()
        agent.rings()
        agent.answers()
        page, take = agent.page, self.album.take
        page.keyboard.press("Alt+f")
        page.keyboard.type("うけとりよ", delay=60)
        page.wait_for_selector("#faq-found li[data-key=booking-how]")
        take(page, "faq-2-kana")
        page.locator("#faq-typed").fill(SAID)
        page.locator("#faq-found li", has_text="代理").first.wait_for()
        page.keyboard.press("Enter")
        page.locator("#faq-open .faq-text").wait_for()
        take(page, "faq-3-open")
        page.keyboard.press("Alt+u")
        page.locator("#sources [data-source^='faq:']").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Alt+v")
        page.get_by_text("送った言葉").wait_for()
        page.locator("#faq-draft-lines li").first.wait_for()
        page.locator("#faq-draft-sent").scroll_into_view_if_needed()
        take(page, "faq-4-draft")
        page.click("#faq-draft-close")
        page.keyboard.press("Alt+i")
        page.fill("#faq-said", "代理の人が高校生でもよいか")
        take(page, "faq-5-missing")
        page.keyboard.press("Enter")
        caller.hangs_up()
        agent.presence("wrapping")
        agent.classifies("faq", "proxy")
        agent.finishes()
        page.context.close()
        caller.leaves()

    def edits(self) -> None:
        """Search first, edit, history, and what two editors at once are shown."""
        page, take = self.page("supervisor", "/faq/"), self.album.take
        page.fill("#q", "再交付 手数料")
        page.keyboard.press("Enter")
        page.locator("tbody a").first.wait_for()
        take(page, "faq-6-search")
        page.locator("tbody a").first.click()
        take(page, "faq-7-editor")
        other = page.context.new_page()
        other.goto(page.url)
        for n, one in enumerate((other, page)):
            one.fill("#answer", one.input_value("#answer") + f"\n・手数料は、受け取りのときに現金で払います（{n + 1}）。")
            one.fill("#why", "払い方を聞かれることが多いため")
            one.get_by_role("button", name="新しい改訂として保存する").click()
        page.locator("section.conflict").wait_for()
        take(page, "faq-8-conflict")
        page.goto(f"{self.stage.url}/faq/lists")
        take(page, "faq-9-lists")
        page.goto(f"{self.stage.url}/faq/notices")
        page.fill("#text", "本日は全国のシステムの点検のため、17時から電子証明書の手続きができません。")
        until = self.stage.clock.now().astimezone(TOKYO) + timedelta(hours=3)
        page.fill("#until", f"{until:%Y-%m-%dT%H:%M}")
        page.get_by_role("button", name="お知らせを出す").click()
        page.get_by_text("全国のシステムの点検").first.wait_for()
        take(page, "faq-10-notices")
        page.goto(f"{self.stage.url}/faq/editions")
        page.locator("form button.strong").last.click()
        page.locator("table a").first.wait_for(timeout=60000)
        take(page, "faq-11-editions")
        page.context.close()


def main() -> None:
    """Play everything and take the pictures."""
    home = temporary_home()
    stage = Stage(home, any_ports=True, directory=DEMO, more=faq_settings(free_port))
    try:
        stage.open()
        browser = stage.browser(voice(home / "tmp", "agent-says", "はい、担当の佐藤でございます。", silence=0.2))
        scene = Scene(stage, Album(folder_for_pictures()), browser)
        acts: tuple[Callable[[], None], ...] = (scene.loads, scene.confirms, scene.asks, scene.edits)
        for act in acts:
            stage.say(act.__name__)
            act()
        print(f"{len(scene.album.sizes)} pictures in {scene.album.folder}")
    finally:
        stage.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
