"""Starting, trying, examining and measuring a centre."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import click

from admin.cli.context import Context, line_id
from contact_center.errors import BadInput
from contact_center.features import load_features, resolve


@click.command()
@click.pass_obj
def up(context: Context) -> None:
    """Start the centre and keep it running."""
    from admin.processes.layout import check_nothing_else_runs, environment, prepare

    if context.path is None:
        raise BadInput("設定ファイルを --settings で指定してください（見本: deploy/madoguchi.example.toml）。")
    house = context.house()
    prepare(house, context.path)
    check_nothing_else_runs(house)
    house.close()
    click.echo("センターを起動します。止めるには Ctrl-C を押してください。", err=True)
    words = [sys.executable, "-m", "admin.processes.keeper"]
    os.execve(sys.executable, words, environment(context.path))  # noqa: S606


@click.command()
@click.option("--once", is_flag=True, help="End after the scenes, with an exit code.")
@click.option("--home", type=click.Path(path_type=Path), default=Path("var/demo"), help="The demo's folder.")
@click.option("--scene", "wanted", multiple=True, help="Only these scenes.")
@click.pass_obj
def demo(context: Context, once: bool, home: Path, wanted: tuple[str, ...]) -> None:
    """Play the main job before your eyes, with fakes of everything outside."""
    from admin.demo.ports import free_port
    from admin.demo.stage import stage

    scenes = sorted((s for f in load_features() for s in f.demo_scenes), key=lambda s: s.position)
    unknown = set(wanted) - {scene.id for scene in scenes}
    if unknown:
        raise BadInput("場面の名前は次から選んでください: %(names)s", names=", ".join(scene.id for scene in scenes))
    scenes = [scene for scene in scenes if not wanted or scene.id in wanted]
    more = "".join(resolve(f.demo_settings)(free_port) for f in load_features() if f.demo_settings)
    with stage(home.absolute(), quiet=context.as_json, more=more) as on_stage:
        for scene in scenes:
            on_stage.tell(f"\n[bold]{scene.title}[/]")
            resolve(scene.function)(on_stage)
        context.show(on_stage.steps, f"OK ({len(on_stage.steps)} steps)")
        if not once:
            _stay(on_stage)


def _stay(on_stage: Any) -> None:
    on_stage.tell(f"\n[bold]ご自分のブラウザーでどうぞ[/]: {on_stage.url} （証明書の警告は練習用のためです）")
    for account, password in on_stage.passwords.items():
        on_stage.tell(f"  アカウント {account}  パスワード {password}")
    on_stage.tell(f"  着席して「受付中」にしてから:  deploy/as_user.sh madoguchi --settings {on_stage.settings_path} caller")
    on_stage.tell("  止めるには Ctrl-C")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        on_stage.tell("\n順に止めています…")


@click.command()
@click.option("--line", default="line1", help="The line to phone; `1` stands for `line1`.")
@click.option("--number", default="09011112222", help="The caller's number; `anonymous` withholds it.")
@click.option("--seconds", default=60, type=click.IntRange(1, 3600), help="When the resident gives up or hangs up.")
@click.pass_obj
def caller(context: Context, line: str, number: str, seconds: int) -> None:
    """Send one resident through the demo's carrier: phones, speaks Japanese, hangs up."""
    from admin.demo.caller import send

    if not re.fullmatch(r"\+?[0-9]{3,15}|anonymous", number):
        raise BadInput("--number は数字3桁から15桁か anonymous です。")

    result = send(context.house(), line_id(line), number, seconds)
    through = "センターにつながりました（案内または担当者）。"
    context.show(result, through if result["got_through"] else "センターにつながりませんでした。")


@click.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Check every part and say how to mend what is wrong."""
    from admin.doctor import examine

    findings = examine(context.path)
    rows = [("○" if f.good else "×", f.part, f.sentence) for f in findings]
    context.table([finding.__dict__ for finding in findings], ("", "部分", ""), rows)
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


@click.command()
@click.option("--hub", "url", required=True, help="https://… of the centre.")
@click.option("--token", envvar="MADOGUCHI_DEVICE_TOKEN", required=True, help="The token this phone was enrolled with.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True), help="The centre's authority.pem.")
@click.option("--host", default="0.0.0.0", help="This PC's own address towards the centre.")  # noqa: S104
@click.option("--sound/--no-sound", default=True, help="Use this PC's microphone and loudspeaker.")
def softphone(url: str, token: str, authority: Path | None, host: str, sound: bool) -> None:
    """The native phone of a seat, driven by the console like the browser's."""
    from admin.processes.softphone import run

    run(url, token, authority, host, sound)


@click.command()
@click.argument("which", nargs=-1)
@click.pass_obj
def bench(context: Context, which: tuple[str, ...]) -> None:
    """Measure speed, side by side with the plain alternative."""
    from admin.processes.layout import CLONE

    # The benchmarks are a folder of the clone, not part of what is installed.
    sys.path.insert(0, str(CLONE))
    from bench.run import run

    result = run(which)
    context.show(result, "")
