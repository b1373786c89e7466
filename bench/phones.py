"""Telephones by the hundred, in a process of their own: seats that register and answer, residents who wait until they are served.

Orders come as lines of JSON on standard input, what happens goes out as lines of JSON on standard output, each with the moment
`at` in seconds since 1970 (see `desk.py`). The telephones speak just as much SIP as Asterisk asks of them on this machine. Seats
send no sound; residents send one packet of it every few seconds, so that nobody takes them for gone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import secrets
import socket
import ssl
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bench.measure import CARRIER

HOST = "127.0.0.1"
REGISTER_EVERY = 60.0
SOUND_EVERY = 10.0
COPIED = ("Via", "From", "To", "Call-ID", "CSeq")
ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE, OPTIONS"

Send = Callable[[bytes], None]


def tell(what: str, **values: Any) -> None:
    """Say what has happened."""
    print(json.dumps({"what": what, "at": time.time(), **values}), flush=True)


@dataclass(frozen=True)
class Message:
    """One SIP message; of a header that comes twice the first counts, but every Via is kept."""

    first: str
    headers: dict[str, str]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Message:
        """Read it as it came."""
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            if name == "Via" and name in headers:
                headers[name] += ", " + value.strip()
            else:
                headers.setdefault(name, value.strip())
        return cls(first, headers, body)

    @property
    def status(self) -> int:
        """The code of a response; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """What is asked for, or was."""
        return self.headers["CSeq"].split()[1]

    def contact(self) -> str:
        """The address at which the other side wants to be asked on."""
        return self.headers["Contact"].partition("<")[2].partition(">")[0]

    def response(self, status: str, tag: str, contact: str, sdp: str = "") -> bytes:
        """An answer to this request."""
        headers = {name: self.headers[name] for name in COPIED}
        if ";tag=" not in headers["To"]:
            headers["To"] += f";tag={tag}"
        return _made(f"SIP/2.0 {status}", [f"{n}: {v}" for n, v in headers.items()] + [f"Contact: <{contact}>"], sdp)


def _made(first: str, headers: list[str], body: str = "") -> bytes:
    kind = ["Content-Type: application/sdp"] if body else []
    return "\r\n".join([first, *headers, ALLOW, *kind, f"Content-Length: {len(body)}", "", body]).encode()


def _request(first: str, via: str, headers: list[str], body: str = "") -> bytes:
    return _made(first, [f"Via: {via};branch=z9hG4bK{secrets.token_hex(8)};rport", "Max-Forwards: 70", *headers], body)


def _sdp(host: str, port: int, secure: bool) -> str:
    kind = "RTP/SAVP" if secure else "RTP/AVP"
    key = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(os.urandom(30)).decode()}\r\n" if secure else ""
    return (
        f"v=0\r\no=bench 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} {kind} 0\r\na=rtpmap:0 PCMU/8000\r\n{key}"
    )


