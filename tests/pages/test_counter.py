"""The pages of the remote counter in real Chromium: the kiosk's screens, the operator's panel, the city's and the kiosks' page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import soundfile
from openpyxl import load_workbook

from admin.demo.kiosk import COUNTER, Operator, begins, kiosk, ledger
from admin.demo.ports import free_port
from admin.demo.stage import Stage, stage, temporary_home
from booking_agent.demo import settings as mailbox
from contact_center.clock import day_of
from kiosk_bridge.rehearsal import Kiosk
from tests.pages.test_console import AXE, RULES, complaints
from video_desk import languages
from video_desk.interpreter.phrases import phrases
from video_desk.rehearsal import demo_settings

pytestmark = pytest.mark.timeout(300)

PHRASE = "少しお待ちください。"


class Counter:
    """A kiosk, the operator at seat 1, and their centre, with a mailbox and an interpreter."""

    def __init__(self, on_stage: Stage, page: Any, stand: Kiosk) -> None:
        self.stage, self.page, self.kiosk = on_stage, page, stand
        self.operator = Operator(on_stage, page, stand)

    def serves(self, *topic: str, **how: Any) -> None:
        begins(self.kiosk, *topic, **how)
        self.operator.answers()
        # The operator's and the kiosk's side talk with each other from now on.
        self.page.wait_for_selector("#dk-keys button[data-does=ask_end]")

    def another_page(self, account: str, to: str, judged: bool = True) -> Any:
        # Who judges a page brings a script along, which the page's own rules would refuse.
        context = self.page.context.browser.new_context(ignore_https_errors=True, locale="ja-JP", bypass_csp=judged)
        page = context.new_page()
        page.set_default_timeout(30000)
        self.stage.sign_in(page, account, to)
        return page

    def complaints_of_the_face(self) -> list[str]:
        """What axe finds wrong with the kiosk's screen as it stands."""
        self.kiosk.do(f"Boolean(window.axe) || ((() => {{ {AXE.replace('export default', '')} }})(), true)")
        found = f"axe.run(document, {{ runOnly: {RULES} }}).then(({{ violations }}) => violations"
        return list(self.kiosk.do(f"{found}.map((one) => one.id + ': ' + one.nodes[0].html))"))

    def ends(self) -> None:
        """The resident ends it; whoever served them is there for the next."""
        page = self.page
        page.click("#dk-keys button[data-does=ask_end]")
        self.kiosk.sees("#ask button[data-word='end.finish']")
        self.kiosk.touches("end.finish")
        page.wait_for_selector("#presence[data-state=wrapping]")
        page.check("#categories input[value=new]", force=True)
        page.check("#outcomes input[value=faq]", force=True)
        page.wait_for_selector("#finish:not([disabled])")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#presence[data-state=available]")
        self.kiosk.sees("button[data-language=ja]")


