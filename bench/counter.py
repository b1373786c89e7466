"""The remote counter: how soon the two see each other, how the operator's hands feel, how it is wiped and captioned."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import booking_agent.demo
from admin.demo.counter import applies, ends
from admin.demo.kiosk import Operator, begins, declares, kiosk, ledger
from admin.demo.ports import free_port
from admin.demo.stage import Stage, stage, temporary_home
from bench.counter_plain import BACKSPACE, shown_by_vnc
from bench.counter_sight import captions, codes, photos
from bench.measure import Aim, Findings, Spread, Table, ratio
from video_desk.events import SessionWiped
from video_desk.rehearsal import demo_settings

MEASURED = """All on one machine, which is kiosk, centre and console at once: three Chromium with software video, the
centre's processes and Asterisk on the same two cores. *Touch* is the resident's on "start"; the operator's hand is a script
that takes the call as soon as it rings. A picture is there when the browser has presented its first frame
(`requestVideoFrameCallback`), on both sides. A keystroke goes from the console's page over nginx and the hub's relay into
the kiosk's browser, and counts when the picture that follows is drawn on the console's canvas; plain is the same page in
Chromium on Xvfb, shown by x11vnc over one loopback connection to a client that inflates ZRLE and draws nothing. The page's
caret does not blink, so that nothing else changes. The application is the demo's, by a script that does not speak: what is
left is what the machine takes. Codes are drawn forms under a turning, blurred, badly lit camera; plain is zxing on the same
picture alone. Captions are agreed phrases, spoken by Open JTalk and eSpeak NG, at the practice endpoints: the delay is the
product's own, the words are the practice model's and say nothing of a real one."""

SESSIONS, KEYS, REST = 12, 80, 4000
VIDEO_AIM, KEY_AIM, BYTES_AIM = 1.2, 100.0, 5000
SIZE = (1180, 900)
PAGE = (
    "<!doctype html><meta charset=utf-8><title>x</title><style>body { font: 24px sans-serif; margin: 40px }"
    " input { font: 32px sans-serif; caret-color: transparent; width: 600px; padding: 10px }</style>"
    "<h1>口座の登録</h1><p><label>お名前 <input id=name autofocus></label></p>"
    + "<p>銀行、支店、口座番号を入れて、次へ進んでください。</p>" * 6
)
TOUCHED = "addEventListener('pointerdown', () => { window.touched = (performance.timeOrigin + performance.now()) / 1000 }, true)"
FIRST_FRAME = (
    "window.firstFrame = 0; document.querySelector('#operator').requestVideoFrameCallback(() => {"
    " window.firstFrame = (performance.timeOrigin + performance.now()) / 1000 })"
)


def run() -> Findings:
    """Serve residents one after the other, type, apply once, then look at papers and faces and listen."""
    server = _page()
    home = temporary_home()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        more = demo_settings(free_port).replace("[desk]\n", f'[desk]\nportal_start = "{address}"\n')
        with stage(home, quiet=True, any_ports=True, more=more + booking_agent.demo.settings(free_port)) as on_stage:
            console = on_stage.page(on_stage.browser(on_stage.voice("counter", "お手伝いします。")))
            console.add_init_script(path=Path(__file__).with_name("counter.js"))
            on_stage.sign_in(console, "agent")
            console.wait_for_selector("#take-seat:not([hidden])")
            on_stage.take_seat(console)
            stand = kiosk(on_stage)
            operator = Operator(on_stage, console, stand)
            met = [_meets(on_stage, operator) for _ in range(SESSIONS)]
            keys, sizes = _types(operator)
            minutes = _applies(on_stage, operator)
            wiped = _wiped(on_stage)
            heard = captions(on_stage)
            stand.close()
        plain_keys, plain_sizes = _types_plain(address, home)
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(home, ignore_errors=True)
    return _findings(met, wiped, minutes, (keys, sizes), (plain_keys, plain_sizes), heard)


def _page() -> ThreadingHTTPServer:
    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(PAGE.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _meets(on_stage: Stage, operator: Operator) -> dict[str, float]:
    """One resident, from their touch until both see each other; then they go. Seconds since 1970."""
    page, stand = operator.page, operator.kiosk
    # The exchange gives a seat three seconds after a conversation, and looks for a free one once a second.
    page.wait_for_timeout(REST)
    declares(stand, "other")
    stand.do(TOUCHED)
    stand.do(FIRST_FRAME)
    page.evaluate("counter.watchVideo()")
    stand.touches("start.start")
    page.wait_for_selector("body[data-phone=ringing]")
    rings = time.time()
    page.keyboard.press("F4")
    on_stage.wait(lambda: page.evaluate("counter.video"), 20, "映像が来ません")
    on_stage.wait(lambda: stand.do("window.firstFrame"), 20, "映像が来ません")
    touched, resident, operators = stand.do("window.touched"), stand.do("window.firstFrame"), page.evaluate("counter.video")
    ends(on_stage, page, stand)
    return {"touch": touched, "rings": rings, "resident": resident, "operator": operators}


def _types(operator: Operator) -> tuple[list[float], list[int]]:
    """The operator types and takes back, key by key: milliseconds and bytes until each is seen."""
    page = operator.page
    begins(operator.kiosk, "account")
    operator.answers()
    operator.opens()
    operator.is_allowed()
    operator.clicks("#name", "#name:focus")
    page.evaluate("counter.watchKeys()")
    times, sizes = [], []
    for n in range(KEYS):
        # Whatever was under way has come.
        page.wait_for_timeout(120)
        page.evaluate("Object.assign(counter, { key: 0, drawn: [], bytes: 0 })")
        page.keyboard.press("a" if n % 2 == 0 else "Backspace")
        operator.stage.wait(lambda: page.evaluate("counter.drawn.some((one) => one > counter.key)"), 20, "画面が変わりません")
        page.wait_for_timeout(60)
        key, drawn, bytes_ = page.evaluate("[counter.key, counter.drawn.find((one) => one > counter.key), counter.bytes]")
        times.append((drawn - key) * 1000)
        sizes.append(bytes_)
    ends(operator.stage, page, operator.kiosk)
    return times, sizes


def _types_plain(address: str, folder: Path) -> tuple[list[float], list[int]]:
    times, sizes = [], []
    folder.mkdir(exist_ok=True)
    with shown_by_vnc(address, folder, SIZE) as client:
        for n in range(KEYS):
            while client.update(0.12):
                pass
            taken, begun = client.taken, time.perf_counter()
            client.key(ord("a") if n % 2 == 0 else BACKSPACE)
            if client.update(5.0):
                times.append((time.perf_counter() - begun) * 1000)
                while client.update(0.06):
                    pass
                sizes.append(client.taken - taken)
    return times, sizes


def _applies(on_stage: Stage, operator: Operator) -> float:
    """A whole application; minutes from the resident's touch to the last thing wiped."""
    who = next(one for one in ledger(on_stage, "people") if one["id"] == "hanako")
    begun = time.monotonic()
    begins(operator.kiosk, "new", "new_with_form")
    operator.answers()
    operator.opens()
    operator.is_allowed()
    applies(on_stage, operator, who)
    ends(on_stage, operator.page, operator.kiosk)
    return (time.monotonic() - begun) / 60


