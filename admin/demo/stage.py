"""The stage of the demo: a centre of its own, a carrier, people to sign in, browsers, and a voice that tells each step."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from admin.demo.ports import PortBlock, free_port, is_free
from admin.processes.layout import CLONE, Process, environment, hold, prepare
from contact_center.clock import SystemClock
from contact_center.contacts import State
from contact_center.errors import Unavailable
from contact_center.house import House, build, read_settings
from contact_center.identity import passwords
from contact_center.settings import WEB_PORT
from telephony.carrier import Carrier
from telephony.demo import Resident, take_seat, voice
from telephony.settings import (
    SIP_HOST,
    SIP_PORT,
    TRUNK_HOST,
    TRUNK_KIND,
    TRUNK_NUMBER,
    TRUNK_PASSWORD,
    TRUNK_PORT,
    TRUNK_USER,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEADLESS = "/usr/bin/chromium-headless-shell"
RTP_PORTS = 1200
"""Two for each call: as many as a flood may bring, so that each is answered and known."""

RESIDENT_HOST = "127.0.0.3"
PEOPLE = (
    ("agent", "佐藤 花子", ("agent",)),
    ("supervisor", "鈴木 一郎", ("agent", "supervisor")),
    ("admin", "高橋 管理", ("administrator",)),
    ("city", "田中 市民課", ("city_staff",)),
)
_WANTED_PORTS = {
    "web.port": 8443, "telephony.sip_port": 5060, "telephony.tls_port": 5061, "telephony.ami_port": 5038,
    "telephony.http_port": 8088,
}  # fmt: skip


class Stage:
    """A running demo centre.

    A test may put another module in the place of its `keeper`.

    :param home: its folder; what was made there is used again.
    :param quiet: say nothing on the terminal (tests, JSON).
    :param any_ports: take free ports, not the usual ones: several stages may be opened in the same moment.
    """

    keeper = "admin.processes.keeper"
    patience = 1.0
    """How many times longer than was said it waits before it gives up; a machine that runs tests side by side takes longer."""

    def __init__(
        self, home: Path, quiet: bool = False, directory: Path | None = None, more: str = "", any_ports: bool = False
    ) -> None:
        self.clock = SystemClock()
        self._began = self.clock.monotonic()
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self.home = home
        self.settings_path = home / "madoguchi.toml"
        self.directory = directory or CLONE / "admin" / "demo" / "directory.toml"
        self._more = more
        self._any_ports = any_ports
        self.steps: list[dict[str, Any]] = []
        self.house: House = None  # type: ignore[assignment]  # set by open()
        self.carrier: Carrier | None = None
        self.residents_port = free_port()
        self.passwords: dict[str, str] = {}
        self._keeper: subprocess.Popen[bytes] | None = None
        self._browsers: list[Browser] = []
        self._blocks: list[PortBlock] = []

    # -- telling ------------------------------------------------------------------------------------------------------

    def say(self, step: str) -> None:
        """Tell a step, with the seconds since the beginning."""
        at = self.clock.monotonic() - self._began
        self.steps.append({"at": round(at, 2), "step": step})
        self._console.print(f"[bold cyan]{at:7.2f} s[/]  {step}", soft_wrap=True)

    def tell(self, text: str) -> None:
        """Say something that is no step."""
        self._console.print(text, soft_wrap=True)

    # -- the centre ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Bring the centre and its carrier up."""
        self.home.mkdir(parents=True, exist_ok=True)
        hold(self.home).close()
        self._write_settings()
        self.house = build(read_settings(self.settings_path))
        prepare(self.house, self.settings_path)
        self._people()
        self._clear_seats()
        self.say("設定・台帳・案内音声・証明書がそろいました")
        self._start_keeper()
        settings = self.house.settings
        with self.house.database.reading() as session:
            numbers = [view.number for view in self.house.directory.lines(session)]
        account = (settings[TRUNK_NUMBER] or settings[TRUNK_USER], settings[TRUNK_USER], settings[TRUNK_PASSWORD])
        self.carrier = Carrier(
            self.home / "carrier", settings[TRUNK_HOST], settings[TRUNK_PORT],
            (settings[SIP_HOST], settings[SIP_PORT]), 20, self.residents_port, self.clock, rtp_first=self._sound(400),
            numbers=numbers, account=account if settings[TRUNK_KIND] == "registration" else None,
        )  # fmt: skip
        self.carrier.start()
        self.wait(self._is_up, 60, "センターが起動しません")
        self.say("センターと練習用の電話会社が動いています（Asterisk・交換台・ハブ・Web・作業係・Redis・nginx）")

    def _write_settings(self) -> None:
        ports: dict[str, int] = {}
        for name, usual in _WANTED_PORTS.items():
            port = self._port(usual)
            while port in ports.values():
                port = free_port()
            ports[name] = port
        tables: dict[str, list[str]] = {"centre": [f'directory = "{self.directory}"', 'home = "."']}
        for name, port in ports.items():
            table, key = name.split(".")
            tables.setdefault(table, []).append(f"{key} = {port}")
        rtp = self._sound(RTP_PORTS)
        tables["telephony"] += [f"rtp_first = {rtp}", f"rtp_last = {rtp + RTP_PORTS - 1}"]
        tables["trunk"] = ['host = "127.0.0.2"', f"port = {self._port(5060, '127.0.0.2')}"]
        more = tomllib.loads(self._more)
        if "identity" not in more:
            # Who practises has a made-up password for one evening.
            tables["identity"] = ['second_factor = ""']
        for table, values in more.items():
            tables.setdefault(table, []).extend(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
        text = "\n".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())
        self.settings_path.write_text(text)

    def _sound(self, size: int) -> int:
        self._blocks.append(PortBlock(size))
        return self._blocks[-1].first

    def _port(self, usual: int, host: str = "127.0.0.1") -> int:
        return usual if not self._any_ports and is_free(usual, host) else free_port(host)

    def _people(self) -> None:
        known = {person.account for person in self.house.people.all()}
        path = self.home / "keys" / "demo-sign-ins.json"
        self.passwords = json.loads(path.read_text()) if path.exists() else {}
        with self.house.database.reading() as session:
            cities = [city.id for city in self.house.directory.cities(session)]
        for account, name, roles in PEOPLE:
            if account in known and account in self.passwords:
                continue
            self.passwords[account] = passwords.made_up_password()
            if account in known:
                self.house.people.set_password("operator", account, self.passwords[account])
            else:
                self.house.people.add("operator", account, name, self.passwords[account], roles, cities)
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.passwords))

    def _clear_seats(self) -> None:
        """Nobody sits anywhere and nothing is left to write when the curtain rises, however the last demo ended."""
        with self.house.database.session_scope() as session:
            for seat in self.house.seats.all(session):
                if seat.signed_in:
                    self.house.seats.sign_out(session, seat, "operator")
            for contact in self.house.contacts.open(session):
                if contact.state == State.WRAPPING:
                    contact.category, contact.outcome = "excluded", "broken_off"
                    self.house.notes.finish(session, contact, "operator")

    def _start_keeper(self) -> None:
        log = (self.home / "log" / "keeper.log").open("ab")
        self._keeper = subprocess.Popen(
            # However this process ends, the keeper is told and ends the centre in order.
            ["/usr/bin/setpriv", "--pdeathsig", "TERM", sys.executable, "-m", self.keeper],
            env=environment(self.settings_path), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def _is_up(self) -> bool:
        switchboard = self.home / "log" / "switchboard.log"
        run = self.home / "run"
        sockets = all((run / name).exists() for name in ("web.sock", "hub.sock", "nginx.pid"))
        return sockets and switchboard.exists() and self._settled(switchboard)

    def _settled(self, log: Path) -> bool:
        tail = log.read_text("utf-8", "replace").rsplit("Starting factory", 1)[-1]
        return "Settled with Asterisk" in tail

    @property
    def url(self) -> str:
        """Where a browser finds the centre."""
        return f"https://localhost:{self.house.settings[WEB_PORT]}"

    # -- waiting ------------------------------------------------------------------------------------------------------

    def wait(self, condition: Any, seconds: float, otherwise: str) -> Any:
        """Wait until a condition holds; its value.

        :raises Unavailable: where it does not within that time.
        """
        seconds *= self.patience
        end, pause = self.clock.monotonic() + seconds, 0.02
        while True:
            value = condition()
            if value:
                return value
            if self.clock.monotonic() > end:
                raise Unavailable("%(what)s（%(seconds)s秒待ちました）。", what=otherwise, seconds=round(seconds))
            # Asking must not take the processor from what is waited for.
            self.clock.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    # -- browsers -----------------------------------------------------------------------------------------------------

    def browser(self, microphone: Path | None = None) -> Browser:
        """A headless Chromium with a file for a microphone, its sandbox on."""
        words = [
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            "--autoplay-policy=no-user-gesture-required",
            "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ]  # fmt: skip
        if microphone is not None:
            words.append(f"--use-file-for-fake-audio-capture={microphone}")
        browser = _playwright().chromium.launch(executable_path=HEADLESS, args=words, chromium_sandbox=True, handle_sigint=False)
        self._browsers.append(browser)
        return browser

    def page(self, browser: Browser) -> Page:
        """A page of 1280x800 in Japanese that may use the microphone."""
        context = browser.new_context(
            ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="ja-JP", timezone_id="Asia/Tokyo",
            permissions=["microphone", "camera", "notifications"],
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(30000)
        return page

    def close_pages(self) -> None:
        """Close every page that was opened; the browsers stay."""
        for browser in self._browsers:
            for context in browser.contexts:
                context.close()

    def sign_in(self, page: Page, account: str, to: str = "/console") -> None:
        """Sign in as one of the demo's people and open a page."""
        page.goto(self.url + "/sign-in")
        page.fill("#account", account)
        page.fill("#password", self.passwords[account])
        page.click("button.strong")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        # Who has one door is through it already.
        if not page.url.endswith(to):
            page.goto(self.url + to)

    def take_seat(self, page: Page, seat: str = "seat-1") -> None:
        """Sit down in an open console, with a phone that is ready, and take calls."""
        take_seat(page, seat)
        page.click("#go-available")
        page.wait_for_selector("#presence[data-state=available]")

    def resident(self, number: str) -> Resident:
        """A scripted resident at a telephone of the carrier."""
        return Resident(self, number)

    def voice(self, name: str, text: str) -> Path:
        """A spoken sentence as a WAV file."""
        return voice(self.home / "tmp", name, text)

    # -- the end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End browsers, carrier and centre, in this order."""
        for browser in self._browsers:
            browser.close()
        if self.carrier is not None:
            self.carrier.stop()
        if self._keeper is not None:
            self._keeper.send_signal(signal.SIGTERM)
            try:
                self._keeper.wait(20)
            except subprocess.TimeoutExpired:
                self._keeper.kill()
                self._keeper.wait()
        for block in self._blocks:
            block.close()


@cache
def _playwright() -> Any:
    """One driver for all stages of a process: a second one beside it would be refused."""
    from playwright.sync_api import sync_playwright

    # Ctrl-C in a terminal reaches the driver too; it must live until we have closed the browsers in order.
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    started = sync_playwright().start()
    signal.signal(signal.SIGINT, former)
    atexit.register(started.stop)
    return started


@contextmanager
def stage(home: Path, **options: Any) -> Iterator[Stage]:
    """A demo centre that is ended in order, whatever happens."""
    made = Stage(home, **options)
    try:
        made.open()
        yield made
    finally:
        made.close()


def temporary_home() -> Path:
    """A home whose path is short enough for Unix sockets."""
    return Path(tempfile.mkdtemp(prefix="mado-", dir=os.environ.get("MADOGUCHI_TMP", "/tmp")))  # noqa: S108


__all__ = ["PEOPLE", "RESIDENT_HOST", "Process", "Stage", "stage", "temporary_home"]
