// The kiosk's face: from the first touch to the last thing wiped.
import { on, tell } from "./bridge.js";
import { Call } from "./call.js";
import { Choosing } from "./choosing.js";
import { Line } from "./line.js";
import { away, choices, footer, key, languages, loudness, pair, show, title } from "./screens.js";
import { Talk } from "./talk.js";
import { voice } from "./voice.js";
import { language, speak, told } from "./words.js";

const $ = (id) => document.getElementById(id);
const DONE_AFTER = 8000;
const TROUBLE_FOR = 60000;
const CALL_WITHIN = 45000;
const LEVEL = 0.8;
const ALONE_AFTER = 20000;

class Face {
  constructor() {
    this.counter = null;
    this.call = null;
    this.session = null;
    this.level = LEVEL;
    this.line = null;
    loudness((step) => this.louder(step));
    this.talk = new Talk(this);
    this.choosing = new Choosing(this);
    this.touched = performance.now();
    on("counter", (counter) => this.know(counter));
    on("session", (session) => this.began(session));
    on("code", (told) => this.telephone(told));
    on("standing", (standing) => this.stands(standing));
    on("refused", ({ sentence }) => this.refused(sentence));
    on("wiping", () => show("wiping", told("h1", "end.wiping", {}, "waits")));
    on("wiped", ({ card }) => this.wiped(card));
    on("taken", () => this.taken());
    on("family", (how) => this.next(how));
    on("lend", ({ lent }) => this.call?.lend(lent));
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
    // After a member of a family nobody has gone on: the call ends with the last one's session.
    if (this.family) return this.end("resident");
    this.hangUp();
    speak("ja");
    Object.assign(this, { session: null, trouble: false, left: null, contact: null });
    this.talk.hide();
    // How loud and how large the last one wanted it is theirs alone.
    this.level = LEVEL;
    voice.loudness(LEVEL);
    document.body.classList.remove("larger");
    voice.stop(false);
    voice.hush();
    $("who").textContent = "";
    if (!this.counter) {
      document.body.dataset.screen = "waiting";
      return;
    }
    footer({});
    // Whoever reads no Japanese chooses first also where it is closed.
    const { choosing } = this;
    if (this.counter.open) languages(() => choosing.topics(), () => choosing.guidance());
    else languages(() => choosing.closed());
  }

  begin(procedure, declared) {
    const { counter, family } = this;
    show("calling", told("h1", "start.calling", {}, "waits"));
    if (!this.call) this.prepare();
    footer({ back: () => tell("end", { how: "resident" }) });
    tell("begin", { procedure: procedure.id, language: language(), declared, version: counter.version, family });
  }

  // What needs no word of the centre is done while it is asked.
  prepare() {
    const places = { operator: $("operator"), self: $("self"), voice: $("voice") };
    // What a call says that was given up already concerns nobody: a screen that came anew would be drawn away beneath a finger.
    const call = new Call(this.counter, places, (word) => this.call === call && this.called(word));
    this.call = call;
    this.call.loudness(this.level);
    this.call.secret(this.talk.typing);
    this.call.prepare();
    this.standing = "";
    clearTimeout(this.late);
    this.late = setTimeout(() => document.body.dataset.screen === "calling" && this.tooLong(), CALL_WITHIN);
  }

  // Nobody stands before "please wait" for ever.
  tooLong() {
    if (this.session) this.cut();
    else this.cannotCall();
  }

  // The centre's sentence is Japanese; whoever does not read it is told that it begins anew.
  refused(sentence) {
    // Between two members of a family the operator stays.
    if (!this.family) this.hangUp();
    const why = language() === "ja" ? Object.assign(document.createElement("p"), { textContent: sentence }) : told("p", "fault.restart");
    away(why, told("p", "elsewhere.staff"));
    footer({ back: () => this.start() });
  }

  // -- the session -------------------------------------------------------------------------------------------------------

  began(session) {
    this.session = session;
    this.family = false;
    if (this.trouble || !this.call) this.end("lost");
    // The operator is there already: the next of a family goes on with them.
    else if (this.call.session) this.talk.goesOn();
    else this.call.goes(session.ice);
  }

  called(word) {
    if (word === "ended" && this.session) this.cut();
    if (word === "camera") this.talk.note("fault.camera");
    if (word === "failed") this.cannotCall();
  }

