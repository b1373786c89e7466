"""Rendering Asterisk's configuration from settings and directory, checking it, putting it in force.

`apply` is called under a file lock, on Asterisk's own machine, through its local console: by the switchboard each night
and at each change, and by `madoguchi close` even while the switchboard is down. Calls go on.
"""

from __future__ import annotations

import fcntl
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from contact_center.errors import SettingsError, Unavailable
from contact_center.house import House
from telephony.pbx import install
from telephony.pbx.values import Places, plain_value, values
from telephony.prompts import NAMES, make_line, make_music, make_notices, make_places

DIALPLAN = frozenset(
    f"{name}.conf" for name in ("extensions", "counters", "hours", "closings", "notices", "conversation", "line-test")
)
"""The files that hold extensions; the first includes the others."""

CONSOLE_SECONDS = 20.0
"""Seconds that Asterisk's console may take for one command."""


def places(house: House) -> Places:
    """The places of this centre."""
    return Places(house.settings.home / "asterisk")


def command(house: House) -> list[str]:
    """The words that start this centre's Asterisk in the foreground.

    :raises Unavailable: where Asterisk is not installed.
    """
    found = install.find()
    if found is None:
        raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
    return [*found.command, "-f", "-C", str(places(house).etc / "asterisk.conf")]


def console(house: House, words: str) -> str:
    """Say one command on Asterisk's local console; only this machine's own user can.

    :raises Unavailable: where Asterisk does not run.
    """
    found = install.find()
    if found is None:
        raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
    asked = [*found.command, "-C", str(places(house).etc / "asterisk.conf"), "-rx", words]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=CONSOLE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unavailable("Asteriskが時間内に答えません。madoguchi doctor で確かめてください。") from error
    if done.returncode != 0 or "Unable to connect" in done.stdout:
        raise Unavailable("Asteriskが動いていません。madoguchi doctor で確かめてください。")
    return done.stdout


@dataclass(frozen=True)
class Rendered:
    """What was rendered at one moment.

    :param files: name and text of each configuration file.
    :param closings: ids of the emergency closings that are in it.
    :param notices: ids of the temporary announcements that are in it.
    """

    files: dict[str, str]
    closings: frozenset[int]
    notices: frozenset[int]


