// The screens before somebody has come: one question each, the same keys in the same places.
import { voice } from "./voice.js";
import { LANGUAGES, plain, say, sentence, speak, told } from "./words.js";

const main = document.getElementById("screen");
const foot = document.getElementById("foot");

export function key(word, does, { kind = "", values = {}, from } = {}) {
  const made = document.createElement("button");
  made.type = "button";
  if (kind) made.className = kind;
  say(made, word, values, from);
  made.addEventListener("click", does);
  return made;
}

export function show(name, ...parts) {
  document.body.dataset.screen = name;
  main.replaceChildren(...parts.filter(Boolean));
  main.scrollTop = 0;
  // Whoever cannot see is led to the question, and whoever uses keys to the first answer.
  const title = main.querySelector("h1");
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  guide();
}

// What stands on the screen is said, too; never a code, and nothing of anybody.
const SPOKEN = ["n", "seconds", "phone", "office", "hours", "day", "place"];

function guide() {
  const sentences = [...main.querySelectorAll("h1[data-word], p[data-word]")].map(sentence);
  const known = sentences.filter(({ values }) => Object.keys(values).every((name) => SPOKEN.includes(name) && String(values[name]).length <= 80));
  if (known.length) voice.say(...known);
}

export const title = (word, values) => told("h1", word, values);

export function choices(entries, kind = "") {
  const made = document.createElement("div");
  made.className = `choices ${kind}`;
  made.append(...entries);
  return made;
}

export function pair(...keys) {
  const made = document.createElement("div");
  made.className = "pair low";
  made.append(...keys);
  return made;
}

// The footer: back, larger letters, hearing it again, louder and softer; the key that calls a person always stands at its right end.
let louder = () => {};
export const loudness = (does) => (louder = does);

export function footer({ back, person, talking = false }) {
  const keys = [];
  if (back) keys.push(key("screen.back", back, { kind: "quiet" }));
  keys.push(key("screen.larger", () => document.body.classList.toggle("larger"), { kind: "quiet" }));
  if (!talking) keys.push(key("screen.repeat", () => voice.again(), { kind: "quiet" }));
  keys.push(key("screen.softer", () => louder(-0.2), { kind: "quiet" }), key("screen.louder", () => louder(0.2), { kind: "quiet" }));
  if (person) {
    const call = key("screen.call", person, { kind: "strong" });
    call.id = "call-person";
    keys.push(call);
  }
  foot.replaceChildren(...keys);
}

export function languages(chosen, person) {
  const keys = LANGUAGES.map((one) => {
    const made = key("language.name", () => {
      speak(one);
      chosen();
    }, { from: one });
    made.dataset.language = one;
    return made;
  });
  show("language", title("language.choose"), told("p", "screen.no_typing"), choices(keys, "many"));
  footer({ person });
}

export function away(sentence, ...more) {
  show("away", told("h1", "screen.title"), ...[sentence, ...more].filter(Boolean));
}

export const hours = (open) => {
  const at = (iso) => new Date(iso).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  return `${at(open[0])} - ${at(open[1])}`;
};

export const day = (iso) => new Date(iso).toLocaleDateString(document.documentElement.lang, { month: "long", day: "numeric", weekday: "short", timeZone: "Asia/Tokyo" });
