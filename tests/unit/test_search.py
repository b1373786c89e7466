"""Finding articles, whichever way it is typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faq_engine.evaluate import Measure, gain
from faq_engine.search import ENGINES, Analyzer, Entry, Finder, RankedEngine, engine_named

ARTICLES = (
    Entry(
        "pin",
        "暗証番号を忘れました。再設定はできますか。",
        "市役所の窓口で再設定できます。本人確認書類をお持ちください。",
        "ロック 間違えた",
    ),
    Entry(
        "certificate",
        "電子証明書の有効期限が切れそうです。",
        "五回目の誕生日までです。三か月前から無料で更新できます。",
        "更新 期限切れ",
    ),
    Entry(
        "pickup",
        "カードの受け取りを予約したいです。",
        "交付通知書をお手元にご用意のうえ、電話かウェブで予約できます。",
        "交付 受取",
    ),
    Entry("lost", "カードを紛失しました。", "一時停止の電話をしてください。二十四時間受け付けています。", "なくした 落とした"),
    Entry(
        "child", "赤ちゃんのカードを申請できますか。", "出生届と一緒に申請できます。一歳未満は写真がいりません。", "新生児 子ども"
    ),
    Entry("death", "亡くなった家族のカードは返すのですか。", "返す必要はありません。カードは使えなくなります。", "死亡 返納"),
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(params=ENGINES)
def finder(request: pytest.FixtureRequest, analyzer: Analyzer) -> Iterator[Finder]:
    """Each engine passes the same tests."""
    made = Finder(analyzer, engine_named(request.param))
    made.replace(ARTICLES)
    yield made


def best(finder: Finder, typed: str) -> str | None:
    return next((hit.id for hit in finder.search(typed)), None)


@pytest.mark.requirement("IZ-06", "IZ-16")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("暗証番号 忘れた", "pin"), ("電子証明書の期限", "certificate"), ("受け取りの予約", "pickup"), ("紛失", "lost"),
        ("赤ちゃん 申請", "child"), ("亡くなった父のカード", "death"),
        # A resident's own words, pasted.
        ("あのう、カードをどこかで落としてしまったみたいなんですけど", "lost"),
    ],
)  # fmt: skip
def test_words_find_the_article(finder: Finder, typed: str, wanted: str) -> None:
    assert best(finder, typed) == wanted


@pytest.mark.requirement("IZ-16")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("あんしょうばんごう わすれた", "pin"), ("でんししょうめいしょこうしん", "certificate"), ("うけとりのよやく", "pickup"),
        ("ふんしつ", "lost"), ("あかちゃんのしんせい", "child"),
        # Half a word, while it is being typed.
        ("あんしょうば", "pin"), ("ふんし", "lost"),
        ("anshoubangou", "pin"), ("funshitu", "lost"),
        # The wrong characters for the right sound, and slips of the keys.
        ("暗唱番号", "pin"), ("電子照明書の行進", "certificate"), ("あんしょうばんごうう", "pin"), ("ふんしとつ", "lost"),
    ],
)  # fmt: skip
def test_kana_romaji_half_words_and_slips_find_it_too(finder: Finder, typed: str, wanted: str) -> None:
    assert best(finder, typed) == wanted


def test_an_edit_is_found_at_once_and_what_was_there_before_is_not(finder: Finder) -> None:
    assert best(finder, "写真の背景") != "new"
    finder.put(Entry("new", "写真の背景は何色ですか。", "無地ならば白でなくてもかまいません。"))
    assert best(finder, "写真の背景") == "new"
    finder.put(Entry("new", "住所が変わりました。", "転入届と一緒にお持ちください。"))
    assert best(finder, "転入届") == "new"
    assert all(hit.id != "new" for hit in finder.search("背景"))
    finder.remove("new")
    assert all(hit.id != "new" for hit in finder.search("転入届"))


def test_what_nothing_of_the_query_touches_is_never_found(finder: Finder) -> None:
    assert finder.search("水道") == []
    assert finder.search("") == []
    assert finder.search("。、！") == []


def test_only_what_may_be_shown_is_found_and_enough_of_it(finder: Finder) -> None:
    hits = finder.search("カード", 2, lambda id: id in ("death", "pickup"))
    assert {hit.id for hit in hits} == {"death", "pickup"}


def test_entries_that_came_one_by_one_rank_like_those_that_came_together(analyzer: Analyzer) -> None:
    together, one_by_one = Finder(analyzer, RankedEngine()), Finder(analyzer, RankedEngine())
    together.replace(ARTICLES)
    one_by_one.replace(ARTICLES[:3])
    for entry in ARTICLES[3:]:
        one_by_one.put(entry)
    for typed in ("カード 紛失", "申請", "暗証番号", "返す"):
        wanted = together.search(typed, 1)[0].id
        assert one_by_one.search(typed, 1)[0].id == wanted


def test_measures_are_those_of_the_books() -> None:
    assert gain(["a", "b"], {"a": 2, "b": 1}) == 1.0
    assert gain(["b", "a"], {"a": 2, "b": 1}) == pytest.approx(0.860, abs=0.001)
    assert gain(["x"], {"a": 2}) == 0.0
    even = Measure.of([0.5] * 30)
    assert (even.mean, even.low, even.high) == (0.5, 0.5, 0.5)
    wide = Measure.of([0.0, 1.0] * 15)
    assert wide.low < 0.5 < wide.high
