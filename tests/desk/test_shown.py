"""The resident's browser on a real screen (Xvfb): only the page is seen, in its place, whatever window it opens."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.demo.screen import Screen
from kiosk_bridge.browser.process import Window
from kiosk_bridge.system import silence_shortcuts
from tests.desk.booth import Scene, play, run, until

WIDTH, HEIGHT, STRIP = 1280, 800, 400
PINK, NOTHING = (255, 192, 203), (0, 0, 0)
BUTTON = "<button style='position:fixed;left:600px;top:500px'>x</button>"
PAGE = "<style>html { background: pink }</style><p>ここだけ</p>"


def is_of(screen: Screen, left: int, colour: tuple[int, int, int]) -> bool:
    """Whether the screen's upper edge, and most of what is below, has one colour from there on."""
    seen = (screen.picture()[:, left:] == colour).all(axis=2)
    return bool(seen[:8].all() and seen.mean() > 0.9)


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    made = Screen(tmp_path, WIDTH, HEIGHT)
    monkeypatch.setenv("DISPLAY", made.name)
    yield made
    made.close()


@pytest.mark.requirement("NB-02", "IZ-07")
def test_residents_see_the_page_beside_the_face_and_neither_tabs_nor_addresses_whatever_window_it_opens(screen: Screen) -> None:
    async def scene(on: Scene) -> None:
        await until(lambda: is_of(screen, STRIP, PINK))
        assert is_of(screen, 0, PINK) is False
        for opens in ("window.open('/')", "window.open('/', '', 'width=300,height=200')"):
            count = len(on.booth.pages.order)
            top = on.booth.pages.shown
            assert top is not None
            await on.browser.devtools.send("Runtime.evaluate", top.id, expression=f"{opens} && 1", userGesture=True)
            await until(lambda count=count: len(on.booth.pages.order) > count)
            await until(lambda: on.page("[innerWidth, innerHeight].join() === '880,800'"))
            await until(lambda: is_of(screen, STRIP, PINK))
        # What the operator presses is where the resident sees it.
        on.booth.grant()
        before = on.console.pictures
        await on.page(f"document.body.innerHTML = {BUTTON!r}")
        await until(lambda: on.console.pictures > before)
        await on.console.do("pointer", what="down", x=608 / 880, y=508 / 800)
        await on.console.do("pointer", what="up", x=608 / 880, y=508 / 800)
        await until(lambda: on.page("document.querySelector('button').matches(':focus')"))
        await on.browser.hide()

    play(PAGE, scene, window=Window(STRIP, 0, WIDTH - STRIP, HEIGHT))


def test_a_browser_that_waits_for_the_next_resident_is_not_seen(screen: Screen) -> None:
    async def scene(on: Scene) -> None:
        await until(lambda: is_of(screen, 0, PINK))
        await on.browser.hide()
        await until(lambda: is_of(screen, 0, NOTHING))

    play(PAGE, scene, window=Window(0, 0, WIDTH, HEIGHT))


KEYS = {"control": 37, "alt": 64, "shift": 50, "f": 41, "i": 31, "n": 57, "o": 32, "t": 28, "w": 25, "f12": 96}
"""Where keys lie on a keyboard, as X counts."""


def press(*names: str) -> None:
    """Keys of a keyboard: down in this order, up in the other."""
    codes = [str(KEYS[name]) for name in names]
    words = [("keydown", code) for code in codes] + [("keyup", code) for code in reversed(codes)]
    subprocess.run(["xdotool", *(word for pair in words for word in pair)], check=True)


async def _types(on: Scene) -> None:
    """A field over the whole page, into which a keyboard types."""
    await on.page("document.body.innerHTML = '<input style=\"position:fixed;inset:0\">'")
    subprocess.run(["xdotool", "mousemove", str(STRIP + 100), "400", "click", "1"], check=True)
    await asyncio.to_thread(press, "f")
    await until(lambda: on.page("document.querySelector('input').value === 'f'"))


def _opened(on: Scene) -> list[str]:
    """What opens from now on."""
    opened: list[str] = []
    on.browser.devtools.on("Target.targetCreated", lambda said, _: opened.append(said["targetInfo"]["url"]))
    return opened


async def _targets(on: Scene) -> set[str]:
    found = await on.browser.devtools.send("Target.getTargets")
    return {one["targetId"] for one in found["targetInfos"]}


@pytest.mark.requirement("IZ-07", "IZ-09")
def test_what_a_key_opens_of_the_browsers_own_is_closed_at_once(screen: Screen) -> None:
    async def scene(on: Scene) -> None:
        await until(lambda: is_of(screen, STRIP, PINK))
        await _types(on)
        before, opened = await _targets(on), _opened(on)
        await asyncio.to_thread(press, "control", "t")
        await until(lambda: opened)

        async def is_as_before() -> bool:
            return await _targets(on) == before

        await until(is_as_before)

    play(PAGE, scene, window=Window(STRIP, 0, WIDTH - STRIP, HEIGHT))


@pytest.mark.requirement("IZ-07", "IZ-09")
def test_no_key_of_a_silenced_keyboard_opens_anything_but_letters_in_the_page(screen: Screen) -> None:
    async def scene(on: Scene) -> None:
        await until(lambda: is_of(screen, STRIP, PINK))
        await _types(on)
        opened = _opened(on)
        ways = ("control t", "control n", "control shift i", "control o", "f12", "alt f", "control w")
        for one in ways:
            await asyncio.to_thread(press, *one.split())
        # What had been a way out is a letter.
        await until(lambda: on.page("document.querySelector('input').value.toLowerCase() === 'ftnio fw'"))
        assert opened == []

    # As the bridge does it: before its browsers begin, which learn the keys at their start.
    run(silence_shortcuts())
    play(PAGE, scene, window=Window(STRIP, 0, WIDTH - STRIP, HEIGHT))
