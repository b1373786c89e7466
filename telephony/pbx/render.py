"""Rendering Asterisk's configuration from settings and directory, checking it, putting it in force.

`apply` is called under a file lock, on Asterisk's own machine, through its local console: by the switchboard each night
and at each change, and by `madoguchi close` even while the switchboard is down. Calls go on.
"""

from __future__ import annotations

import fcntl
import ipaddress
import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.directory.model import Closing
from contact_center.errors import SettingsError, Unavailable
from contact_center.hours import intervals
from contact_center.house import House
from contact_center.personal import e164
from contact_center.settings import NAME
from telephony import settings as s
from telephony.pbx import install
from telephony.pbx.translate import EVENTS, UNREAD
from telephony.prompts import NAMES, make_line, make_music

DAYS = 400
"""Days ahead for which the dialplan knows the hours by itself."""

CONSOLE_SECONDS = 20.0
"""Seconds that Asterisk's console may take for one command."""

FOREVER = 4102444800
"""The year 2100: the end of a closing that has none."""

MODULES = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_sorcery_realtime",
    "res_config_sqlite3", "res_crypto", "res_http_websocket", "res_rtp_asterisk", "res_srtp", "res_pjproject", "res_pjsip",
    "res_pjsip_session", "res_pjsip_acl", "res_pjsip_authenticator_digest", "res_pjsip_caller_id", "res_pjsip_dtmf_info",
    "res_pjsip_endpoint_identifier_ip", "res_pjsip_endpoint_identifier_user", "res_pjsip_header_funcs", "res_pjsip_logger",
    "res_pjsip_nat", "res_pjsip_outbound_authenticator_digest", "res_pjsip_outbound_registration", "res_pjsip_pubsub",
    "res_pjsip_registrar", "res_pjsip_rfc3326", "res_pjsip_sdp_rtp", "res_pjsip_transport_websocket", "chan_pjsip",
    "bridge_simple", "bridge_native_rtp", "bridge_softmix", "bridge_holding", "codec_ulaw", "codec_alaw", "codec_resample",
    "codec_gsm", "codec_opus_open_source", "format_wav", "format_pcm", "res_format_attr_opus", "res_format_attr_vp8",
    "format_ogg_opus_open_source", "res_musiconhold", "func_callerid", "func_channel", "func_cut", "func_groupcount",
    "func_logic", "res_manager_devicestate", "func_strings", "func_timeout", "func_global", "app_dial", "app_playback",
    "app_queue", "app_stack", "app_userevent", "app_exec", "pbx_config",
)  # fmt: skip
"""Every module that is loaded. What is not here (a shell, files, HTTP, AGI) a dialplan cannot reach."""