def render(house: House) -> Rendered:
    """The configuration as settings and directory are now."""
    with house.database.reading() as session:
        closings, notices = house.directory.closings(session), house.notices.wanted(session)
        filled = values(house, places(house), session, closings, notices)
    environment = Environment(
        loader=PackageLoader("telephony.pbx", "conf"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters["value"] = plain_value
    names = [name.removesuffix(".j2") for name in environment.list_templates(["j2"]) if name.endswith(".conf.j2")]
    files = {name: environment.get_template(name + ".j2").render(filled) for name in names}
    return Rendered(files, frozenset(row.id for row in closings), frozenset(row.id for row in notices))


def prepare(house: House) -> None:
    """Make folders and announcements, and render everything, before Asterisk is started."""
    at = places(house)
    for folder in (at.etc, at.run, at.log, at.home / "lib" / "keys", at.home / "spool", at.prompts):
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    announce(house)
    with _locked(at):
        rendered = render(house)
        check(rendered.files)
        _write(at, rendered.files, _changed(at, rendered.files))


def apply(house: House) -> list[str]:
    """Put settings and directory in force without dropping a call; the names of the files that changed.

    :raises Unavailable: where Asterisk does not run; the files are then in force at its next start.
    :raises SettingsError: where what was rendered does not hold; the former files stay in force.
    """
    at = places(house)
    announce(house)
    with _locked(at):
        former = {path.name: path.read_text() for path in at.etc.glob("*.conf")}
        rendered = render(house)
        check(rendered.files)
        changed = _changed(at, rendered.files)
        # A reload that Asterisk did not hear, or before which we died, is due until it was heard.
        due = at.home / "reload.due"
        reloads = sorted({*_reloads(changed), *(due.read_text().splitlines() if due.exists() else ())})
        if reloads:
            due.write_text("\n".join(reloads))
        _write(at, rendered.files, changed)
        for words in reloads:
            console(house, words)
        if reloads and not _in_force(house):
            _write(at, former, changed)
            console(house, "dialplan reload")
            due.unlink()
            raise SettingsError("新しい設定はAsteriskに受け入れられませんでした。前の設定のまま続けています。")
        due.unlink(missing_ok=True)
    with house.database.session_scope() as session:
        house.directory.note_in_force(session, rendered.closings)
        house.notices.note_in_force(session, rendered.notices)
    return changed


def announce(house: House) -> None:
    """Make the announcements of every line, and what those who wait hear."""
    at = places(house)
    make_music(at.prompts / "music")
    make_places(at.prompts / "places")
    with house.database.reading() as session:
        views = house.directory.lines(session)
        make_notices(at.prompts / "notices", [notice.text for notice in house.notices.wanted(session)])
    for view in views:
        recordings = house.settings.home / "recordings" / view.line.id
        make_line(at.prompts / view.line.id, view.city.name, view.city.greeting, view.line.announcements, recordings)


def check(files: dict[str, str]) -> None:
    """Refuse a dialplan with a line that is no dialplan, or a jump to nowhere.

    :raises SettingsError: naming file and line.
    """
    contexts: dict[str, set[str]] = {}
    for name in sorted(DIALPLAN):
        current = ""
        for number, line in enumerate(files[name].splitlines(), start=1):
            words = line.split(";")[0].strip() if line.lstrip().startswith(";") else line.strip()
            header = re.fullmatch(r"\[([a-z0-9-]+)\]", words)
            extension = re.fullmatch(r"exten => ([^,\s]+),(\d+),(\w+)\(.*\)", words)
            if header:
                current = header.group(1)
                contexts.setdefault(current, set())
            elif extension and current:
                contexts[current].add(extension.group(1))
            elif words and not re.fullmatch(r"same => n(\(\w+\))?,\w+\(.*\)|[\w-]+ = \w+|#include \"[a-z-]+\.conf\"", words):
                raise SettingsError("%(file)s の %(line)s 行目がダイヤルプランとして読めません。", file=name, line=number)
    whole = "\n".join(files[name] for name in sorted(DIALPLAN))
    for target, extension_name in re.findall(r"Go(?:to|sub)\(([a-z][a-z0-9-]+),([a-z][\w-]*),1\)", whole):
        if target not in contexts or extension_name not in contexts[target]:
            raise SettingsError("ダイヤルプランの行き先 %(target)s がありません。", target=f"{target},{extension_name}")


def _in_force(house: House) -> bool:
    with house.database.reading() as session:
        lines = [view.line.id for view in house.directory.lines(session)]
    return all("arrive" in console(house, f"dialplan show line-{line}") for line in lines)


def _reloads(changed: list[str]) -> Iterator[str]:
    if DIALPLAN & set(changed):
        yield "dialplan reload"
    if "confbridge.conf" in changed:
        yield "module reload app_confbridge.so"
    if "pjsip.conf" in changed:
        yield "module reload res_pjsip.so"
        yield "module reload res_pjsip_outbound_registration.so"
    if "rtp.conf" in changed:
        yield "module reload res_rtp_asterisk.so"
    if "queues.conf" in changed:
        yield "queue reload all"
    if "musiconhold.conf" in changed:
        yield "moh reload"


def _changed(at: Places, files: dict[str, str]) -> list[str]:
    """Names of the files that are not, or not so, in Asterisk's folder."""
    there = {name: at.etc / name for name in files}
    return [
        name for name, target in there.items()
        if not target.exists() or _without_stamp(target.read_text()) != _without_stamp(files[name])
    ]  # fmt: skip


def _write(at: Places, files: dict[str, str], names: list[str]) -> None:
    for name in names:
        fresh = (at.etc / name).with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(files[name])
        fresh.replace(at.etc / name)


def _without_stamp(text: str) -> str:
    return re.sub(r"(?m)^;.*$", "", text)


@contextmanager
def _locked(at: Places) -> Iterator[None]:
    with (at.home / "render.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def missing_prompts(house: House) -> list[Path]:
    """Announcements that a caller would not hear because their file is missing."""
    at = places(house)
    with house.database.reading() as session:
        lines = [view.line.id for view in house.directory.lines(session)]
    wanted = [at.prompts / line / f"{name}.wav" for line in lines for name in NAMES]
    return [path for path in wanted if not path.exists()]
