"""Each switch, and what it does to whoever books."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.booking.city import CLOCK, City, Plain, until
from tests.booking.residents import OfApp, OfFrames, OfPages


def last_step(
    city: City, face: str, given: str = "花子", slot: str = "", meet: Callable[[], Any] = lambda: None
) -> tuple[Plain, Any]:
    """A resident before the last button of a booking, and that button.

    :param meet: waits, before the slot is kept, for others who want it too.
    """
    mine, slot = Plain(city, city.person(given)), slot or city.free()["id"]
    if face == "app":
        meet()
        mine.hold(slot)
        return mine, mine.book
    if face == "frames":
        mine.to_the_times(slot)
        meet()
        mine.to_the_final_button(slot)
        return mine, lambda: mine.post("/frames/main", act="register")
    mine.to_the_calendar(int(slot[0]))
    mine.to_the_confirmation(slot)
    return mine, lambda: mine.post("/pages/register", go=1)


def looked_up(city: City, mine: Plain, face: str) -> str:
    """What the face says of the only reservation."""
    number = city.reservation()["number"]
    if face == "app":
        return str(mine.call("find", {"number": number, "phone": mine.person["phone"]}))
    if face == "frames":
        return mine.post("/frames/main", act="details", number=number, **mine.in_the_frames())
    mine.get("/pages/inquiry")
    return mine.post("/pages/inquiry", number=number, birthday=mine.person["birthday"].replace("-", ""))


FACES = pytest.mark.parametrize("face", ["pages", "app", "frames"])


@FACES
def test_maintenance_comes_with_503_or_as_an_ordinary_page(city: City, face: str) -> None:
    mine = Plain(city, city.person("花子"))
    city.switch("maintenance", face=face, times=1)
    city.switch("maintenance_200", face=face, times=1)
    for status in (503, 200):
        assert "ただいまメンテナンス中です" in mine.get(f"/{face}/")
        assert mine.status == status
    assert "メンテナンス" not in mine.get(f"/{face}/")


@FACES
def test_too_many_requests_are_told_as_429(city: City, face: str) -> None:
    mine = Plain(city, city.person("花子"))
    city.switch("too_many", face=face, value=2)
    assert [mine.get(f"/{face}/") and mine.status for _ in range(3)] == [200, 200, 429]


def test_too_many_requests_look_like_a_calendar_without_circles(city: City, page: Any) -> None:
    city.switch("too_many_empty")
    assert not re.search("<a [^>]*>[○△]", Plain(city, city.person("花子")).to_the_calendar())
    month = Plain(city, city.person("花子")).call("month?counter=1&people=1")
    assert not any(day and day["free"] for week in month["weeks"] for day in week)
    old = Plain(city, city.person("花子"))
    old.log_in()
    old.get("/frames/main?act=new")
    assert "空きあり" not in old.post("/frames/main", act="place", counter=1).replace('"空きあり"', "").split("hanrei")[0]
    # On the one page even an honest 429 looks like that.
    city.ask("/switches", [])
    mine = OfApp(page(), city, city.person("花子"))
    mine.open()
    city.switch("too_many")
    mine.page.get_by_label("利用規約").check()
    mine.press("次へ進む")
    expect(mine.page.locator("#calendar")).to_have_text("予約可能な日がありません。")


def test_answers_are_slow(city: City) -> None:
    city.switch("slow", face="frames", value=250, times=1)
    began = CLOCK.monotonic()
    Plain(city, city.person("花子")).get("/frames/main")
    assert CLOCK.monotonic() - began >= 0.25


@FACES
def test_a_session_ends_in_the_middle(city: City, face: str) -> None:
    mine, press = last_step(city, face)
    city.switch("expired", face=face, times=1)
    told = str(press())
    assert re.search("セッションの?(有効期限|が無効)", told)
    assert mine.status == (401 if face == "app" else 200)
    assert city.outcomes() == []


@FACES
@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
def test_an_answer_is_lost_before_or_after_the_commit(city: City, face: str, fault: str) -> None:
    mine, press = last_step(city, face)
    city.switch(fault, times=1)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        press()
    if fault == "lost_before":
        assert (city.outcomes(), city.ledger("reservations")) == (["lost"], [])
    else:
        assert city.outcomes() == [city.reservation()["number"]]
        assert city.reservation()["number"] in city.mail(mine.person["mail"], "番号：")
        assert city.reservation()["number"] in looked_up(city, mine, face).translate(
            str.maketrans("０１２３４５６７８９", "0123456789")
        )


def confirming(city: City, page: Any) -> OfPages:
    """A resident whose browser shows the confirmation; they came there by other means."""
    before = Plain(city, city.person("花子"))
    before.to_the_calendar()
    page.context.add_cookies(
        [{"name": one.name, "value": one.value, "domain": "127.0.0.1", "path": "/pages"} for one in before.jar]
    )
    mine = OfPages(page, city, before.person)
    page.goto(f"{city.url}/pages/pick?slot={city.free()['id']}")
    mine.fill()
    return mine


def test_in_chromium_a_lost_answer_leaves_a_reservation_without_a_page_that_tells_it(city: City, page: Any) -> None:
    mine = confirming(city, page())
    city.switch("lost_after")
    mine.press("登録する")
    # Chromium may hand the form in once more by itself, and then a page comes that says nothing of a reservation.
    lost = "location.protocol === 'chrome-error:' || document.body?.innerText.includes('セッションエラー')"
    mine.page.wait_for_function(lost)
    assert city.outcomes() == [city.reservation()["number"]]


@pytest.mark.parametrize(
    ("face", "fault", "status", "says"),
    [
        ("pages", "taken_500", 500, "modal"),
        ("pages", "taken_message", 200, "他の方が先に予約されました"),
        ("pages", "taken_other_person", 200, "太郎 様"),
        ("app", "taken_500", 500, "たった今予約されました"),
        ("app", "taken_message", 409, "満員になりました"),
        ("app", "taken_other_person", 409, "太郎様"),
        ("frames", "taken_500", 500, "modal"),
        ("frames", "taken_message", 200, "満員になりました"),
        ("frames", "taken_other_person", 200, "太郎　様"),
    ],
)
def test_a_slot_is_taken_in_between(city: City, face: str, fault: str, status: int, says: str) -> None:
    slot = city.free()["id"]
    mine, press = last_step(city, face, slot=slot)
    city.switch(fault, times=1)
    told = str(press())
    assert (mine.status, says in told) == (status, True)
    assert (city.outcomes(), city.ledger("reservations")) == (["full"], [])
    assert city.slot(slot)["taken"] == city.slot(slot)["capacity"]


def test_the_modal_of_an_error_covers_the_page_and_the_calendar_comes_after_it(city: City, page: Any) -> None:
    mine = confirming(city, page())
    city.switch("taken_500")
    mine.press("登録する")
    expect(mine.page.get_by_role("dialog")).to_contain_text("ご希望の時間は予約できませんでした")
    mine.press("OK")
    mine.heading("予約日の選択")


@FACES
@pytest.mark.parametrize("careless", [False, True])
def test_simultaneous_submits_double_book_only_on_a_site_without_a_lock(city: City, face: str, careless: bool) -> None:
    city.reset(capacity=1)
    slot = city.free()["id"]
    if careless:
        city.switch("double_book")
    together = Barrier(2)

    def book(given: str) -> None:
        _, press = last_step(city, face, given, slot, together.wait)
        together.wait()
        press()

    with ThreadPoolExecutor(2) as two:
        list(two.map(book, ("花子", "太郎")))
    assert city.slot(slot)["taken"] == (2 if careless else 1)
    assert len(city.ledger("reservations")) == (2 if careless else 1)


@FACES
def test_the_confirmation_shows_another_time_than_the_chosen_one_and_that_one_is_booked(city: City, face: str) -> None:
    city.switch("other_time", times=1)
    slot = city.free(after="2026-12-07")["id"]
    _, press = last_step(city, face, slot=slot)
    press()
    assert city.reservation()["slot"] != slot
    assert city.reservation()["slot"][:10] == slot[:10], "of the same day"


@FACES
def test_a_look_up_finds_nothing_for_a_while_after_the_commit(city: City, face: str) -> None:
    mine, press = last_step(city, face)
    press()
    nothing = re.compile("該当する予約(情報)?が(見つかりません|ありません)|該当する予約はありません")
    for lag, finds in ((600, False), (0.001, True)):
        city.ask("/switches", [{"fault": "lag", "value": lag}])
        assert (nothing.search(looked_up(city, mine, face)) is None) == finds


def test_a_mail_comes_late_or_never(city: City) -> None:
    city.switch("mail_never", times=1)
    city.switch("mail_delayed", value=1)
    for state in ("never", "waiting"):
        mine, press = last_step(city, "app", "花子" if state == "never" else "太郎")
        press()
        assert city.ledger("mails")[-1]["state"] == state
    assert "番号：" in city.mail(mine.person["mail"], "番号：")
    until(lambda: city.ledger("mails")[-1]["state"] == "sent")
    assert city.ledger("mails")[0]["state"] == "never"


@FACES
def test_labels_buttons_and_columns_change_places(city: City, face: str) -> None:
    mine = Plain(city, city.person("花子"))
    former = mine.get("/app/") if face == "app" else mine.get("/pages/") if face == "pages" else mine.get("/frames/menu")
    path = {"pages": "/pages/", "app": "/app/", "frames": "/frames/menu"}[face]
    city.switch("labels", face=face)
    assert "はじめての申込" in mine.get(path)
    assert "新規予約" not in mine.text.partition("application/json")[0]
    city.ask("/switches", [])
    city.switch("buttons", face=face)
    moved = mine.get(path)
    assert moved.index("予約の確認") < moved.index("新規予約")
    assert former.index("予約の確認") > former.index("新規予約")
    city.switch("columns", face=face)
    if face == "app":
        assert mine.call("month?counter=1&people=1")["heads"] == "月火水木金土日"
    elif face == "pages":
        assert re.findall("<th[^>]*>([月日])</th>", mine.to_the_calendar()) == ["月", "日"]
        day = re.search(r"/pages/times\?day=[0-9]+", mine.text)
        assert "<th>状況</th><th>時間</th>" in mine.get(day[0])
    else:
        mine.log_in()
        mine.get("/frames/main?act=new")
        assert re.findall(">([月日])</td>", mine.post("/frames/main", act="place", counter=1)) == ["月", "日"]


def test_a_click_on_a_day_is_lost_on_app_and_another_days_times_are_shown(city: City, page: Any) -> None:
    city.switch("lost_click")
    city.switch("slow", face="app", value=100)
    mine = OfApp(page(), city, city.person("花子"))
    mine.agree(at_once=3)
    expect(mine.days().nth(0)).to_have_class("open now")
    expect(mine.page.locator("#day")).to_contain_text("月2日")


def test_a_late_answer_on_app_puts_another_days_times_under_the_clicked_day(city: City, page: Any) -> None:
    city.switch("late_answer")
    mine = OfApp(page(), city, city.person("花子"))
    mine.agree(at_once=1)
    expect(mine.page.locator("#day")).to_contain_text("月3日")
    mine.times().first.click()
    mine.press("予約する")
    mine.heading("申込者の情報を入力してください")
    assert "12月2日" in mine.value("予約日")


def test_a_click_on_a_day_is_lost_in_frames_until_the_script_has_come(city: City, page: Any) -> None:
    city.switch("lost_click")
    mine = OfFrames(page(), city, city.person("花子"))
    mine.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            const later = [...document.links].find((link) => link.text === "翌月＞");
            if (later) { sessionStorage.clicked = 1 + Number(sessionStorage.clicked || 0); later.click(); }
        })"""
    )
    mine.log_in()
    mine.menu("新規予約")
    mine.heading("窓口の選択")
    mine.press("次へ進む")
    mine.heading("予約日の選択")
    frame = mine.page.frame("main")
    frame.wait_for_function("typeof send === 'function'")
    assert frame.evaluate("sessionStorage.clicked") == "1"
    expect(mine.main.get_by_text("令和８年１１月")).to_be_visible()
    mine.main.get_by_role("link", name="翌月").click()
    expect(mine.main.get_by_text("令和８年１２月")).to_be_visible()
