"""Whether an article bears out what a model says: the quote is there, and nothing in the sentence goes beyond it or against it.

The rules are strict on what hurts a resident (numbers, can or cannot, who, where, always or sometimes) and lenient on wording;
their words stand in `words.toml`. How many false sentences pass and how many true ones are refused is measured (`madoguchi faq
draft-eval`) on sentences that were written without knowledge of these rules.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from faq_engine.drafts.order import exchanged
from faq_engine.drafts.polarity import contradict, polarities
from faq_engine.drafts.prompt import Given, Said
from faq_engine.search.analysis import SILENT, Analyzer, weight_of

SHORTEST_QUOTE, LONGEST_QUOTE = 4, 4
"""Characters that a quote has at least, and sentences that it may run over."""

LONG_NUMBER = 3
COVERAGE = 0.9
"""The part of a sentence's content, by weight, that its quote must have; decision 0020 has what less of it lets through."""

KINDRED = 0.3
"""A sentence of the quote is meant where it shares at least this much of what the nearest one shares."""

_WORDS: dict[str, Any] = tomllib.loads(files("faq_engine").joinpath("drafts", "words.toml").read_text("utf-8"))


def _any(pieces: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(pieces))


_COUNTER = "|".join(_WORDS["counters"])
_LATE = re.compile(r"(?:午後|夜|夕方)(?P<hour>1[01]|[1-9])時")
_EARLY = re.compile(r"(?:午前|朝)(?=\d+時)")
_KANJI_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(
    rf"(?P<digits>\d[\d,]*(?:[-.:/]\d+)*)(?P<man>万)?(?P<half>半)?(?P<counter>{_COUNTER})?"
    rf"|(?P<kanji>[〇零一二三四五六七八九十百千]+)(?P<kman>万)?(?P<kcounter>{_COUNTER})"
)
_NO_NUMBERS, _FINE, _OBLIGED, _DENIED, _CHILD = (
    _any(_WORDS[name]) for name in ("no_numbers", "fine", "obliged", "denied", "child")
)  # fmt: skip
_CLAIMS = {name: (_any(rule["claimed"]), _any(rule["denied"])) for name, rule in _WORDS["claims"].items()}
_RIVALS = [re.compile(one) for row in _WORDS["rivals"] for one in row]
_OPPOSITES = [(re.compile(one), re.compile(other)) for one, other in _WORDS["opposites"]]
_BODY = re.compile(rf"[一-龯々ァ-ヶーa-z0-9]{{1,14}}(?:{'|'.join(_WORDS['bodies'])})")
_FILLERS = frozenset(_WORDS["fillers"])
_SAYS_HOW = SILENT | {"接続詞", "感動詞", "連体詞", "接尾辞", "接頭辞", "代名詞", "副詞"}


NOTHING = ("", "", ("", "", ""), ())


