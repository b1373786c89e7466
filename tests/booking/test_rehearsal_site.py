"""Each face is worked through in Chromium, with the details in which real sites annoy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.booking.city import CLOCK, City, Plain
from tests.booking.residents import OfApp, OfFrames, OfPages


def what(city: City) -> list[str]:
    return [event["what"] for event in city.reservation()["history"]]


def test_on_pages_a_pickup_is_booked_by_a_mailed_url_looked_up_changed_and_cancelled(city: City, page: Any) -> None:
    mine = OfPages(page(), city, city.person("花子"))
    mine.begin()
    mine.identify(people=2)
    # The mail leads on in any browser: here in that of another computer.
    mine.page = page()
    mine.follow_the_mail()
    time = mine.choose()
    mine.fill()
    expect(mine.page.get_by_role("cell", name=time)).to_be_visible()
    mine.press("登録する")
    mine.heading("予約の完了")
    booked = city.reservation()
    assert (booked["number"], booked["people"], booked["state"]) == (mine.number(), 2, "booked")
    assert booked["given"] == {
        "family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ", "phone1": "090", "phone2": "0000",
        "phone3": mine.person["phone"][-4:], "mail": "hanako@mihon.example",
    }  # fmt: skip
    assert booked["number"] in city.mail(mine.person["mail"], "予約番号")
    mine.look_up(booked["number"])
    mine.press("予約の変更")
    mine.choose()
    mine.heading("変更内容の確認")
    (held,) = city.ledger("holds")
    assert held["people"] == 2
    mine.press("登録する")
    mine.heading("変更の完了")
    assert city.reservation()["slot"] == held["slot"] != booked["slot"]
    mine.look_up(booked["number"])
    mine.press("予約の取消")
    mine.press("取消を実行する")
    mine.heading("取消の完了")
    assert (city.reservation()["state"], what(city)) == ("cancelled", ["book", "change", "cancel"])
    assert city.ledger("holds") == []


def test_on_app_a_pickup_is_held_booked_looked_up_changed_and_cancelled(city: City, page: Any) -> None:
    mine = OfApp(page(), city, city.person("花子"))
    mine.agree()
    # The first counter has no free day in November; the calendar has jumped over it by itself.
    expect(mine.page.locator(".head b")).to_have_text("2026年12月")
    mine.times().nth(1).click()
    mine.times().nth(2).click()
    expect(mine.page.locator(".time.on")).to_have_count(1)
    assert re.match("午前|午後", mine.choose())
    mine.fill()
    expect(mine.page.locator(".step.shown .left")).to_have_text(re.compile("29:[0-9]{2}"))
    (held,) = city.ledger("holds")
    mine.register()
    mine.heading("予約が完了しました")
    booked = city.reservation()
    assert (booked["number"], booked["slot"], booked["people"]) == (mine.value("予約番号"), held["slot"], 1)
    mine.look_up(booked["number"])
    mine.press("予約の変更")
    mine.heading("日時を選択してください")
    mine.settled()
    expect(mine.page.get_by_label("予約人数")).to_be_disabled()
    mine.choose(1)
    mine.heading("予約内容の確認")
    mine.register()
    mine.heading("予約を変更しました")
    mine.look_up(booked["number"])
    mine.press("予約の取消")
    mine.page.get_by_role("dialog").get_by_role("button", name="はい").click()
    mine.heading("予約を取り消しました")
    assert (city.reservation()["state"], what(city)) == ("cancelled", ["book", "change", "cancel"])


def test_in_frames_a_pickup_is_held_then_booked_looked_up_changed_and_cancelled(city: City, page: Any) -> None:
    city.reset(rules={"frames": {"until_days": 1}})
    mine = OfFrames(page(), city, city.person("花子"))
    mine.log_in()
    mine.menu("新規予約")
    assert re.fullmatch("[０-９]{1,2}：[０-９]{2}～[０-９]{1,2}：[０-９]{2}", mine.choose())
    mine.fill()
    (held,) = city.ledger("holds")
    mine.press("本予約する")
    number, booked = mine.number(), city.reservation()
    assert (number, held["slot"]) == (booked["number"], booked["slot"])
    mine.look_up(booked["number"])
    mine.press("予約の変更")
    mine.choose()
    mine.heading("内容の確認（仮予約中）")
    mine.press("本予約する")
    mine.heading("受付完了")
    mine.look_up(booked["number"])
    mine.press("予約の取消")
    mine.heading("予約の取消")
    mine.press("取消を実行する")
    expect(mine.main.get_by_text("予約を取り消しました。")).to_be_visible()
    assert (city.reservation()["state"], what(city)) == ("cancelled", ["book", "change", "cancel"])


def test_on_pages_the_back_button_and_a_form_that_was_handed_in_before_end_the_visit(city: City, page: Any) -> None:
    mine = OfPages(page(), city, city.person("花子"))
    mine.begin()
    mine.page.get_by_title("予約人数").select_option("1人")
    mine.press("次へ進む")
    mine.heading("注意事項の確認")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        mine.page.go_back()
    plain = Plain(city, mine.person)
    plain.get("/pages/new")
    first = plain.text
    plain.post("/pages/number", card="X")
    plain.text = first
    assert "画面遷移エラー" in plain.post("/pages/number", card=mine.person["number"])


def test_on_pages_each_field_is_taken_in_one_form_only(city: City) -> None:
    mine = Plain(city, city.person("さくら"))
    mine.get("/pages/new")
    card, birthday = mine.person["number"], mine.person["birthday"].replace("-", "")
    assert "ハイフン（-）を除いた" in mine.post("/pages/number", card=f"{card[:3]}-{card[3:]}", birthday=birthday)
    assert "半角数字8桁" in mine.post("/pages/number", card=card, birthday="２０１８０１０１")
    assert "一致しません" in mine.post("/pages/number", card=card, birthday="19990101")
    mine.to_the_calendar()
    slot = city.free()["id"]
    assert "入力されていない項目" in mine.to_the_confirmation(slot), "a child needs a guardian"
    names = {
        "family": "見本", "given": "さくら", "family_kana": "ミホン", "given_kana": "サクラ", "phone1": "090", "phone2": "0000",
        "phone3": "1234", "guardian": "見本　花子",
    }  # fmt: skip
    assert "全角カタカナ" in mine.post("/pages/applicant", **names | {"family_kana": "みほん"})
    assert "環境依存文字" in mine.post("/pages/applicant", **names | {"family": "髙見本"})
    assert "半角数字" in mine.post("/pages/applicant", **names | {"phone3": "１２３４"})
    assert "予約内容の確認" in mine.post("/pages/applicant", **names)


def test_on_pages_a_city_may_mail_a_code_instead_of_a_url(city: City) -> None:
    city.reset(rules={"pages": {"mailed": "code", "largest_party": 1}})
    mine = Plain(city, city.person("花子"))
    mine.get("/pages/new")
    mine.post("/pages/number", card=mine.person["number"], birthday=mine.person["birthday"].replace("-", ""))
    assert "注意事項の確認" in mine.text, "nobody is asked for a number of people where each books alone"
    mine.post("/pages/consent", agree=1)
    mine.post("/pages/mail", mail=mine.person["mail"], again=mine.person["mail"])
    code = re.search("認証コード：([0-9]{6})", city.mail(mine.person["mail"], "認証コード："))
    assert "認証コードが正しくありません" in mine.post("/pages/code", code="x")
    assert "受取窓口の選択" in mine.post("/pages/code", code=code[1])


def test_on_app_whatever_is_pressed_before_the_first_answer_is_lost_and_every_step_is_animated(city: City, page: Any) -> None:
    mine = OfApp(page(), city, city.person("花子"))
    mine.page.add_init_script("addEventListener('DOMContentLoaded', () => document.getElementById('agree').click())")
    mine.open()
    expect(mine.page.get_by_label("利用規約")).to_be_checked()
    expect(mine.page.get_by_role("button", name="次へ進む")).to_be_disabled()
    mine.page.get_by_label("利用規約").uncheck()
    mine.page.get_by_label("利用規約").check()
    began = CLOCK.monotonic()
    mine.press("次へ進む")
    mine.heading("日時を選択してください")
    assert CLOCK.monotonic() - began > 0.15
    expect(mine.page.locator("#choose")).to_have_css("transition-duration", "0.3s, 0.3s")


def test_on_app_a_second_click_adds_to_the_choice_where_the_city_wants_it(city: City, page: Any) -> None:
    city.reset(rules={"app": {"second_click": "add"}})
    mine = OfApp(page(), city, city.person("花子"))
    mine.agree()
    mine.times().nth(0).click()
    mine.times().nth(1).click()
    expect(mine.page.locator(".time.on")).to_have_count(2)
    mine.press("予約する")
    expect(mine.page.get_by_role("dialog")).to_contain_text("複数の時間が選択されています")


def test_on_app_an_abandoned_provisional_reservation_keeps_others_out(city: City) -> None:
    slot = city.free(least=1)
    left = slot["capacity"] - slot["taken"]
    told = Plain(city, city.person("花子")).hold(slot["id"], people=left)
    assert told["seconds"] == 30 * 60
    other = Plain(city, city.person("太郎"))
    times = other.call(f"times?counter={slot['counter']}&people=1&day={slot['day'].replace('-', '')}")["times"]
    assert next(one for one in times if one["slot"] == slot["id"])["mark"] == "✕"
    assert "たった今予約されました" in other.hold(slot["id"])["modal"]


def test_each_city_has_its_own_rules(city: City) -> None:
    city.reset(first_day="2026-11-02", rules={"pages": {"opens_days": 45, "until_days": 7}, "frames": {"largest_party": 2}})
    mine = Plain(city, city.person("花子"))
    assert "2026年12月17日まで" in mine.get("/pages/")
    mine.to_the_calendar()
    mine.to_the_confirmation(city.free(after="2026-11-03")["id"])
    mine.post("/pages/register", go=1)
    birthday = mine.person["birthday"].replace("-", "")
    mine.get("/pages/inquiry")
    told = mine.post("/pages/inquiry", number=city.reservation()["number"], birthday=birthday)
    assert "予約日の7日前まで" in told
    assert "予約の取消</button>" not in told
    mine.get("/pages/new")
    assert "すでに予約が登録されています" in mine.post("/pages/number", card=mine.person["number"], birthday=birthday)
    other = Plain(city, city.person("太郎"))
    other.log_in()
    assert "2名" in other.get("/frames/main?act=new")
