"""One SIP phone on pjsua2. Everything happens in the thread that runs `step()`; pjsua2's callbacks come out of it.

References to calls and media are kept here until the phone itself drops them: a Python object that is collected while
PJSIP still uses it ends the process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pjsua2 as pj

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Sip:
    """Where the phone lives.

    :param host: address it binds to, so that it can be told apart from other phones of the machine.
    :param transport: `udp`, or `tls` for a seat.
    :param secure: offer SRTP only (SDES over TLS).
    """

    host: str
    port: int = 0
    transport: str = "udp"
    secure: bool = False


class Phone:
    """A phone: it plays files into calls and records what it hears, or uses microphone and loudspeaker.

    :param tell: called with each happening: `registered`, `ringing`, `talking`, `held`, `key`, `idle`.
    :param sound: use the PC's microphone and loudspeaker, where there are any.
    """

    def __init__(self, sip: Sip, tell: Tell, sound: bool = False) -> None:
        self._tell = tell
        self._sip = sip
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.userAgent = "Madoguchi softphone"
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.clockRate = 16000
        self._endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.boundAddress = sip.host
        transport.port = sip.port
        kind = pj.PJSIP_TRANSPORT_TLS if sip.transport == "tls" else pj.PJSIP_TRANSPORT_UDP
        self._transport = self._endpoint.transportCreate(kind, transport)
        # Without a sound card the conference bridge still needs a clock.
        self._sound = sound and self._endpoint.audDevManager().getDevCount() > 0
        if not self._sound:
            self._endpoint.audDevManager().setNullDev()
        self._endpoint.libStart()
        self.account: _Account | None = None
        self.call: _Call | None = None
        self._media: dict[str, Any] = {}
        self._finished: list[Any] = []

    def open(self, uri: str, registrar: str = "", user: str = "", password: str = "") -> None:
        """Use an account; with a registrar it registers, with a user alone it only shows its password when it dials.

        :param uri: `sip:name@host`, shown to the other side.
        """
        config = pj.AccountConfig()
        config.idUri = uri
        if registrar:
            config.regConfig.registrarUri = registrar
            config.regConfig.timeoutSec = 90
            config.regConfig.retryIntervalSec = 2
            config.regConfig.firstRetryIntervalSec = 1
        if user:
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        config.mediaConfig.transportConfig.boundAddress = self._sip.host
        config.mediaConfig.transportConfig.port = 0
        if self._sip.secure:
            config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
            config.mediaConfig.srtpSecureSignaling = 1
        self.close_account()
        self.account = _Account(self)
        self.account.create(config)
        self._tell({"state": "open"})

    def close_account(self) -> None:
        """Forget the account; a registration ends."""
        if self.account is not None:
            self.hang_up()
            self.account.shutdown()
            self.account = None

    def dial(self, uri: str) -> None:
        """Call somebody."""
        assert self.account is not None
        self.call = _Call(self, self.account)
        parameter = pj.CallOpParam(True)
        parameter.opt.videoCount = 0
        self.call.makeCall(uri, parameter)

    def arrived(self, id: int, whole: str) -> None:
        """A call comes in; a second one is told that we are busy."""
        assert self.account is not None
        call = _Call(self, self.account, id)
        parameter = pj.CallOpParam()
        if self.call is not None:
            parameter.statusCode = pj.PJSIP_SC_BUSY_HERE
            call.hangup(parameter)
            self._finished.append(call)
            return
        self.call = call
        parameter.statusCode = pj.PJSIP_SC_RINGING
        call.answer(parameter)
        headers = {name.lower(): value.strip() for line in whole.splitlines() for name, _, value in [line.partition(":")]}
        caller = re.search(r"sip:([^@>;]*)@", headers.get("from", ""))
        self._tell({"state": "ringing", "contact": headers.get("x-contact", ""), "from": caller.group(1) if caller else ""})
        if headers.get("x-answer") == "yes":
            # The agent of this seat has asked for the call.
            self.answer()

    def answer(self) -> None:
        """Take the call that rings."""
        if self.call is not None:
            parameter = pj.CallOpParam()
            parameter.statusCode = pj.PJSIP_SC_OK
            self.call.answer(parameter)

    def hang_up(self) -> None:
        """End the call."""
        if self.call is not None:
            # It may have ended by itself in the same moment.
            with suppress(pj.Error):
                self.call.hangup(pj.CallOpParam())

    def hold(self, on: bool) -> None:
        """Put the other side on hold, or take it back."""
        if self.call is not None:
            parameter = pj.CallOpParam(True)
            if on:
                self.call.setHold(parameter)
            else:
                parameter.opt.flag = pj.PJSUA_CALL_UNHOLD
                self.call.reinvite(parameter)
            self._tell({"state": "held" if on else "talking"})

    def keys(self, digits: str) -> None:
        """Press keys during the call."""
        if self.call is not None:
            self.call.dialDtmf(digits)

    def play(self, path: str, loop: bool = False) -> None:
        """Say a WAV file into the call, from now on also into the next."""
        self.drop("player")
        player = pj.AudioMediaPlayer()
        player.createPlayer(path, 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)
        self._media["player"] = player
        self.connect()

    def record(self, path: str) -> None:
        """Write what is heard to a WAV file."""
        self.drop("recorder")
        recorder = pj.AudioMediaRecorder()
        recorder.createRecorder(path)
        self._media["recorder"] = recorder
        self.connect()

    def mute(self, on: bool) -> None:
        """Send silence, or the voice again."""
        audio = self._audio()
        sources = [self._media["player"]] if "player" in self._media else []
        if self._sound:
            sources.append(self._endpoint.audDevManager().getCaptureDevMedia())
        for source in sources if audio is not None else []:
            if on:
                source.stopTransmit(audio)
            else:
                source.startTransmit(audio)

    def drop(self, name: str) -> None:
        """Close a player or recorder; what was recorded is complete then."""
        self._media.pop(name, None)

    def finish_recording(self, path: Path) -> bool:
        """Close the recorder and let PJSIP write the file out; whether there is one."""
        audio = self._audio()
        if audio is not None and "recorder" in self._media:
            audio.stopTransmit(self._media["recorder"])
        self.drop("recorder")
        for _ in range(200):
            # PJSIP takes a port out of its bridge by and by; only then the file and the length in its header are whole.
            self.step()
            content = path.read_bytes() if path.exists() else b""
            if content[:4] == b"RIFF" and int.from_bytes(content[4:8], "little") + 8 == len(content) > 44:
                return True
        return False

    def connect(self) -> None:
        """Join the call's sound with player and recorder, as far as each is there."""
        audio = self._audio()
        if audio is None:
            return
        if "player" in self._media:
            self._media["player"].startTransmit(audio)
        if "recorder" in self._media:
            audio.startTransmit(self._media["recorder"])
        if self._sound:
            devices = self._endpoint.audDevManager()
            devices.getCaptureDevMedia().startTransmit(audio)
            audio.startTransmit(devices.getPlaybackDevMedia())

    def _audio(self) -> Any:
        if self.call is None:
            return None
        # The list of media lives only as long as the info it belongs to, so the info is held.
        info = self.call.getInfo()
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                return self.call.getAudioMedia(index)
        return None

    def over(self, call: _Call, cause: int) -> None:
        """A call has ended; it is dropped from the loop, not inside its own callback."""
        self._finished.append(call)
        if call is self.call:
            self.call = None
            self._tell({"state": "idle", "cause": cause})

    def key_heard(self, digit: str) -> None:
        """The other side has pressed a key."""
        self._tell({"state": "key", "digit": digit})

    def rings_there(self) -> None:
        """The telephone that was dialled rings, or its side says something already."""
        self._tell({"state": "early"})

    def talking(self) -> None:
        """The call was answered."""
        self._tell({"state": "talking"})

    def registered(self, yes: bool, code: int) -> None:
        """The registration has changed."""
        self._tell({"state": "registered" if yes else "unregistered", "code": code})

    def step(self, milliseconds: int = 10) -> None:
        """Let pjsua2 work."""
        self._endpoint.libHandleEvents(milliseconds)
        self._finished.clear()

    def close(self) -> None:
        """End everything in the order that PJSIP wants."""
        self.close_account()
        for _ in range(30):
            self.step()
        self._media.clear()
        self.call = None
        self._endpoint.libDestroy()


class _Account(pj.Account):
    def __init__(self, phone: Phone) -> None:
        super().__init__()
        self._phone = phone

    def onRegState(self, prm: Any) -> None:  # noqa: N802
        self._phone.registered(prm.code == 200 and prm.expiration > 0, int(prm.code))

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        self._phone.arrived(prm.callId, prm.rdata.wholeMsg)


class _Call(pj.Call):
    def __init__(self, phone: Phone, account: _Account, id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, id)
        self._phone = phone

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._phone.talking()
        elif info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            self._phone.rings_there()
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._phone.over(self, int(info.lastStatusCode))

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        self._phone.key_heard(prm.digit)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        self._phone.connect()
