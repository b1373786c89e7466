"""The scenes of the booking agent: a pickup is booked during a call, changed and cancelled, on the practice city's site."""

from __future__ import annotations

import json
import secrets
import urllib.request
from collections.abc import Callable
from typing import Any

from booking_agent.rehearsal_site.ledger import Ledger
from booking_agent.rehearsal_site.people import CENTRE
from booking_agent.settings import REHEARSAL_PORT, REHEARSAL_TOKEN
from contact_center.clock import SystemClock
from contact_center.errors import Unavailable

RESIDENT_NUMBER = "09012340001"
RESIDENT_SAYS = "カードの受け取りを予約したいんですが。再来週の午前中がいいです。"
SITE = "rehearsal-app"
COUNTER = "北支所"


def settings(free_port: Callable[[], int]) -> str:
    """The practice city on this machine, with a mailbox of the centre's."""
    port, imap, smtp, token = free_port(), free_port(), free_port(), secrets.token_urlsafe(16)
    return (
        f'[booking]\nsites = "sites"\nat_once = 2\nrehearsal_port = {port}\nrehearsal_imap_port = {imap}\n'
        f'rehearsal_token = "{token}"\ncontact = "https://mihon.example/"\nstaff = "sites/staff.toml"\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {imap}\ntls = false\naddress = "{CENTRE}"\nuser = "{CENTRE}"\n'
        f'password = "{Ledger(SystemClock()).mailboxes[CENTRE]}"\nrehearsal_port = {smtp}\n'
    )


def resident(settings: Any, given: str) -> dict[str, Any]:
    """Somebody whom the practice city has invited."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings[REHEARSAL_PORT]}/ledger/people", headers={"X-Control": settings[REHEARSAL_TOKEN]}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the practice city on this machine
        return next(one for one in json.load(answer) if one["given"] == given)


def play(stage: Any) -> None:
    """Play the scene.

    :raises Unavailable: naming the step that did not come to pass.
    """
    who = resident(stage.house.settings, "花子")
    page = stage.page(stage.browser())
    stage.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    stage.take_seat(page)
    caller = stage.resident(RESIDENT_NUMBER)
    try:
        caller.says(stage.voice("books", RESIDENT_SAYS))
        caller.calls()
        page.wait_for_selector("body[data-phone=ringing]", timeout=30000)
        page.keyboard.press("F4")
        page.wait_for_selector("#presence[data-state=on_contact]")
        stage.say("住民が電話で予約を頼んでいます:「" + RESIDENT_SAYS + "」")
        number = _books(stage, page, who)
        _changes(stage, page, who, number)
        _cancels(stage, page, who, number)
    finally:
        caller.leaves()
    page.wait_for_selector("#presence[data-state=wrapping]")
    page.check("#categories input[value=booking]", force=True)
    page.check("#outcomes input[value=booked]", force=True)
    page.wait_for_selector("#finish:not([disabled])")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#presence[data-state=available]")
    page.click("#leave-seat")
    page.wait_for_selector("#take-seat:not([hidden])")
    page.context.close()


def _plans(page: Any, what: str) -> None:
    page.keyboard.press("Alt+y")
    page.wait_for_selector("#bk-plan:not([hidden])")
    page.select_option("#bk-site", SITE)
    page.select_option("#bk-what", what)


def _fills(page: Any, who: dict[str, Any], **more: str) -> None:
    values = {name: str(who[name]) for name in ("family", "given", "family_kana", "given_kana", "birthday", "phone")}
    for name, text in {**values, "card": who["number"], **more}.items():
        field = page.locator(f"#bk-fields input[name={name}]")
        if field.count():
            field.fill(text)
    page.click("#bk-begin")


def _agrees(stage: Any, page: Any) -> str:
    page.wait_for_selector("#bk-run button[data-does=yes]", timeout=60000)
    shown = str(page.locator(".bk-shown").inner_text()).replace("\n", " ")
    stage.say("サイトに出た内容を読み上げます: " + shown)
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector("#bk-run button[data-does=keep]", timeout=60000)
    return str(page.locator(".bk-number").inner_text()) if page.locator(".bk-number").count() else ""


def _slot(page: Any, place: str, before: int = 1) -> str:
    """The first free time of a day that can still be changed.

    :param before: the how many-th of the free days from the last.
    """
    page.locator(f"{place} .bk-days button:enabled").nth(-before).click()
    time = page.locator(f"{place} .bk-times button:enabled").first
    time.wait_for(timeout=60000)
    told = str(time.inner_text())
    time.click()
    return told


def _books(stage: Any, page: Any, who: dict[str, Any]) -> str:
    _plans(page, "book")
    for question, answer in enumerate(("yes", "yes", "yes", "no")):
        page.check(f"#bk-questions-list input[name=bk-q{question}][value={answer}]")
    page.select_option("#bk-counter", COUNTER)
    page.wait_for_selector("#bk-slots .bk-days button:enabled", timeout=60000)
    stage.say("はがき・本人・年齢を確かめると、市のサイトの空きが○△×で出ます")
    page.fill("#bk-slots-said", "再来週の午前中")
    page.wait_for_selector("#bk-slots .bk-times button:enabled", timeout=60000)
    stage.say("聞いたままを入れると、その日の空きが出ます")
    page.locator("#bk-slots .bk-times button:enabled").first.click()
    _fills(page, who)
    stage.say("聞き取った内容を、係のブラウザーが市のサイトに入力しています（枠は仮予約で確保）")
    number = _agrees(stage, page)
    if not number:
        raise Unavailable("予約番号が出ません。")
    stage.say(f"「はい」で申し込み、サイトの予約番号 {number} と持ち物を読み上げられます")
    page.click("#bk-run button[data-does=keep]")
    page.click("#bk-run button[data-does=shut]")
    return number


def _changes(stage: Any, page: Any, who: dict[str, Any], number: str) -> None:
    _plans(page, "change")
    for question, answer in enumerate(("yes", "no")):
        page.check(f"#bk-questions-list input[name=bk-q{question}][value={answer}]")
    _fills(page, who, number=number)
    page.wait_for_selector("#bk-run .bk-days button:enabled", timeout=60000)
    _slot(page, "#bk-run", before=3)
    _agrees(stage, page)
    stage.say("同じ番号のまま、日時を変更しました")
    page.click("#bk-run button[data-does=shut]")


def _cancels(stage: Any, page: Any, who: dict[str, Any], number: str) -> None:
    _plans(page, "cancel")
    _fills(page, who, number=number)
    _agrees(stage, page)
    stage.say("取り消しました。住民の入力内容は、番号のほか残っていません")
    page.click("#bk-run button[data-does=shut]")
