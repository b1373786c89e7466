"""The scene of the first call: a resident phones line 1, a seat answers in the browser, and the day's figures show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from contact_center.errors import Unavailable
from contact_center.speech.hearing import HEARD, at_rate, likeness, load
from contact_center.speech.voice import speak
from telephony.carrier import telephone
from telephony.softphone import SoftphoneProcess

RESIDENT_SAYS = "もしもし、マイナンバーカードの受け取りを予約したいのですが、どうすればよいでしょうか。"
AGENT_SAYS = "お電話ありがとうございます。担当の佐藤です。受け取りのご予約ですね。通知書はお手元にございますか。"
RESIDENT_NUMBER = "09012345678"
LINE_NUMBER = "0559990001"
WAV_HEADER = 44
RECORDED_RATE = 16000
EAR = """
() => {
  const context = new AudioContext();
  const ear = { rate: context.sampleRate, heard: [] };
  const listen = () => {
    const stream = document.getElementById("voice").srcObject;
    if (!stream) { setTimeout(listen, 20); return; }
    const tap = context.createScriptProcessor(4096, 1, 1);
    tap.onaudioprocess = (event) => ear.heard.push(Array.from(event.inputBuffer.getChannelData(0)));
    context.createMediaStreamSource(stream).connect(tap);
    tap.connect(context.destination);
  };
  listen();
  window.ear = ear;
}
"""


def voice(folder: Path, name: str, text: str, silence: float = 0.6) -> Path:
    """A sentence as a 16 kHz WAV file, with a pause before and after it, so that it can be repeated."""
    path = folder / f"{name}.wav"
    if not path.exists():
        samples, rate = speak(text)
        step = rate // 16000
        smooth = np.convolve(samples, np.ones(step) / step, mode="same")[::step]
        pause = np.zeros(int(16000 * silence), dtype=np.float32)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.concatenate([pause, smooth, pause]), 16000, subtype="PCM_16")
    return path


class Resident:
    """A scripted resident at a telephone of the carrier.

    :param stage: the demo's stage.
    :param number: the number shown to the centre; `anonymous` withholds it.
    """

    def __init__(self, stage: Any, number: str = RESIDENT_NUMBER) -> None:
        self._stage = stage
        self.number = number
        host = telephone(number) if number.isdigit() else "127.0.0.3"
        self._phone = SoftphoneProcess(host, stage.residents_port if number.isdigit() else 0)
        self._phone.do("open", uri=f"sip:{number}@{host}")
        self._phone.wait("open")
        self._recordings: list[Path] = []
        self._listen_anew()

    def calls(self, line_number: str = LINE_NUMBER) -> None:
        """Dial a line and listen."""
        self._listen_anew()
        self._phone.do("record", path=str(self.recording))
        self._phone.do("dial", uri=f"sip:{line_number}@{self._stage.carrier.host}:{self._stage.carrier.port}")

    def _listen_anew(self) -> None:
        """A file of its own for each call: PJSIP may still be writing out the one before."""
        self.recording = Path(self._stage.home) / "tmp" / f"resident-{self._phone.pid}-{len(self._recordings)}.wav"
        self._recordings.append(self.recording)

    def says(self, path: Path) -> None:
        """Say a WAV file, again and again."""
        self._phone.do("play", path=str(path), loop=True)

    def waits(self, state: str, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for the phone to say this state."""
        return self._phone.wait(state, seconds)

    def picks_up(self, seconds: float = 30.0) -> str:
        """Wait until the telephone rings, and answer it; what is heard is recorded. The number that is shown."""
        rings = self._phone.wait("ringing", seconds)
        self._listen_anew()
        self._phone.do("record", path=str(self.recording))
        self._phone.do("answer")
        return str(rings["from"])

    @property
    def rang(self) -> bool:
        """Whether anybody has called this telephone."""
        return any(said["state"] == "ringing" for said in self._phone.history)

    def keys_heard(self) -> str:
        """The keys that the other side has pressed so far."""
        return "".join(said["digit"] for said in self._phone.history if said["state"] == "key")

    def presses(self, key: str) -> None:
        """Press a key of the telephone."""
        self._phone.do("keys", digits=key)

    def hangs_up(self) -> None:
        """End the call."""
        self._phone.do("hang_up")

    def heard(self) -> np.ndarray:
        """Everything heard so far, once the recording is closed."""
        self._phone.do("stop_recording", path=str(self.recording))
        self._phone.wait("recorded")
        return load(self.recording)

    def heard_so_far(self) -> np.ndarray:
        """What has been heard up to now, while the recording goes on: PJSIP writes the lengths in its header at the end."""
        raw = self.recording.read_bytes()[WAV_HEADER:] if self.recording.exists() else b""
        samples = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2") / 32768
        return at_rate(samples.astype(np.float32), RECORDED_RATE) if samples.size else samples

    def leaves(self) -> None:
        """Put the telephone away; the recording goes too."""
        self._phone.close()
        for path in self._recordings:
            path.unlink(missing_ok=True)


