"""`madoguchi`, the command line. Results go to standard output, talk to standard error; the exit codes are in docs/operate."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from contact_center.clock import TOKYO, day_of
from contact_center.errors import BadInput, MadoguchiError, NotFound
from contact_center.features import load_features, resolve
from contact_center.house import House, build, migrations, read_settings


class Context:
    """What every command shares.

    :param path: the settings file, or None for the defaults.
    """

    def __init__(self, path: Path | None, as_json: bool) -> None:
        self.path = path
        self.as_json = as_json

    def house(self) -> House:
        """The centre of the settings."""
        return build(read_settings(self.path))

    def show(self, result: Any, text: str) -> None:
        """Print a result: as JSON for programs, as text for people."""
        click.echo(json.dumps(result, ensure_ascii=False, default=str) if self.as_json else text)


class _Group(click.Group):
    """Errors of the house end in one sentence and their own exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MadoguchiError as error:
            click.echo(error.sentence(), err=True)
            raise SystemExit(error.exit_code) from error


@click.group(cls=_Group)
@click.option("--settings", "path", type=click.Path(path_type=Path), envvar="MADOGUCHI_SETTINGS", help="The settings file.")
@click.option("--json", "as_json", is_flag=True, help="Results as JSON.")
@click.pass_context
def main(ctx: click.Context, path: Path | None, as_json: bool) -> None:
    """Madoguchi (窓口): the contact centre of a city."""
    if path is None and Path("madoguchi.toml").exists():
        path = Path("madoguchi.toml")
    ctx.obj = Context(path, as_json)


@main.command()
@click.pass_obj
def up(context: Context) -> None:
    """Start the centre and keep it running."""
    from admin.processes.layout import environment, prepare

    if context.path is None:
        raise BadInput("設定ファイルを --settings で指定してください（見本: deploy/madoguchi.example.toml）。")
    house = context.house()
    prepare(house, context.path)
    house.database.dispose()
    click.echo("センターを起動します。止めるには Ctrl-C を押してください。", err=True)
    words = [sys.executable, "-m", "admin.processes.keeper"]
    os.execve(sys.executable, words, environment(context.path))  # noqa: S606


@main.command()
@click.option("--once", is_flag=True, help="End after the scenes, with an exit code.")
@click.option("--home", type=click.Path(path_type=Path), default=Path("var/demo"), help="The demo's folder.")
@click.option("--scene", "wanted", multiple=True, help="Only these scenes.")
@click.pass_obj
def demo(context: Context, once: bool, home: Path, wanted: tuple[str, ...]) -> None:
    """Play the main job before your eyes, with fakes of everything outside."""
    from admin.demo.stage import stage

    with stage(home.absolute(), quiet=context.as_json) as on_stage:
        scenes = sorted((s for f in on_stage.house.features for s in f.demo_scenes), key=lambda s: s.position)
        for scene in scenes:
            if not wanted or scene.id in wanted:
                on_stage.tell(f"\n[bold]{scene.title}[/]")
                resolve(scene.function)(on_stage)
        context.show(on_stage.steps, f"OK ({len(on_stage.steps)} steps)")
        if not once:
            _stay(on_stage)


def _stay(on_stage: Any) -> None:
    on_stage.tell(f"\n[bold]ご自分のブラウザーでどうぞ[/]: {on_stage.url}（証明書の警告は練習用のためです）")
    for account, password in on_stage.passwords.items():
        on_stage.tell(f"  アカウント {account}  パスワード {password}")
    on_stage.tell(f"  着席して「受付中」にしてから:  deploy/as_user.sh madoguchi --settings {on_stage.settings_path} caller")
    on_stage.tell("  止めるには Ctrl-C")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        on_stage.tell("\n順に止めています…")


@main.command()
@click.option("--line", default="line1", help="The line to phone.")
@click.option("--number", default="09011112222", help="The caller's number; `anonymous` withholds it.")
@click.option("--seconds", default=60, help="When the resident gives up or hangs up.")
@click.pass_obj
def caller(context: Context, line: str, number: str, seconds: int) -> None:
    """Send one resident through the demo's carrier: phones, speaks Japanese, hangs up."""
    from admin.demo.caller import send

    result = send(context.house(), line, number, seconds)
    context.show(result, "つながりました。" if result["answered"] else "つながりませんでした。")