@dataclass(frozen=True)
class Places:
    """Where Asterisk's parts lie in a centre's home."""

    home: Path

    @property
    def etc(self) -> Path:
        """Rendered configuration."""
        return self.home / "etc"

    @property
    def run(self) -> Path:
        """Console socket and process id."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """Messages and the queue log."""
        return self.home / "log"

    @property
    def prompts(self) -> Path:
        """Announcements, a folder for each line."""
        return self.home / "prompts"

    @property
    def seats_database(self) -> Path:
        """The SQLite file of the seats' SIP passwords."""
        return self.home / "lib" / "seats.sqlite"


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
    """

    files: dict[str, str]
    closings: frozenset[int]


def render(house: House) -> Rendered:
    """The configuration as settings and directory are now."""
    with house.database.reading() as session:
        closings = _closings(session, house.clock.now())
        values = _values(house, session, closings)
    environment = Environment(
        loader=PackageLoader("telephony.pbx", "conf"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters["value"] = _value
    names = [name.removesuffix(".j2") for name in environment.list_templates()]
    files = {name: environment.get_template(name + ".j2").render(values) for name in names}
    return Rendered(files, frozenset(row.id for row in closings))


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
    return changed


def announce(house: House) -> None:
    """Make the announcements of every line, and the music."""
    at = places(house)
    make_music(at.prompts / "music")
    with house.database.reading() as session:
        views = house.directory.lines(session)
    for view in views:
        recordings = house.settings.home / "recordings" / view.line.id
        make_line(at.prompts / view.line.id, view.city.name, view.city.greeting, view.line.announcements, recordings)


def check(files: dict[str, str]) -> None:
    """Refuse a dialplan with a line that is no dialplan, or a jump to nowhere.

    :raises SettingsError: naming file and line.
    """
    contexts: dict[str, set[str]] = {}
    for name in ("extensions.conf", "hours.conf", "closings.conf"):
        current = ""
        for number, line in enumerate(files[name].splitlines(), start=1):
            words = line.split(";")[0].strip() if line.lstrip().startswith(";") else line.strip()
            header = re.fullmatch(r"\[([a-z0-9-]+)\]", words)
            extension = re.fullmatch(r"exten => ([^,\s]+),(\d+),(\w+)\(.*\)", words)
            if header:
                current = header.group(1)
                contexts.setdefault(current, set())
            elif extension:
                contexts[current].add(extension.group(1))
            elif words and not re.fullmatch(r"same => n(\(\w+\))?,\w+\(.*\)|\w+ = \w+|#include \"[a-z]+\.conf\"", words):
                raise SettingsError("%(file)s の %(line)s 行目がダイヤルプランとして読めません。", file=name, line=number)
    for target, extension_name in re.findall(r"Go(?:to|sub)\(([a-z][a-z0-9-]+),([a-z][\w-]*),1\)", files["extensions.conf"]):
        if target not in contexts or extension_name not in contexts[target]:
            raise SettingsError("ダイヤルプランの行き先 %(target)s がありません。", target=f"{target},{extension_name}")


def _in_force(house: House) -> bool:
    with house.database.reading() as session:
        lines = [view.line.id for view in house.directory.lines(session)]
    return all("arrive" in console(house, f"dialplan show line-{line}") for line in lines)


def _reloads(changed: list[str]) -> Iterator[str]:
    if {"extensions.conf", "hours.conf", "closings.conf"} & set(changed):
        yield "dialplan reload"
    if "pjsip.conf" in changed:
        yield "module reload res_pjsip.so"
        yield "module reload res_pjsip_outbound_registration.so"
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


def _values(house: House, session: Session, closings: Sequence[Closing]) -> dict[str, Any]:
    settings, at = house.settings, places(house)
    found = install.find()
    if found is None:
        raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
    now = house.clock.now()
    views = house.directory.lines(session)
    return {
        "etc": at.etc, "home": at.home, "run": at.run, "prompts": at.prompts, "modules_folder": found.modules,
        "data": found.data, "modules": [name for name in MODULES if (found.modules / f"{name}.so").exists()],
        "name": settings[NAME], "host": settings[s.SIP_HOST],
        "sip_port": settings[s.SIP_PORT], "tls_port": settings[s.SIP_TLS_PORT], "http_port": settings[s.HTTP_PORT],
        "ami_port": settings[s.AMI_PORT], "ami_secret": house.keyring.secret("ami"), "ami_events": EVENTS, "unread_events": UNREAD,
        "rtp_first": settings[s.RTP_FIRST], "rtp_last": settings[s.RTP_LAST], "nat": _nat(house),
        "certificate": settings.home / "tls" / "server.pem", "certificate_key": settings.home / "tls" / "server.key",
        "trunk_kind": settings[s.TRUNK_KIND], "trunk_host": settings[s.TRUNK_HOST], "trunk_port": settings[s.TRUNK_PORT],
        "trunk_transport": settings[s.TRUNK_TRANSPORT], "trunk_user": settings[s.TRUNK_USER],
        "trunk_password": settings[s.TRUNK_PASSWORD], "trunk_from": _trunk_addresses(house),
        "seats_database": at.seats_database, "seats": [seat.id for seat in house.seats.all(session)],
        "pools": [pool.id for pool in house.directory.pools(session)], "ring_seconds": settings[s.RING_SECONDS],
        "longest_wait": settings[s.LONGEST_WAIT], "days": DAYS, "first": day_of(now).isoformat(),
        "rendered": now.isoformat(timespec="seconds"),
        "lines": [
            {
                "id": v.line.id, "number": v.line.number, "e164": e164(v.line.number) or v.line.number,
                "pool": v.line.pool_id, "calendar": v.line.calendar_id, "fallback": v.line.fallback,
                "most": v.line.capacity + v.line.waiting_places,
                "closings": [_span(row) for row in closings if row.line_id in (None, v.line.id)],
            }
            for v in views
        ],
        "calendars": [
            {"id": id, "days": list(_days(rule, day_of(now)))}
            for id, rule in {v.line.calendar_id: v.rule for v in views}.items()
        ],
    }  # fmt: skip


def _days(rule: Any, first: date) -> Iterator[dict[str, str]]:
    """The open days from yesterday on, each with the condition on `ARG1` (hours and minutes) under which it is open."""
    start = first - timedelta(days=1)
    by_day: dict[date, list[str]] = {}
    for interval in intervals(rule, start, first + timedelta(days=DAYS)):
        day = day_of(interval.start)
        ends_at_midnight = interval.end == datetime.combine(day + timedelta(days=1), time(), TOKYO)
        end = "2400" if ends_at_midnight else f"{interval.end:%H%M}"
        by_day.setdefault(day, []).append(f"(${{ARG1}} >= {interval.start:%H%M} & ${{ARG1}} < {end})")
    for day, parts in by_day.items():
        yield {"date": f"{day:%Y%m%d}", "condition": " | ".join(parts)}


def _closings(session: Session, now: datetime) -> Sequence[Closing]:
    """The emergency closings that hold now or will."""
    still = or_(Closing.until.is_(None), Closing.until > now)
    return session.scalars(select(Closing).where(Closing.lifted_at.is_(None), still).order_by(Closing.id)).all()


def _span(closing: Closing) -> dict[str, int]:
    until = int(closing.until.timestamp()) if closing.until else FOREVER
    return {"since": int(closing.since.timestamp()), "until": until}


def _value(text: str) -> str:
    """A value as Asterisk's files want it: a semicolon would begin a comment, a line break another setting."""
    if not text.isprintable():
        raise SettingsError("trunk.user と trunk.password には改行や制御文字を書けません。")
    return text.replace(";", "\\;")


