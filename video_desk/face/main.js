// The kiosk's face: from the first touch to the last thing wiped.
import { on, tell } from "./bridge.js";
import { Call } from "./call.js";
import { Line } from "./line.js";
import { away, choices, day, footer, hours, key, languages, loudness, pair, show, title } from "./screens.js";
import { Talk } from "./talk.js";
import { voice } from "./voice.js";
import { language, say, speak, told } from "./words.js";

const $ = (id) => document.getElementById(id);
const DONE_AFTER = 8000;
const TROUBLE_FOR = 60000;

class Face {
  constructor() {
    this.counter = null;
    this.call = null;
    this.session = null;
    this.level = 0.8;
    this.line = null;
    loudness((step) => this.louder(step));
    this.talk = new Talk(this);
    this.touched = performance.now();
    on("counter", (counter) => this.know(counter));
    on("session", (session) => this.began(session));
    on("code", (told) => this.telephone(told));
    on("standing", (standing) => this.stands(standing));
    on("refused", ({ sentence }) => this.refused(sentence));
    on("wiping", () => show("wiping", told("h1", "end.wiping", {}, "waits")));
    on("wiped", () => this.wiped());
    on("family", () => this.next());
    on("fault", ({ kind }) => this.fault(kind));
    addEventListener("pointerdown", () => (this.touched = performance.now()), true);
    setInterval(() => this.look(), 1000);
    this.start();
    tell("ready");
  }

  get idle() {
    return !this.session && !this.call;
  }

  know(counter) {
    const shut = this.counter && this.counter.open !== counter.open;
    this.counter = counter;
    $("where").textContent = `${counter.city} ${counter.name}`;
    if (this.idle && (shut || ["waiting", "away"].includes(document.body.dataset.screen))) this.start();
  }

  // -- before anybody has come -----------------------------------------------------------------------------------------

  start() {
    speak("ja");
    Object.assign(this, { procedure: null, declared: [], call: null, session: null, family: false, mute: false });
    this.talk.hide();
    voice.stop(false);
    voice.hush();
    $("who").textContent = "";
    if (!this.counter) {
      document.body.dataset.screen = "waiting";
      return;
    }
    footer({});
    if (this.counter.open) languages(() => this.topics());
    else this.closed();
  }

  closed() {
    const now = Date.now();
    const next = this.counter.spans.find(([, end]) => Date.parse(end) > now);
    const today = next && new Date(next[0]).toDateString() === new Date().toDateString();
    const sentence = today ? told("p", "elsewhere.closed", { hours: hours(next) }) : told("p", "elsewhere.holiday", { day: next ? `${day(next[0])} ${hours(next)}` : "" });
    away(sentence, told("p", "elsewhere.staff"));
    footer({});
  }

  get topicsOffered() {
    return [...new Set(this.counter.procedures.map(({ topic }) => topic))];
  }

  topics() {
    const known = new Set(this.topicsOffered);
    const shown = [];
    if (known.has("new_with_form") || known.has("new_without_form")) shown.push(key("topics.new", () => this.newCard()));
    for (const topic of ["renewal", "insurance", "account", "services"]) {
      if (known.has(topic)) shown.push(key(`topics.${topic}`, () => this.choose(topic)));
    }
    shown.push(key("topics.loss", () => this.loss()), key("topics.other", () => this.choose("other")));
    show("topics", title("topics.ask"), choices(shown, "many"));
    this.foot(() => this.start());
  }

  foot(back) {
    footer({ back, person: () => this.choose("other") });
  }

  newCard() {
    const both = ["new_with_form", "new_without_form"].map((topic) => key(`topics.${topic}`, () => this.choose(topic)));
    show("new", title("topics.new"), choices(both));
    this.foot(() => this.topics());
  }

  loss() {
    const { office } = this.counter;
    const phone = ["ja", "easy"].includes(language()) ? "0120-95-0178" : "0120-0178-27";
    show("loss", title("topics.loss"), told("p", "elsewhere.loss", { phone, office }, "text"));
    this.foot(() => this.topics());
  }