@main.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Check every part and say how to mend what is wrong."""
    from admin.doctor import examine

    findings = examine(context.path)
    context.show(
        [finding.__dict__ for finding in findings],
        "\n".join(f"{'○' if f.good else '×'} {f.part}: {f.sentence}" for f in findings),
    )
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(context: Context) -> None:
    """Bring the schema to head."""
    from contact_center.database.schema import upgrade

    house = context.house()
    upgrade(house.database, migrations(house.features))
    house.audit.create()
    context.show({"head": True}, "データベースは最新です。")


@db.command("directory")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def db_directory(context: Context, file: Path) -> None:
    """Load a directory file: cities, calendars, lines, seats. What is there is replaced, the rest stays."""
    from contact_center.audit import Act
    from contact_center.directory import load_file

    house = context.house()
    house.audit.record(Act("operator", "directory.load", f"file:{file.name}", {}))
    with house.database.session_scope() as session:
        parts = load_file(session, house.log, file, "operator")
        house.seats.keep(session, [(s.id, s.name, s.pools) for s in parts.seats])
    context.show({"lines": len(parts.lines)}, f"回線 {len(parts.lines)}、席 {len(parts.seats)} を読み込みました。")


@main.group()
def agent() -> None:
    """People who sign in."""


@agent.command("add")
@click.argument("account")
@click.option("--name", required=True, help="Name shown to colleagues.")
@click.option("--role", "roles", multiple=True, default=["agent"], help="agent, supervisor, faq_editor, city_staff, …")
@click.option("--city", "cities", multiple=True, help="Ids of the cities served; none: all.")
@click.pass_obj
def agent_add(context: Context, account: str, name: str, roles: tuple[str, ...], cities: tuple[str, ...]) -> None:
    """Add a person; prints the first password once."""
    from contact_center.identity import passwords

    house = context.house()
    with house.database.reading() as session:
        known = [city.id for city in house.directory.cities(session)]
    unknown = set(cities) - set(known)
    if unknown:
        raise BadInput("知らない市です: %(unknown)s。台帳にあるもの: %(known)s", unknown=", ".join(unknown), known=", ".join(known))
    password = passwords.made_up_password()
    id = house.identity.add_person("operator", account, name, password, roles, cities or known)
    context.show({"id": id, "account": account, "password": password}, f"{account} を登録しました。パスワード: {password}")


@agent.command("list")
@click.pass_obj
def agent_list(context: Context) -> None:
    """Everybody who has not left."""
    people = context.house().identity.people()
    rows = [{"account": p.account, "name": p.name, "roles": p.roles, "cities": p.cities} for p in people]
    context.show(rows, "\n".join(f"{p.account}\t{p.name}\t{','.join(p.roles)}" for p in people))


@agent.command("password")
@click.argument("account")
@click.pass_obj
def agent_password(context: Context, account: str) -> None:
    """Give a person a new password, print it once, and end their sessions."""
    from contact_center.identity import passwords

    password = passwords.made_up_password()
    context.house().identity.set_password("operator", account, password)
    context.show({"account": account, "password": password}, f"{account} の新しいパスワード: {password}")


@main.group()
def device() -> None:
    """Native phones and other devices."""


@device.command("enrol")
@click.option("--seat", required=True, help="The seat whose native phone this is.")
@click.pass_obj
def device_enrol(context: Context, seat: str) -> None:
    """Enrol a seat's native phone; prints its token once."""
    house = context.house()
    with house.database.reading() as session:
        house.seats.get(session, seat)
    token = house.identity.enrol_device("operator", "phone", f"{seat} native phone", seat)
    context.show({"seat": seat, "token": token}, f"{seat} の電話ソフトを登録しました。MADOGUCHI_DEVICE_TOKEN={token}")


@main.group()
def hours() -> None:
    """Opening hours."""


