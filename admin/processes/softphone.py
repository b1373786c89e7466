"""The native phone of a seat: joins the hub as an enrolled device and passes words between the console and pjsua2.

It runs on the agent's PC. The account comes over the hub at sign-in and is kept nowhere.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, RejectConnection, Request, TextMessage

from contact_center.clock import Clock, SystemClock
from contact_center.errors import BadInput, NotSignedIn
from telephony.softphone import SoftphoneProcess

BEAT = 8.0
_STATES = ("registered", "unregistered", "ringing", "talking", "held", "idle")


class DeviceLink:
    """A device's WebSocket to the hub, blocking, over TLS.

    :param authority: certificate that signs the centre's; None: the system's.
    """

    def __init__(self, url: str, token: str, authority: Path | None) -> None:
        import socket

        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or 443
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        self._socket = context.wrap_socket(socket.create_connection((host, port), 10), server_hostname=host)
        self._wire = WSConnection(ConnectionType.CLIENT)
        self._lock = threading.Lock()
        headers = [(b"Authorization", f"Bearer {token}".encode())]
        self._socket.sendall(self._wire.send(Request(host=f"{host}:{port}", target="/ws", extra_headers=headers)))
        self._text = ""

    def send(self, message: dict[str, Any]) -> None:
        """Send one message; may be called from any thread."""
        with self._lock:
            self._socket.sendall(self._wire.send(TextMessage(json.dumps(message))))

    def listen(self, heard: Callable[[dict[str, Any]], None], opened: Callable[[], None]) -> None:
        """Read until the link ends.

        :raises NotSignedIn: where the centre refuses the token.
        """
        while data := self._socket.recv(65536):
            with self._lock:
                self._wire.receive_data(data)
                events = list(self._wire.events())
            for event in events:
                if isinstance(event, AcceptConnection):
                    opened()
                elif isinstance(event, RejectConnection):
                    # The front door is there and the hub is not, or not yet.
                    raise ConnectionRefusedError(f"HTTP {event.status_code}")
                elif isinstance(event, CloseConnection):
                    if event.code == 4401:
                        raise NotSignedIn("この機器は登録されていません。登録し直してください。")
                    return
                elif isinstance(event, TextMessage):
                    self._text += event.data
                    if event.message_finished:
                        text, self._text = self._text, ""
                        heard(json.loads(text))


class SeatPhone:
    """pjsua2 in its own process, obeying the orders that come over the hub."""

    def __init__(self, host: str, clock: Clock, sound: bool) -> None:
        self._phone = SoftphoneProcess(host, tls=True, sound=sound)
        self._clock = clock
        self.link: DeviceLink | None = None
        self._contact = ""
        self._account: dict[str, str] | None = None
        self._state = "unregistered"
        threading.Thread(target=self._tell_in_thread, daemon=True).start()

    def obey(self, message: dict[str, Any]) -> None:
        """Carry out an order of the hub."""
        if message.get("type") != "phone.order":
            return
        if message["do"] == "register":
            account = message["account"]
            if account == self._account and self._state != "unregistered":
                # A console that was loaded anew asks for a phone that is at work: a call on it goes on.
                self.report()
                return
            self._account = account
            where = f"sip:{account['host']}:{account['port']};transport=tls"
            self._phone.do(
                "open", uri=f"sip:{account['user']}@{account['host']}", registrar=where, user=account["user"],
                password=account["password"],
            )  # fmt: skip
        else:
            self._phone.do(message["do"], **({"digits": message["digits"]} if message["do"] == "keys" else {}))

    def close(self) -> None:
        """End the phone."""
        self._phone.close()

    def _tell_in_thread(self) -> None:
        while True:
            said = self._phone.next()
            if said["state"] == "gone":
                return
            if said["state"] not in _STATES:
                continue
            self._state, self._contact = said["state"], said.get("contact", self._contact)
            self.report()

    def report(self) -> None:
        """Tell the console what the phone does."""
        if self.link is not None:
            try:
                self.link.send({"type": "phone.report", "state": self._state, "contact": self._contact})
            except OSError:
                self.link = None


def run(url: str, token: str, authority: Path | None, host: str, sound: bool) -> None:
    """Keep the phone joined to the hub until ended.

    :param host: address this phone binds to.
    :param sound: use microphone and loudspeaker; without, it is mute and deaf (tests).
    """
    if urlsplit(url).scheme != "https":
        raise BadInput("--hub には https:// で始まるセンターのアドレスを書いてください。")
    clock = SystemClock()
    phone = SeatPhone(host, clock, sound)
    said = ""
    try:
        while True:
            try:
                link = DeviceLink(url, token, authority)

                def opened(link: DeviceLink = link) -> None:
                    nonlocal said
                    said = _tell(said, "センターにつながりました。着席の画面で「電話ソフト」を選んでください。")
                    phone.link = link
                    # A phone that has come back knows no account: the console hears so, and has it registered.
                    phone.report()
                    threading.Thread(target=_beat_in_thread, args=(link, clock), daemon=True).start()

                link.listen(phone.obey, opened)
                said = _tell(said, "センターとの接続が切れました。つなぎ直しています。通話は続きます。")
            except ssl.SSLCertVerificationError:
                said = _tell(said, "センターの証明書を確かめられません。--authority に authority.pem を指定してください。")
            except OSError:
                said = _tell(said, "センターにつながりません。アドレスを確かめてください。つなぎ直しています。")
            phone.link = None
            clock.sleep(1.0)
    except KeyboardInterrupt:
        pass
    finally:
        phone.close()


def _tell(said: str, sentence: str) -> str:
    """Say a sentence to whoever started the phone, once until another is due."""
    if sentence != said:
        print(sentence, file=sys.stderr, flush=True)
    return sentence


def _beat_in_thread(link: DeviceLink, clock: Clock) -> None:
    try:
        while True:
            clock.sleep(BEAT)
            link.send({"type": "beat", "n": 0})
    except OSError:
        return