  choose(topic) {
    this.procedure = this.counter.procedures.find((one) => one.topic === topic) ?? this.counter.procedures.at(-1);
    this.consent();
  }

  consent() {
    const text = document.createElement("div");
    text.className = "text";
    text.append(told("p", "consent.terms"), told("p", "consent.privacy"));
    show("consent", title("consent.title"), text, pair(key("consent.disagree", () => this.start(), { kind: "quiet" }), key("consent.agree", () => this.declare(), { kind: "strong" })));
    this.foot(() => this.topics());
  }

  declare() {
    const { declares } = this.procedure;
    if (!declares.length) return this.ready([]);
    if (declares.length === 1) return this.statements(declares[0]);
    const whose = declares.map((one) => key(`declare.${one}_choice`, () => this.statements(one)));
    show("whose", title("declare.title"), choices(whose));
    this.foot(() => this.consent());
  }

  // Each statement is touched by the resident; only when all are, it goes on.
  statements(which) {
    const wanted = which === "mine" ? ["mine"] : ["child_parent", "child_card"];
    const given = new Set();
    const on_ = key("screen.next", () => this.ready([...given]), { kind: "strong" });
    on_.hidden = true;
    const keys = wanted.map((one) => {
      const made = key(`declare.${one}`, () => {
        if (given.has(one)) given.delete(one);
        else given.add(one);
        made.setAttribute("aria-pressed", String(given.has(one)));
        on_.hidden = given.size < wanted.length;
      });
      made.setAttribute("aria-pressed", "false");
      return made;
    });
    show("statements", title("declare.touch"), choices(keys), pair(on_));
    this.foot(() => this.declare());
  }

  ready(declared) {
    this.declared = declared;
    show("start", title("start.ready"), pair(key("start.start", () => this.begin(), { kind: "strong" })));
    this.foot(() => this.declare());
  }

  begin() {
    const { procedure, declared, counter, family } = this;
    show("calling", told("h1", "start.calling", {}, "waits"));
    if (!this.call) this.prepare();
    footer({ back: () => tell("end", { how: "resident" }) });
    tell("begin", { procedure: procedure.id, language: language(), declared, version: counter.version, family });
  }

  // What needs no word of the centre is done while it is asked.
  prepare() {
    const places = { operator: $("operator"), self: $("self"), voice: $("voice") };
    this.call = new Call(this.counter.account, places, (word, values) => this.called(word, values));
    this.call.loudness(this.level);
    this.call.prepare();
  }

  refused(sentence) {
    this.hangUp();
    away(Object.assign(document.createElement("p"), { textContent: sentence }), told("p", "elsewhere.staff"));
    footer({ back: () => this.start() });
  }

  // -- the session -------------------------------------------------------------------------------------------------------

  began(session) {
    this.session = session;
    // There is neither microphone nor camera.
    if (this.mute) this.end("lost");
    // The operator is there already: the next of a family goes on with them.
    else if (this.call.session) this.talk.goesOn();
    else this.call.goes(session.ice);
  }

  called(word, values) {
    tell("call", { state: word, ...values });
    if (word === "ended" && this.session) this.cut();
    if (word === "camera") this.talk.note("fault.camera");
    if (word === "failed") this.cannotCall();
  }

  stands({ state, place, operator }) {
    if (!this.session) return;
    if (state === "talking" && operator) {
      voice.stop(true);
      this.call?.answered();
      this.line ??= this.call && new Line(this.call, (tier) => this.bears(tier));
      this.talk.meet(operator, this.counter.employer);
    } else if (state === "waiting" && this.talk.met) this.talk.note("line.cut");
    else if (state === "waiting") {
      const sentence = place <= 1 ? told("h1", "start.next") : told("h1", "start.place", { n: place - 1 });
      show("waiting-place", sentence, told("p", "start.calling", {}, "waits"));
    } else if (state === "cut" && this.call) {
      // The end of the call itself may have been lost with the line.
      this.cut();
    } else if (state === "unserved") {
      show("nobody", told("h1", "start.nobody"));
      footer({ back: () => tell("end", { how: "resident" }) });
      tell("code");
    }
  }

