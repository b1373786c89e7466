"""The web application, without a browser: who may see what, forms, headers, errors."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin.app import create_app
from contact_center.house import House
from contact_center.web import COOKIE
from contact_center.web.access import required
from tests.conftest import person

HTML = {"Accept": "text/html"}


@pytest.fixture
def client(house: House) -> FlaskClient:
    return create_app(house).test_client()


def sign_in(house: House, client: FlaskClient, account: str, role: str) -> None:
    person(house, account, role)
    client.set_cookie(COOKIE, house.sessions.sign_in(account, "Aa1-" + account + "-long"), domain="localhost", secure=True)


def get(client: FlaskClient, path: str, **more: Any) -> Any:
    return client.get(path, base_url="https://localhost", headers=HTML, **more)


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize("role", [None, "agent", "supervisor", "faq_editor", "city_staff", "administrator", "auditor"])
def test_every_view_is_open_to_exactly_those_who_hold_its_permission(house: House, client: FlaskClient, role: str | None) -> None:
    if role is not None:
        sign_in(house, client, role.replace("_", ""), role)
    rights = house.rights.of([role] if role else [])
    app = client.application
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        needed = required(app, rule.endpoint)
        answer = get(client, rule.rule)
        if needed == "public" or needed in rights or (needed in ("signed in", "half signed in") and role is not None):
            assert answer.status_code < 400, rule
        elif needed == "device":
            # What is a kiosk's is no person's, signed in or not.
            assert answer.status_code == 403, rule
        elif role is None:
            assert (answer.status_code, answer.location) == (302, "/sign-in"), rule
        else:
            assert answer.status_code == 403, rule


def test_signing_in_needs_the_form_of_this_page(house: House, client: FlaskClient) -> None:
    person(house, "hanako")
    form = {"account": "hanako", "password": "Aa1-hanako-long"}
    assert client.post("/sign-in", data=form, base_url="https://localhost", headers=HTML).status_code == 400
    form["csrf_token"] = token(get(client, "/sign-in").text)
    more = {"Referer": "https://localhost/sign-in", **HTML}
    answer = client.post("/sign-in", data=form, base_url="https://localhost", headers=more)
    assert answer.status_code == 302
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
    stranger = {**more, "Referer": "https://evil.example/"}
    assert client.post("/sign-in", data=form, base_url="https://localhost", headers=stranger).status_code == 400


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/sign-in", "/nowhere", "/console", "/static/kernel/base.css"):
        headers = get(client, path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/%00", "/console/../../etc/passwd", "/sign-in?x=" + "y" * 5000, "/static/kernel/../../settings.py"]
)
def test_bad_input_is_answered_with_a_sentence_and_no_trace(client: FlaskClient, path: str) -> None:
    answer = get(client, path)
    assert answer.status_code < 500
    assert "Traceback" not in answer.text
    assert "settings" not in answer.text


def test_an_unexpected_error_tells_the_person_nothing_and_the_log_no_person(
    house: House, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(house, client, "hanako", "agent")

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("caller 09012345678")

    object.__setattr__(house.directory, "choices", broken)
    answer = get(client, "/console")
    assert answer.status_code == 500
    assert "09012345678" not in answer.text
    assert "09012345678" not in caplog.text
    assert "ValueError" in caplog.text


def test_the_sip_password_stands_in_no_page(house: House, client: FlaskClient) -> None:
    sign_in(house, client, "hanako", "agent")
    cookie = client.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    hanako = house.sessions.who(cookie.value)
    with house.database.session_scope() as session:
        seat = house.seats.sign_in(session, hanako, "seat-1", "browser")
        secret = house.seats.sip_password(seat)
    assert secret not in get(client, "/console").text


def test_the_page_is_english_for_who_has_chosen_english(house: House, client: FlaskClient) -> None:
    sign_in(house, client, "hanako", "agent")
    page = get(client, "/console").text
    assert "サインアウト" in page
    form = {"language": "en", "csrf_token": token(page)}
    headers = {"Referer": "https://localhost/console", **HTML}
    assert client.post("/language", data=form, base_url="https://localhost", headers=headers).status_code == 302
    assert "Sign out" in get(client, "/console").text