def _nat(house: House) -> str:
    address = house.settings[s.MEDIA_ADDRESS]
    if not address:
        return ""
    networks = [n.strip() for n in house.settings[s.LOCAL_NETWORKS].split(",") if n.strip()]
    words = [f"external_media_address = {address}", f"external_signaling_address = {address}"]
    return "\n".join([*words, *(f"local_net = {ipaddress.ip_network(n)}" for n in networks)])


def _trunk_addresses(house: House) -> list[str]:
    given = [a.strip() for a in house.settings[s.TRUNK_FROM].split(",") if a.strip()]
    if given:
        return given
    host = house.settings[s.TRUNK_HOST]
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None, socket.AF_INET)})
    except OSError as error:
        # A name that cannot be looked up just now must not stand in the way of an emergency closing.
        former = places(house).etc / "pjsip.conf"
        known = re.findall(r"(?m)^match = (.+)$", former.read_text()) if former.exists() else []
        if known:
            return known
        raise SettingsError("trunk.host の「%(host)s」が引けません。trunk.from に番地を書いてください。", host=host) from error


def missing_prompts(house: House) -> list[Path]:
    """Announcements that a caller would not hear because their file is missing."""
    at = places(house)
    with house.database.reading() as session:
        lines = [view.line.id for view in house.directory.lines(session)]
    wanted = [at.prompts / line / f"{name}.wav" for line in lines for name in NAMES]
    return [path for path in wanted if not path.exists()]
