"""The pictures of the tutorial of the remote counter: a centre of its own, a kiosk on a screen of its own, a real video call.

    deploy/as_user.sh .venv/bin/python docs/pictures/counter.py

It takes about two minutes; what was said of `make.py` holds here.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

from make import DEMO, Album, folder_for_pictures
from PIL import Image

from admin.demo.counter import AGENT_SAYS
from admin.demo.kiosk import Operator, begins, control, declares, kiosk, ledger, put_card
from admin.demo.ports import free_port
from admin.demo.screen import Screen
from admin.demo.stage import Stage, temporary_home
from kiosk_bridge.rehearsal import Kiosk
from video_desk.rehearsal import demo_settings

WIDTH, HEIGHT = 1740, 900


class Scene:
    """A resident at the kiosk, and the operator at the console."""

    def __init__(self, stage: Stage, album: Album, screen: Screen, page: Any, stand: Kiosk) -> None:
        self.stage, self.album, self.screen, self.page, self.stand = stage, album, screen, page, stand
        self.operator = Operator(stage, page, stand)

    def shows(self, name: str) -> None:
        """A picture of what the kiosk's screen shows."""
        self.page.wait_for_timeout(1500)
        self.album.keep(Image.fromarray(self.screen.picture()), name)

    def comes(self) -> None:
        """A resident comes, chooses and calls."""
        self.stand.sees("button[data-language=ja]")
        self.stand.do("document.querySelector('button[data-language=ja]').click()")
        self.stand.sees("button[data-word='topics.new']")
        self.shows("counter-6-kiosk")
        self.stand.touches("screen.back")
        begins(self.stand, "new", "new_with_form")
        self.operator.answers()

    def is_served(self) -> None:
        """The operator sees the resident's browser, asks for the control, guides the photo."""
        self.operator.opens()
        self.page.wait_for_timeout(3000)
        self.album.take(self.page, "counter-1-panel")
        self.page.click("#dk-keys button[data-does=ask_control]")
        self.stand.sees("button[data-word='control.allow']")
        self.album.take(self.page, "counter-2-control")
        self.shows("counter-7-asked")
        self.stand.touches("control.allow")
        self.page.wait_for_selector("#dk-control[data-who=us]")
        self.page.click("#dk-devices button[data-what=guide]")
        self.page.wait_for_timeout(3000)
        self.album.take(self.page, "counter-4-photo")
        self.shows("counter-8-photo")

    def ends(self) -> None:
        """The resident ends it, and the operator says how it went."""
        self.page.click("#dk-keys button[data-does=ask_end]")
        self.stand.sees("#ask button[data-word='end.finish']")
        self.stand.touches("end.finish")
        self.page.locator("#dk-control", has_text="消えました").wait_for()
        self.page.select_option("#dk-ends select", "done")
        self.page.locator("#dk-ends").scroll_into_view_if_needed()
        self.album.take(self.page, "counter-5-end")
        self.page.check("#categories input[value=new]", force=True)
        self.page.check("#outcomes input[value=faq]", force=True)
        self.page.wait_for_selector("#finish:not([disabled])")
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_selector("#presence[data-state=available]")

    def types_a_pin(self, person: str) -> None:
        """A second resident types a PIN, which nobody sees."""
        control(self.stage, "card", person=person)
        put_card(self.stage, expires="2031-01-01")
        declares(self.stand, "account")
        self.stand.touches("start.start")
        self.operator.answers()
        self.operator.opens()
        self.stand.where("iframe")
        for _ in range(20):
            self.stand.presses("iframe")
            self.page.wait_for_timeout(500)
            if self.page.locator("#dk-veil:not([hidden])").count():
                break
        self.album.take(self.page, "counter-3-secret")
        self.shows("counter-9-secret")


def main() -> None:
    """Play everything and take the pictures."""
    home = temporary_home()
    directory = home / "directory.toml"
    directory.write_text(DEMO.read_text("utf-8").replace('calendar = "city-hall"', 'calendar = "always"'), "utf-8")
    screen = Screen(home, WIDTH, HEIGHT)
    os.environ["DISPLAY"] = screen.name
    stage = Stage(home, any_ports=True, directory=directory, more=demo_settings(free_port))
    stand = None
    try:
        stage.open()
        page = stage.page(stage.browser(stage.voice("counter", AGENT_SAYS)))
        page.set_default_timeout(60000)
        stage.sign_in(page, "agent")
        page.wait_for_selector("#take-seat:not([hidden])")
        stage.take_seat(page)
        stand = kiosk(stage, shown=True, width=WIDTH, height=HEIGHT)
        album = Album(folder_for_pictures())
        scene = Scene(stage, album, screen, page, stand)
        scene.comes()
        scene.is_served()
        scene.ends()
        scene.types_a_pin(next(one["id"] for one in ledger(stage, "people") if one["id"] == "hanako"))
        print(f"{len(album.sizes)} pictures in {album.folder}")
    finally:
        if stand is not None:
            stand.close()
        stage.close()
        screen.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
