// The ring: made here, on a device and with a loudness of the agent's choice.
const DEFAULTS = { device: "", volume: 60 };

export class Sound {
  constructor() {
    this.choice = { ...DEFAULTS, ...JSON.parse(localStorage.getItem("sound") ?? "{}") };
    this.ringing = false;
    this.context = new AudioContext();
    // Before a touch or a key on this page, a browser stays silent.
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.isLocked && this.unlock(), true);
    this.useDevice();
  }

  get isLocked() {
    return this.context.state !== "running";
  }

  async unlock() {
    await this.context.resume();
    await this.useDevice();
  }

  async useDevice() {
    if (this.context.setSinkId) await this.context.setSinkId(this.choice.device).catch(() => {});
  }

  keep(change) {
    Object.assign(this.choice, change);
    localStorage.setItem("sound", JSON.stringify(this.choice));
    return this.useDevice();
  }

  once() {
    if (this.isLocked) return;
    const start = this.context.currentTime;
    for (const [offset, pitch] of [[0, 523], [0.18, 659], [0.36, 523], [0.54, 659]]) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, start + offset);
      gain.gain.linearRampToValueAtTime((this.choice.volume / 100) * 0.5, start + offset + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, start + offset + 0.17);
      tone.connect(gain).connect(this.context.destination);
      tone.start(start + offset);
      tone.stop(start + offset + 0.18);
    }
  }

  start() {
    if (this.ringing) return;
    this.ringing = true;
    this.once();
    this.timer = setInterval(() => this.once(), 2000);
  }

  stop() {
    this.ringing = false;
    clearInterval(this.timer);
  }
}
