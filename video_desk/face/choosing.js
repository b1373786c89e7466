// The way from the language to "start": what is wanted, the consent, the declarations. One question a screen.
import { choices, day, footer, hours, key, pair, show, title } from "./screens.js";
import { language, told } from "./words.js";

// What residents should know before they call: whom the sites refuse, and that a missing paper is no hindrance.
const FACE_CARD = "elsewhere.face_card";
const NOTES = { new_without_form: "elsewhere.no_form", insurance: FACE_CARD, account: FACE_CARD, services: FACE_CARD };

export class Choosing {
  constructor(face) {
    this.face = face;
    this.procedure = null;
  }

  closed() {
    const { phone, spans } = this.face.counter;
    const now = Date.now();
    const next = spans.find(([, end]) => Date.parse(end) > now);
    const today = next && day(next[0]) === day(new Date(now).toISOString());
    const when = next ? `${day(next[0])} ${hours(next)}` : "";
    const sentence = today ? told("p", "elsewhere.closed", { hours: hours(next) }) : told("p", "elsewhere.next", { day: when });
    show("closed", told("h1", "screen.title"), sentence, phone && told("p", "elsewhere.phone", { phone }), this.lost(), told("p", "elsewhere.staff"));
    footer({ back: () => this.face.start() });
  }

  // Whoever has lost their card can stop it at any hour.
  lost() {
    const phone = ["ja", "easy"].includes(language()) ? "0120-95-0178" : "0120-0178-27";
    return told("p", "elsewhere.loss", { phone, office: this.face.counter.office }, "text");
  }

  // One key for each procedure that this counter offers; the ways to apply for a card share one, and a screen of their own.
  topics() {
    const offered = this.face.counter.procedures.filter(({ topic }) => topic !== "other");
    const applications = offered.filter(({ topic }) => topic.startsWith("new"));
    const shown = offered.filter((one) => !applications.includes(one)).map((one) => this.offer(one));
    if (applications.length) shown.unshift(key("topics.new", () => this.newCard(applications)));
    shown.push(key("topics.loss", () => this.loss()), key("topics.other", () => this.guidance()));
    show("topics", title("topics.ask"), choices(shown, "many"));
    this.foot(() => this.face.start());
  }

  // A city's own procedure brings its name with it.
  offer(procedure) {
    const made = key(`topics.${procedure.topic}`, () => this.choose(procedure));
    const name = procedure.names[language()] ?? procedure.names.ja;
    if (name) Object.assign(made, { textContent: name }).dataset.procedure = procedure.id;
    return made;
  }

  foot(back) {
    footer({ back, person: () => this.guidance() });
  }

  newCard(applications) {
    show("new", title("topics.new"), choices(applications.map((one) => this.offer(one))));
    this.foot(() => this.topics());
  }

  guidance() {
    this.choose(this.face.counter.procedures.find(({ topic }) => topic === "other") ?? this.face.counter.procedures.at(-1));
  }

  loss() {
    show("loss", title("topics.loss"), this.lost());
    this.foot(() => this.topics());
  }

  choose(procedure) {
    this.procedure = procedure;
    this.consent();
  }

  consent() {
    const text = document.createElement("div");
    text.className = "text";
    text.append(told("p", "consent.terms"), told("p", "consent.privacy"));
    show("consent", title("consent.title"), text, pair(key("consent.disagree", () => this.face.start(), { kind: "quiet" }), key("consent.agree", () => this.declare(), { kind: "strong" })));
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
    const next = key("screen.next", () => this.ready([...given]), { kind: "strong" });
    next.hidden = true;
    const keys = wanted.map((one) => {
      const made = key(`declare.${one}`, () => {
        if (given.has(one)) given.delete(one);
        else given.add(one);
        made.setAttribute("aria-pressed", String(given.has(one)));
        next.hidden = given.size < wanted.length;
      });
      made.setAttribute("aria-pressed", "false");
      return made;
    });
    show("statements", title("declare.touch"), choices(keys), pair(next));
    this.foot(() => this.declare());
  }

  ready(declared) {
    const note = NOTES[this.procedure.topic];
    const said = note ? [told("p", note, { office: this.face.counter.office }, "text")] : [];
    show("start", title("start.ready"), ...said, pair(key("start.start", () => this.face.begin(this.procedure, declared), { kind: "strong" })));
    this.foot(() => this.declare());
  }
}