def take_seat(page: Any, seat: str = "seat-1") -> None:
    """Sit down in an open console and wait for the phone."""
    page.select_option("#seat", seat)
    page.click("#take-seat")
    page.wait_for_selector("body[data-phone=registered]")


def first_call(stage: Any) -> None:
    """Play the scene.

    :raises Unavailable: naming the step that did not come to pass.
    """
    tmp = stage.home / "tmp"
    resident_voice = voice(tmp, "resident", RESIDENT_SAYS)
    agent_voice = voice(tmp, "agent", AGENT_SAYS)
    page = stage.page(stage.browser(agent_voice))
    stage.sign_in(page, "agent")
    page.wait_for_selector("#take-seat:not([hidden])")
    before = figures(page)
    take_seat(page)
    stage.say("オペレーターがサインインし、1番席に着席しました（ブラウザーの電話がAsteriskに登録されています）")
    page.click("#go-available")
    page.wait_for_selector("#presence[data-state=available]")
    stage.say("席は「受付中」です")

    resident = Resident(stage)
    try:
        _call(stage, page, resident, resident_voice, agent_voice)
    finally:
        resident.leaves()
    after = stage.wait(lambda: (now := figures(page))["closed"] > before["closed"] and now, 10, "今日の数字が増えません")
    if after["answered"] != before["answered"] + 1 or after["arrived"] != before["arrived"] + 1:
        raise Unavailable("今日の数字が合いません。")
    stage.say(f"今日の数字: 着信 {after['arrived']}、応答 {after['answered']}、記録済み {after['closed']}")
    page.click("#leave-seat")
    page.wait_for_selector("#take-seat:not([hidden])")
    page.context.close()


def _call(stage: Any, page: Any, resident: Resident, resident_voice: Path, agent_voice: Path) -> None:
    resident.says(resident_voice)
    resident.calls()
    stage.say(f"住民が電話会社から回線1（{LINE_NUMBER}）に電話をかけました")
    resident.waits("talking")
    stage.say("案内が流れています（「見本市マイナンバーカードコールセンターです…」）")
    page.wait_for_selector("body[data-phone=ringing]", timeout=30000)
    page.wait_for_selector("#contact:not([hidden])")
    stage.say("待ち行列に入り、1番席が鳴っています。応対票が出ました: " + page.inner_text("#contact-city"))
    page.evaluate(EAR)
    page.keyboard.press("F4")
    page.wait_for_selector("#presence[data-state=on_contact]")
    page.wait_for_selector("body[data-phone=talking]")
    shown = page.inner_text("#contact-number")
    if shown != RESIDENT_NUMBER:
        raise Unavailable("応対票の電話番号が違います。")
    stage.say("オペレーターが出ました。応対票に番号があります（見た記録は監査に残りました）")
    page.fill("#note", "受け取りの予約について。通知書は手元にある。")
    page.check("#categories input[value=booking]", force=True)
    page.check("#outcomes input[value=faq]", force=True)
    _both_hear(stage, page, resident, resident_voice, agent_voice)
    page.get_by_text("保存しました").wait_for()
    stage.say("メモ・分類・対応結果を記録しました")
    resident.hangs_up()
    page.wait_for_selector("#presence[data-state=wrapping]")
    stage.say("住民が電話を切り、後処理になりました")
    page.wait_for_selector("#finish:not([disabled])")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#presence[data-state=available]")
    stage.say("後処理を終え、席はまた「受付中」です")


def _both_hear(stage: Any, page: Any, resident: Resident, resident_voice: Path, agent_voice: Path) -> None:
    seconds = soundfile.info(agent_voice).duration + 2
    stage.wait(lambda: page.evaluate("ear.heard.length * 4096 / ear.rate") > seconds, 60, "席の耳に音が届きません")
    rate, blocks = page.evaluate("[ear.rate, ear.heard]")
    at_seat = likeness(load(resident_voice), at_rate(np.array(blocks, dtype=np.float32).ravel(), int(rate)))
    at_home = likeness(load(agent_voice), resident.heard())
    if at_seat < HEARD or at_home < HEARD:
        raise Unavailable("声が届いていません（席 %(seat)s、住民 %(home)s）。", seat=round(at_seat, 2), home=round(at_home, 2))
    stage.say(f"お互いの声が聞こえています（一致度: 席の耳 {at_seat:.2f}、住民の耳 {at_home:.2f}）")


def figures(page: Any) -> dict[str, int]:
    """The day's figures as the console shows them."""
    names = ("arrived", "answered", "closed")
    return {name: int(page.inner_text(f"[data-figure={name}]")) for name in names}
