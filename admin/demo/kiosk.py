"""The kiosk of the demo, and its scene: a card application from the resident's touch to the last thing wiped.

The kiosk is enrolled as an installer would, with a drawn face for a camera and a virtual card in its reader.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from typing import Any

import cv2

from admin.demo.stage import Stage
from contact_center.errors import Unavailable
from kiosk_bridge.__main__ import enrol_kiosk
from kiosk_bridge.config import read_config
from kiosk_bridge.photo.drawn import Face, draw
from kiosk_bridge.rehearsal import Kiosk
from video_desk.settings import REHEARSAL_PORT, REHEARSAL_TOKEN

COUNTER = "hall"
MEDIA = (
    "--use-fake-device-for-media-stream", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AGENT_SAYS = "はい、マイナンバーカードの窓口でございます。お手伝いします。"
PRESSES = 12
"""How often an operator presses where nothing happens: a page that is still coming takes no press."""


def kiosk(stage: Stage, counter: str = COUNTER, **more: Any) -> Kiosk:
    """A kiosk at a counter of a stage's centre.

    :param more: what its file says further.
    """
    home = stage.home / f"kiosk-{counter}"
    home.mkdir(mode=0o700, exist_ok=True)
    cv2.imwrite(str(home / "face.png"), draw(Face()))
    put_card(stage, counter)
    said: dict[str, Any] = {
        "centre": stage.url, "home": str(home), "authority": str(stage.home / "tls" / "authority.pem"), "shown": False,
        "width": 1600, "height": 900, "strip": 420, "reader": f"virtual:{home / 'card.json'}",
        "camera": f"file:{home / 'face.png'}", "papers": f"file:{home / 'paper.png'}", "browser": list(MEDIA), "rehearsal": True,
        **more,
    }  # fmt: skip
    path = home / "kiosk.toml"
    path.write_text("".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()))
    enrol_kiosk(read_config(path), stage.house.devices.invite("operator", "kiosk", f"{counter} kiosk", counter))
    return Kiosk(path)


def put_card(stage: Stage, counter: str = COUNTER, **card: Any) -> None:
    """Lay a virtual card on the kiosk's reader; none: take it away."""
    (stage.home / f"kiosk-{counter}" / "card.json").write_text(json.dumps(card))


