"""Reading profiles. What is wrong is said with file and line, what was expected, and what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import jmespath
import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from booking_agent.japanese import Mark
from booking_agent.profiles.schema import ERRORS, FACTS, KINDS, Profile, locator
from booking_agent.profiles.values import COMPOSED, FIELDS, FILTERS, NOT_ASKED, STAFF, Template
from contact_center.errors import BadInput, NotFound

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
        said, _, where = str(error).partition(" - at `$")
        raise _bad([(path, _line(tree, where.rstrip("`"), said), _japanese(said))]) from error
    wrong = [(path, _line(tree, where), said) for where, said in lint(profile)]
    if profile.site != path.stem:
        wrong.append((path, 1, f"site は「{profile.site}」ですが、ファイル名は「{path.stem}」です。同じにしてください"))
    if wrong:
        raise _bad(wrong)
    return profile


def lint(profile: Profile) -> Iterator[tuple[str, str]]:
    """What no schema sees: each finding with its place in the tree."""
    if profile.by != "web":
        if not profile.instead:
            yield "", "web で予約できないサイトには instead（オペレーターがすること）を書いてください"
        return
    for name in ("start", "consent", "book", "days"):
        if not getattr(profile, name):
            yield "", f"「{name}」がありません。書き足してください"
    if not profile.start.startswith(("http://", "https://")):
        yield ".start", "start は http:// か https:// で始めてください"
    for name in profile.facts:
        if name not in FACTS:
            yield ".facts", f"facts に「{name}」はありません。使えるのは {'・'.join(FACTS)}"
    for name in profile.errors:
        if name not in ERRORS:
            yield ".errors", f"errors に「{name}」はありません。使えるのは {'・'.join(ERRORS)}"
    for place, text in _texts(profile):
        for name, filters in Template(text).names():
            if name in STAFF and profile.mailbox != "staff":
                yield place, f"「{{{name}}}」を使うサイトには mailbox: staff を書いてください"
            elif name not in (*FIELDS, *COMPOSED, *NOT_ASKED, *STAFF):
                yield place, f"「{{{name}}}」という値はありません。使えるのは {'・'.join([*FIELDS, *COMPOSED, *NOT_ASKED, *STAFF])}"
            for one in filters:
                if one not in FILTERS:
                    yield place, f"「|{one}」という書き方はありません。使えるのは {'・'.join(FILTERS)}"
        if text.count("{") != text.count("}"):
            yield place, "{ と } の数が合いません"
    for name, flow in profile.flows():
        shown = {**profile.facts, **flow.shows}
        if name == "find":
            if not flow.enter:
                yield f".{name}", "find には enter（予約が出るまでの手順）が必要です"
            continue
        if not flow.commit or flow.done is None:
            yield f".{name}", f"{name} には commit（最後のボタン）と done（終わったことを示す言葉）が必要です"
        for fact in ("day", "time"):
            if fact not in shown:
                yield (
                    f".{name}",
                    f"確認の画面で「{fact}」が読めないと予約できません。facts か {name}.shows に見出しを書いてください",
                )
        if len(profile.counters) > 1 and "counter" not in shown:
            yield f".{name}", "窓口が複数あるので、確認の画面の窓口の見出し（counter）が必要です"
    yield from _lane(profile)
    if (profile.change or profile.cancel) and profile.find is None:
        yield "", "change と cancel には find（予約を出す手順）が必要です"
    if profile.mailbox in ("none", "staff") and any(step.mail for _, step in profile.steps()):
        yield "", "mail の手順があるので、mailbox に resident か desk を書いてください"


def _lane(profile: Profile) -> Iterator[tuple[str, str]]:
    lane = profile.lane
    if lane is None:
        return
    if not profile.look:
        yield ".lane", "lane は look の近道です。look（人の値なしで空きを見る手順）も書いてください"
    if lane.counters and len(lane.counters) != len(profile.counters):
        yield ".lane.counters", f"counters は{len(profile.counters)}個ですが、lane.counters は{len(lane.counters)}個です"
    if profile.times is not None and lane.times is None:
        yield ".lane", "times のあるサイトの lane には times も必要です"
    for name, reading, more in (("days", lane.days, ("month",)), ("times", lane.times, ("day",))):
        if reading is None:
            continue
        known = (*NOT_ASKED, "counter_id", *more)
        for value, _ in Template(reading.address).names():
            if value not in known:
                yield f".lane.{name}", f"「{{{value}}}」は lane では使えません。使えるのは {'・'.join(known)}"
        try:
            jmespath.compile(reading.each or "@")
        except jmespath.exceptions.JMESPathError:
            yield f".lane.{name}", f"each をJMESPathとして読めません（{reading.each}）"


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    counts: dict[str, int] = {}
    for place, step in profile.steps():
        at = counts[place] = counts.get(place, -1) + 1
        for text in step.templates():
            if text:
                yield f".{place}[{at}]", text


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
    if (found := re.search(r"unknown field `(.+)`", said)) is not None and hasattr(node, "lc") and found[1] in node:
        line = node.lc.key(found[1])[0] + 1
    return line


def _japanese(said: str) -> str:
    for pattern, sentence in _SAID:
        if (found := pattern.search(said)) is not None:
            return sentence.format(*found.groups())
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
