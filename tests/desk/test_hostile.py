"""Pages that mean harm, such as a site of the menu that was taken over: they hold somebody up, or speak in another's name."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from contact_center.errors import NotAllowed
from kiosk_bridge.booth.pages import MOST_WINDOWS
from tests.desk.booth import Scene, play, until
from tests.desk.hostile import SOON, STAGE, does, takes_a_press

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
