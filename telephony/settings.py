"""The settings of the telephone channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contact_center.settings import Setting

SIP_HOST = Setting("telephony.host", "127.0.0.1", "Address on which Asterisk answers the carrier and native phones.")
SIP_PORT = Setting("telephony.sip_port", 5060, "UDP and TCP port for the carrier.", least=1, most=65535)
SIP_TLS_PORT = Setting("telephony.tls_port", 5061, "TLS port for native phones.", least=1, most=65535)
AMI_PORT = Setting("telephony.ami_port", 5038, "Loopback port of Asterisk's manager interface.", least=1, most=65535)
AMI_ENDPOINT = Setting(
    "telephony.ami_endpoint",
    "",
    "How the switchboard reaches the manager interface: a Twisted client endpoint such as tls:host:5039; empty: its loopback port.",
)
HTTP_PORT = Setting("telephony.http_port", 8088, "Loopback port of Asterisk's WebSocket for browser phones.", least=1, most=65535)
RTP_FIRST = Setting("telephony.rtp_first", 20000, "First UDP port for sound.", least=1024, most=65000)
RTP_LAST = Setting("telephony.rtp_last", 21999, "Last UDP port for sound.", least=1100, most=65535)
MEDIA_ADDRESS = Setting("telephony.media_address", "", "Address for sound as seen from outside; empty: the host itself.")
LOCAL_NETWORKS = Setting("telephony.local_networks", "", "Networks inside the media address, as CIDR, separated by commas.")
RING_SECONDS = Setting("telephony.ring_seconds", 20, "Seconds a seat rings before it is put away.", least=3, most=120)
LONGEST_WAIT = Setting(
    "telephony.longest_wait", 1800, "Seconds a caller may wait before being listed for a callback.", least=10, most=7200
)
SAY_PLACE_EVERY = Setting(
    "telephony.say_place_every",
    30,
    "Seconds between two announcements to who waits (place and keys, in the queue keys); 0: none.",
    least=0,
    most=300,
)
SAME_SEAT_WITHIN = Setting(
    "telephony.same_seat_within",
    20,
    "Seconds a resident waits for the seat that vanished in the conversation, before any other is rung.",
    least=1,
    most=120,
)
MAY_CALL = Setting(
    "telephony.may_call",
    "0[1-8]XXXXXXXX,0[5-9]0XXXXXXXX",
    "Numbers that seats may call, as Asterisk patterns separated by commas (X: 0 to 9, Z: 1 to 9, N: 2 to 9).",
    pattern=r"[0-9XZN\[\]-]+(,[0-9XZN\[\]-]+)*",
)
MAY_NOT_CALL = Setting(
    "telephony.may_not_call",
    "0570XXXXXX,0180XXXXXX,0990XXXXXX,010XXXXXXX",
    "Numbers that seats may not call although a pattern above allows them (charged services, calls abroad), likewise.",
    pattern=r"[0-9XZN\[\]-]+(,[0-9XZN\[\]-]+)*",
)
TRUNK_KIND = Setting("trunk.kind", "ip", "How the carrier knows us.", choices=("ip", "registration"))
TRUNK_HOST = Setting("trunk.host", "127.0.0.2", "Address or name of the carrier.")
TRUNK_PORT = Setting("trunk.port", 5060, "SIP port of the carrier.", least=1, most=65535)
TRUNK_TRANSPORT = Setting("trunk.transport", "udp", "How SIP travels to the carrier.", choices=("udp", "tcp", "tls"))
TRUNK_USER = Setting("trunk.user", "", "User name at the carrier, where it asks for one.")
TRUNK_NUMBER = Setting("trunk.number", "", "Name under which we register, where it is not the user name; empty: the user name.")
TRUNK_PASSWORD = Setting("trunk.password", "", "Password at the carrier.", secret=True)
TRUNK_FROM = Setting("trunk.from", "", "Addresses the carrier calls from, separated by commas; empty: its host.")
BACKUP_KIND = replace(TRUNK_KIND, name="backup.kind", sentence="How the second carrier knows us.")
BACKUP_HOST = Setting(
    "backup.host", "", "Address or name of a second carrier: calls go out by it where the first takes none (NB-13); empty: none."
)
BACKUP_PORT = replace(TRUNK_PORT, name="backup.port", sentence="SIP port of the second carrier.")
BACKUP_TRANSPORT = replace(TRUNK_TRANSPORT, name="backup.transport", sentence="How SIP travels to the second carrier.")
BACKUP_USER = replace(TRUNK_USER, name="backup.user", sentence="User name at the second carrier, where it asks for one.")
BACKUP_NUMBER = replace(TRUNK_NUMBER, name="backup.number")
BACKUP_PASSWORD = replace(TRUNK_PASSWORD, name="backup.password", sentence="Password at the second carrier.")
BACKUP_FROM = replace(TRUNK_FROM, name="backup.from", sentence="Addresses the second carrier calls from; empty: its host.")
TRUNK_CHANNELS = Setting("trunk.channels", 0, "Legs the carrier allows at once over all lines; 0: not said.", least=0, most=1000)


@dataclass(frozen=True)
class TrunkSettings:
    """The settings of one carrier, by its name in Asterisk."""

    name: str
    kind: Setting[str]
    host: Setting[str]
    port: Setting[int]
    transport: Setting[str]
    user: Setting[str]
    number: Setting[str]
    password: Setting[str]
    addresses: Setting[str]


TRUNKS = (
    TrunkSettings(
        "trunk", TRUNK_KIND, TRUNK_HOST, TRUNK_PORT, TRUNK_TRANSPORT, TRUNK_USER, TRUNK_NUMBER, TRUNK_PASSWORD, TRUNK_FROM
    ),
    TrunkSettings(
        "backup", BACKUP_KIND, BACKUP_HOST, BACKUP_PORT, BACKUP_TRANSPORT, BACKUP_USER, BACKUP_NUMBER, BACKUP_PASSWORD,
        BACKUP_FROM,
    ),
)  # fmt: skip
"""The carriers: the first, and the one that stands in for it."""

TELEPHONY_SETTINGS = (
    SIP_HOST, SIP_PORT, SIP_TLS_PORT, AMI_PORT, AMI_ENDPOINT, HTTP_PORT, RTP_FIRST, RTP_LAST, MEDIA_ADDRESS, LOCAL_NETWORKS,
    RING_SECONDS, LONGEST_WAIT, SAY_PLACE_EVERY, SAME_SEAT_WITHIN, MAY_CALL, MAY_NOT_CALL, TRUNK_KIND, TRUNK_HOST,
    TRUNK_PORT, TRUNK_TRANSPORT, TRUNK_USER, TRUNK_NUMBER, TRUNK_PASSWORD, TRUNK_FROM, TRUNK_CHANNELS, BACKUP_KIND,
    BACKUP_HOST, BACKUP_PORT, BACKUP_TRANSPORT, BACKUP_USER, BACKUP_NUMBER, BACKUP_PASSWORD, BACKUP_FROM,
)  # fmt: skip
