"""Somebody who means harm at the counter's doors in the centre: tickets, sockets, words, devices, a code on paper."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import cv2
import numpy as np
import pytest
import zxingcpp
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from admin.demo.kiosk import COUNTER, kiosk
from admin.demo.stage import Stage
from contact_center.audit.trail import AuditRow
from contact_center.contacts import Contact
from contact_center.hub.relay import REFUSED
from contact_center.identity import passwords
from contact_center.settings import WEB_PORT
from kiosk_bridge.rehearsal import Kiosk
from video_desk.settings import REHEARSAL_PORT

from .conftest import Desk
from .counter import SOON, Scene

T = TypeVar("T")

SIGN_IN, OTHER_ORIGIN = 4401, 4403
ID = "99991234567890123456789"
WATCHED = """() => {
  const send = WebSocket.prototype.send;
  Object.assign(window, { relays: [], stolen: [], steals: false });
  WebSocket.prototype.send = function (data) {
    if (typeof data === "string" && data.startsWith('{"type":"relay"')) {
      if (steals) return stolen.push(JSON.parse(data).ticket);
      const one = { socket: this, ticket: JSON.parse(data).ticket, told: [], code: 0, heard: performance.now() };
      window.relays.push(one);
      this.addEventListener("message", ({ data }) => {
        one.heard = performance.now();
        if (typeof data === "string") one.told.push(JSON.parse(data));
      });
      this.addEventListener("close", ({ code }) => (one.code = code));
    }
    return send.call(this, data);
  };
}"""
"""Makes an operator's console one that an attacker has in their hands."""


@pytest.fixture(scope="module")
def stand(centre: Stage) -> Iterator[list[Kiosk]]:
    """The kiosk, once one of the tests needs it."""
    made: list[Kiosk] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
def scene(centre: Stage, desk: Desk, stand: list[Kiosk]) -> Iterator[Scene]:
    if not stand or stand[-1].is_over or stand[-1].bridge.session_pid:
        for one in stand:
            one.close()
        stand[:] = [kiosk(centre)]
    made = Scene(centre, desk, stand[-1])
    made.page.evaluate(WATCHED)
    yield made


class Stranger:
    """A socket to the hub in anybody's hands.

    It lives in a loop of its own: with Python 3.11 two threads that read and write one TLS connection may lose what is written.

    :param cookie: of a person's session; `bearer` of a device.
    :param origin: of the page that it comes from; None: of no page.
    """

    def __init__(self, centre: Stage, cookie: str = "", bearer: str = "", origin: str | None = "own") -> None:
        port = centre.house.settings[WEB_PORT]
        headers = {"Cookie": f"__Host-madoguchi={cookie}"} if cookie else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        own = f"https://localhost:{port}" if origin == "own" else origin
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._socket = self._in_loop(opened(f"wss://localhost:{port}/ws", centre, headers, own))
        self.code = 0

    def _in_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)

    def asks(self, kind: str, **fields: Any) -> dict[str, Any]:
        """What the hub answers; `{}` where it cuts the socket off, whose `code` tells why."""
        return self.sends(json.dumps({"type": kind, "ref": 7, **fields}))

    def sends(self, data: str) -> dict[str, Any]:
        with suppress(ConnectionClosed):
            self._in_loop(self._socket.send(data))
        return self.hears()

    def hears(self) -> dict[str, Any]:
        try:
            while True:
                said: dict[str, Any] = json.loads(self._in_loop(self._socket.recv()))
                if said["type"] in ("done", "refused", "snapshot"):
                    return said
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd is not None else 0
            return {}

    def close(self) -> None:
        self._in_loop(self._socket.close())
        self._loop.call_soon_threadsafe(self._loop.stop)


async def opened(url: str, centre: Stage, headers: dict[str, str], origin: str | None = None) -> ClientConnection:
    page = Origin(origin) if origin else None
    return await connect(url, ssl=trusted(centre), additional_headers=headers, origin=page, proxy=None)


def trusted(centre: Stage) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(centre.home / "tls" / "authority.pem"))


def of_person(centre: Stage, account: str, role: str = "agent", city: str = "mihon") -> str:
    """The cookie of somebody who has signed in."""
    password = centre.passwords.get(account) or passwords.made_up_password()
    if account not in centre.passwords:
        centre.house.people.add("operator", account, account, password, [role], [city])
        centre.passwords[account] = password
    return centre.house.sessions.sign_in(account, password)