def plain(text: str) -> str:
    """In one width, in small letters, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def numbers(text: str) -> set[tuple[str, str]]:
    """Every number of a text with its counter, in one writing: 十四日 and 14日 are the same, and so are 午後5時 and 17時."""
    found = set()
    text = _LATE.sub(lambda late: f"{int(late['hour']) + 12}時", _EARLY.sub("", plain(text)))
    for match in _NUMBER.finditer(_NO_NUMBERS.sub("＿", text)):
        if match["digits"]:
            value, counter = match["digits"].replace(",", ""), match["counter"] or ""
            value += ("0000" if match["man"] else "") + (".5" if match["half"] else "")
        else:
            value, counter = str(_kanji_value(match["kanji"])) + ("0000" if match["kman"] else ""), match["kcounter"]
        found.add((value, _WORDS["same_counter"].get(counter, counter)))
    return found


def _numbers_agree(said: set[tuple[str, str]], told: set[tuple[str, str]]) -> bool:
    """Whether each number is the quote's; a long one, such as a telephone's, may have lost or won its counter."""
    values = {value for value, counter in told if not counter and len(value) >= LONG_NUMBER}
    values |= {value for value, counter in said - told if counter == "" and (value, "番") in told}
    return all(number in told or number[0] in values for number in said)


def _kanji_value(text: str) -> int:
    if not set(text) & set(_KANJI_UNITS):
        return int("".join(str(_KANJI_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for character in text:
        if character in _KANJI_UNITS:
            total, digit = total + (digit or 1) * _KANJI_UNITS[character], 0
        else:
            digit = _KANJI_DIGITS[character]
    return total + digit


def whole(quote: str, answer: str) -> str:
    """The whole sentences of an answer in which a quote stands, as they are written there; empty where it does not.

    Half a sentence can say the opposite of the whole one.
    """
    wanted = plain(quote)
    if len(wanted) < SHORTEST_QUOTE:
        return ""
    sentences = [one for line in answer.splitlines() for one in re.findall("[^。]+。?", line.lstrip("・").strip())]
    for count in range(1, LONGEST_QUOTE + 1):
        for first in range(len(sentences) - count + 1):
            found = "".join(sentences[first : first + count])
            if wanted in plain(found):
                return found
    return ""


class Checker:
    """Compares what a model says with what it quotes."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def bears_out(self, said: Said, article: Given) -> bool:
        """Whether the article has the quote, and the quote bears the sentence out."""
        return self.refusal(said, article) is None

    def refusal(self, said: Said, article: Given) -> str | None:
        """Why a sentence is dropped, in a word; None where it is borne out."""
        told = whole(said.quote, article.answer)
        text, quote, title = plain(said.text), plain(told), plain(article.question)
        rules = {
            "quote": bool(told),
            "empty": bool(text),
            "number": _numbers_agree(numbers(text), numbers(quote) | numbers(title)),
            "claim": _claims_agree(text, quote),
            "rival": _rivals_agree(text, quote),
            "opposite": not any(_contradict(text, quote, *pair) for pair in _OPPOSITES),
            "body": all(body in quote or body[-4:] in quote for body in _BODY.findall(text)),
            "polarity": not contradict(polarities(self._analyzer.morphemes(text)), polarities(self._analyzer.morphemes(quote))),
            "order": not exchanged(text, quote, self._analyzer.morphemes, numbers),
            "denial": _denials(text) == _denials("。".join(_meant(text, quote))),
        }
        broken = next((name for name, holds in rules.items() if not holds), None)
        return broken or (None if self._covered(text, quote, title) else "coverage")

    def _covered(self, text: str, quote: str, title: str) -> bool:
        """Enough of the content is the quote's, and no thing is named that neither it nor the question names."""
        known = self._known(quote) | self._known(title)
        whole = met = 0.0
        morphemes = self._analyzer.morphemes(text)
        for (form, _, part, synonyms), (_, _, behind, _) in zip(morphemes, [*morphemes[1:], NOTHING], strict=True):
            weight = weight_of(part)
            if weight <= 0 or form in _FILLERS or part[0] in _SAYS_HOW or part[1] == "数詞":
                continue
            there = form in known or any(f"#{group}" in known for group in synonyms) or _shares_idea(form, known)
            # 承諾する is wording, 承諾書 is a thing.
            doing = part[2] == "サ変可能" and behind[:2] != ("接尾辞", "名詞的")
            if not there and part[0] == "名詞" and part[1] != "助動詞語幹" and not doing:
                return False
            whole += weight
            met += weight if there else 0.0
        return whole == 0 or met / whole >= COVERAGE

    def _known(self, text: str) -> set[str]:
        found = set()
        for form, _, _, synonyms in self._analyzer.morphemes(text):
            found |= {form, *(f"#{group}" for group in synonyms), *(c for c in form if _is_idea(c))}
        return found


def _claims_agree(text: str, quote: str) -> bool:
    """What is claimed of a matter (must, can, free, always, only) is claimed in the quote, and not denied there instead."""
    for name, patterns in _CLAIMS.items():
        said, denied = _claimed(text, *patterns)
        told, refused = _claimed(quote, *patterns)
        if name == "always":
            # Sometimes is not always; and what is so only sometimes may not be said without its "sometimes".
            if (said and not told) or (refused and not denied and not told):
                return False
        elif name == "only":
            if said != told:
                return False
        elif (said and refused and not told) or (denied and not refused):
            return False
        elif name == "must" and refused and not (told or denied or _FINE.search(text)):
            # What need not be done is not simply done either.
            return False
    return True


def _claimed(text: str, yes: re.Pattern[str], no: re.Pattern[str]) -> tuple[bool, bool]:
    """Whether a text claims, and whether it denies; what denies is not read as a claim."""
    return bool(yes.search(no.sub("＿", text))), bool(no.search(text))


def _rivals_agree(text: str, quote: str) -> bool:
    """Of things that are easily exchanged, only those of the quote are said."""
    if _CHILD.search(text) and not _CHILD.search(quote) and "歳" not in quote:
        return False
    return all(one.search(quote) for one in _RIVALS if one.search(text))


def _contradict(text: str, quote: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether one of two opposites is said where the quote has only the other."""
    said, told = ([bool(side.search(words)) for side in (one, other)] for words in (text, quote))
    return said != told and sum(said) == sum(told) == 1


def _denials(text: str) -> int:
    """How often something is denied: a sentence that denies rests on one that does, and the other way round."""
    return len(_DENIED.findall(_OBLIGED.sub("＿", _FINE.sub("＿", text))))


def _meant(text: str, quote: str) -> list[str]:
    """The sentences of a quote with which a text shares most of its pairs of characters."""
    parts = [one for one in re.split("[。/]", quote) if one]
    shared = [len(_pairs(one) & _pairs(text)) / max(1, len(_pairs(one))) for one in parts]
    return [one for one, share in zip(parts, shared, strict=True) if share >= max(shared) * KINDRED]


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}


def _is_idea(character: str) -> bool:
    return "一" <= character <= "龯"


def _shares_idea(form: str, known: set[str]) -> bool:
    """Whether half the Chinese characters of a word are the quote's: 受領 beside 受け取る."""
    ideas = [c for c in form if _is_idea(c)]
    return bool(ideas) and sum(c in known for c in ideas) * 2 >= len(ideas) and not re.search("[ァ-ヶa-z0-9]", form)
