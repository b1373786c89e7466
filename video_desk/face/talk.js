// While an operator is there: their picture, who has the control, what is asked of the resident.
import { on, tell } from "./bridge.js";
import { Captions } from "./captions.js";
import { footer, key, pair, show } from "./screens.js";
import { language, plain, say, told } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Talk {
  constructor(face) {
    this.face = face;
    this.met = false;
    // A secret outlives a call that is cut while it is typed.
    this.typing = false;
    this.captions = new Captions(face);
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
    this.secret(this.typing);
    this.foot();
  }

  hide() {
    this.met = false;
    this.later = null;
    this.captions.end();
    $("talk").hidden = true;
    $("screen").hidden = false;
    $("said").textContent = "";
    $("secret").hidden = true;
    $("ask").replaceChildren();
  }

  foot() {
    footer({ talking: true });
    $("foot").append(key("interpreter.write", () => this.captions.write(), { kind: "quiet" }));
    if (this.captions.offered) $("foot").append(key("screen.captions", () => this.captionsKey(), { kind: "quiet" }));
    $("foot").append(key("end.finish", () => this.leave(), { kind: "stop" }));
    $("foot").lastElementChild.id = "finish";
  }

  meet(operator, employer) {
    const works = employer || plain("start.staff");
    // Another operator may have taken over.
    say($("operator-name"), "start.joined", { name: operator, employer: works });
    $("who").textContent = `${operator}（${works}）`;
    this.quiet("line.cut");
    if (this.met) return;
    this.met = true;
    this.show();
    // Whoever does not speak Japanese is offered the interpreter at once.
    if (this.captions.offered && !["ja", "easy"].includes(language())) this.asks({ which: "interpreter" });
  }

  goesOn() {
    this.met = true;
    this.show();
  }

  note(word, values = {}) {
    say($("said"), word, values);
  }

  // A note that holds no longer is taken back.
  quiet(word) {
    if ($("said").dataset.word === word) $("said").textContent = "";
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
    this.typing = secret;
    this.face.call?.secret(secret);
    $("secret").hidden = !secret;
    if (secret) $("secret").replaceChildren(told("p", "secret.now"), told("p", "secret.aloud"));
  }

  // What the operator asks of the resident: leave to work the page, a yes, that two names are the same, whether it is over.
  asks({ which, left = "", right = "" }) {
    // One question at a time: the next one waits until this one was answered.
    if ($("ask").querySelector("[data-asks]") && which) {
      this.later = { which, left, right };
      return;
    }
    const answer = (yes) => () => {
      $("ask").replaceChildren();
      tell("answer", { which, yes });
      const { later } = this;
      this.later = null;
      if (later) this.asks(later);
    };
    const two = (no, yes) => {
      const keys = pair(key(no, answer(false), { kind: "quiet" }), key(yes, answer(true), { kind: "strong" }));
      keys.dataset.asks = which;
      return keys;
    };
    if (which === "control") $("ask").replaceChildren(told("p", "control.asks"), two("control.not_now", "control.allow"));
    else if (which === "yes") $("ask").replaceChildren(told("p", "declare.touch"), two("screen.no", "screen.yes"));
    else if (which === "same") {
      const names = document.createElement("div");
      names.className = "same";
      names.append(told("p", "same.signed_in", { name: left }), told("p", "same.holder", { name: right }));
      $("ask").replaceChildren(told("p", "same.title"), names, two("same.different", "same.same"));
    } else if (which === "licence") $("ask").replaceChildren(told("p", "card.licence"), two("screen.no", "screen.yes"));
    else if (which === "keep") $("ask").replaceChildren(told("p", "keep.ask", { days: this.face.counter.follow_days }), two("screen.no", "screen.yes"));
    else if (which === "interpreter" && this.captions.offered) {
      const { countries, providers } = this.face.counter.interpreter;
      const names = new Intl.DisplayNames(document.documentElement.lang, { type: "region" });
      const place = countries.map((one) => names.of(one)).join(", ");
      const who = Object.assign(document.createElement("p"), { className: "small", textContent: providers.join(" / ") });
      $("ask").replaceChildren(told("p", "interpreter.ask"), told("p", "interpreter.explain", { place }), who, two("screen.no", "screen.yes"));
    } else if (which === "end") this.leave();
    else $("ask").replaceChildren();
  }

  // Captions are asked for, and given up, by the same key.
  captionsKey() {
    if (document.body.dataset.captions === "yes") tell("answer", { which: "interpreter", yes: false });
    else this.asks({ which: "interpreter" });
  }

  card(words) {
    if (!words.length) return;
    const { office, phone } = this.face.counter;
    $("ask").replaceChildren(...words.map((word) => told("p", word === "pulled" ? "fault.card_pulled" : `card.${word}`, { office, phone })));
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
