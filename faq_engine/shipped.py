"""The articles that come with the product: a neutral 「○○市」 set, written for this centre (`articles/*.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

from msgspec.structs import replace

from contact_center.house import House
from faq_engine import service
from faq_engine.content import Content, Synonyms, check

AT_ONCE = 20
SOME_CITY = "○○市"
WHY = "初版（製品に付属する共通のFAQ）"


def shipped() -> Iterator[tuple[str, Content]]:
    """Every article with its code, in the order of the files."""
    for file in sorted(files("faq_engine").joinpath("articles").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for data in tomllib.loads(file.read_text("utf-8")).get("articles", ()):
                content = _content(data)
                check(content)
                yield str(data["id"]), content


def shipped_synonyms() -> Iterator[tuple[str, Synonyms]]:
    """The words that mean the same in them."""
    for data in tomllib.loads(files("faq_engine").joinpath("articles", "synonyms.toml").read_text("utf-8"))["synonyms"]:
        yield str(data["id"]), Synonyms(words=tuple(data["words"]))


def load(house: House) -> int:
    """Put those into the house that are not there yet, to be confirmed by the cities; how many."""
    workflow, new = service.of(house).workflow, 0
    with house.database.reading() as session:
        menus = {menu.id for menu in house.directory.menus(session)}
    # A menu that this centre does not offer would hide its articles from every other.
    articles: list[tuple[str, Content | Synonyms]] = [
        (code, one if one.menu in menus else replace(one, menu="")) for code, one in shipped()
    ]
    articles += shipped_synonyms()
    for start in range(0, len(articles), AT_ONCE):
        # A writer keeps others waiting: calls go on between two handfuls.
        with house.database.session_scope() as session:
            new += sum(workflow.ship(session, code, content, WHY) for code, content in articles[start : start + AT_ONCE])
    return new


def _content(data: dict[str, Any]) -> Content:
    def said(name: str) -> str:
        return str(data.get(name, "")).strip().replace(SOME_CITY, "{city}")

    return Content(
        question=said("question"), answer=said("answer"), easy=said("easy"),
        english_question=data.get("english_question", ""), english=data.get("english", "").strip(),
        category=data["category"], menu=data.get("menu", ""), department=data["department"], audience=data["audience"],
        valid_until=date.fromisoformat(data["valid_until"]) if data.get("valid_until") else None,
        checked=date.fromisoformat(data["checked"]) if data.get("checked") else None, unsourced=bool(data.get("draft")),
        keywords=tuple(data.get("keywords", ())), sources=tuple(data.get("sources", ())),
    )  # fmt: skip