def _sound_socket(host: str) -> socket.socket:
    """Where all telephones of a host are spoken to; nobody listens."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.bind((host, 0))
    return made


_tasks: set[asyncio.Task[None]] = set()


def _begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.ensure_future(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


@dataclass
class Seat:
    """A seat's phone: it rings for a while, answers, talks for a while, hangs up.

    :param send: brings a message to Asterisk.
    :param address: its own SIP address.
    :param sound: the port at which it is spoken to.
    """

    name: str
    password: str
    send: Send
    address: str
    via: str
    sound: int
    ring: float
    talk: float
    _serial: int = 0
    _tag: str = ""
    _invite: Message | None = None
    _life: asyncio.Task[None] | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    async def register(self, port: int) -> None:
        """Register, and again in time."""
        call, registrar = secrets.token_hex(8), f"sip:{HOST}:{port};transport=tls"
        self._challenge: asyncio.Queue[Message] = asyncio.Queue()
        known = False
        while True:
            proof: list[str] = []
            for _ in range(2):
                self._serial += 1
                who = f"<sip:{self.name}@{HOST}>"
                words = [
                    f"From: {who};tag={call}", f"To: {who}", f"Call-ID: {call}", f"CSeq: {self._serial} REGISTER",
                    f"Contact: <{self.address}>", "Expires: 120", *proof,
                ]  # fmt: skip
                self.send(_request(f"REGISTER {registrar} SIP/2.0", self.via, words))
                answer = await self._challenge.get()
                if answer.status != 401:
                    break
                proof = [self._proof(answer.headers["WWW-Authenticate"], registrar)]
            if not known or answer.status != 200:
                tell("registered" if answer.status == 200 else "refused", seat=self.name, status=answer.status)
            known = answer.status == 200
            await asyncio.sleep(REGISTER_EVERY)

    def _proof(self, challenge: str, uri: str) -> str:
        given = {n.strip(): v.strip('"') for n, _, v in (part.partition("=") for part in challenge.partition(" ")[2].split(","))}
        kind = hashlib.sha256 if given.get("algorithm") == "SHA-256" else hashlib.md5

        def digest(*words: str) -> str:
            return kind(":".join(words).encode()).hexdigest()

        realm, nonce, mine = given["realm"], given["nonce"], secrets.token_hex(4)
        inner = digest(self.name, realm, self.password), digest("REGISTER", uri)
        answer = digest(inner[0], nonce, "00000001", mine, "auth", inner[1])
        return (
            f'Authorization: Digest username="{self.name}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{answer}", '
            f'algorithm={given.get("algorithm", "MD5")}, qop=auth, nc=00000001, cnonce="{mine}", opaque="{given.get("opaque", "")}"'
        )

    def heard(self, message: Message) -> None:
        """Something has come from Asterisk."""
        if message.status:
            if message.method == "REGISTER":
                self._challenge.put_nowait(message)
        elif message.method == "INVITE" and ";tag=" not in message.headers["To"]:
            self._rung(message)
        elif message.method == "ACK":
            self._up.set()
        elif message.method == "CANCEL" and self._invite is not None:
            self._answer(message, "200 OK")
            self._answer(self._invite, "487 Request Terminated")
            self._over("cancelled")
        else:
            self._answer(message, "200 OK", sdp=bool(message.body))
            if message.method == "BYE":
                self._over("left")

    def _answer(self, message: Message, status: str, sdp: bool = False) -> None:
        body = _sdp(HOST, self.sound, "tls" in self.address) if sdp else ""
        self.send(message.response(status, self._tag, self.address, body))

    def _rung(self, invite: Message) -> None:
        if self._invite is not None:
            if invite.headers["Call-ID"] != self._invite.headers["Call-ID"]:
                tell("busy", seat=self.name)
                self._answer(invite, "486 Busy Here")
            return
        said = {name: invite.headers.get(name, "") for name in ("X-Contact", "X-Queued")}
        tell("ring", seat=self.name, contact=said["X-Contact"], queued=said["X-Queued"])
        self._invite, self._tag = invite, secrets.token_hex(6)
        self._up.clear()
        self._answer(invite, "180 Ringing")
        self._life = _begin(self._converse(invite))

    async def _converse(self, invite: Message) -> None:
        await asyncio.sleep(self.ring)
        self._answer(invite, "200 OK", sdp=True)
        await self._up.wait()
        await asyncio.sleep(self.talk)
        words = [
            f"From: {invite.headers['To']};tag={self._tag}", f"To: {invite.headers['From']}",
            f"Call-ID: {invite.headers['Call-ID']}", "CSeq: 1 BYE",
        ]  # fmt: skip
        self.send(_request(f"BYE {invite.contact()} SIP/2.0", self.via, words))
        self._life = None
        self._over("over")

    def _over(self, what: str) -> None:
        invite, self._invite = self._invite, None
        if self._life is not None:
            self._life.cancel()
            self._life = None
        if invite is not None:
            tell(what, seat=self.name, contact=invite.headers.get("X-Contact", ""))


async def _over_tls(order: dict[str, Any], name: str, password: str, sound: int) -> None:
    """One seat's phone with a connection of its own."""
    context = ssl.create_default_context(cafile=order["authority"])
    reader, writer = await asyncio.open_connection(HOST, order["port"], ssl=context, server_hostname="localhost")
    port = writer.get_extra_info("sockname")[1]
    address, via = f"sip:{name}@{HOST}:{port};transport=tls", f"SIP/2.0/TLS {HOST}:{port}"
    seat = Seat(name, password, writer.write, address, via, sound, order["ring"], order["talk"])
    _begin(seat.register(order["port"]))
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
        if head:
            length = int(Message.parse(head).headers["Content-Length"])
            seat.heard(Message.parse(head + await reader.readexactly(length)))


