"""Residents by the hundred: SIPp, calling from the carrier's address."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from admin.demo.ports import free_port
from bench.measure import CARRIER, LINE_NUMBER
from contact_center.errors import Unavailable

PATIENCE = 2000
"""Milliseconds after which a call without an answer counts as failed: four times the carrier's first retransmission."""

RESIDENT = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="resident">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:09012345678@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:09012345678@[local_ip]:[local_port]>
Allow: INVITE, ACK, CANCEL, BYE, UPDATE
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=resident 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <pause/>
  <send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""
"""Calls a line, stays for the set time after the answer, hangs up. Sends no sound.

When a seat rings, Asterisk tells the carrier whom the resident will speak to: by UPDATE, which SIPp's `-aa` answers, where
the caller allows it, else by another INVITE.
"""


@dataclass(frozen=True)
class Calls:
    """What became of some calls.

    :param invited: when the INVITE of each call was sent, in seconds since 1970.
    :param answered: when its 200 OK came.
    """

    placed: int
    failed: int
    retransmitted: int
    invited: dict[str, float]
    answered: dict[str, float]

    @property
    def setup(self) -> list[float]:
        """Milliseconds from INVITE to 200 OK of each call that was answered."""
        return [(at - self.invited[call]) * 1000 for call, at in self.answered.items()]


def call(port: int, rate: float, calls: int, hold: float) -> Calls:
    """Place calls from the carrier's address to a SIP port of this machine, and wait until the last is over.

    :param rate: calls a second.
    :param hold: seconds from the answer to the resident's BYE.
    :raises Unavailable: where SIPp is missing or does not end.
    """
    if shutil.which("sipp") is None:
        raise Unavailable("SIPpがありません。apt-get install sip-tester で入れてください。")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "resident.xml").write_text(RESIDENT)
        words = [
            "sipp", f"127.0.0.1:{port}", "-sf", "resident.xml", "-s", LINE_NUMBER, "-i", CARRIER, "-p", str(free_port(CARRIER)),
            "-mi", CARRIER, "-mp", str(free_port(CARRIER)), "-r", str(rate), "-m", str(calls), "-l", "100000", "-aa",
            "-d", str(round(hold * 1000)), "-recv_timeout", str(PATIENCE), "-nostdin", "-trace_stat", "-stf",
            "stat.csv", "-fd", "1", "-buff_size", "4194304", "-trace_shortmsg", "-shortmessage_file", "messages.csv",
        ]  # fmt: skip
        limit = calls / rate + hold + 40
        subprocess.run(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=limit)
        return _read(folder)


def _read(folder: Path) -> Calls:
    with (folder / "stat.csv").open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    invited: dict[str, float] = {}
    answered: dict[str, float] = {}
    # SIPp's own response times are rounded to its clock of some milliseconds; its trace of messages is exact.
    for line in (folder / "messages.csv").read_text().splitlines():
        _day, _time, at, _way, call, which, first = line.split("\t")
        if which == "CSeq:1 INVITE" and first.startswith("INVITE "):
            invited.setdefault(call, float(at))
        elif which == "CSeq:1 INVITE" and first.startswith("SIP/2.0 200"):
            answered.setdefault(call, float(at))
    placed, failed, again = (int(last[name]) for name in ("TotalCallCreated", "FailedCall(C)", "Retransmissions(C)"))
    return Calls(placed, failed, again, invited, answered)
