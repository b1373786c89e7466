"""Reading profiles. What is wrong is said with file and line, what was expected, and what stands there."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from booking_agent.japanese import Mark
from booking_agent.profiles.lint import lint
from booking_agent.profiles.schema import KINDS, Profile, locator
from contact_center.errors import BadInput, NotFound

_TYPES = {
    "int": "数", "str": "文字", "bool": "true か false", "array": "並び（- で始まる行か [ ]）",
    "object": "項目（名前: 値）", "null": "空",
}  # fmt: skip
_SAID = (
    (re.compile(r"Object contains unknown field `(.+)`"), "「{0}」という項目はありません。つづりを確かめてください"),
    (re.compile(r"Object missing required field `(.+)`"), "「{0}」がありません。書き足してください"),
    (re.compile(r"Expected `(.+)`, got `(.+)`"), "{0} を書くところに {1} があります"),
    (re.compile(r"Invalid enum value (.+)"), "{0} は使えません"),
    (re.compile(r"Expected `str` matching regex (.+)"), "英小文字・数字・ハイフンで書いてください（{0}）"),
    (re.compile(r"Expected `int` (.+)"), "{0} の数で書いてください"),
    (re.compile(r"one step has exactly one of (.+)"), "一つの手順には、次のうちちょうど一つを書いてください: {0}"),
)


def read(path: Path) -> Profile:
    """A profile from its file.

    :raises BadInput: with a line for each thing that is wrong: file, line, what was expected, what stands there.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise BadInput("%(path)s がありません。場所と名前を確かめてください。", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("%(path)s を読めません。UTF-8で書かれたファイルを指定してください。", path=path) from error
    yaml = YAML()
    try:
        tree: Any = yaml.load(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _bad([(path, (mark.line + 1) if mark else 1, f"YAMLとして読めません（{error.problem}）")]) from error
    if not isinstance(tree, dict):
        raise _bad([(path, 1, "「site:」で始まる項目の並びが必要です")])
    try:
        profile = msgspec.convert(_bare(tree), Profile)
    except msgspec.ValidationError as error:
        said, _, where = str(error).partition(" - at `")
        where = where.removeprefix("key` in `").removeprefix("$")
        raise _bad([(path, _line(tree, where.rstrip("`"), said), _japanese(said))]) from error
    wrong = [(path, _line(tree, where), said) for where, said in lint(profile)]
    if profile.site != path.stem:
        wrong.append((path, 1, f"site は「{profile.site}」ですが、ファイル名は「{path.stem}」です。同じにしてください"))
    if wrong:
        raise _bad(wrong)
    return profile


def line_of(path: Path, step: str) -> int:
    """The line of a profile that a step of a walk comes from.

    :param step: in the words of a trouble, such as `book.fill 3: click`, `days` or `find`.
    """
    name, _, place = step.partition(":")[0].partition(" ")
    where = "".join(f".{part}" for part in name.split("."))
    where += f"[{int(place) - 1}]" if place.isdigit() else ""
    tree = YAML().load(StringIO(path.read_text("utf-8")))
    return _line(tree, where)


def _bare(node: Any) -> Any:
    """The plain values of a tree that knows its lines."""
    if isinstance(node, dict):
        return {str(key): _bare(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_bare(value) for value in node]
    return int(node) if isinstance(node, int) and not isinstance(node, bool) else str(node) if isinstance(node, str) else node


def _line(tree: Any, where: str, said: str = "") -> int:
    """The line in which a place such as `.book.fill[3].click` begins, or its nearest surroundings."""
    node: Any = tree
    line = 1
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", where):
        key: Any = int(index) if index else name
        try:
            line = (node.lc.item(key) if index else node.lc.key(key))[0] + 1
            node = node[key]
        except (KeyError, IndexError, AttributeError, TypeError):
            return line
    found = re.search(r"unknown field `(.+)`|Invalid enum value '(.+)'", said)
    key = (found[1] or found[2]) if found is not None else ""
    if key and hasattr(node, "lc") and key in node:
        line = node.lc.key(key)[0] + 1
    return line


def _japanese(said: str) -> str:
    for pattern, sentence in _SAID:
        if (found := pattern.search(said)) is not None:
            return sentence.format(*(_TYPES.get(part, part) for part in found.groups()))
    return said


def _bad(wrong: list[tuple[Path, int, str]]) -> BadInput:
    return BadInput("%(findings)s", findings="\n".join(f"{path}:{line}: {said}。" for path, line, said in wrong))


class Profiles:
    """The profiles of this centre: those of the folder that the settings name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[float, Profile]] = {}

    def all(self) -> list[Profile]:
        """Every profile, by id; a file that was changed is read anew.

        :raises BadInput: where one cannot be used.
        """
        if not self._folder.is_dir():
            return []
        return [self._read(path) for path in sorted(self._folder.glob("*.yaml"))]

    def of_city(self, city: str) -> list[Profile]:
        """Those of a city."""
        return [profile for profile in self.all() if profile.city == city]

    def get(self, site: str) -> Profile:
        """The profile of a site.

        :raises NotFound: where there is none.
        """
        path = self._folder / f"{site}.yaml"
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,38}", site) or not path.is_file():
            raise NotFound("その予約サイトは登録されていません。")
        return self._read(path)

    def _read(self, path: Path) -> Profile:
        changed = path.stat().st_mtime
        known = self._known.get(path)
        if known is None or known[0] != changed:
            known = self._known[path] = changed, read(path)
        return known[1]


__all__ = ["KINDS", "Mark", "Profiles", "lint", "locator", "read"]
