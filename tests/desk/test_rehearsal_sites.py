"""The practice sites as a browser without scripts sees them, and what their ledger says afterwards."""

from __future__ import annotations

import io
import re
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from contact_center.clock import TOKYO, FakeClock
from video_desk.rehearsal_sites.japanese import era_day, era_years, from_era, katakana
from video_desk.rehearsal_sites.numbers import application_id, misread
from video_desk.rehearsal_sites.post import Office
from video_desk.rehearsal_sites.serve import application, card_software, serve
from video_desk.rehearsal_sites.site import Site

TOKEN = "control-of-the-test"
ACCOUNT = {"bank": "見本銀行（9991）", "branch": "001", "kind": "普通", "number": "0001234", "holder": "ﾐﾎﾝ ﾊﾅｺ", "own": "1"}
FORM = {
    "applicant": "見本 花子", "mail": "hanako@mihon.example", "phone": "0900000000", "moment": "2026-11-20", "time": "10:30",
    "reason": "新規", "relation": "本人", "members": "3", "wishes": ["電話", "郵送"], "note": "練習です。",
}  # fmt: skip


class Sites:
    """Both sites, the card software and the back door."""

    def __init__(self) -> None:
        self.clock = FakeClock(datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO))
        self.site = Site(self.clock, TOKEN)
        self.web: FlaskClient = application(self.site).test_client()
        self.software: FlaskClient = card_software(self.site).test_client()

    def get(self, path: str) -> str:
        return self.web.get(path, follow_redirects=True).text

    def post(self, path: str, **given: Any) -> str:
        return self.web.post(path, data=given, follow_redirects=True).text

    def control(self, path: str, body: Any = None) -> Any:
        how: dict[str, Any] = {"headers": {"X-Control": TOKEN}}
        answer = self.web.get(f"/control/{path}", **how) if body is None else self.web.post(f"/control/{path}", json=body, **how)
        assert answer.status_code == 200, answer.text
        return answer.json

    def person(self, id: str) -> dict[str, Any]:
        return next(one for one in self.control("ledger/people") if one["id"] == id)

    def acts(self) -> list[str]:
        return [one["what"] for one in self.control("ledger/acts")]

    # -- the ways through -------------------------------------------------------------------------------------------

    def mailed(self, id: str) -> str:
        """The personal URL of somebody who has registered an address."""
        self.get(f"/apply/?id={self.person(id)['application_id']}")
        self.post("/apply/terms", agree="1")
        address = f"{id}@mihon.example"
        self.post("/apply/mail", name="見本", mail=address, again=address)
        assert "メールを送信しました" in self.post("/apply/send")
        return str(self.control("ledger/mails")[-1]["url"]).removeprefix(self.site.url)

    def photo(self, picture: bytes) -> str:
        return self.post("/apply/photo", photo=(io.BytesIO(picture), "face.jpg"))

    def ticket(self, page: str) -> str:
        found = re.search(r'name="ticket" value="([^"]+)"', page)
        assert found
        return found[1]

    def pin(self, ticket: str, pin: str) -> dict[str, Any]:
        answer = self.software.post("/client/verify", data={"ticket": ticket, "pin": pin}).json
        assert isinstance(answer, dict)
        return answer

    def state(self, ticket: str) -> dict[str, Any]:
        answer = self.software.get(f"/client/state?ticket={ticket}").json
        assert isinstance(answer, dict)
        return answer

    def sign_in(self, id: str = "hanako") -> str:
        """The menu of whoever has signed in."""
        self.control("card", {"person": id})
        ticket = self.ticket(self.get("/portal/"))
        code = self.pin(ticket, self.person(id)["card"]["pin"])["code"]
        return self.post("/portal/login", ticket=ticket, code=code)


@pytest.fixture
def sites() -> Sites:
    return Sites()


def picture(width: int = 600, height: int = 800, mode: str = "RGB", form: str = "JPEG") -> bytes:
    """Noise, so that it is not too small."""
    channels = {"RGB": 3, "CMYK": 4, "L": 1}[mode]
    noise = np.random.default_rng(1).integers(0, 255, (height, width, channels), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise if channels > 1 else noise[:, :, 0], mode).save(out, form)
    return out.getvalue()


