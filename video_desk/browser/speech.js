// Listens to one's own microphone and hands on what was said, an utterance at a time, as a WAV of 16 kHz. Silence is never sent.
const RATE = 16000;
const BLOCK = 0.02;
const BEGINS = 3;
const ENDS = 0.6 / BLOCK;
const BEFORE = 0.3 / BLOCK;
const LONGEST = 8 / BLOCK;
const SHORTEST = 0.35 / BLOCK;
const QUIETEST = 0.004;

export class Speech {
  constructor(stream, heard) {
    this.heard = heard;
    this.blocks = [];
    this.loud = 0;
    this.quiet = 0;
    this.floor = QUIETEST;
    this.speaking = false;
    this.context = new AudioContext({ sampleRate: RATE });
    this.ready = this.context.audioWorklet.addModule("/static/bundle/listen.js").then(() => {
      if (this.context.state === "closed") return;
      const node = new AudioWorkletNode(this.context, "listen", { numberOfOutputs: 0, processorOptions: { size: RATE * BLOCK } });
      node.port.onmessage = ({ data }) => this.block(data);
      this.context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(node);
    });
  }

  block(samples) {
    const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    const loud = level > Math.max(QUIETEST, this.floor * 3);
    if (!this.speaking) this.floor = Math.max(QUIETEST / 3, this.floor * 0.95 + Math.min(level, this.floor * 2) * 0.05);
    this.blocks.push(samples);
    this.loud = loud ? this.loud + 1 : 0;
    this.quiet = loud ? 0 : this.quiet + 1;
    if (!this.speaking) {
      if (this.blocks.length > BEFORE) this.blocks.shift();
      this.speaking = this.loud >= BEGINS;
    } else if (this.quiet >= ENDS || this.blocks.length >= LONGEST) this.over();
  }

  over() {
    const blocks = this.blocks;
    const said = blocks.length - this.quiet;
    this.blocks = [];
    this.speaking = false;
    this.loud = 0;
    if (said >= SHORTEST) this.heard(wav(blocks));
  }

  stop() {
    this.context.close();
    this.blocks = [];
    this.heard = () => {};
  }
}

function wav(blocks) {
  const samples = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at, word) => [...word].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples, true);
  text(8, "WAVEfmt ");
  for (const [at, value, size] of [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, RATE, 4], [28, 2 * RATE, 4], [32, 2, 2], [34, 16, 2], [40, 2 * samples, 4]]) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
  }
  text(36, "data");
  let at = 44;
  for (const block of blocks) {
    for (const one of block) {
      view.setInt16(at, Math.max(-1, Math.min(1, one)) * 0x7fff, true);
      at += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}
