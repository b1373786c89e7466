"""What the templates of Asterisk's configuration are filled with, from settings and directory."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from contact_center.clock import TOKYO, day_of
from contact_center.directory.model import Closing, Notice
from contact_center.directory.service import LineView
from contact_center.errors import SettingsError, Unavailable
from contact_center.hours import intervals
from contact_center.house import House
from contact_center.personal import e164
from contact_center.personal.telephone import national
from contact_center.settings import NAME
from telephony import settings as s
from telephony.pbx import install
from telephony.pbx.translate import EVENTS, UNREAD
from telephony.prompts import MOST_PLACES, notice_name

DAYS = 400
"""Days ahead for which the dialplan knows the hours by itself."""

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
    "codec_gsm", "format_wav", "format_pcm", "res_format_attr_vp8",
    "res_musiconhold", "func_callerid", "func_channel", "func_cut", "func_groupcount",
    "func_logic", "res_manager_devicestate", "func_strings", "func_timeout", "func_global", "app_dial", "app_playback",
    "app_queue", "app_stack", "app_userevent", "app_exec", "app_confbridge", "app_chanspy", "pbx_config",
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


def values(house: House, at: Places, session: Session, closings: Sequence[Closing], notices: Sequence[Notice]) -> dict[str, Any]:
    """Everything that the templates name."""
    settings = house.settings
    found = install.find()
    if found is None:
        raise Unavailable("Asteriskがありません。make setup（root）で入れてください。")
    now = house.clock.now()
    views, counters = house.directory.lines(session), house.directory.counters(session)
    trunks = [_trunk(house, at, trunk) for trunk in s.TRUNKS if settings[trunk.host]]
    return {
        "etc": at.etc, "home": at.home, "run": at.run, "prompts": at.prompts, "modules_folder": found.modules,
        "data": found.data, "modules": [name for name in MODULES if (found.modules / f"{name}.so").exists()],
        "name": settings[NAME], "host": settings[s.SIP_HOST],
        "sip_port": settings[s.SIP_PORT], "tls_port": settings[s.SIP_TLS_PORT], "http_port": settings[s.HTTP_PORT],
        "ami_port": settings[s.AMI_PORT], "ami_secret": house.keyring.secret("ami"), "ami_events": EVENTS, "unread_events": UNREAD,
        "rtp_first": settings[s.RTP_FIRST], "rtp_last": settings[s.RTP_LAST], "nat": _nat(house),
        "media_address": _media_address(house, at),
        "certificate": settings.home / "tls" / "server.pem", "certificate_key": settings.home / "tls" / "server.key",
        "trunks": trunks, "trunk_kind": trunks[0]["kind"], "trunk_number": trunks[0]["number"], "backup": len(trunks) > 1,
        "probe_secret": house.keyring.secret("probe"),
        "seats_database": at.seats_database, "seats": [seat.id for seat in house.seats.all(session)],
        "pools": [pool.id for pool in house.directory.pools(session)], "ring_seconds": settings[s.RING_SECONDS],
        "longest_wait": settings[s.LONGEST_WAIT], "same_seat_within": settings[s.SAME_SEAT_WITHIN],
        "say_place_every": settings[s.SAY_PLACE_EVERY],
        "most_places": MOST_PLACES, "may_call": settings[s.MAY_CALL].split(","),
        "may_not_call": settings[s.MAY_NOT_CALL].split(","), "days": DAYS, "first": day_of(now).isoformat(),
        "rendered": now.isoformat(timespec="seconds"),
        "counters": [{**_way(view, closings), "shown": True} for view in counters],
        "lines": [
            {
                **_way(v, closings), "shown": False, "number": v.number, "e164": e164(v.number) or v.number,
                "dialled": national(v.number),
                "fallback": v.line.fallback,
                "capacity": v.line.capacity, "waiting_places": v.line.waiting_places,
                "most": v.line.capacity + v.line.waiting_places,
                "notices": [{**_span(row), "name": notice_name(row.text)} for row in notices if row.line_id == v.line.id],
            }
            for v in views
        ],
        "calendars": [
            {"id": id, "days": list(_days(rule, day_of(now)))}
            for id, rule in {v.line.calendar_id: v.rule for v in (*views, *counters)}.items()
        ],
    }  # fmt: skip


def _way(view: LineView, closings: Sequence[Closing]) -> dict[str, Any]:
    """What a line and a counter have in common."""
    return {
        "id": view.line.id, "pool": view.line.pool_id, "calendar": view.line.calendar_id,
        "closings": [_span(row) for row in closings if row.line_id in (None, view.line.id)],
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


def _span(row: Closing | Notice) -> dict[str, int]:
    until = int(row.until.timestamp()) if row.until else FOREVER
    return {"since": int(row.since.timestamp()), "until": until}


def plain_value(text: str) -> str:
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


def _media_address(house: House, at: Places) -> str:
    """The address seen from outside as a number; empty where there is none."""
    address = house.settings[s.MEDIA_ADDRESS]
    try:
        return str(socket.getaddrinfo(address, None, socket.AF_INET)[0][4][0]) if address else ""
    except OSError:
        # A name that cannot be looked up just now is what it was.
        former = at.etc / "rtp.conf"
        known = re.search(r"(?m)^\S+ => ([^,]+),", former.read_text()) if former.exists() else None
        return known.group(1) if known else ""


def _trunk(house: House, at: Places, trunk: s.TrunkSettings) -> dict[str, Any]:
    settings = house.settings
    return {
        "name": trunk.name, "kind": settings[trunk.kind], "host": settings[trunk.host], "port": settings[trunk.port],
        "transport": settings[trunk.transport], "user": settings[trunk.user],
        "number": settings[trunk.number] or settings[trunk.user], "password": settings[trunk.password],
        "addresses": _trunk_addresses(house, at, trunk),
    }  # fmt: skip


def _trunk_addresses(house: House, at: Places, trunk: s.TrunkSettings) -> list[str]:
    given = [a.strip() for a in house.settings[trunk.addresses].split(",") if a.strip()]
    if given:
        return given
    host = house.settings[trunk.host]
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None, socket.AF_INET)})
    except OSError as error:
        # A name that cannot be looked up just now must not stand in the way of an emergency closing.
        former = at.etc / "pjsip.conf"
        section = rf"(?s)endpoint = {trunk.name}\n(.*?)\n\n"
        found = re.search(section, former.read_text()) if former.exists() else None
        known = re.findall(r"(?m)^match = (.+)$", found.group(1)) if found else []
        if known:
            return known
        raise SettingsError(
            "%(name)s の「%(host)s」が引けません。%(addresses)s に番地を書いてください。",
            name=trunk.host.name, host=host, addresses=trunk.addresses.name,
        ) from error  # fmt: skip
