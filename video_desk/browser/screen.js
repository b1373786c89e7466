// The resident's browser as the operator sees and works it: tiles are drawn, hands are passed on. Text is written with the operator's
// own input method, in a field of ours that follows the pointer; nothing of the clipboard crosses but what is typed.
import { t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const KEYS = new Set(["Enter", "Tab", "Backspace", "Delete", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);
const WITH_CTRL = new Set(["a", "z", "y"]);
const MOVES_EVERY = 40;

export class Screen {
  constructor(send) {
    this.send = send;
    this.canvas = $("dk-canvas");
    this.ime = $("dk-ime");
    this.brush = this.canvas.getContext("2d", { alpha: false });
    this.control = false;
    this.pointing = false;
    this.moved = 0;
    const { canvas, ime } = this;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.lift(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    canvas.addEventListener("focus", () => this.control && ime.focus());
    ime.addEventListener("keydown", (event) => this.key(event));
    ime.addEventListener("compositionupdate", ({ data }) => this.act({ do: "compose", text: data }));
    ime.addEventListener("compositionend", ({ data }) => this.wrote(data));
    ime.addEventListener("input", (event) => !event.isComposing && event.inputType.startsWith("insert") && event.inputType !== "insertCompositionText" && this.wrote(ime.value));
    // Nothing is pasted into a resident's page.
    ime.addEventListener("paste", (event) => event.preventDefault());
    ime.addEventListener("drop", (event) => event.preventDefault());
    $("dk-point").addEventListener("click", () => this.point(!this.pointing));
    $("dk-zoom").addEventListener("change", ({ target }) => this.act({ do: "zoom", factor: Number(target.value) }));
    for (const one of document.querySelectorAll("[data-go]")) one.addEventListener("click", () => this.act({ do: "go", to: one.dataset.go }));
  }

  act(act) {
    if (this.control) this.send(act);
  }

  controls(control) {
    this.control = control;
    this.canvas.dataset.control = control ? "yes" : "no";
    this.ime.disabled = !control;
    if (control) this.ime.focus();
  }

  point(pointing) {
    this.pointing = pointing;
    $("dk-point").setAttribute("aria-pressed", String(pointing));
    this.canvas.dataset.point = pointing ? "yes" : "no";
    if (!pointing) this.send({ do: "mark", shape: "none" });
  }

  // -- pictures --------------------------------------------------------------------------------------------------------

  async draw(data) {
    const length = new DataView(data).getUint32(0);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    let at = 4 + length;
    const tiles = head.tiles.map(([x, y, width, height, size]) => {
      const part = new Blob([new Uint8Array(data, at, size)], { type: "image/jpeg" });
      at += size;
      return createImageBitmap(part).then((image) => ({ x, y, width, height, image }));
    });
    const ready = await Promise.all(tiles);
    if (this.canvas.width !== head.width || this.canvas.height !== head.height) Object.assign(this.canvas, { width: head.width, height: head.height });
    for (const { x, y, width, height, image } of ready) {
      this.brush.drawImage(image, x, y, width, height);
      image.close();
    }
    this.canvas.dataset.pictures = String(Number(this.canvas.dataset.pictures ?? 0) + 1);
    this.send({ do: "ack", picture: head.n });
  }

  clear() {
    this.brush.fillStyle = "#eee";
    this.brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  veil(text) {
    $("dk-veil").textContent = text;
    $("dk-veil").hidden = !text;
  }

  // -- hands -----------------------------------------------------------------------------------------------------------

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    return { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) };
  }

  press(event) {
    event.preventDefault();
    const place = this.at(event);
    if (this.pointing) {
      this.from = place;
      return;
    }
    if (!this.control) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.ime.style.left = `${place.x * 100}%`;
    this.ime.style.top = `${place.y * 100}%`;
    this.ime.focus();
    this.act({ do: "pointer", what: "down", ...place, clicks: Math.min(2, event.detail || 1) });
  }

  move(event) {
    if (this.pointing || !this.control || performance.now() - this.moved < MOVES_EVERY) return;
    this.moved = performance.now();
    this.act({ do: "pointer", what: "move", ...this.at(event) });
  }

  lift(event) {
    const place = this.at(event);
    if (!this.pointing) {
      this.act({ do: "pointer", what: "up", ...place, clicks: Math.min(2, event.detail || 1) });
      return;
    }
    const { x, y } = this.from ?? place;
    const [width, height] = [Math.abs(place.x - x), Math.abs(place.y - y)];
    const frame = width > 0.01 && height > 0.01;
    this.send(frame ? { do: "mark", shape: "frame", x: Math.min(x, place.x), y: Math.min(y, place.y), width, height } : { do: "mark", shape: "point", ...place });
  }

  turn(event) {
    if (!this.control) return;
    event.preventDefault();
    this.act({ do: "wheel", ...this.at(event), across: Math.max(-5000, Math.min(5000, event.deltaX)), down: Math.max(-5000, Math.min(5000, event.deltaY)) });
  }

  key(event) {
    if (event.isComposing || event.altKey || event.metaKey || /^F\d+$/.test(event.key)) return;
    const letter = event.key.toLowerCase();
    const known = KEYS.has(event.key) || (event.ctrlKey && WITH_CTRL.has(letter));
    if (!known) return;
    event.preventDefault();
    this.act({ do: "key", key: KEYS.has(event.key) ? event.key : letter, shift: event.shiftKey, ctrl: event.ctrlKey });
  }

  wrote(text) {
    this.ime.value = "";
    if (text) this.act({ do: "text", text });
    else this.act({ do: "compose", text: "" });
  }
}

export const VEILS = {
  secret: () => t("利用者が暗証番号などを入れています。画面も音も届きません。"),
  gone: () => t("端末とのつながりが切れました。つなぎ直しています。声でのご案内を続けてください。"),
};
