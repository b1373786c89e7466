"""Addresses and ports of the settings, held against this machine before anything is started."""

from __future__ import annotations

import ipaddress
import re
import socket

from contact_center.errors import SettingsError
from contact_center.settings import TURN_SECRET, TURN_URLS, WEB_HOST, WEB_NAMES, WEB_PORT, Setting, Settings
from telephony.settings import (
    AMI_PORT,
    HTTP_PORT,
    LOCAL_NETWORKS,
    MEDIA_ADDRESS,
    RTP_FIRST,
    RTP_LAST,
    SIP_HOST,
    SIP_PORT,
    SIP_TLS_PORT,
    TRUNK_FROM,
    TRUNK_HOST,
    TRUNK_KIND,
    TRUNK_USER,
)

PORTS = (WEB_PORT, SIP_PORT, SIP_TLS_PORT, AMI_PORT, HTTP_PORT)
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


def check_addresses(settings: Settings) -> None:
    """Refuse what cannot work: a name that is none, an address of another machine, a port given twice, a range that ends
    before it begins, a registration without a user.

    :raises SettingsError: naming the line to mend.
    """
    _check_words(settings)
    _check_ports(settings)


def check_free(settings: Settings) -> None:
    """Refuse a port on which another program answers, or which this user may not open.

    :raises SettingsError: naming the line to mend.
    """
    for port in PORTS:
        host = {WEB_PORT: WEB_HOST, SIP_PORT: SIP_HOST, SIP_TLS_PORT: SIP_HOST}.get(port)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings[host] if host else "127.0.0.1", settings[port]))
        except PermissionError as error:
            raise SettingsError(
                "%(place)s: %(name)s の %(port)s 番は使えません。1024以上の番号にしてください。",
                place=settings.place(port), name=port.name, port=settings[port],
            ) from error  # fmt: skip
        except OSError as error:
            raise SettingsError(
                "%(place)s: %(name)s の %(port)s 番は、ほかのプログラムが使っています。別の番号にしてください。",
                place=settings.place(port), name=port.name, port=settings[port],
            ) from error  # fmt: skip


def _check_words(settings: Settings) -> None:
    def refuse(setting: Setting[str], word: str, wanted: str) -> SettingsError:
        return SettingsError(
            "%(place)s: %(name)s の「%(word)s」は%(wanted)sではありません。",
            place=settings.place(setting), name=setting.name, word=word, wanted=wanted,
        )  # fmt: skip

    def words(setting: Setting[str]) -> list[str]:
        return [word.strip() for word in settings[setting].split(",") if word.strip()]

    for setting in (WEB_NAMES, TRUNK_HOST, MEDIA_ADDRESS):
        for word in words(setting):
            if not _NAME.fullmatch(word):
                raise refuse(setting, word, "名前や番地")
    for setting in (LOCAL_NETWORKS, TRUNK_FROM):
        for word in words(setting):
            try:
                ipaddress.ip_network(word)
            except ValueError as error:
                raise refuse(setting, word, "番地や範囲（10.0.0.0/8 など）") from error
    if settings[TURN_URLS] and not settings[TURN_SECRET]:
        raise SettingsError(
            "%(place)s: turn.urls を書いたら、turn.secret（TURNサーバーと同じ秘密）も書いてください。",
            place=settings.place(TURN_URLS),
        )  # fmt: skip
    if settings[TRUNK_KIND] == "registration" and not settings[TRUNK_USER]:
        raise SettingsError(
            "%(place)s: trunk.kind が registration のときは、trunk.user と trunk.password も書いてください。",
            place=settings.place(TRUNK_KIND),
        )  # fmt: skip


def _check_ports(settings: Settings) -> None:
    for host in (WEB_HOST, SIP_HOST):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind((settings[host], 0))
        except OSError as error:
            raise SettingsError(
                "%(place)s: %(name)s の「%(host)s」は、この機械の番地ではありません。ip address で番地を確かめてください。",
                place=settings.place(host), name=host.name, host=settings[host],
            ) from error  # fmt: skip
    for place, port in enumerate(PORTS):
        for other in PORTS[:place]:
            if settings[port] == settings[other]:
                raise SettingsError(
                    "%(place)s: %(name)s は %(other)s と同じ番号です。別の番号にしてください。",
                    place=settings.place(port), name=port.name, other=other.name,
                )  # fmt: skip
    if settings[RTP_LAST] - settings[RTP_FIRST] < 3:
        raise SettingsError(
            "%(place)s: telephony.rtp_last は telephony.rtp_first より4つ以上大きくしてください（1通話に2つ要ります）。",
            place=settings.place(RTP_LAST),
        )  # fmt: skip
