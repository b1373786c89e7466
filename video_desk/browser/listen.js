// Runs beside the page in the thread of the sound: hands its samples on in blocks of one size.
class Listen extends AudioWorkletProcessor {
  constructor({ processorOptions: { size } }) {
    super();
    this.block = new Float32Array(size);
    this.at = 0;
  }

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.block[this.at++] = sample;
      if (this.at === this.block.length) {
        this.port.postMessage(this.block.slice());
        this.at = 0;
      }
    }
    return true;
  }
}

registerProcessor("listen", Listen);
