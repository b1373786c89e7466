"""Which requirements are proven by which tests: read from `docs/requirements.md` and the marks of the tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from admin.processes.layout import CLONE

REGISTER = CLONE / "docs" / "requirements.md"
TESTS = CLONE / "tests"
_ROW = re.compile(r"\| ([A-Z]{2}-[^|]+?) \| (.+?) \|")


@dataclass
class Requirement:
    """One id of the register.

    :param tests: `tests/…/test_x.py::test_name` of each test that proves it.
    """

    id: str
    words: str
    tests: list[str] = field(default_factory=list)


def requirements() -> list[Requirement]:
    """Every row of the register in its order, with its tests.

    :raises KeyError: for a mark whose id is not in the register.
    """
    rows = {
        id.strip(): Requirement(id.strip(), match[2])
        for match in map(_ROW.fullmatch, REGISTER.read_text("utf-8").splitlines())
        if match is not None
        for id in match[1].split(",")
    }
    for path in sorted(TESTS.rglob("test_*.py")):
        for test, id in marks(path):
            rows[id].tests.append(f"{path.relative_to(CLONE)}::{test}")
    return list(rows.values())


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """Name of the test and id, for each mark in a file of tests."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement":
                yield from ((node.name, word.value) for word in mark.args if isinstance(word, ast.Constant))  # type: ignore[misc]
