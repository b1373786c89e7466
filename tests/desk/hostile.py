"""What tests of pages that mean harm share: a page whose press does what a test has put there."""

from __future__ import annotations

from tests.desk.booth import Scene, until

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