@pytest.fixture(scope="module")
def counter() -> Iterator[Counter]:
    more = demo_settings(free_port) + mailbox(free_port)
    with stage(temporary_home(), quiet=True, any_ports=True, more=more) as on_stage:
        spoken = on_stage.voice("operator", PHRASE)
        samples, rate = soundfile.read(spoken, dtype="float32")
        # Whoever speaks makes a pause before they say it again.
        soundfile.write(spoken, np.concatenate([samples, np.zeros(2 * rate, np.float32)]), rate)
        chromium = on_stage.browser(spoken)
        context = chromium.new_context(
            ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="ja-JP",
            permissions=["microphone", "camera"], bypass_csp=True,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(60000)
        on_stage.sign_in(page, "agent")
        page.wait_for_selector("#take-seat:not([hidden])")
        on_stage.take_seat(page)
        stand = kiosk(on_stage)
        yield Counter(on_stage, page, stand)
        stand.close()
        context.close()


@pytest.mark.requirement("IZ-08")
def test_what_is_said_stands_on_both_screens_in_both_languages_once_the_resident_agrees(counter: Counter) -> None:
    page, face = counter.page, counter.kiosk
    counter.serves("new", "new_with_form", language="vi")
    assert not page.locator("#dk-captions").is_visible()
    face.sees("#ask p[data-word='interpreter.explain']")
    assert counter.complaints_of_the_face() == []
    face.touches("screen.yes")
    page.wait_for_selector("#dk-captions:not([hidden])")
    # The operator's microphone says it again and again; what a busy machine makes of the sound is the practice model's to guess.
    page.wait_for_selector("#dk-lines .operator")
    pairs = {(one["ja"], one["vi"]) for one in phrases()}
    assert (face.sees("#captions .operator .beside"), face.sees("#captions .operator .main")) in pairs
    assert complaints(page) == []
    page.select_option("#dk-phrase", "お名前を教えてください。")
    page.locator("#dk-lines .operator", has_text="お名前").first.wait_for()
    face.sees("#captions button[data-word='interpreter.wrong']")
    face.do("[...document.querySelectorAll('#captions button')].at(-1).click()")
    page.locator("#dk-lines strong").first.wait_for()
    face.touches("screen.captions")
    page.wait_for_selector("#dk-captions", state="hidden")
    assert face.do("document.getElementById('captions').childElementCount") == 0
    counter.ends()


@pytest.mark.requirement("IZ-08", "NB-02")
def test_what_a_resident_writes_by_finger_is_shown_to_the_operator_and_goes(counter: Counter) -> None:
    page, face = counter.page, counter.kiosk
    counter.serves("other")
    face.touches("interpreter.write")
    face.do("Object.assign(document.querySelector('.pad').getContext('2d'), { fillStyle: '#000' }).fillRect(100, 100, 300, 40)")
    face.touches("write.send")
    page.wait_for_selector("#dk-picture:not([hidden])")
    dark = """() => { const image = document.querySelector('#dk-picture img');
        const pen = Object.assign(document.createElement('canvas'), { width: 760, height: 360 }).getContext('2d');
        pen.drawImage(image, 0, 0);
        return [...pen.getImageData(200, 120, 1, 1).data].slice(0, 3) }"""
    counter.stage.wait(lambda: page.evaluate("document.querySelector('#dk-picture img').naturalWidth") == 760, 10, "no picture")
    assert page.evaluate(dark) == [0, 0, 0]
    page.click("#dk-picture-close")
    assert page.locator("#dk-picture img").get_attribute("src") is None
    counter.ends()


@pytest.mark.requirement("IZ-11", "NB-04", "NB-06", "NB-08")
def test_the_city_gives_the_digits_while_the_resident_waits(counter: Counter) -> None:
    page, house = counter.page, counter.stage.house
    who = next(one for one in ledger(counter.stage, "people") if one["id"] == "hanako")
    counter.serves("new", "new_without_form")
    counter.operator.opens()
    counter.operator.is_allowed()
    assert page.locator("#dk-steps input[data-step=ask-city]").is_disabled()
    page.fill("#dk-ask input[name=name]", who["name"])
    page.fill("#dk-ask input[name=address]", "見本市中央1丁目1番1号 123456789018")
    page.fill("#dk-ask input[name=birth]", who["birthday"])
    page.click("#dk-ask button")
    page.locator("#notice", has_text="マイナンバー").wait_for()
    page.fill("#dk-ask input[name=address]", who["address"])
    page.click("#dk-ask button")
    page.wait_for_selector("#dk-asked:not([hidden])")
    page.wait_for_selector("#dk-steps input[data-step=ask-city]:checked")
    city = counter.another_page("city", "/desk/city")
    city.wait_for_selector("#asks button.strong")
    assert city.title().startswith("(1)") and complaints(city) == []
    assert who["name"] not in city.content()
    city.click("#asks button.strong")
    city.locator("#ask-name", has_text=who["name"]).wait_for()
    city.fill("#digits", who["application_id"][:-1])
    city.click("#answer button.strong")
    city.locator("#notice", has_text="22").wait_for()
    city.fill("#digits", who["application_id"])
    city.click("#answer button.strong")
    city.wait_for_selector("#answer", state="hidden")
    page.wait_for_selector("#dk-digits:not([hidden])")
    assert who["application_id"] not in page.content()
    counter.operator.clicks("a.key[href='/apply/terms']", "input[name=agree]")
    counter.operator.clicks("input[name=agree]", "input[name=agree]:checked")
    counter.operator.clicks("form[action='/apply/terms'] button", "#name")
    counter.operator.clicks("#id", "#id:focus")
    page.click("#dk-digits")
    counter.stage.wait(lambda: _checked(page), 20, "the digits do not stand in the page")
    # Somebody who was helped is put on the city's list, which it takes as a sheet.
    page.fill("#dk-ends input", who["name"])
    page.click("#dk-ends button")
    page.wait_for_selector("#dk-ends .dk-listed")
    counter.ends()
    with city.expect_download() as taken:
        city.click("form[action$='/desk/city/helped'] button")
    sheet = load_workbook(io.BytesIO(taken.value.path().read_bytes())).active
    assert [cell.value for cell in sheet[2]][3] == who["name"]
    assert str(sheet[2][0].value)[:10] == str(day_of(house.clock.now()))
    city.context.close()


def _checked(page: Any) -> bool:
    # The key goes once the kiosk has found them.
    for key in page.locator("#dk-keys button[data-does=check_id]").all():
        key.dispatch_event("click")
    return bool(page.locator("#dk-steps input[data-step=answer]:checked").count())


@pytest.mark.requirement("IZ-10", "TO-06", "NB-20")
def test_a_supervisor_looks_at_a_kiosk_from_afar_and_begins_it_anew(counter: Counter) -> None:
    judged = counter.another_page("supervisor", "/desk/counters")
    assert complaints(judged) == []
    judged.context.close()
    page = counter.another_page("supervisor", "/desk/counters", judged=False)
    row = page.locator(f"[data-counter={COUNTER}]")
    row.locator("button[data-do=look]").click()
    page.wait_for_selector("#diagnosis-picture:not([hidden])")
    width = "document.getElementById('diagnosis-picture').naturalWidth"
    counter.stage.wait(lambda: page.evaluate(width) == 1740, 20, "the screen is not shown")
    assert "カメラ ○" in page.inner_text("#diagnosis-words")
    # Whoever comes to the kiosk is not looked at.
    counter.serves("other")
    page.wait_for_selector("#diagnosis-picture", state="hidden")
    row.locator("button[data-do=look]").click()
    page.locator("#notice", has_text="利用者が手続き").wait_for()
    counter.ends()
    page.on("dialog", lambda dialog: dialog.accept())
    row.locator("button[data-do=restart]").click()
    counter.stage.wait(lambda: counter.kiosk.is_over, 30, "the kiosk goes on")
    counter.kiosk = kiosk(counter.stage)
    counter.operator.kiosk = counter.kiosk
    page.context.close()


@pytest.mark.requirement("IZ-13", "TO-02", "TO-03")
@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_every_screen_before_the_call_is_large_enough_fits_and_is_clean_under_axe(counter: Counter, language: str) -> None:
    face = counter.kiosk
    face.sees(f"button[data-language={language}]")
    wrong = _wrong_with(counter)
    face.do(f"document.querySelector('button[data-language={language}]').click()")
    for key in ("topics.new", "topics.new_with_form", "consent.agree", "declare.child_choice", "declare.child_parent"):
        face.sees(f"button[data-word='{key}']")
        wrong += _wrong_with(counter)
        face.touches(key)
    wrong += _wrong_with(counter)
    for _ in range(8):
        face.do("document.querySelector('#foot button[data-word=\"screen.back\"]')?.click()")
    face.sees("button[data-language=ja]")
    assert wrong == []


def _wrong_with(counter: Counter) -> list[str]:
    """Keys below 20 mm, text below 22 pt, what stands outside the screen, and what axe finds."""
    measured = counter.kiosk.do(
        """[...document.querySelectorAll('main button, footer button')].filter((one) => one.checkVisibility()).flatMap((key) => {
          const box = key.getBoundingClientRect();
          const small = box.height < 75 || box.width < 75;
          const outside = box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || key.scrollWidth > key.clientWidth + 1;
          return small || outside ? [key.textContent + ' ' + JSON.stringify(box)] : [];
        }).concat([...document.querySelectorAll('main h1, main p, main button')]
          .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 29).map((one) => 'small: ' + one.textContent))"""
    )
    return list(measured) + counter.complaints_of_the_face()
