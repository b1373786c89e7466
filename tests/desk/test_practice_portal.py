"""The practice Mynaportal as a browser without scripts sees it, and what its ledger says afterwards."""

from __future__ import annotations

import io

import pytest

from tests.desk.sites import Sites

ACCOUNT = {"bank": "見本銀行（9991）", "branch": "001", "kind": "普通", "number": "0001234", "holder": "ﾐﾎﾝ ﾊﾅｺ", "own": "1"}
FORM = {
    "applicant": "見本 花子", "mail": "hanako@mihon.example", "phone": "0900000000", "moment": "2026-11-20", "time": "10:30",
    "reason": "新規", "relation": "本人", "members": "3", "wishes": ["電話", "郵送"], "note": "練習です。",
}  # fmt: skip


@pytest.fixture
def sites() -> Sites:
    return Sites()


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