  // What the line bears now is said here and to the operator.
  bears(tier) {
    this.call?.picture(tier === "video");
    tell("line", { tier });
    const words = { video: "line.reconnect_video", audio: "line.video_off" };
    if (tier === "telephone") tell("code");
    else this.talk.note(words[tier]);
  }

  // The operator has gone, or the line: whoever stands here ends it, or calls once more by a touch.
  cut() {
    this.hangUp();
    this.talk.hide();
    const again = key("screen.call", () => this.again(), { kind: "strong" });
    const keys = choices([again, key("end.finish", () => this.end("resident"), { kind: "stop" })]);
    show("cut", told("h1", "line.ended"), keys);
    footer({});
    tell("code");
  }

  // By telephone the same session goes on: the number to call, also to be read by a telephone of one's own, and the code.
  telephone({ phone, code, qr }) {
    const image = Object.assign(document.createElement("img"), { src: `data:image/svg+xml;utf8,${encodeURIComponent(qr)}`, alt: phone, className: "qr" });
    const parts = [told("p", "line.telephone", { phone, code }), Object.assign(document.createElement("p"), { className: "big", textContent: code }), image];
    // As long as somebody still talks it stands beside the conversation.
    if (document.body.dataset.screen === "talk") $("ask").replaceChildren(...parts);
    else $("screen").append(...parts);
  }

  again() {
    show("calling", told("h1", "start.calling", {}, "waits"));
    this.prepare();
    this.call.goes(this.session.ice);
  }

  louder(step) {
    this.level = Math.min(1, Math.max(0.2, this.level + step));
    this.call?.loudness(this.level);
    voice.loudness(this.level);
    voice.again();
  }

  end(how) {
    tell("end", { how });
  }

  fault(kind) {
    this.hangUp();
    away(told("p", `fault.${kind}`, { phone: this.counter?.phone ?? "" }));
    footer({});
  }

  // Nobody can talk here, so that no session is left open; where to go instead stays long enough to be read.
  cannotCall() {
    this.mute = true;
    if (this.session) this.end("lost");
    else this.fault("machine");
  }

  hangUp() {
    this.line?.stop();
    this.line = null;
    this.call?.end();
    this.call = null;
  }

  // "続けてご家族": the operator stays, everything else begins anew.
  next() {
    this.session = null;
    this.family = true;
    this.talk.hide();
    this.declare();
    footer({});
  }

  wiped() {
    this.hangUp();
    this.session = null;
    this.talk.hide();
    if (this.mute) {
      this.fault("machine");
      setTimeout(() => this.idle && document.body.dataset.screen === "away" && this.start(), TROUBLE_FOR);
      return;
    }
    show("wiped", told("h1", "end.wiped"));
    footer({});
    setTimeout(() => document.body.dataset.screen === "wiped" && this.start(), DONE_AFTER);
  }

  // -- by the clock --------------------------------------------------------------------------------------------------------

  // Whoever walks away before the operator has come: a warning, then everything is as it was.
  look() {
    const screen = document.body.dataset.screen;
    const { absent_after: after = 180, absent_within: within = 30 } = this.counter ?? {};
    const still = (performance.now() - this.touched) / 1000;
    if (["waiting", "away", "language", "wiping", "wiped", "talk", "calling", "waiting-place"].includes(screen)) return;
    if (still > after + within) {
      if (this.session) this.end("absent");
      else this.start();
    } else if (still > after && screen !== "absent") this.ask(within);
  }

  ask(within) {
    const before = [...$("screen").childNodes];
    const screen = document.body.dataset.screen;
    show("absent", title("end.away", { seconds: within }), pair(key("end.here", () => show(screen, ...before), { kind: "strong" })));
  }
}

export const face = new Face();
export { say };