  stands({ state, place, operator, contact }) {
    // What is said of a call that was cut says nothing of the one that was begun after it.
    if (!this.session || (contact && contact === this.left)) return;
    this.contact = contact;
    const now = [state, place, operator].join("\n");
    if (now === this.standing) return;
    this.standing = now;
    if (state === "talking" && operator) {
      voice.stop(true);
      clearTimeout(this.alone);
      this.alone = null;
      this.call?.answered();
      this.line ??= this.call && new Line(this.call, (tier) => this.bears(tier));
      this.talk.meet(operator, this.counter.employer);
    } else if (state === "waiting" && this.talk.met) {
      this.talk.note("line.cut");
      this.alone ??= setTimeout(() => this.waitsAgain(), ALONE_AFTER);
    } else if (state === "waiting") this.waits(place);
    else if (state === "cut" && this.call) {
      // The end of the call itself may have been lost with the line.
      this.cut();
    } else if (state === "unserved") {
      const again = key("screen.call", () => this.again(), { kind: "strong" });
      show("nobody", told("h1", "start.nobody"), choices([again, key("end.finish", () => this.end("resident"), { kind: "stop" })]));
      footer({});
      tell("code");
    }
  }

  waits(place) {
    const sentence = place <= 1 ? told("h1", "start.next") : told("h1", "start.place", { n: place - 1 });
    show("waiting-place", sentence, told("p", "start.calling", {}, "waits"));
  }

  // The operator does not come back, and nobody has taken over: the resident waits as at the beginning, and may go on by telephone.
  waitsAgain() {
    this.alone = null;
    if (!this.session || !this.call || document.body.dataset.screen !== "talk") return;
    this.talk.hide();
    const finish = key("end.finish", () => this.end("resident"), { kind: "stop" });
    show("waiting-place", told("h1", "start.calling", {}, "waits"), choices([finish]));
    footer({});
    tell("code");
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
    const poor = document.body.dataset.screen === "talk";
    const how = poor ? told("p", "line.telephone", { phone, code }) : told("p", "start.code", { phone, code });
    const parts = document.createElement("div");
    parts.className = "telephone";
    parts.append(how, Object.assign(document.createElement("p"), { className: "big", textContent: code }), image, told("p", "start.qr", {}, "small"));
    // As long as somebody still talks it stands beside the conversation; asked for twice, it stands there once.
    document.querySelector(".telephone")?.remove();
    if (poor) $("ask").replaceChildren(parts);
    else $("screen").append(parts);
  }

  again() {
    this.left = this.contact;
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

  // Nobody can talk here: no session is left open, and where to go instead stays long enough to be read.
  cannotCall() {
    this.trouble = true;
    this.hangUp();
    this.end("lost");
  }

  hangUp() {
    clearTimeout(this.late);
    clearTimeout(this.alone);
    this.alone = null;
    this.line?.stop();
    this.line = null;
    this.call?.end();
    this.call = null;
  }

  // "続けてご家族": the operator stays, everything else begins anew: what is wanted, the consent, the declarations.
  // Whose browser was lost begins the same once more.
  next({ lost, card }) {
    this.session = null;
    this.family = true;
    this.talk.hide();
    if (lost) this.choosing.consent();
    else this.choosing.topics();
    if (lost) $("screen").prepend(told("p", "fault.restart", {}, "text"));
    else if (card) $("screen").prepend(told("p", "card.forgotten", {}, "text"));
  }

  wiped(card) {
    this.hangUp();
    this.session = null;
    this.family = false;
    this.talk.hide();
    if (this.trouble) {
      this.fault("machine");
      setTimeout(() => this.idle && document.body.dataset.screen === "away" && this.start(), TROUBLE_FOR);
      return;
    }
    // Nobody begins before the card of whoever has gone: it is theirs alone.
    if (card) show("forgotten", told("h1", "card.forgotten", {}, "waits"), told("p", "end.wiped"), told("p", "elsewhere.staff"));
    else this.thanks();
    footer({});
  }

  thanks() {
    show("wiped", told("h1", "end.wiped"));
    setTimeout(() => document.body.dataset.screen === "wiped" && this.start(), DONE_AFTER);
  }

  taken() {
    if (document.body.dataset.screen === "forgotten") this.thanks();
  }

  // -- by the clock --------------------------------------------------------------------------------------------------------

  // Whoever walks away before the operator has come: a warning, then everything is as it was.
  look() {
    const screen = document.body.dataset.screen;
    // Whoever is asked something new has all the time for it, however long they have talked before.
    if (screen !== this.screen && screen !== "absent" && this.screen !== "absent") this.touched = performance.now();
    this.screen = screen;
    const { absent_after: after = 180, absent_within: within = 30 } = this.counter ?? {};
    const still = (performance.now() - this.touched) / 1000;
    if (["waiting", "away", "language", "wiping", "wiped", "forgotten", "talk", "calling"].includes(screen)) return;
    if (still > after + within) {
      if (this.session || this.family) this.end("absent");
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
