"""Lines: their hours, the emergency closing, and Asterisk itself."""

from __future__ import annotations

import click

from admin.cli.context import Context, line_id, moment
from contact_center.errors import BadInput, NotFound


@click.group()
def hours() -> None:
    """Opening hours."""


@hours.command("at")
@click.argument("at", metavar="MOMENT")
@click.option("--line", required=True, help="Id of the line; `1` stands for `line1`.")
@click.pass_obj
def hours_at(context: Context, at: str, line: str) -> None:
    """What a caller on a line would hear at a moment (2026-12-29T10:00 in Japanese time, or with an offset of its own)."""
    from telephony.hours import what_a_caller_hears

    answer = what_a_caller_hears(context.house(), line_id(line), moment(at))
    context.show(answer, f"{answer['decision_ja']}（{answer['why']}）\n「{answer['announcement']}」")


@click.command()
@click.option("--line", help="Only this line (`1` stands for `line1`); else all.")
@click.option("--until", help="End (2026-11-21T15:00); else until reopened.")
@click.option("--reason", default="", help="For the record.")
@click.option("--reopen", is_flag=True, help="Lift the closing instead.")
@click.pass_obj
def close(context: Context, line: str | None, until: str | None, reason: str, reopen: bool) -> None:
    """Close a line at once (emergency), or open it again. Works with the switchboard down."""
    from contact_center.audit import Act
    from telephony.pbx import render

    house = context.house()
    line = line_id(line) if line else None
    end = moment(until) if until else None
    act = "line.reopen" if reopen else "line.close"
    house.audit.record(Act("operator", act, f"line:{line or '*'}", {"until": until, "reason": reason}))
    with house.database.session_scope() as session:
        if line is not None:
            house.directory.line(session, line)
        if reopen:
            if not house.directory.reopen(session, line, "operator"):
                raise NotFound("休止中の回線はありません。")
        else:
            house.directory.close(session, line, end, reason, "operator")
    render.apply(house)
    context.show({"in_force": True}, "再開しました。" if reopen else "休止しました。今からの電話には休止の案内が流れます。")


@click.command()
@click.argument("text", required=False)
@click.option("--line", required=True, help="Id of the line; `1` stands for `line1`.")
@click.option("--until", help="End (2026-11-21T15:00).")
@click.option("--withdraw", is_flag=True, help="Let callers hear it no more.")
@click.pass_obj
def announce(context: Context, text: str | None, line: str, until: str | None, withdraw: bool) -> None:
    """Let every caller of a line hear a temporary announcement after the greeting. Works with the switchboard down."""
    from contact_center.audit import Act
    from telephony.pbx import render

    house = context.house()
    line = line_id(line)
    if not withdraw and (text is None or until is None):
        raise BadInput("案内の文と --until を指定してください。取りやめるときは --withdraw です。")
    house.audit.record(Act("operator", "notice.withdraw" if withdraw else "notice.say", f"line:{line}", {"until": until}))
    with house.database.session_scope() as session:
        house.directory.line(session, line)
        if text is not None and until is not None and not withdraw:
            house.notices.say(session, line, text, moment(until), "operator")
        else:
            house.notices.withdraw(session, line, "operator")
    render.apply(house)
    context.show({"in_force": not withdraw}, "案内をやめました。" if withdraw else "今からの電話に、この案内が流れます。")


@click.group("asterisk")
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
    if said.startswith("No such command"):
        raise SystemExit(1)


@asterisk_group.command("queue")
@click.pass_obj
def asterisk_queue(context: Context) -> None:
    """Members and callers of each queue, asked once over AMI."""
    from telephony.pbx.oneshot import queue_members

    rows = queue_members(context.house())
    cells = [(r["queue"], r["seat"], "休止" if r["paused"] else "受付") for r in rows]
    context.table(rows, ("待ち行列", "席", "状態"), cells)
