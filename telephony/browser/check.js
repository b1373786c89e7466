// The check at the start of a day: the ring is heard, the microphone gives sound, the phone is registered, and a sentence that one
// says is heard back.
import { element } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const LISTEN = 3000;
const HEARD = 0.01;

export class Check {
  constructor(board, phone, sound, say) {
    Object.assign(this, { board, phone, sound, say, running: false });
    $("check").addEventListener("click", () => this.run());
  }

  line(text, good) {
    element("li", `${good ? "✓" : "✗"} ${text}`, good ? "good" : "bad", $("check-list"));
    return good;
  }

  async run() {
    if (this.running) return;
    if (this.phone.inCall || this.phone.state === "ringing") {
      this.say(t("通話が終わってから点検してください。"));
      return;
    }
    this.running = true;
    $("check-list").hidden = false;
    $("check-list").replaceChildren();
    try {
      await this.sound.unlock();
      this.sound.once();
      this.line(this.sound.isLocked ? t("着信音を鳴らせません。画面を一度押してください。") : t("着信音を鳴らしました。聞こえましたか。"), !this.sound.isLocked);
      const registered = Boolean(this.board.seat) && this.phone.registered;
      this.line(registered ? t("電話につながっています。") : t("電話につながっていません。着席して、待ってからもう一度点検してください。"), registered);
      await this.microphone();
    } finally {
      this.running = false;
    }
  }

  // Records for three seconds and plays it back.
  async microphone() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.line(t("マイクを使えません。ブラウザーのアドレス欄の左でマイクを許可してください。"), false);
      return;
    }
    const speak = element("li", t("いま、ひとこと話してください（3秒）…"), "", $("check-list"));
    const context = new AudioContext();
    const meter = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(meter);
    const recorder = new MediaRecorder(stream);
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    const samples = new Float32Array(meter.fftSize);
    let loudest = 0;
    for (const end = performance.now() + LISTEN; performance.now() < end; ) {
      meter.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples.map(Math.abs));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.stop();
    await stopped;
    for (const track of stream.getTracks()) track.stop();
    context.close();
    speak.remove();
    if (!this.line(loudest > HEARD ? t("マイクに声が入りました。いま、ご自分の声が聞こえます。") : t("マイクに声が入りません。つなぎ方と消音を確かめてください。"), loudest > HEARD)) return;
    const heard = new Audio(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType })));
    heard.addEventListener("ended", () => URL.revokeObjectURL(heard.src), { once: true });
    if (heard.setSinkId) await heard.setSinkId(this.sound.choice.device).catch(() => {});
    await heard.play().catch(() => this.line(t("声を再生できません。スピーカーを確かめてください。"), false));
    this.line(t("点検が終わりました。"), true);
  }
}
