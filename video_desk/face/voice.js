// Spoken guidance: each screen's question, in the resident's language. It never talks into a conversation.
import { language } from "./words.js";

class Voice {
  constructor() {
    this.audio = new Audio();
    this.level = 0.8;
    this.last = null;
    this.stopped = false;
  }

  // Says a sentence and, behind it, further ones.
  say(...sentences) {
    this.last = { language: language(), sentences };
    if (!this.stopped) this.play(this.last);
  }

  again() {
    if (this.last && !this.stopped) this.play(this.last);
  }

  async play({ language: spoken, sentences }) {
    const mine = (this.playing = Symbol("sentences"));
    for (const { key, values } of sentences) {
      this.audio.src = `/kiosk/voice?${new URLSearchParams({ language: spoken, key, ...values })}`;
      this.audio.volume = this.level;
      const over = new Promise((resolve) => {
        this.audio.onended = this.audio.onerror = this.audio.onpause = resolve;
      });
      // What cannot be said is read.
      await this.audio.play().then(() => over, () => {});
      if (this.playing !== mine) return;
    }
  }

  hush() {
    this.playing = null;
    this.audio.pause();
  }

  // While an operator talks nobody else does.
  stop(stopped) {
    this.stopped = stopped;
    if (stopped) this.hush();
  }

  loudness(level) {
    this.level = level;
    this.audio.volume = level;
  }
}

export const voice = new Voice();
