"""Addresses and ports of the settings, held against this machine before anything is started."""

from __future__ import annotations

import socket

from contact_center.errors import SettingsError
from contact_center.settings import WEB_HOST, WEB_PORT, Settings
from telephony.settings import AMI_PORT, HTTP_PORT, RTP_FIRST, RTP_LAST, SIP_HOST, SIP_PORT, SIP_TLS_PORT

PORTS = (WEB_PORT, SIP_PORT, SIP_TLS_PORT, AMI_PORT, HTTP_PORT)


def check_addresses(settings: Settings) -> None:
    """Refuse what cannot work: an address of another machine, a port given twice, a range that ends before it begins.

    :raises SettingsError: naming the line to mend.
    """
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
