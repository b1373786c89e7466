// While an operator is there: their picture, who has the control, what is asked of the resident.
import { on, tell } from "./bridge.js";
import { footer, key, pair, show } from "./screens.js";
import { plain, say, told } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Talk {
  constructor(face) {
    this.face = face;
    this.met = false;
    on("strip", ({ strip }) => (document.body.dataset.strip = strip ? "yes" : "no"));
    on("control", ({ control }) => this.controls(control));
    on("secret", ({ secret }) => this.secret(secret));
    on("ask", (asked) => this.asks(asked));
    on("said", ({ text }) => ($("said").textContent = text));
    on("card", ({ words }) => this.card(words));
    on("note", ({ says, values }) => this.note(says, values));
  }

  show() {
    document.body.dataset.screen = "talk";
    $("screen").replaceChildren();
    $("screen").hidden = true;
    $("talk").hidden = false;
    $("ask").replaceChildren();
    this.controls(false);
    this.foot();
  }

  hide() {
    this.met = false;
    $("talk").hidden = true;
    $("screen").hidden = false;
    $("said").textContent = "";
    $("secret").hidden = true;
    $("ask").replaceChildren();
    delete document.body.dataset.strip;
  }

  foot() {
    footer({ louder: () => this.face.louder(0.2), softer: () => this.face.louder(-0.2) });
    $("foot").append(key("end.finish", () => this.leave(), { kind: "stop" }));
    $("foot").lastElementChild.id = "finish";
  }

  meet(operator, employer) {
    if (this.met) return;
    this.met = true;
    this.show();
    const works = employer || plain("start.staff");
    say($("operator-name"), "start.joined", { name: operator, employer: works });
    $("who").textContent = `${operator}（${works}）`;
  }

  goesOn() {
    this.met = true;
    this.show();
  }

  note(word, values = {}) {
    say($("said"), word, values);
  }

  controls(operator) {
    const place = $("control");
    place.dataset.who = operator ? "operator" : "resident";
    say(place, operator ? "control.theirs" : "control.yours");
    if (!operator) return;
    const back = key("control.not_now", () => tell("take"), { kind: "quiet" });
    $("ask").replaceChildren(back);
  }

  // A secret is typed: nothing is said, nothing heard, and the operator sees nothing.
  secret(secret) {
    this.face.call?.secret(secret);
    $("secret").hidden = !secret;
    if (secret) $("secret").replaceChildren(told("p", "secret.now"), told("p", "secret.aloud"));
  }

  // What the operator asks of the resident: leave to work the page, a yes, that two names are the same, whether it is over.
  asks({ which, left = "", right = "" }) {
    const answer = (yes) => () => {
      $("ask").replaceChildren();
      tell("answer", { which, yes });
    };
    const two = (no, yes) => pair(key(no, answer(false), { kind: "quiet" }), key(yes, answer(true), { kind: "strong" }));
    if (which === "control") $("ask").replaceChildren(told("p", "control.asks"), two("control.not_now", "control.allow"));
    else if (which === "yes") $("ask").replaceChildren(told("p", "declare.touch"), two("screen.no", "screen.yes"));
    else if (which === "same") {
      const names = document.createElement("div");
      names.className = "same";
      names.append(told("p", "same.signed_in", { name: left }), told("p", "same.holder", { name: right }));
      $("ask").replaceChildren(told("p", "same.title"), names, two("same.different", "same.same"));
    } else if (which === "end") this.leave();
    else $("ask").replaceChildren();
  }

  card(words) {
    if (!words.length) return;
    const { office, phone } = this.face.counter;
    $("ask").replaceChildren(...words.map((word) => told("p", `card.${word}`, { office, phone })));
  }

  // Only the resident's own touch ends it.
  leave() {
    const keys = document.createElement("div");
    keys.className = "choices";
    keys.append(
      key("end.finish", () => tell("end", { how: "resident" }), { kind: "strong" }),
      key("end.family", () => tell("family")),
      key("end.more", () => $("ask").replaceChildren(), { kind: "quiet" }),
    );
    $("ask").replaceChildren(told("p", "end.ask"), keys);
  }
}

export { show };
