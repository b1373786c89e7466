"""The FAQ in real Chromium: answers during a call, the editors' pages and the city's, by keyboard and clean under axe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from admin.demo.stage import Stage
from contact_center.contacts import Contact
from faq_engine import service
from faq_engine.content import Content
from faq_engine.model import Article, FileRow, Remark, Revision
from faq_engine.service import REWORDED
from faq_engine.workflow import OPERATOR
from telephony.demo import Resident
from tests.asterisk.conftest import Desk, events, last_event
from tests.pages.test_console import axe_desk, complaints

__all__ = ["axe_desk"]

Make = Callable[..., Resident]
CITY = "mihon"
ARTICLES = {
    "t-booking": (
        "受け取りの予約はどうしますか。",
        "電話か予約サイトで予約できます。\n通知書をお手元にどうぞ。\n・電話は{counter_phone}です。", "booking",
    ),
    "t-loss": ("カードをなくしました。", "まず一時停止の電話をしてください。\nいつでもつながります。", "loss"),
    "t-fee": ("再交付の手数料はいくらですか。", "千円です。\n電子証明書の分を含みます。", "loss"),
}  # fmt: skip
AS_SAID = "あのーすみません、無くしたので作り直したいんですが、手数料っていくらかかるんでしょうか"


@pytest.fixture(scope="module")
def edition(centre: Stage) -> Stage:
    """Three articles that the city has confirmed."""
    faq = service.of(centre.house)
    with centre.house.database.session_scope() as session:
        for code, (question, answer, category) in ARTICLES.items():
            content = Content(
                question=question, answer=answer, category=category, department="citizens", easy="でんわ してください。",
                english_question="How?", english="Call us.", others={"ko": ("어떻게?", "전화하세요.")},
                keywords=("ピックアップ",) if code == "t-booking" else (),
            )  # fmt: skip
            faq.workflow.ship(session, code, content, "試験のための版")
    return centre


@pytest.fixture
def confirmed(edition: Stage, browser: Any) -> Stage:
    """Nothing waits for the city."""
    page = edition.page(browser)
    edition.sign_in(page, "city", "/faq/city")
    if page.locator("button[value=all]").count():
        page.click("button[value=all]")
        page.locator("p.right").wait_for()
    elif page.locator("[name=revision]").count():
        page.check("[name=revision] >> nth=0")
        page.click("button[value=confirm]")
        page.locator("p.right").wait_for()
    page.context.close()
    return edition


def types(desk: Desk, text: str) -> None:
    desk.page.keyboard.press("Alt+f")
    desk.page.locator("#faq-typed").fill("")
    desk.page.keyboard.type(text)


def first(desk: Desk) -> Any:
    return desk.page.locator("#faq-found li").first


@pytest.mark.requirement("IZ-16", "IZ-17")
def test_an_agent_answers_from_an_article_during_a_call_by_keyboard_alone(confirmed: Stage, desk: Desk, resident: Make) -> None:
    caller = resident("0311130001")
    caller.calls()
    desk.rings()
    desk.answers()
    # What was searched for in vain, key by key, is one search for the editors; the one that found it is none.
    types(desk, "なくした")
    desk.page.wait_for_selector("#faq-found li[data-key=t-loss][aria-selected=true]")
    types(desk, "うけとりよ")
    desk.page.wait_for_selector("#faq-found li[data-key=t-booking][aria-selected=true]")
    assert "0559990100" in first(desk).inner_text()
    desk.page.keyboard.press("Enter")
    text = desk.page.locator("#faq-open .faq-text")
    text.wait_for()
    assert "電話は0559990100です。" in text.inner_text()
    desk.page.get_by_role("button", name="한국어").click()
    desk.page.get_by_text("전화하세요.").wait_for()
    desk.page.keyboard.press("Alt+u")
    desk.page.locator("#sources [data-source='faq:t-booking']").get_by_text("受け取りの予約はどうしますか。").wait_for()
    with confirmed.house.database.reading() as session:
        [contact] = [c for c in session.query(Contact) if c.state == "talking"]
        assert contact.sources == ["faq:t-booking"]
        reworded = session.query(Remark).filter_by(kind=REWORDED, contact_id=contact.id)
        assert [(row.asked, row.code) for row in reworded] == [("なくした", "t-booking")]
    # Back to the list, the same words still there, and on to the next search.
    desk.page.keyboard.press("Escape")
    assert desk.page.locator("#faq-typed").input_value() == "うけとりよ"
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")


def test_words_kana_romaji_a_slip_and_whole_sentences_find_the_same(confirmed: Stage, desk: Desk) -> None:
    for typed in ("手数料", "てすうりょう", "tesuuryou", "手数両", AS_SAID):
        types(desk, "なくした")
        desk.page.wait_for_selector("#faq-found li[data-key=t-loss][aria-selected=true]")
        types(desk, typed)
        desk.page.wait_for_selector("#faq-found li[data-key=t-fee][aria-selected=true]")


def test_an_older_answer_never_overtakes_a_newer_one(confirmed: Stage, desk: Desk) -> None:
    held: list[Any] = []

    def hold(route: Any) -> None:
        if '"なくし' in (route.request.post_data or "") and not held:
            held.append(route)
            return
        route.continue_()

    desk.page.route("**/faq/search", hold)
    types(desk, "なくした")
    confirmed.wait(lambda: desk.page.evaluate("true") and held, 10, "nothing was asked")
    desk.page.locator("#faq-typed").fill("手数料")
    desk.page.wait_for_selector("#faq-found li[data-key=t-fee][aria-selected=true]")
    # The panel has given the first question up; should its answer come all the same, it is thrown away.
    with suppress(Error):
        held[0].continue_()
    desk.page.wait_for_load_state("networkidle")
    assert first(desk).get_attribute("data-key") == "t-fee"


def test_enter_that_overtakes_the_answer_opens_what_was_typed_last_as_soon_as_it_is_found(confirmed: Stage, desk: Desk) -> None:
    held: list[Any] = []

    def hold(route: Any) -> None:
        if '"手数料"' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    types(desk, "なくした")
    desk.page.wait_for_selector("#faq-found li[data-key=t-loss][aria-selected=true]")
    desk.page.route("**/faq/search", hold)
    desk.page.locator("#faq-typed").fill("手数料")
    desk.page.keyboard.press("Enter")
    confirmed.wait(lambda: desk.page.evaluate("true") and held, 10, "nothing was asked")
    assert desk.page.locator("#faq-open").is_hidden()
    held[0].continue_()
    desk.page.locator("#faq-open").get_by_text("再交付の手数料はいくらですか。").wait_for()


@pytest.mark.requirement("IZ-17b")
def test_what_was_not_found_reaches_the_editors_list_with_the_contacts_category(
    confirmed: Stage, desk: Desk, resident: Make, browser: Any
) -> None:
    since = last_event(confirmed)
    caller = resident("0311130002")
    desk.serves(caller)
    desk.page.fill("#note", "犬のカードについて聞かれた。")
    desk.page.get_by_text("保存しました").wait_for()
    types(desk, "いぬのとうろく")
    desk.page.keyboard.press("Alt+i")
    desk.page.keyboard.type("犬もカードが要るか")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("編集者に送りました。").wait_for()
    desk.classifies("general", "reported")
    desk.finishes()
    desk.presence("available")
    assert [e.event.kind for e in events(confirmed, since) if type(e.event).__name__ == "FaqUnanswered"] == ["not_found"]
    editor = confirmed.page(browser)
    confirmed.sign_in(editor, "supervisor", "/faq/lists")
    row = editor.locator("tr", has_text="犬もカードが要るか")
    assert "いぬのとうろく" in row.inner_text()
    assert "制度全般" in row.inner_text()
    assert "犬のカードについて聞かれた。" not in editor.inner_text("main")
    row.get_by_role("button", name="応対のメモを見る").click()
    editor.get_by_text("犬のカードについて聞かれた。").wait_for()
    editor.locator("tr", has_text="犬もカードが要るか").get_by_role("button", name="対応済みにする").click()
    editor.locator("tr", has_text="犬もカードが要るか").wait_for(state="detached")
    editor.context.close()


@pytest.mark.requirement("IZ-16")
def test_a_draft_comes_sentence_by_sentence_names_its_articles_and_goes_into_the_note(
    confirmed: Stage, desk: Desk, resident: Make
) -> None:
    caller = resident("0311130003")
    caller.calls()
    desk.rings()
    desk.answers()
    desk.page.keyboard.press("Alt+v")
    desk.page.get_by_text("下書きは、言葉を入れてから作れます。").wait_for()
    types(desk, "山田太郎さん 受け取りの予約")
    desk.page.wait_for_selector("#faq-found li[data-key=t-booking]")
    desk.page.keyboard.press("Alt+v")
    desk.page.locator("#faq-draft-lines li", has_text="電話か予約サイトで予約できます。").wait_for()
    sent = desk.page.locator("#faq-draft-sent")
    sent.get_by_text("127.0.0.1").wait_for()
    assert "山田" not in sent.inner_text()
    desk.page.locator("#faq-draft-keep:not([disabled])").click()
    assert "電話か予約サイトで予約できます。" in desk.page.input_value("#note")
    desk.page.get_by_text("保存しました").wait_for()
    desk.page.locator("#faq-draft-lines button").first.click()
    desk.page.locator("#faq-open .faq-text").wait_for()
    caller.hangs_up()
    desk.presence("wrapping")
    desk.classifies()
    desk.finishes()
    desk.presence("available")
    # With the contact goes what was asked about it.
    desk.page.locator("#faq-draft").wait_for(state="hidden")
    assert desk.page.input_value("#faq-typed") == ""


@pytest.mark.requirement("NB-15", "TO-12")
def test_an_edit_goes_from_the_editor_over_the_supervisor_and_the_city_to_the_agents_next_key(
    confirmed: Stage, desk: Desk, browser: Any
) -> None:
    house = confirmed.house
    with house.database.reading() as session:
        id = session.query(Article).filter_by(code="t-loss").one().id
    types(desk, "なくした")
    desk.page.wait_for_selector("#faq-found li[data-key=t-loss]")
    editor = confirmed.page(browser)
    confirmed.sign_in(editor, "supervisor", f"/faq/article/{id}")
    editor.fill("#answer", "まず0120-95-0178に電話してください。\nカードを止めます。")
    editor.fill("#why", "番号を入れた")
    editor.get_by_role("button", name="新しい改訂として保存する").press("Enter")
    editor.get_by_text("保存しました。").wait_for()
    editor.get_by_role("button", name="責任者に提出する").press("Enter")
    editor.get_by_role("button", name="承認する").press("Enter")
    editor.get_by_text("市の確認を待っています。").wait_for()
    city = confirmed.page(browser)
    confirmed.sign_in(city, "city", "/faq/city")
    part = city.locator("section.waiting", has_text="カードをなくしました。")
    assert "一時停止" in "".join(part.locator("del").all_inner_texts())
    assert "0120" in "".join(part.locator("ins").all_inner_texts())
    part.locator("[name=revision][type=checkbox]").focus()
    city.keyboard.press("Space")
    city.get_by_role("button", name="選んだものを確認する").press("Enter")
    city.get_by_text("1件を確認しました。").wait_for()
    types(desk, "なくした")
    desk.page.locator("#faq-found li", has_text="0120-95-0178").wait_for()
    for page in (editor, city):
        page.context.close()


def test_the_second_editor_is_shown_the_difference_and_keeps_their_text(confirmed: Stage, browser: Any) -> None:
    with confirmed.house.database.reading() as session:
        id = session.query(Article).filter_by(code="t-fee").one().id
    pages = [confirmed.page(browser) for _ in range(2)]
    for page in pages:
        confirmed.sign_in(page, "supervisor", f"/faq/article/{id}")
    for n, page in enumerate(pages):
        page.fill("#answer", f"{n + 5}百円です。")
        page.fill("#why", f"改定{n}")
        page.get_by_role("button", name="新しい改訂として保存する").click()
    second = pages[1]
    second.locator("section.conflict").wait_for()
    assert second.input_value("#answer") == "6百円です。"
    assert "5" in "".join(second.locator("section.conflict del").all_inner_texts())
    second.get_by_role("button", name="新しい改訂として保存する").click()
    second.get_by_text("保存しました。").wait_for()
    with confirmed.house.database.reading() as session:
        answers = [r.content["answer"] for r in session.query(Revision).filter_by(article_id=id).order_by(Revision.number)]
    assert answers[-2:] == ["5百円です。", "6百円です。"]
    for page in pages:
        page.context.close()


def test_a_sheet_goes_from_the_editors_disk_over_its_dry_run_to_the_supervisors_approval(
    confirmed: Stage, browser: Any, tmp_path: Path
) -> None:
    """Bad lines are told by their number and nothing is taken in; the mended sheet becomes drafts, which go on at once."""
    sheet = tmp_path / "記事.csv"
    page = confirmed.page(browser)
    confirmed.sign_in(page, "supervisor", "/faq/import")
    for answer, hint in (("", "回答を書いてください。"), ("第二日曜日だけです。", "")):
        sheet.write_text(f"記号,質問,回答\nt-sheet,日曜日に開いていますか。,{answer}\n", "utf-8")
        page.set_input_files("#sheet", sheet)
        page.get_by_role("button", name="変わる内容を見る").click()
        row = page.locator("tbody tr", has_text="t-sheet")
        row.wait_for()
        assert hint in row.inner_text()
        assert page.locator("#why").count() == (not hint)
    page.fill("#why", "日曜の窓口を始めるため")
    page.get_by_role("button", name="すべて下書きとして読み込む").click()
    page.get_by_role("link", name="下書きの一覧").click()
    page.get_by_role("button", name="出典のある下書きをすべて提出する").click()
    page.get_by_text("件を先へ進めました。").wait_for()
    page.fill("#q", "第二日曜日")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="日曜日に開いていますか。").click()
    page.get_by_role("button", name="承認する").click()
    page.get_by_text("市の確認を待っています。").wait_for()
    with confirmed.house.database.reading() as session:
        assert session.query(FileRow).filter(FileRow.name.like("%.csv")).count() <= 1, "only the refused sheet may still lie there"
    page.context.close()


def test_the_panel_and_every_page_of_the_faq_are_clean_under_axe(confirmed: Stage, axe_desk: Any) -> None:
    page = axe_desk
    confirmed.sign_in(page, "supervisor")
    page.wait_for_selector("#faq-typed")
    page.fill("#faq-typed", "予約")
    page.wait_for_selector("#faq-found li")
    assert complaints(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("#faq-open:not([hidden])")
    page.keyboard.press("Alt+w")
    assert complaints(page) == []
    with confirmed.house.database.session_scope() as session:
        faq = service.of(confirmed.house)
        faq.workflow.ship(session, "t-axe", Content(question="待っていますか。", answer="はい。"), "試験")
        id = session.query(Article).filter_by(code="t-booking").one().id
    paths = ["", "new", "new?kind=synonyms", f"article/{id}", "lists", "proposals", "notices", "values", "as-of"]
    paths += ["editions", "import", "documents"]
    for path in paths:
        page.goto(f"{confirmed.url}/faq/{path}")
        assert complaints(page) == [], path
    page.context.clear_cookies()
    confirmed.sign_in(page, "city", "/faq/city")
    page.locator("section.waiting").first.wait_for()
    assert complaints(page) == []
    assert OPERATOR.word not in page.inner_text("main")