def _moment(text: str) -> datetime:
    """A moment as somebody has typed it, in Japanese time where it says no other."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("時刻は 2026-12-29T10:00 のように書いてください。") from error
    return at.replace(tzinfo=TOKYO) if at.tzinfo is None else at.astimezone(TOKYO)


@hours.command("at")
@click.argument("moment")
@click.option("--line", required=True, help="Id of the line; `1` stands for `line1`.")
@click.pass_obj
def hours_at(context: Context, moment: str, line: str) -> None:
    """What a caller on a line would hear at a moment (2026-12-29T10:00, Japanese time)."""
    from telephony.hours import what_a_caller_hears

    at = _moment(moment)
    answer = what_a_caller_hears(context.house(), f"line{line}" if line.isdigit() else line, at)
    context.show(answer, f"{answer['decision_ja']}（{answer['why']}）\n「{answer['announcement']}」")


@main.command()
@click.option("--line", help="Only this line; else all.")
@click.option("--until", help="End (2026-11-21T15:00); else until reopened.")
@click.option("--reason", default="", help="For the record.")
@click.option("--reopen", is_flag=True, help="Lift the closing instead.")
@click.pass_obj
def close(context: Context, line: str | None, until: str | None, reason: str, reopen: bool) -> None:
    """Close a line at once (emergency), or open it again. Works with the switchboard down."""
    from contact_center.audit import Act
    from telephony.pbx import render

    house = context.house()
    end = _moment(until) if until else None
    act = "line.reopen" if reopen else "line.close"
    house.audit.record(Act("operator", act, f"line:{line or '*'}", {"until": until, "reason": reason}))
    with house.database.session_scope() as session:
        if reopen:
            if not house.directory.reopen(session, line, "operator"):
                raise NotFound("休止中の回線はありません。")
        else:
            house.directory.close(session, line, end, reason, "operator")
    render.apply(house)
    context.show({"in_force": True}, "再開しました。" if reopen else "休止しました。今からの電話には休止の案内が流れます。")


@main.command()
@click.option("--since", default=0, help="Only events after this id.")
@click.option("--limit", default=50, help="At most so many.")
@click.pass_obj
def events(context: Context, since: int, limit: int) -> None:
    """The log of events."""
    house = context.house()
    with house.database.reading() as session:
        start = since or max(0, house.log.last_id(session) - limit)
        recorded = house.log.since(session, start, limit)
    rows = [{"id": r.id, "at": r.at, "event": type(r.event).__name__, **r.event.__dict__} for r in recorded]
    context.show(rows, "\n".join(f"{r['id']}\t{r['at']:%H:%M:%S.%f}\t{r['event']}\t{r['contact'] or ''}" for r in rows))


@main.command()
@click.option("--day", help="2026-11-21; today where it is left out.")
@click.option("--city", "cities", multiple=True, help="Only these cities.")
@click.pass_obj
def report(context: Context, day: str | None, cities: tuple[str, ...]) -> None:
    """The figures of a day, from the fold and from the tables; they must agree."""
    from contact_center.reports.board import figures_as_words
    from contact_center.reports.figures import counted, folded
    from contact_center.settings import SERVICE_LEVEL

    house = context.house()
    at = day_of(_moment(day) if day else house.clock.now())
    house.fold.catch_up()
    with house.database.reading() as session:
        wanted = frozenset(cities or [city.id for city in house.directory.cities(session)])
        fold = folded(session, at, at, wanted)
        tables = counted(session, at, at, wanted, house.settings[SERVICE_LEVEL])
    result = {"day": at.isoformat(), "agrees": fold == tables, **figures_as_words(fold)}
    context.show(result, "\n".join(f"{name}\t{value}" for name, value in result.items()))
    if fold != tables:
        raise SystemExit(1)


@main.group("asterisk")
def asterisk_group() -> None:
    """Asterisk itself."""


@asterisk_group.command("apply")
@click.pass_obj
def asterisk_apply(context: Context) -> None:
    """Render the configuration and put it in force; calls go on."""
    from telephony.pbx import render

    changed = render.apply(context.house())
    context.show({"changed": changed}, "\n".join(changed) or "変わったものはありません。")


@asterisk_group.command("console")
@click.argument("words", nargs=-1, required=True)
@click.pass_obj
def asterisk_console(context: Context, words: tuple[str, ...]) -> None:
    """One command on Asterisk's own console."""
    from telephony.pbx import render

    said = render.console(context.house(), " ".join(words))
    context.show({"said": said}, said)


@asterisk_group.command("queue")
@click.pass_obj
def asterisk_queue(context: Context) -> None:
    """Members and callers of each queue, asked once over AMI."""
    from telephony.pbx.oneshot import queue_members

    rows = queue_members(context.house())
    context.show(rows, "\n".join(f"{r['queue']}\t{r['seat']}\t{'休止' if r['paused'] else '受付'}" for r in rows))


@main.command()
@click.option("--hub", "url", required=True, help="https://… of the centre.")
@click.option("--token", envvar="MADOGUCHI_DEVICE_TOKEN", required=True, help="The token this phone was enrolled with.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True), help="The centre's authority.pem.")
@click.option("--host", default="0.0.0.0", help="This PC's own address towards the centre.")  # noqa: S104
@click.option("--sound/--no-sound", default=True, help="Use this PC's microphone and loudspeaker.")
def softphone(url: str, token: str, authority: Path | None, host: str, sound: bool) -> None:
    """The native phone of a seat, driven by the console like the browser's."""
    from admin.processes.softphone import run

    run(url, token, authority, host, sound)


@main.command()
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


for _feature in load_features():
    for _command in _feature.commands:
        main.add_command(resolve(_command.function), _command.name)


if __name__ == "__main__":
    main()