def _wiped(on_stage: Stage) -> list[float]:
    with on_stage.house.database.reading() as session:
        said = [one.event for one in on_stage.house.log.since(session, 0, 10000)]
    return [one.seconds for one in said if isinstance(one, SessionWiped) and one.complete]


def _findings(
    met: list[dict[str, float]], wiped: list[float], minutes: float, ours: tuple[list[float], list[int]],
    plain: tuple[list[float], list[int]], heard: Table,
) -> Findings:  # fmt: skip
    both = Spread.of(max(one["resident"], one["operator"]) - one["touch"] for one in met)
    spans = [
        ("touch → both see each other", both),
        ("touch → the seat rings", Spread.of(one["rings"] - one["touch"] for one in met)),
        ("the seat rings → the operator sees the resident", Spread.of(one["operator"] - one["rings"] for one in met)),
        ("the seat rings → the resident sees the operator", Spread.of(one["resident"] - one["rings"] for one in met)),
        ("end → everything wiped", Spread.of(wiped)),
    ]
    key, plain_key, size, plain_size = (Spread.of(one) for one in (ours[0], plain[0], ours[1], plain[1]))
    columns = ("", "median", "p95", "worst")
    tables = [
        Table(f"The session, s ({len(met)} residents, {len(wiped)} wiped)", columns, [(n, *one.cells(2)) for n, one in spans]),
        Table(f"Key → picture, {len(ours[0])} keys", columns, [
            ("ours, ms", *key.cells()), ("x11vnc, ms", *plain_key.cells()),
            ("ours / x11vnc", f"{ratio(key.median, plain_key.median):.2f}", f"{ratio(key.p95, plain_key.p95):.2f}", ""),
            ("ours, bytes", *size.cells(0)), ("x11vnc, bytes", *plain_size.cells(0)),
            ("ours / x11vnc", f"{ratio(size.median, plain_size.median):.2f}", f"{ratio(size.p95, plain_size.p95):.2f}", ""),
        ]),
        Table("A whole card application", ("", "minutes"), [("from touch to wiped, by script", f"{minutes:.2f}")]),
        heard, photos(), codes(),
    ]  # fmt: skip
    aims = [
        Aim(f"touch → two-way video p95 under {VIDEO_AIM} s", f"{both.p95:.2f} s", both.p95 < VIDEO_AIM),
        Aim(f"key → picture p95 under {KEY_AIM:.0f} ms", f"{key.p95:.0f} ms", key.p95 < KEY_AIM),
        Aim(f"a keystroke under {BYTES_AIM} bytes (p95)", f"{size.p95:.0f}", size.p95 < BYTES_AIM),
    ]
    figures: dict[str, Any] = {name: one.__dict__ for name, one in spans}
    figures |= {"key": key.__dict__, "key_x11vnc": plain_key.__dict__, "bytes": size.__dict__, "bytes_x11vnc": plain_size.__dict__}
    return Findings("The remote counter", MEASURED, tables, aims, figures | {"application_minutes": minutes})
