"""The practice application site as a browser without scripts sees it, and what its ledger says afterwards."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from tests.desk.sites import Sites, birthday, picture
from video_desk.rehearsal_sites.japanese import era_day
from video_desk.rehearsal_sites.numbers import application_id, misread


@pytest.fixture
def sites() -> Sites:
    return Sites()


@pytest.fixture(scope="module")
def face() -> bytes:
    return picture()


def test_a_first_application_from_the_qr_to_the_reception_number(sites: Sites, face: bytes) -> None:
    taro = sites.person("taro")
    assert taro["application_id"] in sites.get(f"/apply/{taro['application_id']}")
    sites.post("/apply/terms", agree="1")
    assert re.search(r'name="id" value="[0-9]{23}"[^>]* readonly', sites.get("/apply/mail"))
    other = sites.person("hanako")["application_id"]
    shown = sites.post("/apply/mail", id=other, name="見本太郎", mail="taro@mihon.example", again="taro@mihon.example")
    assert taro["application_id"] in shown, "a locked id cannot be replaced"
    assert "taro@mihon.example" in sites.post("/apply/send")
    mail = sites.control("ledger/mails")[-1]
    assert mail["state"] == "outbox"
    assert mail["url"] in mail["text"]
    assert "見本太郎 様" in sites.get(mail["url"].removeprefix(sites.site.url))
    assert "data:image/jpeg;base64," in sites.photo(face)
    assert "申請情報登録" in sites.post("/apply/photo/keep")
    confirm = sites.post("/apply/details", **birthday(sites, "taro"), no_sign="1", braille="1")
    assert era_day(datetime.fromisoformat(taro["birthday"]).date()) in confirm
    done = sites.post("/apply/register")
    (made,) = sites.control("ledger/applications")
    assert made["number"] in done
    assert (made["person"], made["kind"], made["state"]) == ("taro", "first", "accepted")
    assert (made["without_sign"], made["without_user"], made["braille"]) == (True, False, True)
    assert (made["photo"]["size"], made["photo"]["width"], made["photo"]["height"]) == (len(face), 600, 800)
    assert "申請受付完了" in sites.control("ledger/mails")[-1]["subject"]
    assert "タイムアウト" in sites.post("/apply/register"), "nothing is applied for twice"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"id": "123"}, "23桁"),
        ({"id": application_id(1)[:-1] + str((int(application_id(1)[-1]) + 1) % 10)}, "誤りがあります"),
        ({"id": application_id(99)}, "確認できませんでした"),
        ({"name": ""}, "必ず入力"),
        ({"mail": "no address"}, "正しく入力"),
        ({"again": "other@mihon.example"}, "一致していません"),
    ],
)
def test_what_is_wrong_before_the_mail_is_said_in_words(sites: Sites, given: dict[str, str], words: str) -> None:
    assert "同意する" in sites.post("/apply/terms")
    assert "タイムアウト" in sites.get("/apply/mail"), "nothing goes on without consent"
    sites.post("/apply/terms", agree="1")
    right = {"id": application_id(2), "name": "見本", "mail": "a@mihon.example", "again": "a@mihon.example"}
    assert words in sites.post("/apply/mail", **{**right, **given})
    assert sites.control("ledger/mails") == []


def test_an_id_in_the_address_is_checked_too(sites: Sites) -> None:
    assert "誤りがあります" in sites.get("/apply/?id=" + "1" * 23)
    assert misread(application_id(7)) == ""
    assert sites.web.get("/apply/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"form": "PNG", "width": 99, "height": 99}, "ファイル形式"),
        ({"width": 479}, "幅479"),
        ({"height": 6001, "width": 480}, "高さ6001"),
        ({"mode": "CMYK"}, "カラーモード"),
        ({"mode": "L"}, "カラーモード"),
    ],
)
def test_a_photo_that_is_not_taken_is_refused_in_words(sites: Sites, how: dict[str, Any], words: str) -> None:
    sites.get(sites.mailed("taro"))
    assert words in sites.photo(picture(**how))
    assert "photo_refused" in sites.acts()


def test_a_photo_too_small_too_large_or_broken_is_refused(sites: Sites, face: bytes) -> None:
    sites.get(sites.mailed("taro"))
    assert "選択してください" in sites.post("/apply/photo")
    assert "ファイルサイズ" in sites.photo(face[:20479])
    assert "ファイルサイズ" in sites.photo(face + b"\0" * 7 * 1024 * 1024)
    assert "壊れている" in sites.photo(face[:30000])
    assert "タイムアウト" in sites.get("/apply/details"), "without a photo nothing goes on"


def test_who_is_under_one_year_needs_no_photo_and_nobody_else_goes_without(sites: Sites, face: bytes) -> None:
    sites.get(sites.mailed("sakura"))
    sites.post("/apply/photo", no_photo="1")
    assert "一致しません" in sites.post("/apply/details", birthday="2020-01-01")
    assert "1歳未満の方に限られます" in sites.post("/apply/details", **birthday(sites, "sakura"))
    sites.get(sites.mailed("akari"))
    sites.photo(face)
    sites.post("/apply/photo/keep")
    shown = sites.post("/apply/details", birthday=sites.person("akari")["birthday"])
    assert "使用されません" in shown
    assert "15歳未満" in shown
    sites.post("/apply/register")
    (made,) = sites.control("ledger/applications")
    assert (made["photo"], made["without_sign"]) == (None, True)


def test_a_defect_brings_a_mail_and_the_same_id_is_good_again(sites: Sites, face: bytes) -> None:
    url = sites.mailed("hanako")
    for _ in range(2):
        sites.get(url)
        sites.photo(face)
        sites.post("/apply/photo/keep")
        sites.post("/apply/details", **birthday(sites, "hanako"))
        sites.post("/apply/register")
        id = sites.person("hanako")["application_id"]
        assert "既に受け付けています" in sites.get(f"/apply/?id={id}")
        assert "既に受け付けています" in sites.get(url), "a mailed URL ends with its application"
        sites.control("defect", {"application_id": id, "reason": "背景に影があります。"})
        mail = sites.control("ledger/mails")[-1]
        assert "背景に影があります。" in mail["text"]
        url = mail["url"].removeprefix(sites.site.url)
    assert [one["state"] for one in sites.control("ledger/applications")] == ["replaced", "defect"]
    assert {one["kind"] for one in sites.control("ledger/applications")} == {"renewal"}


def test_a_page_of_the_application_ends_after_twenty_minutes_and_the_mail_after_a_day(sites: Sites) -> None:
    url = sites.mailed("taro")
    sites.get(url)
    sites.clock.advance(20 * 60 - 1)
    assert "アップロードファイル" in sites.get("/apply/photo")
    sites.clock.advance(20 * 60)
    assert "タイムアウト" in sites.get("/apply/photo")
    sites.control("rules", {"apply_idle_minutes": 60})
    sites.get(url)
    sites.clock.advance(50 * 60)
    assert "アップロードファイル" in sites.get("/apply/photo")
    sites.clock.advance(24 * 3600)
    assert "有効期限が切れています" in sites.get(url)