@pytest.fixture(scope="module")
def face() -> bytes:
    return picture()


def birthday(sites: Sites, id: str) -> dict[str, str]:
    """How somebody chooses the birthday from three lists."""
    day = datetime.fromisoformat(sites.person(id)["birthday"]).date()
    year = next(value for value, _ in era_years(sites.clock.now().date()) if from_era(value, str(day.month), str(day.day)) == day)
    return {"year": year, "month": str(day.month), "day": str(day.day)}


# -- the card application ----------------------------------------------------------------------------------------------


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


# -- the portal --------------------------------------------------------------------------------------------------------


def test_signing_in_waits_for_a_card_and_counts_the_tries(sites: Sites) -> None:
    page = sites.get("/portal/")
    ticket = sites.ticket(page)
    assert f'<iframe class="card" src="http://127.0.0.1:{sites.site.second_port}/client/?ticket={ticket}"' in page
    assert f'data-to="{sites.site.url}"' in sites.software.get(f"/client/?ticket={ticket}").text
    assert sites.state(ticket)["state"] == "waiting"
    sites.control("card", {"trouble": "other_card"})
    assert "マイナンバーカードではない" in sites.state(ticket)["words"]
    sites.control("card", {"person": "hanako"})
    assert (sites.state(ticket)["state"], sites.state(ticket)["entry"]) == ("ready", "iframe")
    assert (sites.pin(ticket, "12a4")["state"], sites.state(ticket)["left"]) == ("malformed", 3)
    assert (sites.pin(ticket, "0000")["left"], sites.pin(ticket, "0000")["left"]) == (2, 1)
    right = sites.pin(ticket, "2580")
    assert "ログイン中 <strong>見本 花子</strong>" in sites.post("/portal/login", ticket=ticket, code=right["code"])
    assert sites.person("hanako")["card"]["left"] == 3, "a right PIN brings the tries back"
    assert "タイムアウト" in sites.post("/portal/login", ticket=ticket, code=right["code"]), "an answer is good once"
    assert "0000" not in str(sites.control("ledger/acts"))


def test_cards_that_do_not_open_the_portal_are_refused_in_words(sites: Sites) -> None:
    ticket = sites.ticket(sites.get("/portal/"))
    for id, words in (("ichiro", "有効期限が切れています"), ("john", "ロックされています"), ("ryoko", "顔認証マイナンバーカード")):
        sites.control("card", {"person": id})
        assert words in sites.state(ticket)["words"]
        assert sites.pin(ticket, "1470")["code"] == ""
    sites.control("card", {"person": "kyoko"})
    assert sites.pin(ticket, "0000")["state"] == "locked"
    assert sites.pin(ticket, "3690")["state"] == "locked"
    assert "初期化" in sites.get("/portal/locked")
    assert sites.acts()[-1] == "pin_user_locked"


def test_where_the_field_of_a_pin_stands_is_the_card_s_or_the_rules_choice(sites: Sites) -> None:
    ticket = sites.ticket(sites.get("/portal/"))
    for id, entry in (("jiro", "popup"), ("misaki", "shadow_open"), ("shiki", "shadow_closed")):
        sites.control("card", {"person": id})
        assert sites.state(ticket)["entry"] == entry
    sites.control("rules", {"login_entry": "popup", "client_host": "localhost"})
    page = sites.get("/portal/")
    assert "<iframe" not in page
    assert 'data-popup="http://localhost:' in page
    sites.control("rules", {"login_entry": "page"})
    assert '<div class="reader" data-kind="user">' in sites.get("/portal/")


def test_the_health_insurance_is_applied_for_dealt_with_and_shown(sites: Sites) -> None:
    assert "未登録" in sites.sign_in()
    assert "利用登録の完了後" in sites.get("/portal/insurance/view")
    assert "チェックを入れてください" in sites.post("/portal/insurance/apply")
    assert "申込を受け付けました" in sites.post("/portal/insurance/apply", agree="1")
    assert "登録処理中" in sites.get("/portal/insurance")
    sites.clock.advance(60)
    assert "練習健康保険組合" in sites.get("/portal/insurance/view")
    assert "既に申し込まれています" in sites.get("/portal/insurance/apply")
    assert sites.control("ledger/insured")["hanako"]["state"] == "done"


