// The kiosk's sentences in the language that the resident has chosen. Easy Japanese carries readings: {市役所|しやくしょ}.
const page = JSON.parse(document.getElementById("page").textContent);
export const LANGUAGES = page.languages;
const TAGS = { easy: "ja", zh: "zh-Hans", pt: "pt-BR" };

let chosen = "ja";
export const language = () => chosen;

export function speak(wanted) {
  chosen = page.words[wanted] ? wanted : "ja";
  document.documentElement.lang = TAGS[chosen] ?? chosen;
}

const filled = (text, values) => text.replace(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole);

// A sentence as plain text.
export const plain = (key, values = {}, from = chosen) =>
  filled(page.words[from][key] ?? page.words.ja[key] ?? key, values).replace(/\{([^{}|]+)\|[ぁ-んー]+\}/g, "$1");

// The same with its readings above the characters, put into an element.
const FILLED = new WeakMap();

// With what an element was filled in.
export const sentence = (place) => ({ key: place.dataset.word, values: FILLED.get(place) ?? {} });

export function say(place, key, values = {}, from = chosen) {
  place.dataset.word = key;
  FILLED.set(place, values);
  const text = filled(page.words[from][key] ?? page.words.ja[key] ?? key, values);
  place.lang = TAGS[from] ?? from;
  place.replaceChildren();
  for (const part of text.split(/(\{[^{}|]+\|[ぁ-んー]+\})/)) {
    const read = part.match(/^\{([^{}|]+)\|([ぁ-んー]+)\}$/);
    if (!read) {
      place.append(part);
      continue;
    }
    const ruby = document.createElement("ruby");
    const above = document.createElement("rt");
    above.textContent = read[2];
    ruby.append(read[1], above);
    place.append(ruby);
  }
  return place;
}

// The words of an element are drawn again in the language of now.
export function told(name, key, values, kind = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  return say(made, key, values);
}
