"""Drafts: what leaves the machine, and which sentences an article bears out."""

from __future__ import annotations

import json

import pytest

from faq_engine.drafts.checks import Checker, numbers
from faq_engine.drafts.evaluate import ALL_FALSE, FALSE_KINDS, evaluate, read_statements
from faq_engine.drafts.masking import mask_out
from faq_engine.drafts.prompt import LONGEST_LINE, Given, Said, sentences
from faq_engine.search import Analyzer

ANALYZER = Analyzer()
ANSWER = """まず、一時停止の電話をしてください。
電話は0120-95-0178で、24時間つながります。
再発行の手数料は1,000円です。
代理の方は受け取れません。"""
ARTICLE = Given("loss", 3, "カードをなくしました。", ANSWER)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("山田太郎と申します。カードをなくしました", "山田太郎"), ("佐藤さんの代わりに受け取りたい", "佐藤"),
        ("昭和25年3月3日生まれの母の更新", "25年3月3日"), ("S25.3.3生まれです", "25.3.3"),
        ("住所は見本市中央1-2-3です", "1-2-3"), ("大阪市北区梅田三丁目1番3号に引っ越した", "三丁目1番3号"),
        ("横浜市中区日本大通1です", "大通"),
        ("京都市中京区寺町通御池上る上本能寺前町488", "寺町"), ("名張市鴻之台1番町1", "鴻之台"),
        ("東京都千代田区丸の内1-1-1に住む", "丸"), ("千代田区霞が関2丁目1番2号", "霞"), ("090.1234.5678", "1234"),
        ("〇九〇一二三四五六七八", "四五六"), ("0 9 0 1 2 3 4 5 6 7 8", "4 5 6"), ("63-7111に電話ください", "7111"),
        ("林です。更新したい", "林"), ("森と言います", "森"), ("グエン・ヴァン・アンです", "ヴァン"), ("19500304生まれ", "0304"),
        ("昭和25年の3月の4日に生まれた", "25年"), ("taro アット example.com", "taro"),
        ("taro@example.jpに送って", "taro@example.jp"), ("電話は090-1234-5678です", "1234-5678"), ("〒410-0001です", "410-0001"),
    ],
)  # fmt: skip
def test_persons_leave_only_as_places_that_only_we_can_fill(said: str, gone: str) -> None:
    masked = mask_out(said, ANALYZER)
    assert gone not in masked.text
    assert masked.restore(masked.text) == said


@pytest.mark.parametrize("number", ["1234 5678 9012", "１２３４５６７８９０１２", "一二三四五六七八九〇一二", "1234-5678-9012"])
def test_a_my_number_leaves_in_no_form_and_has_no_way_back(number: str) -> None:
    masked = mask_out(f"番号は{number}です", ANALYZER)
    assert not any(c.isdigit() for c in masked.text)
    assert number not in masked.restore(masked.text)


@pytest.mark.parametrize(
    "said",
    [
        "15歳未満でも作れますか", "14日以内に届け出る", "2026年3月31日まで有効ですか", "お客様が怒っている",
        "マイナ保険証を使いたい", "子どもの分も要りますか",
    ],
)  # fmt: skip
def test_what_names_nobody_leaves_as_it_was_said(said: str) -> None:
    assert mask_out(said, ANALYZER).text == said


def test_one_number_is_one_in_every_writing() -> None:
    assert numbers("十四日以内に千円") == numbers("14日以内に1,000円") == {("14", "日"), ("1000", "円")}
    assert numbers("もう一度、一緒に") == set()


@pytest.mark.parametrize(
    ("text", "quote", "why"),
    [
        ("はじめに、一時停止のお電話をお願いします。", "まず、一時停止の電話をしてください。", None),
        ("再発行には千円の手数料がかかります。", "再発行の手数料は1,000円です。", None),
        ("再発行の手数料は2,000円です。", "再発行の手数料は1,000円です。", "number"),
        ("電話は0120-95-0187です。", "電話は0120-95-0178で、24時間つながります。", "number"),
        ("代理の方が受け取れます。", "代理の方は受け取れません。", "claim"),
        ("ご家族は受け取れません。", "代理の方は受け取れません。", "rival"),
        ("警察署で一時停止の電話をしてください。", "まず、一時停止の電話をしてください。", "rival"),
        ("印鑑を持って、一時停止の電話をしてください。", "まず、一時停止の電話をしてください。", "coverage"),
        ("一時停止の電話をしてください。", "警察に届けてください。", "quote"),
        ("代理の方が受け取れます。", "代理の方は受け取れ", "claim"),
    ],
)
def test_a_sentence_stands_only_where_its_quote_bears_it_out(text: str, quote: str, why: str | None) -> None:
    assert Checker(ANALYZER).refusal(Said(text, "loss", 3, quote), ARTICLE) == why


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("通常は2,000円、特急発行は1,000円です。", False), ("特急発行は1,000円、通常は2,000円です。", False),
        ("通常は1,000円、特急発行も1,000円です。", False), ("通常は1,000円、特急発行は2,000円です。", True),
        ("通常は1,000円です。", True),
    ],
)  # fmt: skip
def test_what_a_quote_keeps_apart_does_not_change_places(text: str, stands: bool) -> None:
    quote = "通常は1,000円、特急発行は2,000円です。"
    article = Given("fee", 1, "再発行の手数料はいくらですか。", quote)
    assert Checker(ANALYZER).bears_out(Said(text, "fee", 1, quote), article) is stands


def test_hardly_a_false_one_of_the_judged_statements_passes_and_a_third_of_the_true_ones_does() -> None:
    rates = {rate.kind: rate for rate in evaluate(read_statements())}
    assert {*FALSE_KINDS, "paraphrase"} <= set(rates)
    assert rates["number"].accepted == 0
    assert rates[ALL_FALSE].rate < 0.02
    assert rates["paraphrase"].rate > 0.33


def test_sentences_are_read_as_their_lines_come_and_what_is_none_is_counted() -> None:
    line = json.dumps({"text": "はい。", "article": "a", "edition": 1, "quote": "はい。"}, ensure_ascii=False)
    read = list(sentences([line[:9], line[9:] + "\nよろこんで\n```\n", line]))
    assert [one and one.text for one in read] == ["はい。", None, "はい。"]
    assert list(sentences(iter(["x" * (LONGEST_LINE + 1)] * 3))) == [None]