def test_an_account_is_registered_changed_and_deleted(sites: Sites) -> None:
    sites.sign_in()
    for given, words in (
        ({"bank": "よその銀行"}, "金融機関を選択"), ({"branch": "1"}, "支店番号は半角数字"), ({"number": "123"}, "口座番号は"),
        ({"own": ""}, "チェックを"), ({"holder": "見本花子"}, "全角カタカナで"), ({"holder": "ミホン タロウ"}, "一致しません"),
    ):  # fmt: skip
        assert words in sites.post("/portal/account/edit", **{**ACCOUNT, **given})
    assert sites.control("ledger/accounts") == {}
    shown = sites.post("/portal/account/edit", **ACCOUNT)
    assert "見本 花子（ミホン ハナコ）" in shown
    assert "<td>ミホンハナコ</td>" in shown
    assert "登録が完了しました" in sites.post("/portal/account/register")
    assert "****234" in sites.get("/portal/account")
    assert "口座情報の変更" in sites.get("/portal/account/edit")
    sites.post("/portal/account/edit", **{**ACCOUNT, "branch": "222"})
    assert "222" in sites.post("/portal/account/register", fix="1")
    assert "変更が完了しました" in sites.post("/portal/account/register")
    assert sites.control("ledger/accounts")["hanako"]["branch"] == "222"
    assert "data-ask=" in sites.get("/portal/account")
    assert "削除が完了しました" in sites.post("/portal/account/delete")
    assert sites.acts()[-3:] == ["account_registered", "account_changed", "account_deleted"]


def test_an_e_application_is_found_filled_in_signed_and_received(sites: Sites) -> None:
    found = sites.get("/portal/services?prefecture=見本県&city=見本市&words=児童")
    assert "児童手当等の現況届" in found
    assert "組み合わせ" in sites.get("/portal/services?prefecture=練習県&city=見本市")
    assert "タイムアウト" in sites.get("/portal/services/見本市/allowance/form")
    sites.sign_in()
    place = "/portal/services/見本市/allowance/form"
    assert "申請の理由を選択" in sites.post(place, **{**FORM, "reason": ""})
    shown = sites.post(place, **FORM, paper=(io.BytesIO(b"paper"), "paper.pdf"))
    assert "電話、郵送" in shown
    ticket = sites.ticket(sites.get("/portal/sign"))
    sites.control("card", {"person": "jiro"})
    assert "ログインしている方" in sites.state(ticket)["words"]
    sites.control("card", {"person": "hanako"})
    assert sites.pin(ticket, "2580")["state"] == "malformed"
    assert sites.pin(ticket, "WRONG12")["left"] == 4
    code = sites.pin(ticket, "hanako25")["code"]
    done = sites.post("/portal/sign/done", ticket=ticket, code=code)
    (filing,) = sites.control("ledger/filings")
    assert filing["number"] in done
    assert filing["given"]["moment"] == "2026-11-20"
    assert "paper.pdf" in filing["given"]["paper"]
    assert "HANAKO25" not in str(filing).upper()


def test_a_session_ends_after_ten_idle_minutes_or_by_the_button(sites: Sites) -> None:
    assert 'data-idle="600" data-warn="60"' in sites.sign_in()
    sites.clock.advance(599)
    assert "口座情報を登録する" in sites.get("/portal/account")
    sites.clock.advance(601)
    assert "セッションタイムアウト" in sites.get("/portal/account")
    sites.sign_in()
    assert "ログアウトしました" in sites.post("/portal/logout")
    assert "セッションタイムアウト" in sites.get("/portal/insurance")
    sites.sign_in()
    assert "自動的にログアウト" in sites.get("/portal/timeout")
    assert sites.acts()[-1] == "timed_out"


