"""`madoguchi line-test`: a supervisor knows before opening that every line works."""

from __future__ import annotations

import itertools
import sys

import click

from admin.cli.context import Context, line_id


@click.command("line-test")
@click.option("--line", help="Only this line (`1` stands for `line1`); else every line.")
@click.option("--fallback", is_flag=True, help="Also dial the numbers to which lines are forwarded; each rings there once.")
@click.pass_obj
def line_test(context: Context, line: str | None, fallback: bool) -> None:
    """Phone every line through the carrier, and compare what is heard with what callers are to hear now."""
    from contact_center.audit import Act
    from telephony.line_test import FALLBACK, fallback_test
    from telephony.line_test import line_test as tested

    house = context.house()
    only = line_id(line) if line else None
    house.audit.record(Act("operator", "line.test", f"line:{only or '*'}", {}))
    results = []
    for result in itertools.chain(tested(house, only), fallback_test(house, only) if fallback else ()):
        results.append(result)
        if sys.stderr.isatty():
            click.echo(f"{result.name}（{result.number}） {'○' if result.fault is None else '×'}", err=True)
    if fallback and not any(result.expected.names == (FALLBACK,) for result in results):
        click.echo("転送先（台帳の fallback）のある回線はありません。", err=True)
    rows = [
        (
            r.name, r.number, r.expected.words, f"{'はい' if r.heard else 'いいえ'}（{r.likeness:.2f}）",
            "-" if r.seconds is None else f"{r.seconds:.1f}", r.as_dict()["verdict"],
        )
        for r in results
    ]  # fmt: skip
    context.table(
        [r.as_dict() for r in results], ("回線", "番号", "流れるはずの案内", "聞こえたか", "応答まで（秒）", "判定"), rows
    )
    sentences = dict.fromkeys(r.fault.sentence() for r in results if r.fault is not None)
    for sentence in sentences:
        click.echo(sentence, err=True)
    if sentences:
        raise SystemExit(1)
