"""What every command of the command line shares."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from contact_center.clock import TOKYO
from contact_center.errors import BadInput, MadoguchiError
from contact_center.house import House, build, read_settings


class Context:
    """What every command shares.

    :param path: the settings file, or None for the defaults.
    """

    def __init__(self, path: Path | None, as_json: bool) -> None:
        self.path = path
        self.as_json = as_json

    def house(self) -> House:
        """The centre of the settings.

        :raises BadInput: where no settings file was named: a centre of all defaults is nobody's.
        """
        if self.path is None:
            raise BadInput("設定ファイルを --settings で指定してください（make demo のセンターなら var/demo/madoguchi.toml）。")
        return build(read_settings(self.path))

    def show(self, result: Any, text: str) -> None:
        """Print a result: as JSON for programs, as text for people."""
        click.echo(json.dumps(result, ensure_ascii=False, default=str) if self.as_json else text)

    def table(self, result: Any, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows: as a table on a terminal, with tabs between the cells for other programs, as JSON where it was asked for."""
        if self.as_json or not sys.stdout.isatty():
            self.show(result, "\n".join("\t".join(map(str, row)) for row in (headings, *rows)))
            return
        drawn = Table(*headings)
        for row in rows:
            drawn.add_row(*map(str, row))
        # A narrow terminal breaks lines rather than cutting figures off.
        Console(width=max(Console().width, Console().measure(drawn).maximum)).print(drawn)


class Group(click.Group):
    """Errors of the house end in one sentence and their own exit code. `--json` may stand anywhere."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:  # noqa: D102
        rest = [word for word in args if word != "--json"]
        return super().parse_args(ctx, ["--json", *rest] if len(rest) < len(args) else rest)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: D102
        try:
            return super().invoke(ctx)
        except MadoguchiError as error:
            click.echo(error.sentence(), err=True)
            raise SystemExit(error.exit_code) from error


def line_id(text: str) -> str:
    """The id of a line as somebody has typed it: a number alone stands for `line<number>`."""
    return f"line{text}" if text.isdigit() else text


def moment(text: str) -> datetime:
    """A moment as somebody has typed it, in Japanese time where it says no other."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("時刻は 2026-12-29T10:00 のように書いてください。") from error
    return at.replace(tzinfo=TOKYO) if at.tzinfo is None else at.astimezone(TOKYO)
