"""The browser: Debian's Chromium as an ordinary user in its sandbox, kept warm; each visit in a context of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as BrowserError

from booking_agent.driver.trouble import Reason, Trouble

CHROMIUM, HEADLESS = "/usr/bin/chromium", "/usr/bin/chromium-headless-shell"
"""The whole browser, for people who look on; its engine alone, which takes half the processor."""

_WORDS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-crash-reporter",
]  # fmt: skip
_STILL = (
    "*, *::before, *::after { animation-duration: 1ms !important; animation-delay: 0s !important; "
    "transition-duration: 1ms !important; transition-delay: 0s !important; scroll-behavior: auto !important; }"
)
"""Decoration costs most of a booking's time. Events of its end still come, as some sites wait for them."""

_SCRIPT = files("booking_agent.driver").joinpath("page.js").read_text("utf-8")
_STYLE = (
    "addEventListener('DOMContentLoaded', () => { const style = document.createElement('style'); style.textContent = "
    + repr(_STILL)
    + "; document.documentElement.append(style); });"
)


class Chromium:
    """A warm browser of one process.

    :param contact: how the site's owner reaches us; it stands in the user agent, which says what we are.
    :param headed: show the window, for `booking check --headed`.
    """

    def __init__(self, contact: str = "", headed: bool = False) -> None:
        self._contact, self._headed = contact, headed
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def warm(self) -> Browser:
        """The browser, started where it is not running.

        :raises Trouble: where it cannot be started.
        """
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        self.close()
        try:
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(
                executable_path=CHROMIUM if self._headed else HEADLESS, args=_WORDS, chromium_sandbox=True,
                headless=not self._headed, handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
        except BrowserError as error:
            self.close()
            raise Trouble(Reason.BROWSER, "launch") from error
        return self._browser

    @contextmanager
    def context(self, state: Any = None) -> Iterator[Any]:
        """A fresh context: no cookie, no cache, no storage of anybody else.

        :param state: cookies and storage of a visit that was broken off, to go on with it.
        """
        browser = self.warm()
        agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version} Safari/537.36"
        made = browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 1600}, reduced_motion="reduce",
            user_agent=f"{agent} Madoguchi/1.0" + (f" (+{self._contact})" if self._contact else ""), storage_state=state,
            accept_downloads=False,
        )  # fmt: skip
        made.add_init_script(_SCRIPT)
        made.add_init_script(_STYLE)
        try:
            yield made
        finally:
            with suppress(BrowserError):
                made.close()

    def close(self) -> None:
        """End the browser and its driver."""
        if self._browser is not None:
            with suppress(BrowserError):
                self._browser.close()
        if self._playwright is not None:
            with suppress(BrowserError):
                self._playwright.stop()
        self._browser = self._playwright = None
