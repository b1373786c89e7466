"""What both practice sites have in common: faults, the back door, their words, their mails."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

import pytest

from contact_center.clock import TOKYO, FakeClock
from tests.desk.sites import TOKEN, Sites
from video_desk.rehearsal_sites.japanese import era_day, from_era, katakana
from video_desk.rehearsal_sites.post import Office
from video_desk.rehearsal_sites.serve import application, serve
from video_desk.rehearsal_sites.site import Site


@pytest.fixture
def sites() -> Sites:
    return Sites()


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
