"""What a sentence affirms and what it denies, word by word: 切らずに待つ denies 切る and affirms 待つ."""

from __future__ import annotations

from collections.abc import Sequence

from faq_engine.search.analysis import Morpheme

NEGATIVE = frozenset({"ず", "ない", "無い", "まい", "兼ねる"})
LIGHT = frozenset(
    ("為る", "成る", "居る", "頂く", "下さる", "致す", "申し上げる", "出来る", "貰う", "為さる", "御座る", "有る", "上げる")
    + ("物", "事", "こと", "もの", "訳", "わけ", "様", "よう", "積もり", "必要", "予定", "なれる", "言う")
)
"""Words behind a predicate that only carry its tense, politeness or denial."""

_CARRIES_VERB = frozenset(("て", "で", "に", "は", "も", "が", "と"))
_CARRIES_NOUN = frozenset(("は", "も", "を"))
_BEING = frozenset(("有る", "御座る"))
_COPULA = frozenset(("だ", "物", "事", "こと", "もの", "訳", "わけ"))


def polarities(morphemes: Sequence[Morpheme]) -> dict[str, set[bool]]:
    """Each predicate by its Chinese characters (使う and 使える are one), with True where it is affirmed and False where denied."""
    found: dict[str, set[bool]] = {}
    for place, (form, _, part, _) in enumerate(morphemes):
        if form == "無い" and part[0] == "形容詞":
            found.setdefault("有", set()).add(False)
        elif form in _BEING and not _is_copula(morphemes, place):
            found.setdefault("有", set()).add(not _denied(morphemes, place, _CARRIES_VERB))
        elif form in LIGHT:
            continue
        elif part[0] in ("動詞", "形容詞"):
            found.setdefault(_key(form), set()).add(not _denied(morphemes, place, _CARRIES_VERB))
        elif part[0] == "名詞" and _is_predicate(morphemes, place):
            found.setdefault(_key(form), set()).add(not _denied(morphemes, place, _CARRIES_NOUN))
    return found


def contradict(said: dict[str, set[bool]], told: dict[str, set[bool]]) -> bool:
    """Whether something is affirmed here that is only denied there, or the other way round."""
    return any(not said[key] & told[key] for key in said.keys() & told.keys())


def _key(form: str) -> str:
    return "".join(c for c in form if "一" <= c <= "龯") or form


def _is_copula(morphemes: Sequence[Morpheme], place: int) -> bool:
    """Whether 有る only says "is": ではある, ことがある."""
    return any(form in _COPULA for form, *_ in morphemes[max(0, place - 2) : place])


def _is_predicate(morphemes: Sequence[Morpheme], place: int) -> bool:
    """Whether something is said of a noun itself: 登録する, 対象だ."""
    part = morphemes[place][2]
    following = [form for form, _, kind, _ in morphemes[place + 1 : place + 4] if kind[0] != "接尾辞"]
    if part[2] == "サ変可能":
        following = [form for form in following if form not in _CARRIES_NOUN]
    return bool(following) and following[0] in {"為る", "致す", "為さる", "出来る", "頂く", "下さる", "だ"}


def _denied(morphemes: Sequence[Morpheme], place: int, carries: frozenset[str]) -> bool:
    for form, _, part, _ in morphemes[place + 1 :]:
        if form in NEGATIVE:
            return True
        if not (part[0] in ("助動詞", "接尾辞") or form in LIGHT or (part[0] == "助詞" and form in carries)):
            return False
    return False
