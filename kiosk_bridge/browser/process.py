"""A Chromium process of the kiosk: everything it writes lies in one folder in memory, which goes with it (IZ-09, NB-03, NB-05).

A context within a running browser is not enough: a password was still in that browser's memory half a minute after its context
was gone. So each resident has a process of their own, and ending it is the wiping.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contact_center.errors import Unavailable
from kiosk_bridge import system
from kiosk_bridge.browser.devtools import Devtools
from kiosk_bridge.browser.gate import Gate

QUIET = (
    "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-breakpad", "--disable-crash-reporter", "--disable-extensions", "--disable-default-apps",
    "--disable-quic", "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-print-preview",
    "--disable-save-password-bubble", "--password-store=basic", "--no-pings", "--metrics-recording-only",
    "--site-per-process", "--disk-cache-size=1", "--media-cache-size=1", "--lang=ja",
    "--disable-features=Translate,AutofillServerCommunication,MediaRouter,OptimizationHints,InterestFeedContentSuggestions,"
    "PasswordManagerOnboarding,AutofillEnableAccountWalletStorage,DialMediaRouteProvider",
)  # fmt: skip
"""What every browser of the kiosk is told: it speaks with nobody but the page, and keeps nothing."""

PREFERENCES = {
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False, "default_content_setting_values": {"notifications": 2, "geolocation": 2}},
    "autofill": {"enabled": False, "profile_enabled": False, "credit_card_enabled": False},
    "translate": {"enabled": False},
    "download": {"prompt_for_download": False, "default_directory": "/dev/null"},
    "browser": {"check_default_browser": False},
    "search": {"suggest_enabled": False},
    "net": {"network_prediction_options": 2},
    "hardware": {"screen_capture_enabled": False},
}
"""Of the policies that docs/operate/kiosk.md has the installer set for the whole machine, those that a profile can hold."""

GATED = {"webrtc": {"ip_handling_policy": "disable_non_proxied_udp"}}
"""A resident's browser knows its gate only; the face's makes calls."""

KEPT = (
    "PATH", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY",
    "SystemRoot", "ProgramFiles", "ProgramFiles(x86)",
)  # fmt: skip
"""Variables that a browser needs to find the screen, and on Windows itself; no other reaches it."""

PREFIX = "kiosk-"
"""How the folders of browsers are named in memory; then comes the id of the process that has made them."""

FIT_LOOKS, FIT_EVERY, FIT_SURE = 40, 0.05, 3
"""How often a window that was placed is looked at, seconds between two looks, and how many in a row must find it right."""

INNER = ("chrome", "chrome-untrusted", "chrome-extension", "devtools", "view-source")
"""Pages of the browser itself; nobody at a kiosk has any use for them."""

AWAY = 10_000
"""Pixels to the right of every screen."""

END_WITHIN = 3.0
"""Seconds that a browser may take to end by itself."""


@dataclass(frozen=True)
class Window:
    """Where a browser stands on the kiosk's screen, in pixels; `shown` False: on a screen of its own that nobody sees."""

    left: int
    top: int
    width: int
    height: int
    shown: bool = True


