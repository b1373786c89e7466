"""Whatever the house says to people in Japanese it can also say in English.

The sentences are found where they stand: `_("…")` in templates, `t("…")` in the console's scripts, and the first argument
of every error of the house. Demo steps are Japanese only. A failure prints entries to paste into the catalogue.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import normalize, read_po
from jinja2 import Environment

from contact_center.features import load_features
from contact_center.web.scripts import script_sentences

ROOT = Path(__file__).parents[2]
PACKAGES = sorted({"contact_center", "telephony", "admin", *(feature.package for feature in load_features())})
JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
JAPANESE_WORD = re.compile(r"[\u3041-\u30fa\u3400-\u9fff]")
PLACE = re.compile(r"%\(\w+\)[a-z]|%|\{\w+\}")
TEMPLATE_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
SCRIPT_CALL = re.compile(r"\bt\(\s*\"(?:[^\"\\]|\\.)*\"")


def modules(package: str) -> list[tuple[str, ast.Module]]:
    """Every module but the demo's, read and not run."""
    paths = (path.relative_to(ROOT) for path in sorted((ROOT / package).rglob("*.py")))
    spoken = (path for path in paths if "demo" not in (*path.parts, path.stem))
    return [(str(path), ast.parse((ROOT / path).read_text("utf-8"))) for path in spoken]


def first(text: str | tuple[str, ...] | list[str]) -> str:
    """The sentence itself, or the singular of a sentence with a plural."""
    return text if isinstance(text, str) else next((one for one in text if one), "")


def name_of(node: ast.expr) -> str:
    """`BadInput` for both `BadInput` and `errors.BadInput`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@cache
def errors() -> set[str]:
    """The names of `MadoguchiError` and of every class below it, in whichever package it is declared."""
    classes = [node for p in PACKAGES for _, tree in modules(p) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {"MadoguchiError"}
    while more := {c.name for c in classes if names & {name_of(base) for base in c.bases}} - names:
        names |= more
    return names


def error_calls(package: str) -> Iterator[tuple[str, ast.expr]]:
    for path, tree in modules(package):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in errors() and node.args:
                yield f"{path}:{node.lineno}", node.args[0]


@cache
def sentences(package: str) -> dict[str, str]:
    """Every sentence of a package and one place where it stands."""
    found: dict[str, str] = {}
    environment = Environment(extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)
    for path in (ROOT / package).rglob("templates/**/*.html"):
        for line, _, message in environment.extract_translations(path.read_text("utf-8")):
            found[first(message or "")] = f"{path.relative_to(ROOT)}:{line}"
    found.update(dict.fromkeys(script_sentences(package), f"{package}/browser"))
    doors = [door for feature in load_features() if feature.package == package for door in feature.doors]
    found.update({door.title: f"{package}/feature.py" for door in doors})
    for place, argument in error_calls(package):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            found[argument.value] = place
    found.pop("", None)
    return found


def catalogue(package: str) -> Catalog:
    path = ROOT / package / "locale" / "en.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as text:
        return read_po(text, locale="en", abort_invalid=True)


@cache
def translations(package: str) -> dict[str, str]:
    """What the catalogue says; fuzzy entries are left out, as they are when the catalogue is used."""
    return {first(entry.id): first(entry.string) for entry in catalogue(package) if entry.id and not entry.fuzzy}


def refuse(headline: str, lines: list[str]) -> None:
    """Fail with bare lines, so that they can be copied."""
    if lines:
        pytest.fail("\n".join((headline, "", *lines)), pytrace=False)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_has_english(package: str) -> None:
    known = translations(package)
    missing = sorted((place, text) for text, place in sentences(package).items() if not known.get(text, "").strip())
    entries = [f'#: {place.split(":")[0]}\nmsgid {normalize(text, width=0)}\nmsgstr ""\n' for place, text in missing]
    refuse(f"Paste these into {package}/locale/en.po and fill in the English:", entries)


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_name_the_same_places(package: str) -> None:
    wrong = [
        f"{japanese!r} -> {english!r}"
        for japanese, english in translations(package).items()
        if set(PLACE.findall(japanese)) != set(PLACE.findall(english)) or japanese[-1:].isspace() != english[-1:].isspace()
    ]
    refuse(f"In {package}/locale/en.po keep %(name)s, {{name}} and a space at the end as they are:", wrong)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_catalogue_holds_a_sentence_that_is_no_longer_said(package: str) -> None:
    held = {*(first(entry.id) for entry in catalogue(package)), *map(first, catalogue(package).obsolete)} - {""}
    refuse(f"Take these out of {package}/locale/en.po:", sorted(held - sentences(package).keys()))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_english_sentence_holds_japanese(package: str) -> None:
    wrong = [f"{japanese!r} -> {english!r}" for japanese, english in translations(package).items() if JAPANESE.search(english)]
    refuse(f"Say these in English only, in {package}/locale/en.po:", wrong)


def test_one_sentence_is_said_in_one_way() -> None:
    # A page searches all catalogues, so a second translation would change pages of another package.
    said: dict[str, set[str]] = {}
    for japanese, english in (entry for package in PACKAGES for entry in translations(package).items()):
        said.setdefault(japanese, set()).add(english)
    refuse("Choose one translation:", [f"{one!r} -> {sorted(ways)}" for one, ways in said.items() if len(ways) > 1])


@pytest.mark.parametrize("package", PACKAGES)
def test_no_sentence_stands_where_it_cannot_be_translated(package: str) -> None:
    silent = [place for place, text in error_calls(package) if not isinstance(text, ast.Constant)]
    for pattern, code in (("templates/**/*.html", TEMPLATE_CODE), ("browser/*.js", SCRIPT_CALL)):
        for path in sorted((ROOT / package).rglob(pattern)):
            rest = code.sub("", path.read_text("utf-8"))
            silent += [f"{path.relative_to(ROOT)}: {line.strip()}" for line in rest.splitlines() if JAPANESE_WORD.search(line)]
    refuse('Write _("…") in templates, t("…") in scripts, a plain string in errors:', silent)
