"""Who reads a page, and in which language."""

from __future__ import annotations

from flask import g, request

from contact_center.errors import MadoguchiError
from contact_center.identity import Actor
from contact_center.language import LANGUAGES, Words
from contact_center.settings import LANGUAGE
from contact_center.web.access import actor
from contact_center.web.centre import house
from contact_center.web.scripts import script_words


def words() -> Words:
    """The sentences in the reader's language: the person's own choice, else the form cookie's, else the centre's."""
    if "words" not in g:
        built = house()
        me = who_or_none()
        chosen = me.language if me is not None else request.cookies.get("madoguchi-language", "")
        language = chosen if chosen in LANGUAGES else built.settings[LANGUAGE]
        g.words = Words(language, ("contact_center", *(f.package for f in built.features)))
    found: Words = g.words
    return found


def page_words() -> dict[str, str]:
    """The sentences of all scripts, the features' too, in the reader's language."""
    return script_words(words(), ("contact_center", *(feature.package for feature in house().features)))


def who_or_none() -> Actor | None:
    """The signed-in person, where there is one."""
    try:
        return actor()
    except MadoguchiError:
        return None
