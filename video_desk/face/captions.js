// Captions of what both say, in both languages, while the resident wants them; and writing by finger, which needs no machine at all.
import { Speech } from "../browser/speech.js";
import { on, tell } from "./bridge.js";
import { key, pair } from "./screens.js";
import { told } from "./words.js";

const SHOWN = 4;
const $ = (id) => document.getElementById(id);

export class Captions {
  constructor(face) {
    this.face = face;
    this.speech = null;
    this.lines = [];
    this.next = 0;
    on("caption", (line) => this.add(line));
    on("interpreter", ({ agreed }) => this.turn(agreed));
  }

  get offered() {
    return Boolean(this.face.counter?.interpreter);
  }

  // The resident has agreed, or wants no more of it: what was shown goes at once.
  turn(agreed) {
    this.speech?.stop();
    this.speech = null;
    document.body.dataset.captions = agreed ? "yes" : "no";
    if (!agreed) this.clear();
    const stream = this.face.call?.stream;
    if (agreed && stream) this.speech = new Speech(stream, (sound) => this.heard(sound));
  }

  async heard(sound) {
    const session = this.face.session;
    const answer = await fetch(`/kiosk/heard?session=${session}`, { method: "POST", body: sound, headers: { "Content-Type": "audio/wav" } }).catch(() => null);
    if (this.face.session !== session || !this.speech) return;
    if (!answer?.ok) {
      this.face.talk.note("interpreter.off");
      return;
    }
    const { said, translated } = await answer.json();
    this.face.talk.quiet("interpreter.off");
    if (!said) return;
    const line = { id: `r${this.next++}`, who: "resident", said, translated };
    this.add(line);
    tell("caption", line);
  }

  add(line) {
    const known = this.lines.find(({ id }) => id === line.id);
    if (known && line.wrong) known.wrong = true;
    else if (!line.wrong) this.lines = [...this.lines.filter(({ id }) => id !== line.id), line].slice(-SHOWN);
    this.draw();
  }

  draw() {
    $("captions").replaceChildren(...this.lines.map((line) => this.row(line)));
  }

  row({ id, who, said, translated, wrong }) {
    const row = document.createElement("div");
    row.className = `caption ${who}`;
    const theirs = who === "operator";
    const words = document.createElement("div");
    // What one reads stands large, the original beside it.
    for (const [text, kind] of theirs ? [[translated || said, "main"], [translated ? said : "", "beside"]] : [[said, "main"], [translated, "beside"]]) {
      if (text) words.append(Object.assign(document.createElement("p"), { textContent: text, className: kind }));
    }
    if (wrong) words.append(told("p", "interpreter.wrong", {}, "wrong"));
    row.append(words);
    if (theirs && translated && !wrong) row.append(key("interpreter.wrong", () => this.wrong(id), { kind: "quiet" }));
    return row;
  }

  wrong(id) {
    tell("caption", { id, wrong: true });
    this.add({ id, wrong: true });
  }

  // Writing by finger: a picture for the operator, and gone when it has been shown.
  write() {
    const pad = Object.assign(document.createElement("canvas"), { className: "pad", width: 760, height: 360 });
    const pen = pad.getContext("2d");
    const blank = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, pad.width, pad.height);
    };
    blank();
    Object.assign(pen, { lineWidth: 6, lineCap: "round", strokeStyle: "#000" });
    const at = ({ offsetX, offsetY }) => [offsetX * (pad.width / pad.clientWidth), offsetY * (pad.height / pad.clientHeight)];
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      pen.lineTo(...at(event));
      pen.stroke();
    });
    const over = () => $("ask").replaceChildren();
    const send = () => {
      tell("drawn", { picture: pad.toDataURL("image/png").split(",")[1] });
      blank();
      over();
    };
    $("ask").replaceChildren(told("p", "write.title"), pad, pair(key("write.clear", blank, { kind: "quiet" }), key("write.send", send, { kind: "strong" })));
  }

  clear() {
    this.lines = [];
    this.draw();
  }

  end() {
    this.turn(false);
  }
}