def refusals(centre: Stage) -> int:
    """How many tickets that were not good are on the record."""
    with centre.house.audit.database.reading() as session:
        return len(session.scalars(select(AuditRow.id).where(AuditRow.act == "relay.refused")).all())


def contact_of(scene: Scene) -> int:
    with scene.centre.house.database.reading() as session:
        contact = session.get_one(Contact, scene.sessions()[-1].contact_id)
    return contact.id


# -- tickets ---------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("IZ-07")
def test_a_ticket_that_is_shown_again_or_stolen_opens_nothing_and_each_try_is_on_the_record(scene: Scene, centre: Stage) -> None:
    scene.is_served()
    own = next(one["value"] for one in scene.page.context.cookies() if one["name"] == "__Host-madoguchi")
    before = refusals(centre)
    used = scene.page.evaluate("relays.at(-1).ticket")

    def shows(ticket: str, cookie: str) -> int:
        stranger = Stranger(centre, cookie)
        assert stranger.asks("relay", ticket=ticket) == {}
        return stranger.code

    assert shows(used, own) == REFUSED
    # Whoever gets hold of one that was not used yet: it is of no use to them, and lost to its holder.
    seen = scene.pictures()
    scene.page.evaluate("window.steals = true; relays[0].socket.close()")
    ticket = scene.waits(lambda: scene.page.evaluate("stolen[0]"), "the console does not ask anew")
    assert shows(ticket, of_person(centre, "supervisor")) == REFUSED
    scene.page.evaluate("window.steals = false")
    assert shows(ticket, own) == REFUSED
    scene.waits(lambda: refusals(centre) == before + 3, "not each of them is on the record")
    # The console asks once more by itself.
    scene.sees_again(seen)
    scene.ends()
    scene.is_wiped("resident")


@pytest.mark.requirement("IZ-07")
def test_strangers_are_refused_while_an_operator_who_sits_still_keeps_view_and_control(scene: Scene, centre: Stage) -> None:
    scene.is_served(allows=True)
    contact, session = contact_of(scene), scene.begun
    others = {
        "without the right": of_person(centre, "city"), "who does not serve": of_person(centre, "supervisor"),
        "of another city": of_person(centre, "elsewhere", city="yoso"),
    }  # fmt: skip
    for who, cookie in others.items():
        stranger = Stranger(centre, cookie)
        assert stranger.asks("hello", last=None, tab="strange")["type"] == "snapshot"
        for kind, fields in (
            ("desk.open", {"contact": contact}), ("desk.code", {"contact": contact, "code": "123456"}),
            ("desk.outcome", {"session": session, "outcome": "done"}),
            ("desk.step", {"session": session, "step": "age", "done": True}),
        ):  # fmt: skip
            said = stranger.asks(kind, **fields)
            assert said["type"] == "refused" and ("権限" in said["sentence"] or "担当" in said["sentence"]), (who, kind)
        # No person plays the kiosk.
        for kind in ("kiosk.session", "kiosk.code"):
            assert stranger.asks(kind, session=session)["type"] == "refused", (who, kind)
        assert stranger.asks("kiosk.end", session=session, how="resident")["type"] == "refused", who
        stranger.close()
    # The kiosk itself is no operator.
    token = (centre.home / f"kiosk-{COUNTER}" / "device-token").read_text()
    device = Stranger(centre, bearer=token)
    assert device.asks("desk.open", contact=contact)["type"] == "refused"
    assert device.asks("hello", last=None, tab="strange") == {} and device.code == OTHER_ORIGIN
    own = next(one["value"] for one in scene.page.context.cookies() if one["name"] == "__Host-madoguchi")
    for how, why in (
        ({}, SIGN_IN), ({"cookie": "x" * 43}, SIGN_IN), ({"bearer": "x" * 43}, SIGN_IN),
        ({"cookie": own, "origin": "https://evil.example"}, OTHER_ORIGIN), ({"cookie": own, "origin": None}, OTHER_ORIGIN),
    ):  # fmt: skip
        nobody = Stranger(centre, **how)
        assert nobody.asks("desk.open", contact=contact) == {} and nobody.code == why, how
    assert scene.sessions()[-1].steps == [] and scene.sessions()[-1].outcome == ""
    # The hub takes a socket that says nothing for dead after 40 seconds; this one is only quiet.
    scene.waits(lambda: scene.page.evaluate("relays[0].code || performance.now() - relays[0].heard > 43000"), "it is not quiet", 60)
    assert scene.page.evaluate("relays.map((one) => one.code)") == [0]
    scene.page.wait_for_selector("#dk-control[data-who=us]")
    scene.ends()
    scene.is_wiped("resident")