class Datagrams(asyncio.DatagramProtocol):
    """A UDP socket that many telephones share."""

    def __init__(self, heard: Callable[[Message, Any], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One message has come."""
        if data.strip():
            self._heard(Message.parse(data), addr)


async def _over_udp(order: dict[str, Any], sound: int) -> None:
    """All seats' phones on one port, known to Asterisk without registering."""
    seats: dict[str, Seat] = {}

    def heard(message: Message, addr: Any) -> None:
        of = message.headers["From" if message.status else "To"]
        seat = seats[of.partition("sip:")[2].partition("@")[0]]
        seat.send = lambda data: transport.sendto(data, addr)
        seat.heard(message)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Datagrams(heard), local_addr=(HOST, order["own_port"])
    )
    for name in order["seats"]:
        address, via = f"sip:{name}@{HOST}:{order['own_port']}", f"SIP/2.0/UDP {HOST}:{order['own_port']}"
        seats[name] = Seat(name, "", lambda data: None, address, via, sound, order["ring"], order["talk"])
        tell("registered", seat=name)


class Residents:
    """Calls from the carrier's address that wait until the other side ends them."""

    def __init__(self, port: int, number: str, sound: socket.socket) -> None:
        self._port = port
        self._number = number
        self._sound = sound
        self._open: dict[str, tuple[bytes, asyncio.Future[None]]] = {}
        self._acknowledged: dict[str, bytes] = {}
        self.placed = self.failed = 0
        self.stopped = False

    async def call(self, rate: float, calls: int, most: int) -> None:
        """Place so many calls at a rate, never more than so many at once; tell when all are over.

        :param calls: how many; 0: until told to stop.
        """
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(self._heard), local_addr=(CARRIER, 0))
        self._own = self._transport.get_extra_info("sockname")[1]
        due = time.monotonic()
        while not self.stopped and (not calls or self.placed < calls):
            if len(self._open) < most:
                self._place()
                if len(self._open) == most:
                    tell("all_there", placed=self.placed)
            due = max(due + 1 / rate, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        if self.stopped:
            await self._hang_up(rate)
        await asyncio.gather(*(ended for _, ended in self._open.values()))
        self._transport.close()
        tell("residents", placed=self.placed, failed=self.failed)

    def _place(self) -> None:
        call, self.placed = secrets.token_hex(8), self.placed + 1
        self._open[call] = b"", asyncio.get_running_loop().create_future()
        me = f"<sip:090{self.placed:08d}@{CARRIER}:{self._own}>"
        words = [f"From: {me};tag={call}", f"To: <sip:{self._number}@{HOST}:{self._port}>", f"Call-ID: {call}", "CSeq: 1 INVITE"]
        self._ask("INVITE", [*words, f"Contact: {me}"], _sdp(CARRIER, self._sound.getsockname()[1], secure=False))

    def _ask(self, method: str, words: list[str], body: str = "", uri: str = "") -> bytes:
        first = f"{method} {uri or f'sip:{self._number}@{HOST}:{self._port}'} SIP/2.0"
        asked = _request(first, f"SIP/2.0/UDP {CARRIER}:{self._own}", words, body)
        self._transport.sendto(asked, (HOST, self._port))
        return asked

    def _heard(self, message: Message, addr: Any) -> None:
        call = message.headers["Call-ID"]
        if not message.status:
            contact = f"sip:{CARRIER}:{self._own}"
            sdp = _sdp(CARRIER, self._sound.getsockname()[1], secure=False) if message.body else ""
            if message.method != "ACK":
                self._transport.sendto(message.response("200 OK", call, contact, sdp), addr)
            if message.method == "BYE":
                self._end(call)
        elif message.method == "BYE":
            self._end(call)
        elif message.method == "INVITE" and message.status >= 200:
            words = [f"{name}: {message.headers[name]}" for name in ("From", "To", "Call-ID")]
            uri = message.contact() if message.status < 300 else ""
            self._ask("ACK", [*words, "CSeq: 1 ACK"], uri=uri)
            if message.status >= 300:
                self.failed += 1
                self._end(call)
            elif call in self._open and not self._open[call][0]:
                self._open[call] = "\r\n".join([uri, *words]).encode(), self._open[call][1]
                port = int(message.body.partition("m=audio ")[2].split()[0])
                _begin(self._sound_on(call, port))

    async def _sound_on(self, call: str, port: int) -> None:
        serial, source = 0, int(call[:8], 16)
        while call in self._open:
            head = bytes([0x80, 0]) + serial.to_bytes(2, "big") + (serial * 160).to_bytes(4, "big") + source.to_bytes(4, "big")
            self._sound.sendto(head + b"\xff" * 160, (HOST, port))
            serial += 1
            await asyncio.sleep(SOUND_EVERY)

    def _end(self, call: str) -> None:
        found = self._open.pop(call, None)
        if found is not None and not found[1].done():
            found[1].set_result(None)

    async def _hang_up(self, rate: float) -> None:
        """All hang up, one after the other."""
        for call, (dialog, _) in list(self._open.items()):
            if call in self._open and dialog:
                uri, *words = dialog.decode().split("\r\n")
                self._ask("BYE", [*words, "CSeq: 2 BYE"], uri=uri)
                await asyncio.sleep(1 / rate)


async def main() -> None:
    """Obey until standard input ends: `seats`, `call`, `stop`."""
    residents: Residents | None = None
    own, carriers = _sound_socket(HOST), _sound_socket(CARRIER)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        if order["do"] == "seats" and "authority" in order:
            for name, password in order["seats"].items():
                _begin(_over_tls(order, name, password, own.getsockname()[1]))
        elif order["do"] == "seats":
            await _over_udp(order, own.getsockname()[1])
        elif order["do"] == "call":
            residents = Residents(order["port"], order["number"], carriers)
            _begin(residents.call(order["rate"], order["calls"], order["most"]))
        elif order["do"] == "stop" and residents is not None:
            residents.stopped = True


if __name__ == "__main__":
    asyncio.run(main())
