"""The booth in real Chromium: what the operator can do in it, what they never see, and that nothing stays of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.kiosk_leaks import PLACES, trials
from contact_center.errors import BadInput, NotAllowed
from kiosk_bridge.booth.pages import FOREVER, Pages, allowed
from tests.desk.booth import Scene, play, run, until

FIELD = "<input id=name style='position:absolute;left:20px;top:20px;width:300px;height:40px'>"
TRIALS = 180


@pytest.mark.requirement("IZ-07")
@pytest.mark.timeout(300)
def test_no_picture_ever_shows_a_secret_however_its_field_is_made() -> None:
    outcome = run(trials(TRIALS, seed=3))
    assert outcome.leaks == [] and outcome.let_through == 0
    # What shows no picture at all would leak nothing either.
    assert len(outcome.blind) <= 1, outcome.blind
    assert outcome.refused > TRIALS and outcome.pictures > TRIALS


@pytest.mark.requirement("IZ-07")
def test_a_secret_that_a_page_copies_within_a_hidden_root_is_not_seen() -> None:
    outcome = run(trials(12, 5, ("replaced", "echoed"), PLACES[3:]))
    assert outcome.leaks == [] and outcome.blind == []


def test_the_trials_would_find_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    async def perjury(self: Pages) -> float:
        return FOREVER

    monkeypatch.setattr(Pages, "swear", perjury)
    monkeypatch.setattr(Pages, "secret", property(lambda self: False))
    assert run(trials(8, seed=1)).leaks


def test_the_operator_clicks_and_writes_japanese_with_their_own_input_method() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(100, 40)
        await until(lambda: on.page("document.activeElement.id === 'name'"))
        for so_far in ("よ", "よや", "よやく"):
            await on.console.do("compose", text=so_far)
        assert await on.page("document.getElementById('name').value") == "よやく"
        await on.console.do("compose", text="")
        await on.console.do("text", text="予約です")
        await on.console.do("key", key="Backspace")
        assert await on.page("document.getElementById('name').value") == "予約で"
        before = on.console.pictures
        await on.console.do("text", text="す")
        await until(lambda: on.console.pictures > before)
        assert on.console.sizes[-1] < 5000

    play(FIELD, scene)


def test_without_the_residents_leave_the_operator_only_points() -> None:
    async def scene(on: Scene) -> None:
        with pytest.raises(NotAllowed):
            await on.console.do("text", text="x")
        before = on.console.pictures
        await on.console.do("mark", shape="frame", x=0.5, y=0.5, width=0.2, height=0.2)
        await until(lambda: on.console.pictures > before and on.console.colour(480, 360)[2] < 200)
        assert on.console.colour(480, 360)[0] > 200, "the mark is yellow"
        with pytest.raises(BadInput):
            await on.console.do("evaluate", expression="document.cookie")

    play(FIELD, scene)


@pytest.mark.requirement("IZ-07")
def test_any_touch_of_the_resident_takes_the_control_back_at_once() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(100, 40)
        await on.console.do("text", text="a")
        assert on.booth.control
        await on.resident_presses(500, 500)
        await until(lambda: not on.booth.control)
        with pytest.raises(NotAllowed):
            await on.console.do("text", text="b")
        assert {"control": False} in on.console.told and await on.page("document.getElementById('name').value") == "a"

    play(FIELD, scene)


@pytest.mark.requirement("IZ-07")
def test_who_has_taken_the_control_back_while_a_page_answers_is_not_disturbed_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(100, 40)
        await until(lambda: on.page("document.activeElement.id === 'name'"))

        async def meanwhile() -> bool:
            on.booth.take_back()
            return True

        monkeypatch.setattr(on.booth.pages, "typable", meanwhile)
        with pytest.raises(NotAllowed):
            await on.console.do("text", text="x")
        assert await on.page("document.getElementById('name').value") == ""

    play(FIELD, scene)


@pytest.mark.requirement("IZ-07")
def test_a_secret_that_ends_while_nobody_looks_silences_nobody_any_more() -> None:
    async def scene(on: Scene) -> None:
        await on.resident_presses(100, 40)
        await until(lambda: {"secret": True} in on.console.told)
        on.booth.screen.share(False)
        with pytest.raises(NotAllowed):
            on.booth.require_calm()
        await on.page("document.activeElement.blur()")
        await until(lambda: on.console.told[-1] == {"secret": False})
        on.booth.require_calm()

    play(FIELD.replace("id=name", "id=name type=password"), scene)


def test_whether_something_stands_in_a_page_is_not_said_where_no_page_can_say_it() -> None:
    async def scene(on: Scene) -> None:
        said = [await on.booth.own.holds(one) for one in ("document.forms", "document.querySelector('form')", "of no meaning")]
        assert said == [True, False, None]

    play(FIELD, scene)


def test_a_text_that_no_field_takes_is_told_to_the_operator() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        with pytest.raises(BadInput, match="欄を押して"):
            await on.console.do("text", text="x")

    play(FIELD, scene)


def test_a_press_of_the_operator_of_which_the_page_tells_late_takes_nothing_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(on: Scene) -> None:
        tells, told = on.booth.touched, []

        def late(kind: str) -> None:
            tells(kind)
            told.append(kind)

        monkeypatch.setattr(on.booth, "touched", lambda kind: asyncio.get_running_loop().call_later(0.4, late, kind))
        on.booth.grant()
        await on.console.click(100, 40)
        await until(lambda: told)
        assert on.booth.control
        await on.resident_presses(500, 500)
        await until(lambda: not on.booth.control)

    play(FIELD, scene)


def test_a_list_opens_within_the_picture_and_is_chosen_from() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(60, 40)
        await until(lambda: on.page("document.querySelector('select').matches(':open')"))
        for key in ("ArrowDown", "ArrowDown", "Enter"):
            await on.console.do("key", key=key)
        await until(lambda: on.page("document.querySelector('select').value === 'c'"))

    options = "".join(f"<option value={one}>{one}</option>" for one in "abc")
    play(f"<select style='position:absolute;left:20px;top:20px;width:120px;height:40px'>{options}</select>", scene)


def test_a_date_is_chosen_in_the_consoles_panel() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(60, 40)
        await until(lambda: {"date": {"type": "date", "min": "", "max": "2026-12-31"}} in on.console.told)
        await on.console.do("write", value="2026-11-22")
        await until(lambda: on.page("document.getElementById('told').textContent === '2026-11-22'"))

    style = "position:absolute;left:20px;top:20px;height:40px"
    field = f"<input type=date max=2026-12-31 style='{style}' onchange='told.textContent=value'>"
    play(field + "<p id=told style='margin-top:100px'></p>", scene)


def test_what_a_page_says_in_a_box_is_told_and_answered() -> None:
    async def scene(on: Scene) -> None:
        on.booth.grant()
        # The press that makes a page ask is answered only when the question is.
        pressed = asyncio.ensure_future(on.console.click(60, 40))
        await until(lambda: any(one.get("box") for one in on.console.told))
        assert on.console.told[-1]["box"] == {"kind": "confirm", "message": "削除しますか", "default": ""}
        await on.console.do("reply", accept=True)
        await until(lambda: on.page("document.body.dataset.said === 'true'"))
        await pressed

    button = "<button style='position:absolute;left:20px;top:20px;width:80px;height:40px' onclick=ask()>x</button>"
    play(button + "<script>const ask = () => { document.body.dataset.said = confirm('削除しますか') }</script>", scene)


def test_a_page_leads_nowhere_but_to_the_menus_hosts() -> None:
    async def scene(on: Scene) -> None:
        await on.page("location.href = 'http://example.com/?name=hanako'")
        await until(lambda: {"blocked": "example.com"} in on.console.told)
        assert await on.page("location.host") == on.site.host
        assert "hanako" not in str(on.console.told)
        await on.page("for (let n = 0; n < 9; n++) open('/')")
        await asyncio.sleep(0.5)
        assert len(on.booth.pages.order) <= 4
        await on.page("fetch('http://example.com/').then(() => (window.got = 'came'), () => (window.got = 'refused'))")
        await until(lambda: on.page("window.got"))
        assert await on.page("window.got") == "refused"

    play(FIELD, scene)


@pytest.mark.parametrize(
    ("url", "may"),
    [("https://a.example/x", True), ("https://a.example:443/", True), ("https://a.example:8443/", False),
     ("http://b.example:81/", True), ("https://evil.example/a.example", False), ("https://a.example@evil.example/", False),
     ("file:///etc/passwd", False), ("chrome://settings", False), ("javascript:alert(1)", False),
     ("blob:https://a.example/1", True), ("http://b.example:x/", False)],
)  # fmt: skip
def test_an_address_is_allowed_by_host_and_port_only(url: str, may: bool) -> None:
    assert allowed(url, {"a.example", "b.example:81"}) is may


@pytest.mark.requirement("IZ-09", "NB-03", "NB-05")
def test_nothing_of_a_booth_outlives_it() -> None:
    left: dict[str, object] = {}

    async def scene(on: Scene) -> None:
        on.booth.grant()
        await on.console.click(100, 40)
        await on.console.do("text", text="marked-value-7Q")
        await on.page("localStorage.kept = 'marked-value-7Q'; document.cookie = 'kept=marked-value-7Q; max-age=9999'")
        left.update(folder=on.browser.folder, pid=on.browser.pid)
        assert on.browser.folder.exists() and on.browser.folder.is_relative_to("/dev/shm")

    play(FIELD, scene)
    folder, pid = left["folder"], left["pid"]
    assert isinstance(folder, Path) and not folder.exists()
    assert not any(_group(path) == pid for path in Path("/proc").glob("[0-9]*/stat")), "a process of the browser is still there"


def _group(stat: Path) -> int:
    """The process group of a process that still lives."""
    try:
        state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        return int(group) if state != "Z" else 0
    except (OSError, ValueError, IndexError):
        return 0


@pytest.mark.requirement("IZ-07", "IZ-13")
def test_a_signature_pin_is_typed_on_keys_that_no_picture_shows() -> None:
    async def scene(on: Scene) -> None:
        await on.resident_presses(100, 40)
        await until(lambda: on.page("document.activeElement.id === 'pin'"))
        await until(lambda: on.booth.pages.secret)
        on.console.darkest[:] = 255
        # The row of Q to P is the fourth from the bottom of the page.
        for x in (40, 120):
            await on.resident_presses(x, 600 - 12 - 3 * 80 - 36)
        await until(lambda: on.page("document.getElementById('pin').value.length === 2"))
        assert await on.page("/^[A-Z]{2}$/.test(document.getElementById('pin').value)")
        seen = on.console.pictures
        await on.page("document.activeElement.blur()")
        await until(lambda: on.console.pictures > seen)
        # Where the keys stood, on grey, the pictures have shown nothing but the white page.
        assert min(on.console.colour(20, 590)) > 248
        assert min(on.console.darkest[590, 20]) > 248, "the keys were in a picture"

    play("<input id=pin type=password style='position:absolute;left:20px;top:20px;width:300px;height:40px'>", scene, pad=True)


@pytest.mark.requirement("IZ-07", "IZ-13")
@pytest.mark.parametrize("height", [210, 330, 500])
def test_keys_for_a_pin_are_all_seen_however_low_the_frame_is_in_which_it_is_asked(height: int) -> None:
    style = f"position:fixed;left:0;top:0;width:600px;height:{height}px;border:0"
    frame = f'<iframe style="{style}" srcdoc="<input type=password maxlength=4 style=\'height:40px\'>"></iframe>'
    keys = "document.querySelector('iframe').contentDocument.documentElement.lastElementChild.getBoundingClientRect()"

    async def scene(on: Scene) -> None:
        await on.resident_presses(60, 40)
        await until(lambda: on.page(f"{keys}.height > 100"))
        assert await on.page(f"{keys}.top >= 0 && {keys}.bottom <= {height}")

    play(frame, scene, pad=True)
