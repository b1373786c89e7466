"""The reference of settings, permissions, events, messages, tasks and commands, written from their own declarations.

`python -m admin.reference` writes docs/operate/reference.md; a contract test fails where the file is out of date.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

import click

from admin.cli import main as command_line
from admin.processes.layout import CLONE
from contact_center.chores import KERNEL_TASKS
from contact_center.events import KERNEL_EVENTS
from contact_center.features import Feature, load_features
from contact_center.house import declared_settings
from contact_center.identity import KERNEL_PERMISSIONS

PATH = CLONE / "docs" / "operate" / "reference.md"


def text() -> str:
    """The whole reference as Markdown. Features that lie outside this clone are left out."""
    features = tuple(f for f in load_features() if (CLONE / f.name).is_dir())
    parts = ["# Reference\n\nWritten by `python -m admin.reference` from the declarations in the code.\n"]
    for part in (_settings, _permissions, _events, _messages, _tasks):
        parts.append(part(features))
    parts.append(_commands())
    return "\n".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"## {title}\n", "| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _settings(features: tuple[Feature, ...]) -> str:
    rows = []
    for s in declared_settings(features):
        limits = ", ".join(s.choices) or (f"{s.least:g} to {s.most:g}" if s.least is not None and s.most is not None else "")
        rows.append((f"`{s.name}`", "secret" if s.secret else f"`{s.default!r}`", limits, s.sentence))
    return _table("Settings", ("name", "default", "allowed", "meaning"), rows)


def _permissions(features: tuple[Feature, ...]) -> str:
    permissions = [*KERNEL_PERMISSIONS, *(p for f in features for p in f.permissions)]
    rows = [(f"`{p.name}`", ", ".join(p.roles), p.sentence) for p in permissions]
    return _table("Permissions", ("name", "roles", "meaning"), rows)


def _events(features: tuple[Feature, ...]) -> str:
    rows = []
    for kind in (*KERNEL_EVENTS, *(e for f in features for e in f.events)):
        fields = ", ".join(name for name in kind.__dataclass_fields__ if name not in ("city", "contact", "actor"))
        rows.append((f"`{kind.__name__}`", fields, inspect.getdoc(kind) or ""))
    return _table("Events", ("name", "fields beside city, contact, actor", "meaning"), rows)


def _messages(features: tuple[Feature, ...]) -> str:
    rows = [
        (f"`{h.message.TYPE}`", f"`{h.permission}`", ", ".join(h.message.__dataclass_fields__), inspect.getdoc(h.message) or "")
        for f in features for h in f.hub_handlers
    ]  # fmt: skip
    return _table("Messages of the hub", ("type", "permission", "fields", "meaning"), rows)


def _tasks(features: tuple[Feature, ...]) -> str:
    rows = [
        (f"`{t.name}`", f"`{t.permission}`", "" if t.every is None else f"{t.every:g}", f"`{t.function}`")
        for t in (*KERNEL_TASKS, *(task for f in features for task in f.tasks))
    ]  # fmt: skip
    return _table("Tasks", ("name", "permission", "every, in seconds", "function"), rows)


def _commands() -> str:
    rows: list[tuple[str, ...]] = []

    def walk(command: click.Command, name: str) -> None:
        if isinstance(command, click.Group):
            for child in sorted(command.commands):
                walk(command.commands[child], f"{name} {child}")
        else:
            rows.append((f"`{name}`", command.help or ""))

    walk(command_line, "madoguchi")
    return _table("Commands", ("command", "meaning"), rows)


def write(path: Path = PATH) -> None:
    """Write the reference."""
    path.write_text(text())


if __name__ == "__main__":
    write()
