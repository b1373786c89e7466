"""Words for people: Japanese is the source text, English comes from gettext catalogues.

Each package that speaks to people may hold `locale/en.po`. The catalogues are read as they are (Babel parses them),
so that no compiled file can be older than its source.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("ja", "en")


class Words:
    """The sentences of one language.

    :param language: `ja` or `en`.
    :param packages: packages whose `locale/<language>.po` is searched, first hit wins.
    """

    def __init__(self, language: str, packages: Iterable[str]) -> None:
        self.language = language
        self._translations = gettext.NullTranslations()
        if language == "ja":
            return
        for package in reversed(tuple(packages)):
            found = _catalogue(package, language)
            if found is not None:
                found._fallback = None  # type: ignore[attr-defined]
                found.add_fallback(self._translations)
                self._translations = found

    def gettext(self, text: str) -> str:
        """The text in this language; the Japanese itself where no translation is known."""
        return self._translations.gettext(text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form that fits the number; Japanese has one form."""
        return self._translations.ngettext(singular, plural, count)


@cache
def _catalogue_bytes(package: str, language: str) -> bytes | None:
    source = files(package).joinpath("locale", f"{language}.po")
    if not source.is_file():
        return None
    with source.open("rb") as text:
        catalogue = read_po(text)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _catalogue(package: str, language: str) -> gettext.GNUTranslations | None:
    compiled = _catalogue_bytes(package, language)
    return None if compiled is None else gettext.GNUTranslations(io.BytesIO(compiled))
