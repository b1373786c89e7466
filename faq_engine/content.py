"""What an article holds, what is refused in it, and the places in its text that each city fills."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from contact_center.errors import BadInput

PLACES = ("city", "counter", "counter_phone", "hours", "booking_url")
"""The places that a text may have: the city's name, the counter's name and telephone, its hours, the booking site's address."""

FURTHER = ("zh-Hans", "ko", "vi", "pt", "tl", "ne")
"""Further languages of an answer (BCP 47), those of most foreign residents; the panel shows whichever an article has."""

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_TWELVE = re.compile(r"(?<![\d-])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d-])")
"""What may be a My Number: nothing of that form stands in an article (Number Use Act, article 20)."""

CODE = re.compile(r"^[a-z0-9][a-z0-9-]{1,58}$")

Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=6000)]


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An article as it is written.

    :param answer: Japanese; its first two lines are read aloud before it is opened.
    :param easy: the answer in やさしい日本語.
    :param english: the answer in English; `english_question` its question.
    :param others: further languages: a language tag (BCP 47) to question and answer.
    :param keywords: words of residents that the text does not have.
    :param category: code of the contact's category (分類).
    :param menu: id of the menu it belongs to; empty: all.
    :param department: id of the office that is responsible.
    :param audience: `agent`: only read by agents; `public`: may be shown to residents.
    :param sources: addresses of the pages it rests on.
    :param valid_from: first day on which it holds; None: since ever.
    :param valid_until: last day on which it may be shown as current.
    :param checked: the day on which somebody read the sources.
    :param unsourced: what could not be confirmed (出典未確認); never published.
    :param machine: a machine has written it first, and nobody has yet said that they have checked every line.
    """

    question: Line
    answer: Text
    easy: Text = ""
    english_question: Line = ""
    english: Text = ""
    others: dict[str, tuple[Line, Text]] = {}
    keywords: tuple[Line, ...] = ()
    category: Line = ""
    menu: Line = ""
    department: Line = ""
    audience: Literal["agent", "public"] = "public"
    sources: tuple[Line, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    checked: date | None = None
    unsourced: bool = False
    machine: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether it may be shown as current on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class Synonyms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that mean the same in this city's articles: whoever types one finds the others."""

    words: tuple[Line, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manual, training material or form, handed out in versions like an article (KQ-03).

    :param sort: what it is.
    :param about: what it is for, or what has changed, in a few words.
    :param file: SHA-256 of the file.
    :param filename: as it is offered for download.
    :param valid_until: last day on which it may be used.
    """

    title: Line
    sort: Literal["manual", "training", "form"]
    about: Line = ""
    file: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    filename: Annotated[str, msgspec.Meta(max_length=120)]
    valid_until: date | None = None


Written = Content | Synonyms | Document
"""What goes through the workflow."""


def as_json(content: Written) -> dict[str, Any]:
    """As it is stored."""
    return dict(msgspec.to_builtins(content))


def from_json(data: Mapping[str, Any]) -> Content:
    """An article as it was stored."""
    return msgspec.convert(data, Content, strict=False)


def synonyms_from_json(data: Mapping[str, Any]) -> Synonyms:
    """A group of synonyms as it was stored."""
    return msgspec.convert(data, Synonyms)


def document_from_json(data: Mapping[str, Any]) -> Document:
    """A document as it was stored."""
    return msgspec.convert(data, Document, strict=False)


def check(content: Written) -> None:
    """Refuse what nobody could use.

    :raises BadInput: saying which field, and what to write.
    """
    if isinstance(content, Synonyms):
        _check_synonyms(content)
    elif isinstance(content, Document):
        if not content.title.strip():
            raise BadInput("資料の名前を書いてください。")
    else:
        _check_article(content)


def _check_article(content: Content) -> None:
    if not content.question.strip():
        raise BadInput("質問を書いてください。")
    if not content.answer.strip():
        raise BadInput("回答を書いてください。")
    texts = [content.answer, content.easy, content.english, *(answer for _, answer in content.others.values())]
    for text in texts:
        for name in _PLACE.findall(text):
            if name not in PLACES:
                raise BadInput(
                    "「{%(name)s}」は使えません。使えるのは %(known)s です。",
                    name=name,
                    known="、".join(f"{{{p}}}" for p in PLACES),
                )
    if content.valid_from and content.valid_until and content.valid_until < content.valid_from:
        raise BadInput("有効期限は、有効開始日より後にしてください。")
    for text in (content.question, *texts):
        if _TWELVE.search(unicodedata.normalize("NFKC", text)):
            raise BadInput("12桁の番号は、記事に書けません。")
    for source in content.sources:
        if not source.startswith(("https://", "http://")):
            raise BadInput("出典は https:// で始まるアドレスを、一行に一つ書いてください（%(source)s）。", source=source[:60])


def _check_synonyms(synonyms: Synonyms) -> None:
    if len({word.strip() for word in synonyms.words if word.strip()}) < 2:  # noqa: PLR2004
        raise BadInput("同義語は、二つ以上の言葉を書いてください。")


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled; one that the city has not filled says so."""
    return _PLACE.sub(lambda place: values.get(place.group(1)) or f"（未設定: {place.group(1)}）", text)