def ledger(stage: Stage, part: str) -> Any:
    """What the practice sites know."""
    settings = stage.house.settings
    asked = urllib.request.Request(
        f"http://127.0.0.1:{settings[REHEARSAL_PORT]}/control/ledger/{part}", headers={"X-Control": settings[REHEARSAL_TOKEN]}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - the practice sites on this machine
        return json.load(answer)


class Operator:
    """Who serves a kiosk at a console.

    :param page: the console, at which somebody sits.
    """

    def __init__(self, stage: Stage, page: Any, kiosk: Kiosk) -> None:
        self.stage, self.page, self.kiosk = stage, page, kiosk

    def answers(self) -> None:
        """Take the kiosk's call."""
        self.page.wait_for_selector("body[data-phone=ringing]", timeout=60000)
        self.page.keyboard.press("F4")
        self.page.wait_for_selector("#presence[data-state=on_contact]")
        self.kiosk.sees("#who:not(:empty)")

    def opens(self) -> None:
        """Open the resident's browser, and see it."""
        self.page.click("#dk-keys button[data-does=show]")
        self.page.wait_for_selector("#dk-canvas[data-pictures]")

    def is_allowed(self) -> None:
        """Ask for the control; the resident gives it."""
        self.page.click("#dk-keys button[data-does=ask_control]")
        self.kiosk.touches("control.allow")
        self.page.wait_for_selector("#dk-control[data-who=us]")

    def goes_to(self, url: str) -> None:
        """Open an address of the menu."""
        self.page.click("#dk-address")
        self.page.fill("#dk-url", url)
        self.page.keyboard.press("Enter")

    def clicks(self, selector: str, then: str) -> None:
        """Click on something in the picture until something follows, as people do.

        :raises Unavailable: where nothing does.
        """
        for _ in range(PRESSES):
            x, y = self.kiosk.where(selector)
            box = self.page.locator("#dk-canvas").bounding_box()
            self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
            with suppress(Unavailable):
                self.kiosk.where(then, 1.5)
                return
        raise Unavailable("%(what)s を押しても何も起きません。", what=selector)

    def writes(self, field: str, text: str) -> None:
        """Write into a field with the operator's own keyboard."""
        self.clicks(field, f"{field}:focus")
        self.page.keyboard.insert_text(text)


def begins(kiosk: Kiosk, *topic: str, language: str = "ja", child: bool = False) -> None:
    """A resident chooses language and topic, agrees, declares and touches "start"."""
    kiosk.sees(f"button[data-language={language}]")
    kiosk.do(f"document.querySelector('button[data-language={language}]').click()")
    for one in topic:
        kiosk.touches(f"topics.{one}")
    kiosk.touches("consent.agree")
    if topic[-1] != "other":
        kiosk.touches("declare.child_choice" if child else "declare.mine_choice")
        for one in ("child_parent", "child_card") if child else ("mine",):
            kiosk.touches(f"declare.{one}")
        kiosk.touches("screen.next")
    kiosk.touches("start.start")


def applies(stage: Stage, operator: Operator, who: dict[str, Any]) -> str:
    """A card application, page by page; the reception number."""
    site = f"http://127.0.0.1:{stage.house.settings[REHEARSAL_PORT]}/apply/"
    before = len(ledger(stage, "mails"))
    operator.goes_to(f"{site}?id={who['application_id']}")
    operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    operator.clicks("input[name=agree]", "input[name=agree]:checked")
    operator.clicks("form[action='/apply/terms'] button", "#name")
    operator.writes("#name", who["name"])
    operator.writes("#mail", f"{who['id']}@mihon.example")
    operator.writes("#again", f"{who['id']}@mihon.example")
    operator.clicks("form button", "form[action='/apply/send'] button")
    operator.clicks("form[action='/apply/send'] button", "main strong")
    stage.wait(lambda: len(ledger(stage, "mails")) > before, 20, "メールが届きません")
    operator.goes_to(ledger(stage, "mails")[-1]["url"])
    stage.say("メールで届いたURLを開き、写真の画面まで進みました")
    operator.clicks("a.key[href='/apply/photo']", "#photo")
    page = operator.page
    page.click("#dk-devices button[data-what=guide]")
    page.click("#dk-devices button[data-what=shoot]")
    page.click("#dk-devices button[data-what=put]")
    page.wait_for_selector("#dk-devices button[data-what=guide]")
    operator.clicks("form[action='/apply/photo'] button", "form[action='/apply/photo/keep'] button")
    operator.clicks("form[action='/apply/photo/keep'] button", "form[action='/apply/details'] button")
    stage.say("写真を撮り、確かめて、ファイルを作らずにページに入れました")
    operator.clicks("a[href='/apply/details?by=date']", "input[name=birthday]")
    operator.clicks("input[name=birthday]", "input[name=birthday]:focus")
    page.wait_for_selector("#dk-date:not([hidden])")
    page.fill("#dk-date-input", who["birthday"])
    page.click("#dk-date button")
    operator.clicks("form[action='/apply/details'] button", "form[action='/apply/register'] button")
    page.click("#dk-keys button[data-does=ask_yes]")
    operator.kiosk.touches("screen.yes")
    page.wait_for_selector("#dk-steps input[data-step=read-back]:checked")
    operator.clicks("form[action='/apply/register'] button", ".number")
    return str(ledger(stage, "applications")[-1]["number"])


def play(stage: Stage) -> None:
    """Play the scene.

    :raises Unavailable: naming the step that did not come to pass.
    """
    who = next(one for one in ledger(stage, "people") if one["id"] == "hanako")
    page = stage.page(stage.browser(stage.voice("counter", AGENT_SAYS)))
    stage.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    stage.take_seat(page)
    stand = kiosk(stage)
    try:
        stage.say("窓口の端末を登録し、動かしました。住民が「申し込む」に触れ、同意し、申告しました")
        begins(stand, "new", "new_with_form")
        operator = Operator(stage, page, stand)
        operator.answers()
        stage.say("映像と声がつながりました: " + stand.sees("#operator-name"))
        operator.opens()
        operator.is_allowed()
        stage.say("住民の許しを得て、オペレーターが住民のブラウザーを操作します")
        number = applies(stage, operator, who)
        stage.say(f"申請が受け付けられました。申請受付番号 {number}")
        page.click("#dk-keys button[data-does=ask_end]")
        stand.sees("#ask button[data-word='end.finish']")
        stand.touches("end.finish")
        stand.sees("body[data-screen=wiped] h1")
        page.wait_for_selector("#presence[data-state=wrapping]")
        page.locator("#dk-control", has_text="消えました").wait_for()
        stage.say("住民が終わりに触れ、端末の情報はすべて消えました: " + page.inner_text("#dk-control"))
        page.select_option("#dk-outcome", "done")
        page.check("#categories input[value=new]", force=True)
        page.check("#outcomes input[value=faq]", force=True)
        page.wait_for_selector("#finish:not([disabled])")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#presence[data-state=available]")
        page.click("#leave-seat")
        page.wait_for_selector("#take-seat:not([hidden])")
    finally:
        stand.close()
        page.context.close()
