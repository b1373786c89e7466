"""What leaves the machine holds no person: numbers, names, addresses and dates of birth become places that only we can fill.

The places are made for one question and forgotten with it. Runs of twelve digits and PINs have no way back: they are not kept here
either (Number Use Act, article 20).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contact_center.personal.masking import mask
from faq_engine.search.analysis import Analyzer

_KANJI = "〇零一二三四五六七八九十百千"
_DIGIT = "[0-9〇零一二三四五六七八九]"
_MAIL = re.compile(
    r"[A-Za-z0-9._%+-]+\s?(?:@|アットマーク|アット|あっと)\s?[A-Za-z0-9-]+(?:\s?(?:\.|ドット|どっと)\s?[A-Za-z0-9-]+)+"
)
_PHONE = re.compile(
    rf"(?<!{_DIGIT})(?:\+81|[0〇零]){_DIGIT}?(?:[-. ()・の]{{0,2}}{_DIGIT}){{8,10}}(?!{_DIGIT})"
    r"|(?<![\d-])\d{2,4}-\d{4}(?![\d-]|年)"
)
_POSTCODE = re.compile(r"〒?\s?\d{3}-\d{4}(?!\d)")
_YEAR = rf"(?:明治|大正|昭和|平成|令和|[mtshrMTSHR])\s?(?:[0-9{_KANJI}]+|元)|(?:18|19|20)\d\d|西暦[0-9{_KANJI}]+"
_DATE = re.compile(
    rf"(?:{_YEAR})\s?[年./-]の?\s?[0-9{_KANJI}]+\s?[月./-]の?\s?[0-9{_KANJI}]++日?+(?!から|まで|以降|以前|付|に始|現在)"
    rf"|(?:{_YEAR})\s?年?(?=生|うまれ)|(?:18|19|20)\d{{6}}(?!\d)"
    rf"|[0-9{_KANJI}]+月[0-9{_KANJI}]+日(?=生|うまれ|が誕生日)"
)
_LOT = rf"[0-9{_KANJI}]+(?:丁目|番地|番|号|の|-)[0-9{_KANJI}]*(?:(?:番地|番|号|の|-)[0-9{_KANJI}]*)*(?:号室|号|室)?"
_STREET = "(?:[一-龯々ヶケァ-ヶー]|の|が|つ|上る|下る|入る)"
_TOWN = r"(?<![当本各同])(?:[一-龯々ヶケ]{1,8}?[市区町村郡])"
_ADDRESS = re.compile(
    # With the name of a town before it, whatever ends in a number is an address; without, only what ends like one.
    rf"(?:[一-龯々]{{2,3}}?[都道府県])?{_TOWN}+{_STREET}{{1,16}}?[0-9]+(?:(?:丁目|番地|番町|番|号|の|-)[0-9{_KANJI}]*)*(?:号室|室)?"
    rf"|(?:[一-龯々ヶケァ-ヶーぁ-ん]{{1,10}}?[都道府県])?(?:[一-龯々ヶケ]{{1,8}}?[市区町村郡])*{_STREET}{{1,10}}?{_LOT}"
)
_TITLE = re.compile(r"([一-龯々ァ-ヶー]{1,8})(?=(?:さん|様|さま|君|くん|ちゃん|氏)(?:です|と|の|が|は|に|、|。|$))")
_FOREIGN = re.compile(r"[ァ-ヶー]{2,}(?:・[ァ-ヶー]+)+")
_CALLED = re.compile(r"(?<![一-龯々ァ-ヶー])([一-龯々]{1,6}|[ァ-ヶー・]{2,20})(?=(?:と|って)(?:言|い)います|と申し)")
_SHORT = re.compile(
    r"(?:^|(?<=[。、\s]))([林森原東西南北関谷堀沢泉橋辻岡島星金宮牧柳桑畑浜湯笠角轟榊菅堤土平梶橘杉秦旭鎌脇窪峰])(?=です|だけど|ですが)"
)
"""Family names of one character, as somebody says who they are."""

NOT_NAMES = frozenset(
    ("マイナ", "お客", "客", "家族", "皆", "奥", "旦那", "息子", "娘", "お子", "子供", "子ども", "親御")
    + ("代理人", "利用者", "住民", "担当者", "あて")
)
"""Who is called so is no name."""


@dataclass
class Masked:
    """A text without persons, and how to fill its places again.

    :param text: what may be sent.
    :param places: a place such as ［氏名1］ to what stood there.
    """

    text: str
    places: dict[str, str] = field(default_factory=dict)

    def restore(self, text: str) -> str:
        """A text that came back, with the places filled; they never leave this process filled."""
        for place, said in self.places.items():
            text = text.replace(place, said)
        return text


def mask_out(text: str, analyzer: Analyzer) -> Masked:
    """Take persons out of what was typed or said."""
    made = Masked(unicodedata.normalize("NFKC", mask(text)))
    made.text = _replace(made, "メール", _MAIL.finditer)
    made.text = _replace(made, "生年月日", _DATE.finditer)
    made.text = _replace(made, "電話", _PHONE.finditer)
    made.text = _replace(made, "住所", _ADDRESS.finditer)
    made.text = _replace(made, "郵便番号", _POSTCODE.finditer)
    made.text = _replace(made, "氏名", lambda said: _names(said, analyzer))
    return made


Found = Callable[[str], Iterator[re.Match[str]]]


def _replace(made: Masked, kind: str, find: Found | Callable[[str], Iterator[tuple[int, int]]]) -> str:
    parts, end = list[str](), 0
    for found in find(made.text):
        start, stop = found if isinstance(found, tuple) else found.span()
        if start < end or "［" in made.text[start:stop]:
            continue
        said = made.text[start:stop]
        place = next((place for place, known in made.places.items() if known == said), None)
        if place is None:
            place = f"［{kind}{sum(one.startswith('［' + kind) for one in made.places) + 1}］"
            made.places[place] = said
        parts += [made.text[end:start], place]
        end = stop
    return "".join([*parts, made.text[end:]])


def _names(text: str, analyzer: Analyzer) -> Iterator[tuple[int, int]]:
    """Where a person's name stands: what the dictionary knows as one, and whatever is called さん or 様."""
    spans = [match.span(1) for match in _TITLE.finditer(text) if match.group(1) not in NOT_NAMES]
    spans += [match.span() for match in _FOREIGN.finditer(text)]
    spans += [match.span(1) for pattern in (_CALLED, _SHORT) for match in pattern.finditer(text)]
    position, run = 0, None
    for surface, part in analyzer.surfaces(text):
        start = text.find(surface, position)
        start = position if start < 0 else start
        stop = start + len(surface)
        if part[:3] == ("名詞", "固有名詞", "人名") and surface not in NOT_NAMES:
            run = (run[0] if run else start, stop)
        elif run:
            spans.append(run)
            run = None
        position = stop
    if run:
        spans.append(run)
    # Of two that begin together the longer: グエン・ヴァン・アン is one name.
    yield from sorted((span for span in spans if span[1] > span[0]), key=lambda span: (span[0], -span[1]))