# -- words -----------------------------------------------------------------------------------------------------------------

NONSENSE = (
    "", "x", "[]", "null", '"show"', "{}", '{"do": 7}', '{"do": ["show"]}', '{"do": "evaluate", "expression": "document.cookie"}',
    '{"do": "Page.navigate", "url": "https://evil.example/"}', '{"do": "pointer", "what": "down", "x": 2, "y": 0}',
    '{"do": "pointer", "what": "down", "x": NaN, "y": 0}', '{"do": "text", "text": "x", "secret": true}', '{"do": "text"}',
    '{"do": "key", "key": "F12"}', '{"do": "key", "key": "c", "ctrl": true}', '{"do": "write", "value": "<script>"}',
    '{"do": "zoom", "factor": 1e9}', '{"do": "wheel", "x": 0, "y": 0, "down": -1e300}', '{"do": "photo", "what": "keep"}',
    '{"do": "ask_touch", "which": "control"}', '{"do": "ask_touch", "which": "same", "left": "' + "x" * 61 + '"}',
    '{"do": "say", "text": "' + "x" * 201 + '"}', '{"do": "address", "url": "' + "x" * 2001 + '"}',
)  # fmt: skip
WITHOUT_LEAVE = ('{"do": "text", "text": "x"}', '{"do": "go", "to": "start"}', '{"do": "address", "url": "https://evil.example/"}')
"""In the language, but not without the resident's leave."""


@pytest.mark.requirement("IZ-07")
def test_whatever_is_outside_the_language_is_refused_in_words_and_the_view_goes_on(scene: Scene) -> None:
    scene.is_served()
    sentences = "relays[0].told.filter((one) => 'refused' in one).map((one) => one.refused)"
    for number, nonsense in enumerate((*NONSENSE, *WITHOUT_LEAVE), 1):
        scene.page.evaluate("(data) => relays[0].socket.send(data)", nonsense)
        scene.waits(lambda n=number: len(scene.page.evaluate(sentences)) == n, f"it is not refused: {nonsense[:60]}", SOON)
        told = scene.page.evaluate(sentences)[-1]
        assert ("利用者の同意" if nonsense in WITHOUT_LEAVE else "読めません") in told, (nonsense, told)
    scene.page.evaluate("relays[0].socket.send(new Uint8Array([0, 255, 0, 255]))")
    everything = len(NONSENSE) + len(WITHOUT_LEAVE) + 1
    scene.waits(lambda: len(scene.page.evaluate(sentences)) == everything, "it is not refused: bytes", SOON)
    scene.page.evaluate("relays[0].socket.send(JSON.stringify({ do: 'say', text: 'まだ続きます' }))")
    scene.resident_reads("まだ続きます", "#said")
    assert scene.page.evaluate("relays.map((one) => one.code)") == [0]
    scene.ends()
    scene.is_wiped("resident")


def test_what_nobody_can_read_is_refused_and_does_not_end_the_view(scene: Scene) -> None:
    scene.is_served(allows=True)
    told = "relays[0].told.filter((one) => 'refused' in one).length"
    scene.page.evaluate("relays[0].socket.send('['.repeat(100000))")
    scene.waits(lambda: scene.page.evaluate(told) == 1, "it is not refused: brackets within brackets", SOON)
    scene.operator.goes_to("http://[")
    scene.waits(lambda: scene.page.evaluate(told) == 2, "it is not refused: an address that is none", SOON)
    scene.page.evaluate("relays[0].socket.send(JSON.stringify({ do: 'say', text: 'まだ続きます' }))")
    scene.resident_reads("まだ続きます", "#said")
    scene.ends()
    scene.is_wiped("resident")


def test_what_is_far_too_large_is_cut_off_and_the_view_comes_back(scene: Scene, centre: Stage) -> None:
    stranger = Stranger(centre, of_person(centre, "supervisor"))
    said = stranger.sends(json.dumps({"type": "desk.open", "contact": 1, "more": "x" * 70000}))
    assert said["type"] == "refused" and "長すぎます" in said["sentence"]
    stranger.close()
    scene.is_served()
    for number, huge in enumerate(("new Uint8Array(9 << 20)", "'x'.repeat(9 << 20)")):
        seen = scene.pictures()
        scene.page.evaluate(f"relays[{number}].socket.send({huge})")
        scene.waits(lambda number=number: scene.page.evaluate(f"relays[{number}].code"), f"{number} is not cut off", SOON)
        scene.waits(lambda number=number: scene.page.evaluate(f"relays.length > {number + 1}"), "it does not come back")
        scene.sees_again(seen)
    scene.desk.presence("on_contact")
    scene.ends()
    scene.is_wiped("resident")


