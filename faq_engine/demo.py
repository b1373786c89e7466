"""The scene of the FAQ: the city confirms the articles, a resident asks, and the agent reads the answer while they speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contact_center.errors import Unavailable
from faq_engine.places import Places
from faq_engine.shipped import load

RESIDENT_NUMBER = "09087654321"
RESIDENT_SAYS = "あの、マイナンバーカードの受け取りなんですけど、予約がいるって聞いて。どうすればいいんでしょう。"
TYPED = "うけとりよやく"
CODE = "booking-how"
VALUES = {"hours": "平日の午前8時30分から午後5時15分まで", "booking_url": "https://yoyaku.mihon.example/"}
CITY = "mihon"


def settings(free_port: Callable[[], int]) -> str:
    """The quoting model on this machine writes the demo's drafts."""
    port = free_port()
    return (
        f'[faq]\nfake_model_port = {port}\ndraft_url = "http://127.0.0.1:{port}/v1"\ndraft_model = "quote"\n'
        'draft_country = "JP"\ndraft_retention = "なし（この機械の中の練習用の模型）"\n'
    )


def answer(stage: Any) -> None:
    """Play the scene.

    :raises Unavailable: naming the step that did not come to pass.
    """
    _edition(stage)
    voice = stage.voice("asks", RESIDENT_SAYS)
    page = stage.page(stage.browser())
    stage.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    stage.take_seat(page)
    resident = stage.resident(RESIDENT_NUMBER)
    try:
        resident.says(voice)
        resident.calls()
        page.wait_for_selector("body[data-phone=ringing]", timeout=30000)
        page.keyboard.press("F4")
        page.wait_for_selector("#presence[data-state=on_contact]")
        stage.say("住民が電話で聞いています:「" + RESIDENT_SAYS + "」")
        _finds(stage, page)
    finally:
        resident.leaves()
    page.wait_for_selector("#presence[data-state=wrapping]")
    page.keyboard.press("Escape")
    page.check("#categories input[value=booking]", force=True)
    page.check("#outcomes input[value=faq]", force=True)
    page.wait_for_selector("#finish:not([disabled])")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#presence[data-state=available]")
    stage.say("分類と「FAQで完結」を選び、応対を終えました")
    page.click("#leave-seat")
    page.wait_for_selector("#take-seat:not([hidden])")
    page.context.close()


def _edition(stage: Any) -> None:
    """The first edition: loaded, and confirmed by the city on its own page."""
    new = load(stage.house)
    with stage.house.database.session_scope() as session:
        for name, text in VALUES.items():
            Places(stage.house.directory, stage.clock).write(session, CITY, name, text)
    stage.say(f"付属のFAQ{new}件を読み込みました" if new else "付属のFAQは読み込み済みです")
    page = stage.page(stage.browser())
    stage.sign_in(page, "city", "/faq/city")
    everything = page.locator("button[value=all]")
    if everything.count():
        everything.click()
        page.locator("p.right").wait_for(timeout=60000)
        stage.say("市の担当者が初版をまとめて確認しました。確認したものだけが検索に出ます")
    page.context.close()


def _finds(stage: Any, page: Any) -> None:
    page.keyboard.press("Alt+f")
    page.keyboard.type(TYPED, delay=60)
    page.wait_for_selector(f"#faq-found li[data-key={CODE}]")
    first = page.locator("#faq-found li").first
    stage.say(f"かなのまま「{TYPED}」と打つと、打ち終わる前に出ます: {first.locator('strong').inner_text()}")
    page.locator(f"#faq-found li[data-key={CODE}]").click()
    text = page.locator("#faq-open .faq-text").inner_text()
    if VALUES["booking_url"] not in text:
        raise Unavailable("回答に市の予約サイトがありません。")
    stage.say("開いて、そのまま読み上げられます（市の電話番号と予約サイトが入っています）")
    page.keyboard.press("Alt+v")
    page.locator("#faq-draft-lines li").first.wait_for()
    page.get_by_text("送った言葉").wait_for()
    stage.say(
        "下書き（練習用の模型）も一文ずつFAQと照らし合わせて出ます: " + page.locator("#faq-draft-lines li span").first.inner_text()
    )
    page.click("#faq-draft-close")
    page.keyboard.press("Alt+u")
    page.locator(f"#sources [data-source='faq:{CODE}']").get_by_text("予約").wait_for()
    stage.say("「これで答えた」（Alt+U）で、応対にどのFAQで答えたかが残りました")
