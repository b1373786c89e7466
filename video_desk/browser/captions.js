// The operator's side of the captions: what both have said, in both languages, as long as the resident agrees. Nothing of it stays.
import { Speech } from "./speech.js";
import { element } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

const SHOWN = 8;
const $ = (id) => document.getElementById(id);

export class Captions {
  constructor(panel) {
    this.panel = panel;
    this.speech = null;
    this.lines = [];
    this.wanted = false;
    $("dk-phrase").addEventListener("change", ({ target }) => {
      if (target.value) this.write(target.value);
      target.value = "";
    });
  }

  // Listens as long as the resident agrees, somebody talks, and no secret is typed.
  async follow(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    $("dk-captions").hidden = !wanted;
    this.speech?.stop();
    this.speech = null;
    if (!wanted) {
      this.lines = [];
      this.draw();
      this.stream?.getTracks().forEach((track) => track.stop());
      return;
    }
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return;
    this.stream = stream;
    if (this.wanted) this.speech = new Speech(stream, (sound) => this.send(sound, "audio/wav"));
    else stream.getTracks().forEach((track) => track.stop());
  }

  write(text) {
    return this.send(JSON.stringify({ text }), "application/json");
  }

  async send(body, type) {
    const { session, console, state } = this.panel;
    // What is said while the phone is silent is meant for nobody.
    if (type === "audio/wav" && (console.muted || state.secret)) return;
    const answer = await fetch(`/desk/heard?session=${session}`, { method: "POST", body, headers: { "Content-Type": type } }).catch(() => null);
    if (!this.wanted || session !== this.panel.session) return;
    if (!answer?.ok) {
      console.say(t("通訳が応えません。「文字で伝える」か、身ぶりでご案内ください。"));
      return;
    }
    const { said, translated } = await answer.json();
    if (!said) return;
    const line = { id: crypto.randomUUID(), who: "operator", said, translated };
    this.add(line);
    this.panel.relay?.send({ do: "wrote", ...line });
  }

  add(line) {
    const known = this.lines.find(({ id }) => id === line.id);
    if (known && line.wrong) known.wrong = true;
    else if (!line.wrong) this.lines = [...this.lines.filter(({ id }) => id !== line.id), line].slice(-SHOWN);
    this.draw();
  }

  draw() {
    $("dk-lines").replaceChildren(...this.lines.map(({ id, who, said, translated, wrong }) => {
      const row = element("li", "", `dk-line ${who}`);
      element("span", who === "operator" ? t("自分") : t("利用者"), "dk-who", row);
      // The resident's words stand in Japanese first; the original always beside them.
      const [first, second] = who === "operator" ? [said, translated] : [translated || said, translated ? said : ""];
      element("span", first, "", row).lang = "ja";
      if (second) element("small", second, "", row);
      if (wrong) element("strong", t("訳がちがうと言われました"), "", row);
      else if (who === "resident" && translated) {
        const key = element("button", t("訳がちがいます"), "", row);
        key.type = "button";
        key.addEventListener("click", () => {
          this.panel.relay?.send({ do: "wrote", id, who: "resident", said: "", wrong: true });
          this.add({ id, wrong: true });
        });
      }
      return row;
    }));
  }
}