# -- the back door -----------------------------------------------------------------------------------------------------


def test_faults_come_as_often_as_they_are_asked_for(sites: Sites) -> None:
    sites.sign_in()
    faults = [{"fault": name, "face": "portal", "times": 1} for name in ("maintenance", "error_500", "timeout")]
    sites.control("faults", [*faults, {"fault": "slow", "face": "apply", "times": 1, "seconds": 7}])
    assert [sites.web.get("/portal/").status_code for _ in range(2)] == [503, 500]
    assert "セッションタイムアウト" in sites.get("/portal/account")
    before = sites.clock.monotonic()
    assert "申請をはじめる" in sites.get("/apply/")
    assert sites.clock.monotonic() - before == 7
    assert sites.control("faults") == []
    sites.control("faults", [{"fault": "hostile", "face": "apply", "times": 1, "tricks": ["open", "password"]}])
    shown = sites.get("/apply/")
    assert "練習用" in shown
    assert 'data-tricks="open password"' in shown
    assert "-webkit-text-security" in shown
    sites.post("/apply/caught", trick="password", outcome="4 letters")
    assert sites.control("ledger/caught")[0]["outcome"] == "4 letters"


def test_control_needs_its_token_refuses_what_it_does_not_know_and_begins_anew(sites: Sites) -> None:
    assert sites.web.get("/control/ledger").status_code == 404
    head = {"X-Control": TOKEN}
    for path, body, status in (
        ("rules", {"login_entry": "somewhere"}, 400), ("faults", [{"fault": "flood"}], 400), ("card", {"person": "taro"}, 404),
        ("people/hanako", {"colour": "red"}, 400), ("people/nobody", {}, 404), ("defect", {"application_id": "1"}, 404),
    ):  # fmt: skip
        assert sites.web.post(f"/control/{path}", json=body, headers=head).status_code == status, path
    altered = sites.control("people/shiki", {"card": {"left": 2}, "driving_licence": False})
    assert (altered["card"]["left"], altered["card"]["pin"], altered["driving_licence"]) == (2, "9517", False)
    sites.sign_in()
    sites.control("reset", {"rules": {"portal_idle_minutes": 0.5}})
    assert sites.person("shiki")["driving_licence"]
    assert sites.control("ledger")["rules"]["portal_idle_minutes"] == 0.5
    assert sites.acts() == []
    assert "セッションタイムアウト" in sites.get("/portal/account")


def test_every_page_is_marked_as_practice_and_the_sites_open_on_two_ports() -> None:
    running = serve(TOKEN)
    try:
        assert running.port != running.second_port
        web = application(running.site).test_client()
        for path in ("/", "/apply/", "/portal/", "/portal/services", "/portal/locked", "/client/"):
            assert '<header><span class="practice">練習用</span>' in web.get(path).text
    finally:
        running.close()


def test_words_of_the_public_sites() -> None:
    assert from_era("R1", "4", "30") is None
    assert from_era("H31", "4", "30") == datetime(2019, 4, 30).date()
    assert from_era("S64", "1", "7") == datetime(1989, 1, 7).date()
    assert era_day(datetime(2019, 5, 1).date()) == "令和元年5月1日"
    assert katakana("ﾐﾎﾝ ﾊﾅｺ") == "ミホンハナコ"
    assert Office.named("localhost:25") == Office("localhost", 25)


def test_mails_go_out_only_where_an_office_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = []

    class Fake:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            if port == 1:
                raise ConnectionRefusedError

        def __enter__(self) -> Fake:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def send_message(self, letter: EmailMessage) -> None:
            letters.append(letter)

    monkeypatch.setattr("smtplib.SMTP", Fake)
    for port, state in ((25, "sent"), (1, "refused")):
        site = Site(FakeClock(datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)), TOKEN, Office("localhost", port))
        site.postman.send("taro@mihon.example", "お知らせ", "本文")
        assert f'"state":"{state}"' in site.ledger.as_json("mails").decode()
    (letter,) = letters
    assert letter["Subject"] == "【練習用】お知らせ"
    assert "実際の申請は行われません" in letter.get_content()