# -- papers ----------------------------------------------------------------------------------------------------------------


def laid(centre: Stage, *codes: str) -> None:
    """Lay a sheet with these codes under the stand camera."""
    paper = np.full((600, 500 * max(1, len(codes)), 3), 250, np.uint8)
    for number, code in enumerate(codes):
        made = np.asarray(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6))
        paper[60 : 60 + made.shape[0], 60 + 500 * number : 60 + 500 * number + made.shape[1]] = made[..., None]
    cv2.imwrite(str(centre.home / f"kiosk-{COUNTER}" / "paper.png"), paper)


@pytest.mark.requirement("IZ-11", "IZ-07")
def test_a_hostile_code_on_the_form_is_told_on_both_screens_and_leads_nowhere(scene: Scene, centre: Stage) -> None:
    site = f"http://127.0.0.1:{centre.house.settings[REHEARSAL_PORT]}/apply/?id={ID}"
    scene.is_served(allows=True)
    shown = "#dk-devices [data-key=papers]"
    for codes, sentence in (
        ((f"https://evil.example/?id={ID}",), "カードの申請書ではない"), ((f"javascript:alert({ID})",), "カードの申請書ではない"),
        ((site + "0",), "申請書の番号を読めません"), ((site, f"https://evil.example/?id={ID}"), "紙を1枚だけ"),
    ):  # fmt: skip
        laid(centre, *codes)
        scene.page.click("#dk-devices button[data-what=read]")
        scene.operator_reads(sentence, shown)
        scene.resident_reads(sentence, "#said")
        assert scene.page.locator("#dk-devices button[data-what=fill]").count() == 0
    scene.page.evaluate("relays[0].socket.send(JSON.stringify({ do: 'papers', what: 'fill' }))")
    laid(centre, site)
    scene.page.click("#dk-devices button[data-what=read]")
    scene.operator_reads("QRコードを読みました", shown)
    assert not any("filled" in str(one) for one in scene.page.evaluate("relays[0].told"))
    scene.page.click("#dk-devices button[data-what=fill]")
    scene.operator_reads("申請書IDのページを開きました", shown)
    scene.ends()
    scene.is_wiped("resident")


# -- devices ---------------------------------------------------------------------------------------------------------------


def status(centre: Stage, path: str, cookie: str, **headers: str) -> int:
    asked = urllib.request.Request(centre.url + path, headers={"Cookie": f"__Host-madoguchi-device={cookie}", **headers})
    try:
        with urllib.request.urlopen(asked, context=trusted(centre)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.requirement("IZ-10", "NB-20")
def test_a_device_that_is_revoked_is_refused_at_every_door(centre: Stage) -> None:
    house = centre.house
    code = house.devices.invite("operator", "kiosk", "a kiosk that is lost", COUNTER)
    token = house.devices.enrol(code)
    device = Stranger(centre, bearer=token)
    answer = device.asks("kiosk.counter")
    assert answer.get("result", {}).get("counter") == COUNTER, (answer, device.code)
    assert status(centre, "/kiosk/", token) == 200
    with house.database.reading() as session:
        row = house.devices.kiosk_of(session, COUNTER)
    assert row is not None
    house.devices.revoke("operator", row.id)
    # It is cut off though it says nothing.
    assert device.hears() == {} and device.code == SIGN_IN
    for _ in range(2):
        again = Stranger(centre, bearer=token)
        assert again.asks("kiosk.begin", procedure="other", language="ja", declared=[], version="x") == {} and again.code == SIGN_IN
    assert status(centre, "/kiosk/", token) == 403
    cookie = {"Cookie": f"__Host-madoguchi-device={token}"}
    phone = f"{centre.url.replace('https', 'wss')}/sip/kiosk"
    with pytest.raises(InvalidStatus) as refused, ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(opened(phone, centre, cookie))).result()
    assert refused.value.response.status_code in (401, 403)
    # The code was good once.
    body = json.dumps({"code": code}).encode()
    asked = urllib.request.Request(
        centre.url + "/kiosk/enrol", body, {"Content-Type": "application/json", "Accept": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as used:
        urllib.request.urlopen(asked, context=trusted(centre))
    assert "使えません" in json.load(used.value)["sentence"]
