"""The office in real Chromium: signing in with a key, one's own account, people, devices, the record of acts; clean under axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from admin.backup.backups import Backups
from admin.demo.stage import Stage
from contact_center.contacts.model import Contact
from contact_center.errors import NotSignedIn
from contact_center.personal import Owner, Personal
from tests.pages.test_console import complaints

PASSWORD = "Kz7-wmPq-otter"


@pytest.fixture
def page(centre: Stage, browser: Any) -> Iterator[Any]:
    made = another(browser)
    yield made
    made.context.close()


def another(browser: Any) -> Any:
    """A page in which axe may be injected: CSP is set aside for the test's own script only."""
    return browser.new_context(ignore_https_errors=True, locale="ja-JP", timezone_id="Asia/Tokyo", bypass_csp=True).new_page()


def somebody(centre: Stage, account: str, role: str) -> int:
    with centre.house.database.reading() as session:
        cities = [city.id for city in centre.house.directory.cities(session)]
    return centre.house.people.add("operator", account, f"試験 {account}", PASSWORD, [role], cities)


def signs_in(centre: Stage, page: Any, account: str) -> None:
    page.goto(centre.url + "/sign-in")
    page.fill("#account", account)
    page.fill("#password", PASSWORD)
    page.click("button.strong")


def with_a_key(page: Any) -> Any:
    """A security key that answers by itself, as whoever sits there touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


@pytest.mark.requirement("NB-17c")
def test_a_key_is_enrolled_and_signs_in_from_then_on_and_another_one_does_not(centre: Stage, page: Any, browser: Any) -> None:
    somebody(centre, "kagi", "agent")
    with_a_key(page)
    signs_in(centre, page, "kagi")
    page.goto(centre.url + "/me/factors")
    assert complaints(page) == []
    page.fill("#key-label", "青いキー")
    page.click("#passkey")
    page.wait_for_url("**/me/factors/added")
    page.click("button.strong")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 8 and all(re.fullmatch(r"\w{4}-\w{4}-\w{4}", code) for code in codes)
    page.goto(centre.url + "/me/")
    assert "青いキー" in page.inner_text("main") and "復旧コードの残り: 8" in page.inner_text("main")
    assert complaints(page) == []
    page.context.clear_cookies()
    signs_in(centre, page, "kagi")
    page.wait_for_url("**/sign-in/second")
    assert complaints(page) == []
    # No page of theirs opens before the key has answered.
    page.goto(centre.url + "/console")
    page.wait_for_url("**/sign-in/second")
    page.click("#passkey")
    page.wait_for_url("**/console")
    other = another(browser)
    with_a_key(other)
    signs_in(centre, other, "kagi")
    other.click("#passkey")
    other.wait_for_selector("#said:not([hidden])")
    other.fill("#code", codes[0])
    other.click("form.stack button.strong")
    other.wait_for_url("**/console")
    other.context.close()


@pytest.mark.requirement("NB-17c")
def test_an_app_is_enrolled_by_its_secret_and_asked_for_at_the_next_sign_in(centre: Stage, page: Any) -> None:
    person = somebody(centre, "apuri", "agent")
    signs_in(centre, page, "apuri")
    page.goto(centre.url + "/me/factors")
    secret = page.inner_text("code")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.click("form.stack button.strong")
    page.wait_for_url("**/me/factors/added")
    held = centre.house.factors.of(person)
    assert [one.kind for one in held] == ["totp"] and secret.encode() not in held[0].sealed


@pytest.mark.requirement("NB-17c", "NB-17n")
def test_an_administrator_makes_somebody_known_ends_their_sign_in_and_closes_their_account(
    centre: Stage, page: Any, browser: Any
) -> None:
    somebody(centre, "kanri", "administrator")
    signs_in(centre, page, "kanri")
    page.goto(centre.url + "/office/people")
    assert complaints(page) == []
    page.fill("#account", "shinjin")
    page.fill("#name", "新人 一郎")
    page.click("form.stack button.strong")
    first = page.inner_text("code")
    other = another(browser)
    other.goto(centre.url + "/sign-in")
    other.fill("#account", "shinjin")
    other.fill("#password", first)
    other.click("button.strong")
    other.wait_for_url("**/console")
    page.goto(centre.url + "/office/people/shinjin")
    assert complaints(page) == []
    page.locator("table button.danger").first.click()
    page.wait_for_selector("text=どこにもサインインしていません。")
    # The console itself is told, without being touched.
    other.wait_for_url("**/sign-in", timeout=5000)
    page.click("text=退職（アカウントを閉じる）")
    page.wait_for_url("**/office/people")
    assert "shinjin" not in page.inner_text("table")
    page.fill("#account", "shinjin")
    page.fill("#name", "別の人")
    page.click("form.stack button.strong")
    assert "使われています" in page.inner_text("body")
    other.context.close()


def test_a_code_for_a_kiosk_is_shown_once_and_the_device_is_revoked_by_a_press(centre: Stage, page: Any) -> None:
    somebody(centre, "kiki", "administrator")
    signs_in(centre, page, "kiki")
    page.goto(centre.url + "/office/devices")
    assert complaints(page) == []
    page.select_option("#place", "phone:seat-1")
    page.click("form.stack button.strong")
    token = centre.house.devices.enrol(page.inner_text(".codes-one code"))
    page.goto(centre.url + "/office/devices")
    assert page.locator(".codes-one").count() == 0
    page.locator("tr", has_text="seat-1").last.locator("button.danger").click()
    centre.wait(lambda: "seat-1" not in page.inner_text("table"), 10, "it is still listed")
    with pytest.raises(NotSignedIn):
        centre.house.devices.who(token)


@pytest.mark.requirement("NB-18", "TO-10")
def test_an_auditor_finds_what_was_done_and_takes_it_along_and_that_is_on_the_record_too(centre: Stage, page: Any) -> None:
    somebody(centre, "kansa", "auditor")
    signs_in(centre, page, "kansa")
    page.goto(centre.url + "/office/audit?act=people.add")
    assert complaints(page) == []
    assert "account:kansa" in page.inner_text("table")
    with page.expect_download() as taken:
        page.click("text=この条件の記録をファイルにする")
    rows = taken.value.path().read_text("utf-8-sig").splitlines()
    assert rows[0].startswith("番号,時刻") and any("account:kansa" in row for row in rows)
    page.goto(centre.url + "/office/audit?act=audit.export")
    assert "act=people.add" in page.inner_text("table")
    page.goto(centre.url + "/office/audit?subject=090-1234-5678")
    assert "のように書いてください" in page.inner_text("body")


@pytest.mark.requirement("IZ-15", "NB-14")
def test_a_report_is_begun_analysed_signed_off_and_read_by_the_city(centre: Stage, page: Any, browser: Any) -> None:
    last = (centre.clock.now().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    centre.sign_in(page, "supervisor", "/office/reports")
    assert last in page.inner_text("main") and "まだ確定していません" in page.inner_text("main")
    assert complaints(page) == []
    page.fill("#period", last)
    page.click("button.strong")
    page.wait_for_selector("#text")
    assert complaints(page) == []
    page.fill("#text", "試験の月です。")
    page.locator("#analysis button").first.click()
    page.locator("#analysis button.strong").click()
    page.locator("main", has_text="SHA-256").wait_for()
    assert page.locator("#text").count() == 0 and "試験の月です。" in page.inner_text("main")
    city = another(browser)
    centre.sign_in(city, "city", "/office/reports")
    with city.expect_download() as came:
        city.get_by_role("link", name="PDF").first.click()
    assert came.value.path().read_bytes().startswith(b"%PDF") and came.value.suggested_filename.endswith("-v1.pdf")
    # The city reads, and writes nothing.
    assert city.locator("#period").count() == 0
    city.context.close()


@pytest.mark.requirement("NB-17j")
def test_an_administrator_sees_what_was_backed_up_and_rehearsed(centre: Stage, page: Any) -> None:
    Backups(centre.house).make("operator")
    centre.sign_in(page, "admin", "/office/backups")
    assert "していません" in page.inner_text("tbody tr") and complaints(page) == []


@pytest.mark.requirement("TO-07", "TO-08", "NB-17k")
def test_an_administrator_erases_a_contact_and_hands_out_the_report(centre: Stage, page: Any) -> None:
    with centre.house.database.session_scope() as session:
        line = next(view.line for view in centre.house.directory.lines(session))
        contact = Contact(
            key="to-be-erased", channel="phone", city_id=line.city_id, line_id=line.id, state="closed",
            arrived_at=centre.clock.now(), sources=[], further=[],
        )  # fmt: skip
        session.add(contact)
        session.flush()
        centre.house.vault.put(session, Owner("contact", str(contact.id)), "note", Personal("消してほしいこと"))
        id = contact.id
    centre.sign_in(page, "admin", "/office/register")
    assert "電話番号" in page.inner_text("main") and complaints(page) == []
    page.goto(centre.url + "/office/erasures")
    assert complaints(page) == []
    page.fill("#contact", str(id))
    page.fill("#reason", "本人の求め")
    page.fill("#witness", "市民課 見本")
    page.click("button.danger")
    row = page.locator("tbody tr", has_text=f"応対 {id}").first
    row.wait_for()
    assert "応対のメモ 1" in row.inner_text() and "市民課 見本" in row.inner_text()
    with page.expect_download() as came:
        row.get_by_role("link", name="PDF").click()
    assert came.value.path().read_bytes().startswith(b"%PDF")
    with centre.house.database.reading() as session:
        assert centre.house.vault.get(session, Owner("contact", str(id)), "note") is None