class Chromium:
    """One browser process and its folder. Made by `start`, gone with `wipe`.

    :param gate: its only way out; None: it is no resident's, and goes where it is told.
    """

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, our_write: int, gate: Gate | None) -> None:
        self._process = process
        self._gate = gate
        self._our_write = our_write
        self._transport: asyncio.ReadTransport | None = None
        self.folder = folder
        self.gone = asyncio.Event()
        """Set once the browser has ended, whatever ended it."""

        self.devtools = Devtools(lambda data: _write_all(our_write, data))

    @classmethod
    async def start(cls, window: Window, words: Sequence[str] = (), gated: bool = False) -> Chromium:
        """Start a browser on an empty page.

        :param words: further words of its command line.
        :param gated: whether it is a resident's: it reaches nothing until `lead_to` names the hosts.
        :raises Unavailable: where it does not start.
        """
        folder, gate = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=system.memory())), Gate() if gated else None
        try:
            if gate is not None:
                await gate.begin()
                words = (*words, *gate.words)
            return await cls._start_in(folder, window, words, gate)
        except BaseException:
            if gate is not None:
                gate.end()
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    async def _start_in(cls, folder: Path, window: Window, words: Sequence[str], gate: Gate | None) -> Chromium:
        profile = folder / "profile" / "Default"
        profile.mkdir(parents=True, mode=0o700)
        (profile / "Preferences").write_text(json.dumps(PREFERENCES | (GATED if gate is not None else {})))
        (folder / "tmp").mkdir(mode=0o700)
        to_browser, our_write = os.pipe()
        our_read, from_browser = os.pipe()
        place = (f"--window-position={window.left},{window.top}",) if window.shown else ("--headless=new",)
        command = [
            system.chromium(), *QUIET, *place, f"--window-size={window.width},{window.height}",
            f"--user-data-dir={folder / 'profile'}", "--remote-debugging-pipe", *words, "about:blank",
        ]  # fmt: skip
        try:
            process = await system.start_with_pipes(command, to_browser, from_browser, _environment(folder))
        except OSError as error:
            raise Unavailable("ブラウザ（Chromium）を開始できません。") from error
        finally:
            os.close(to_browser)
            os.close(from_browser)
        browser = cls(process, folder, our_write, gate)
        await browser._listen(our_read)
        for moment in ("Target.targetCreated", "Target.targetInfoChanged"):
            browser.devtools.on(moment, browser._keep_out)
        await browser.devtools.send("Target.setDiscoverTargets", discover=True)
        return browser

    async def _listen(self, descriptor: int) -> None:
        devtools, gone = self.devtools, self.gone

        class _Reader(asyncio.Protocol):
            def data_received(self, data: bytes) -> None:
                devtools.received(data)

            def connection_lost(self, exc: Exception | None) -> None:
                devtools.end()
                gone.set()

        pipe = os.fdopen(descriptor, "rb", buffering=0)
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(_Reader, pipe)

    def _keep_out(self, said: dict[str, Any], _session: str) -> None:
        """Close at once what is the browser's own, should a key have opened it: a kiosk shows pages only."""
        target = said["targetInfo"]
        if target["type"] in ("page", "other") and urlsplit(target["url"]).scheme in INNER:
            self.devtools.send("Target.closeTarget", targetId=target["targetId"])

    @property
    def pid(self) -> int:
        """Id of its first process, which leads its group."""
        return self._process.pid

    def lead_to(self, hosts: Iterable[str]) -> None:
        """Open the way out of a resident's browser to these hosts, `host` or `host:port`, and to no other."""
        if self._gate is not None:
            self._gate.lead_to(hosts)

    async def place(self, window: Window, target: str, session: str) -> None:
        """Put a window so that its page fills a part of the screen. Tabs and address lie above the screen's upper edge, where
        nobody sees or touches them; `--kiosk` hides them only as long as a window fills the whole screen.

        :param target: of the page; `session` its session.
        :raises Unavailable: where the browser is gone.
        """
        id = int((await self.devtools.send("Browser.getWindowForTarget", targetId=target))["windowId"])
        # A window that fills the screen takes no other size.
        await self._bounds(id, windowState="normal")
        edge, right = 0, 0
        for _ in range(FIT_LOOKS):
            await self._bounds(id, left=window.left, top=window.top - edge, width=window.width, height=window.height + edge)
            await asyncio.sleep(FIT_EVERY)
            told = await self.devtools.send("Runtime.evaluate", session, expression="innerHeight", returnByValue=True)
            height = int(told["result"].get("value") or window.height)
            # A window that is just coming tells another height for a moment.
            right = right + 1 if height == window.height else 0
            if right == FIT_SURE:
                return
            edge += window.height - height

    async def hide(self) -> None:
        """Take its window off the screen until it is placed."""
        targets = await self.devtools.send("Target.getTargets")
        page = next(one["targetId"] for one in targets["targetInfos"] if one["type"] == "page")
        id = int((await self.devtools.send("Browser.getWindowForTarget", targetId=page))["windowId"])
        await self._bounds(id, windowState="normal")
        await self._bounds(id, left=AWAY, top=0)

    async def _bounds(self, id: int, **bounds: int | str) -> None:
        await self.devtools.send("Browser.setWindowBounds", windowId=id, bounds=bounds)

    async def wipe(self) -> None:
        """End every process of the browser and remove its folder; nothing of the resident is left on this machine."""
        if not self.devtools.ended:
            with suppress(Unavailable, TimeoutError):
                await asyncio.wait_for(self.devtools.send("Browser.close"), 1.0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), END_WITHIN)
        # Helpers that outlive the first process would hold the resident's values in memory: the whole group ends.
        system.end_group(self._process.pid)
        await self._process.wait()
        if self._transport is not None:
            self._transport.close()
        with suppress(OSError):
            os.close(self._our_write)
        self.devtools.end()
        if self._gate is not None:
            self._gate.end()
        await asyncio.to_thread(_remove, self.folder)


def sweep() -> bool:
    """Remove what browsers have left in memory whose kiosk was killed; nothing of a resident waits for the next one (IZ-09).

    :returns: whether nothing is left.
    """
    clean = True
    for folder in system.memory().glob(f"{PREFIX}*-*"):
        maker = folder.name.removeprefix(PREFIX).partition("-")[0]
        if maker.isdecimal() and not system.is_alive(int(maker)):
            shutil.rmtree(folder, ignore_errors=True)
            clean = clean and not folder.exists()
    return clean


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "HOME": str(folder), "TMPDIR": str(folder / "tmp"), "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"), "BREAKPAD_DUMP_LOCATION": str(folder / "crash"),
    }  # fmt: skip


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        # The reading side sees the same end and tells whoever waits.
        return


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise Unavailable("ブラウザの作業フォルダーを消せません: %(folder)s", folder=folder)
