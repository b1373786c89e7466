"""The front door: who has no session, comes from another site or talks nonsense is refused, and nothing else is disturbed."""

from __future__ import annotations

import base64
import json
import os
import random
import socket
import ssl
import urllib.error
import urllib.request
from http.client import HTTPSConnection
from typing import Any

import pytest

from admin.demo.stage import Stage
from contact_center.settings import WEB_PORT, WEB_SIGN_INS
from contact_center.web import COOKIE
from telephony.settings import SIP_PORT

from .conftest import Desk


def shake_hands(centre: Stage, path: str, origin: str | None, cookie: str = "", protocol: str = "") -> tuple[int, socket.socket]:
    """Open a WebSocket by hand; the HTTP status and the socket."""
    context = ssl.create_default_context(cafile=str(centre.home / "tls" / "authority.pem"))
    port = centre.house.settings[WEB_PORT]
    plain = socket.create_connection(("127.0.0.1", port), 15)
    secure = context.wrap_socket(plain, server_hostname="localhost")
    secure.settimeout(15)
    lines = [
        f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    lines += [f"Origin: {origin}"] if origin else []
    lines += [f"Cookie: {COOKIE}={cookie}"] if cookie else []
    lines += [f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []
    secure.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += secure.recv(1)
    return int(head.split()[1]), secure


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """One masked WebSocket frame."""
    mask = os.urandom(4)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[n % 4] for n, b in enumerate(payload))


def close_code(secure: socket.socket) -> int | None:
    """The code with which the server closes, or None where the connection just ends."""
    data = b""
    try:
        while chunk := secure.recv(4096):
            data += chunk
            if data[0] & 0x0F == 8 and len(data) >= 4:
                return int.from_bytes(data[2:4], "big")
    except (TimeoutError, OSError):
        pass
    return None


def own_origin(centre: Stage) -> str:
    return f"https://localhost:{centre.house.settings[WEB_PORT]}"


def test_without_a_session_no_phone_reaches_asterisk(centre: Stage) -> None:
    for cookie in ("", "made-up"):
        status, _ = shake_hands(centre, "/sip", own_origin(centre), cookie, protocol="sip")
        assert status in (401, 403)


def test_an_administrator_without_a_seats_right_reaches_no_phone_either(centre: Stage) -> None:
    token = centre.house.sessions.sign_in("admin", centre.passwords["admin"])
    assert shake_hands(centre, "/sip", own_origin(centre), token, protocol="sip")[0] == 403
    agent = centre.house.sessions.sign_in("agent", centre.passwords["agent"])
    assert shake_hands(centre, "/sip", own_origin(centre), agent, protocol="sip")[0] == 101


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_a_page_of_another_site_cannot_use_our_cookie(centre: Stage, origin: str | None) -> None:
    token = centre.house.sessions.sign_in("agent", centre.passwords["agent"])
    _, secure = shake_hands(centre, "/ws", origin, token)
    assert close_code(secure) == 4403


def test_a_socket_without_a_session_is_closed(centre: Stage) -> None:
    _, secure = shake_hands(centre, "/ws", own_origin(centre), "made-up")
    assert close_code(secure) == 4401


def test_garbage_over_the_socket_is_refused_and_others_are_not_disturbed(centre: Stage, desk: Desk) -> None:
    token = centre.house.sessions.sign_in("supervisor", centre.passwords["supervisor"])
    dice = random.Random(3)
    for opcode in (1, 2, 9, 3):
        _, secure = shake_hands(centre, "/ws", own_origin(centre), token)
        for _ in range(20):
            try:
                secure.sendall(frame(bytes(dice.randrange(256) for _ in range(dice.randrange(1, 100))), opcode))
            except OSError:
                break
        secure.close()
    _, secure = shake_hands(centre, "/ws", own_origin(centre), token)
    secure.sendall(frame(json.dumps({"type": "contact.close", "contact": 10**30}).encode()))
    secure.sendall(frame(json.dumps({"type": "note.write", "contact": 1, "text": "x"}).encode()))
    secure.close()
    desk.page.keyboard.press("Alt+2")
    desk.presence("away")
    desk.page.keyboard.press("Alt+1")
    desk.presence("available")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"", b"\x00" * 200, b"INVITE\r\n\r\n", b"INVITE sip:x SIP/2.0\r\n" + b"Via: " + b"x" * 30000 + b"\r\n\r\n",
        b"INVITE sip:0559990001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2\r\nContent-Length: 99999\r\n\r\nv=0",
        b"REGISTER sip:127.0.0.1 SIP/2.0\r\nFrom: <sip:seat-1@x>;tag=\xff\xfe\r\nTo: <sip:seat-1@x>\r\n\r\n",
    ],
)  # fmt: skip
def test_malformed_sip_disturbs_nobody(centre: Stage, nonsense: bytes) -> None:
    from admin.processes.witness import answers_sip

    host, port = "127.0.0.1", centre.house.settings[SIP_PORT]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.2", 0))
        for _ in range(20):
            udp.sendto(nonsense[:60000], (host, port))
    assert answers_sip(host, port)


def test_http_nonsense_is_refused(centre: Stage) -> None:
    context = ssl.create_default_context(cafile=str(centre.home / "tls" / "authority.pem"))
    for path in ("/%ff%fe", "/" + "a" * 6000, "/static/../../etc/passwd", "/static/bundle/../../../setup.cfg"):
        request: Any = urllib.request.Request(own_origin(centre) + path)
        try:
            with urllib.request.urlopen(request, context=context, timeout=5) as answer:
                assert b"root:" not in answer.read()
        except urllib.error.HTTPError as error:
            assert error.code < 500


def test_who_tries_to_sign_in_again_and_again_is_told_to_wait_and_others_are_not(centre: Stage) -> None:
    def tries(address: str) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=str(centre.home / "tls" / "authority.pem"))
        port = centre.house.settings[WEB_PORT]
        connection = HTTPSConnection("localhost", port, context=context, timeout=20, source_address=(address, 0))
        connection.request("POST", "/sign-in", b"account=agent&password=x", {"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        said = answer.status, answer.read().decode()
        connection.close()
        return said

    allowed = 2 * centre.house.settings[WEB_SIGN_INS]
    answers = [tries("127.0.0.77") for _ in range(allowed + 20)]
    assert answers[0][0] != 429
    assert answers[-1][0] == 429
    assert "1分ほど待ってから" in answers[-1][1]
    assert tries("127.0.0.78")[0] != 429
