"""The witness of availability: each minute it asks Asterisk over SIP whether a caller would be served.

It depends neither on the switchboard nor on AMI: it says OPTIONS to the carrier's port, as a carrier does.
"""

from __future__ import annotations

import secrets
import socket
from typing import Any

from twisted.internet import task, threads
from twisted.logger import Logger
from twisted.python.failure import Failure

from contact_center.errors import MadoguchiError
from contact_center.house import House
from telephony.settings import SIP_HOST, SIP_PORT
from video_desk import kiosks

EVERY = 60.0
PATIENCE = 2.0


class LineWitness:
    """Writes the ledger's minutes for every line and counter."""

    log = Logger()

    def __init__(self, house: House, reactor: Any) -> None:
        self._house = house
        self._loop = task.LoopingCall(self._look)
        self._loop.clock = reactor

    def start(self) -> None:
        """Begin; the first minute is witnessed once the processes have had time to start."""
        self._loop.start(EVERY, now=False)

    def stop(self) -> None:
        """End."""
        if self._loop.running:
            self._loop.stop()

    def _look(self) -> Any:
        done = threads.deferToThread(self._look_in_thread)
        return done.addErrback(self._not_witnessed)

    def _not_witnessed(self, failure: Failure) -> None:
        self.log.warn("No witness this minute: {why}", why=type(failure.value).__name__)

    def _look_in_thread(self) -> None:
        settings = self._house.settings
        host = "127.0.0.1" if settings[SIP_HOST] == "0.0.0.0" else settings[SIP_HOST]  # noqa: S104
        served = answers_sip(host, settings[SIP_PORT])
        try:
            with self._house.database.session_scope() as session:
                for view in self._house.directory.lines(session):
                    self._house.ledger.witness(session, f"line:{view.line.id}", served, "" if served else "no answer over SIP")
                kiosks.witness(self._house, session)
        except MadoguchiError as error:
            self.log.warn("The minute could not be written: {why}", why=error.code)


def answers_sip(host: str, port: int) -> bool:
    """Whether anything answers OPTIONS (RFC 3261 section 11) there within two seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(PATIENCE)
        udp.bind((host, 0))
        here = udp.getsockname()[1]
        branch, tag = secrets.token_hex(6), secrets.token_hex(4)
        request = (
            f"OPTIONS sip:witness@{host}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{here};branch=z9hG4bK{branch};rport\r\n"
            f"Max-Forwards: 5\r\nFrom: <sip:witness@{host}>;tag={tag}\r\nTo: <sip:witness@{host}>\r\n"
            f"Call-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:witness@{host}:{here}>\r\nContent-Length: 0\r\n\r\n"
        )
        try:
            udp.sendto(request.encode(), (host, port))
            return udp.recv(2048).startswith(b"SIP/2.0 ")
        except OSError:
            return False
