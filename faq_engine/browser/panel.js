// The FAQ's panel: answers while the resident speaks. Each key asks anew, and only the newest question's answer is drawn.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, page, t } from "../../contact_center/web/browser/words.js";
import { DraftPart } from "./draft.js";
import { Tried } from "./tried.js";

const BREATH = 60;
const AGAIN = 2000;
const $ = (id) => document.getElementById(id);
const nameOf = (tag) => new Intl.DisplayNames([tag], { type: "language" }).of(tag);

// An article in every language that it has.
function versions(one) {
  const all = [
    { name: "answer", title: t("日本語"), lang: "ja", question: one.question, answer: one.answer },
    { name: "easy", title: t("やさしい日本語"), lang: "ja", question: one.question, answer: one.easy },
    { name: "english", title: "English", lang: "en", question: one.english_question || one.question, answer: one.english },
    ...Object.entries(one.others).map(([tag, [question, answer]]) => ({ name: tag, title: nameOf(tag), lang: tag, question: question || one.question, answer })),
  ];
  return all.filter(({ answer }) => answer);
}

// Hits that do not belong to what is typed now are shown as such, and cannot be opened.
const place = { toggle: (old) => $("faq-found").toggleAttribute("data-old", old) };

class Panel {
  constructor(console) {
    this.console = console;
    this.csrf = console.place.querySelector(".faq").dataset.csrf;
    this.asked = 0;
    this.drawn = 0;
    this.drawnFor = "";
    this.opens = false;
    this.found = [];
    this.at = 0;
    this.open = null;
    this.tried = new Tried();
    this.named = new Set();
    this.about = undefined;
    $("faq-typed").addEventListener("input", (event) => !event.isComposing && this.ask(BREATH));
    $("faq-typed").addEventListener("compositionend", () => this.ask(0));
    for (const id of ["faq-city", "faq-menu", "faq-public"]) $(id).addEventListener("change", () => this.ask(0));
    console.place.addEventListener("keydown", (event) => this.key(event));
    addEventListener("keydown", (event) => this.anywhere(event));
    $("faq-found").addEventListener("click", ({ target }) => {
      const row = target.closest("li[data-n]");
      if (row) this.read(Number(row.dataset.n));
    });
    $("faq-open").addEventListener("click", ({ target }) => {
      const { does, language } = target.closest("button")?.dataset ?? {};
      if (language) this.show(language);
      if (does) this[does]();
    });
    $("faq-not-found").addEventListener("click", () => this.askWhat("not_found"));
    $("faq-missing-cancel").addEventListener("click", () => this.missing(false));
    $("faq-missing").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.drafts = $("faq-ask-draft") ? new DraftPart(this, console) : null;
    console.on("board", () => this.follow());
    this.follow();
    this.ask(0);
  }

  get city() {
    return this.console.contact?.city ?? $("faq-city").value;
  }

  // With another contact begins another search, in that contact's city.
  follow() {
    const contact = this.console.contact;
    const id = contact?.id ?? null;
    if (id !== this.about) {
      const first = this.about === undefined;
      this.about = id;
      if (!first) this.clear();
    }
    this.news();
    $("faq-city").disabled = Boolean(contact);
    if (contact && $("faq-city").value !== contact.city) {
      $("faq-city").value = contact.city;
      this.ask(0);
    }
    this.drawKeys();
    for (const source of contact?.sources ?? []) this.name(source);
  }

  // What was published, withdrawn or announced elsewhere shows here at once; an article that is no longer in force is closed.
  news() {
    const { at, code, what } = this.console.leaves("faq_engine")[this.city] ?? {};
    if (!at || at === this.heard) return;
    const first = this.heard === undefined;
    this.heard = at;
    if (first) return;
    if (what === "withdrawn" && this.open?.code === code) {
      const { question } = this.open;
      this.back();
      this.console.say(t("「{question}」は取り下げられました。別の記事で答えてください。", { question }));
    }
    this.ask(0, true);
  }

  // The card names an article by its question, not by its code.
  async name(source) {
    const [kind, code] = source.split(":");
    if (kind !== "faq" || this.named.has(source)) return;
    this.named.add(source);
    const found = await this.post("/faq/read", { code, city: this.city });
    if (found) this.console.nameSource(source, found.question);
  }

  clear() {
    $("faq-typed").value = "";
    this.tried = new Tried();
    this.close();
    this.missing(false);
    this.drafts?.close();
    this.ask(0);
  }

  // What is typed quickly is asked once; an answer that is older than what is drawn is thrown away.
  ask(wait, keepsOpen = false) {
    this.opens = false;
    if (!keepsOpen) place.toggle(this.drawnFor !== $("faq-typed").value);
    clearTimeout(this.due);
    this.due = setTimeout(async () => {
      const [turn, typed] = [++this.asked, $("faq-typed").value];
      this.running?.abort();
      this.running = new AbortController();
      const said = await this.fetch(typed, this.running.signal);
      if (!said || turn < this.drawn) return;
      this.drawn = turn;
      if (keepsOpen && this.open) this.drawNotices(said.notices);
      else this.draw(typed, said);
    }, wait);
  }

  async fetch(typed, signal) {
    const asked = { typed, city: this.city, menu: $("faq-menu").value, public: $("faq-public").checked };
    return this.post("/faq/search", asked, signal, (sentence) => ($("faq-state").textContent = sentence));
  }

  // What is asked stands in the body: addresses end in logs.
  async post(path, asked, signal = null, refused = () => {}) {
    try {
      const answer = await fetch(path, {
        method: "POST", credentials: "same-origin", signal, body: JSON.stringify(asked),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrf },
      });
      const said = await answer.json();
      if (answer.ok) return said;
      refused(said.sentence);
    } catch (error) {
      if (error.name !== "AbortError") {
        clearTimeout(this.again);
        this.again = setTimeout(() => this.ask(0), AGAIN);
      }
      if (error.name !== "AbortError") refused(t("検索できません。つながり次第、もう一度入力してください。"));
    }
    return null;
  }

  draw(typed, { found, notices }) {
    this.found = found;
    this.at = 0;
    this.drawnFor = typed;
    this.close();
    place.toggle(false);
    this.tried.note(typed, found.map(({ code }) => code));
    this.drawNotices(notices);
    $("faq-state").textContent = !typed.trim() ? "" : found.length ? t("{n}件", { n: found.length }) : t("見つかりません。別の言葉で探すか、Alt+Iで編集者に知らせてください。");
    this.drawFound();
    if (this.opens) this.read(0);
  }

  drawNotices(notices) {
    $("faq-notices").hidden = !notices.length;
    settle($("faq-notices"), notices.map(({ text, until }) => {
      const row = element("li", text);
      row.lang = "ja";
      element("span", t("{time}まで", { time: clockTime(until) }), "quiet", row);
      return row;
    }));
  }

  // Enter may overtake the answer to the last key: the article opens as soon as it is found.
  enter() {
    if ($("faq-typed").value === this.drawnFor) this.read(this.at);
    else this.opens = true;
  }

  drawFound() {
    settle($("faq-found"), this.found.map((one, n) => {
      const row = element("li");
      row.id = `faq-${n}`;
      row.dataset.n = n;
      row.dataset.key = one.code;
      row.role = "option";
      row.ariaSelected = String(n === this.at);
      element("strong", one.question, "", row);
      for (const line of one.lines) element("span", line, "say", row);
      const facts = element("span", "", "facts", row);
      if (one.audience === "agent") element("span", t("オペレーター用"), "must", facts);
      if (one.office) element("span", `${one.office} ${one.office_phone}`, "", facts);
      element("span", t("{date}から", { date: day(one.since) }), "", facts);
      return row;
    }));
    $("faq-typed").setAttribute("aria-activedescendant", this.found.length ? `faq-${this.at}` : "");
    $(`faq-${this.at}`)?.scrollIntoView({ block: "nearest" });
  }

  read(n) {
    if ($("faq-found").hasAttribute("data-old")) return;
    this.opens = false;
    this.at = n;
    this.open = this.found[n] ?? null;
    if (!this.open) return;
    this.console.send("faq.opened", { city: this.city, code: this.open.code }).catch(() => {});
    this.drawFound();
    this.show(page.language === "en" && this.open.english ? "english" : "answer");
  }

  show(language) {
    const one = this.open;
    if (!one) return;
    const place = $("faq-open");
    place.hidden = false;
    $("faq-found").hidden = true;
    const said = versions(one);
    const { question, answer, lang } = said.find(({ name }) => name === language);
    const parts = [element("h2", question)];
    const tabs = element("p", "", "faq-languages");
    for (const { name, title } of said) {
      const key = element("button", title, "plain", tabs);
      key.dataset.language = name;
      key.setAttribute("aria-pressed", String(name === language));
    }
    parts.push(tabs);
    const text = element("div", "", "faq-text");
    text.lang = lang;
    text.tabIndex = 0;
    for (const line of answer.split("\n")) element("p", line, line.startsWith("・") ? "point" : "", text);
    parts.push(text);
    const facts = element("p", "", "facts");
    if (one.office) element("span", `${one.office} ${one.office_phone}`, "", facts);
    element("span", t("{date}から・第{n}改訂", { date: day(one.since), n: one.number }), "", facts);
    if (one.audience === "agent") element("span", t("オペレーター用（読み上げない）"), "must", facts);
    parts.push(facts);
    const keys = element("p", "", "keys");
    for (const [does, title, hint] of [["use", t("これで答えた"), "Alt+U"], ["wrong", t("違っている"), "Alt+W"], ["back", t("一覧に戻る"), "Esc"]]) {
      const key = element("button", `${title} `, does === "use" ? "strong" : "", keys);
      key.dataset.does = does;
      key.disabled = does === "use" && !this.mine;
      element("kbd", hint, "", key);
    }
    parts.push(keys);
    settle(place, parts);
    text.focus({ preventScroll: true });
  }

  // Only who has the contact says where its answer came from.
  get mine() {
    return Boolean(this.console.contact) && this.console.contact.person === this.console.me;
  }

  drawKeys() {
    const key = $("faq-open").querySelector("[data-does=use]");
    if (key) key.disabled = !this.mine;
  }

  close() {
    if (!this.open) return;
    this.open = null;
    $("faq-open").hidden = true;
    $("faq-found").hidden = false;
  }

  back() {
    this.close();
    $("faq-typed").focus();
  }

  use() {
    const one = this.open ?? this.found[this.at];
    if (!one || !this.mine) return;
    const { contact } = this.console;
    this.console.send("faq.used", { contact: contact.id, code: one.code, typed: this.tried.inVain(one.code) }).then(
      () => this.console.say(t("「{question}」で答えたことを残しました。", { question: one.question })),
      (refusal) => this.console.say(refusal.sentence),
    );
    this.tried = new Tried();
  }

  wrong() {
    if (this.open ?? this.found[this.at]) this.askWhat("wrong");
  }

  askWhat(kind) {
    this.kind = kind;
    $("faq-said-label").textContent = kind === "wrong" ? t("「{question}」のどこが違っていますか（氏名や番号は書かない）", { question: (this.open ?? this.found[this.at]).question }) : t("住民が知りたかったこと（氏名や番号は書かない）");
    $("faq-said").value = "";
    this.missing(true);
    $("faq-said").focus();
  }

  missing(shown) {
    $("faq-missing").hidden = !shown;
  }

  send() {
    const one = this.kind === "wrong" ? this.open ?? this.found[this.at] : null;
    this.console.send("faq.remark", {
      kind: this.kind, city: this.city, contact: this.console.contact?.id ?? null, code: one?.code ?? "",
      typed: $("faq-typed").value, said: $("faq-said").value,
    }).then(
      () => {
        this.missing(false);
        this.console.say(t("編集者に送りました。"));
        (this.open ? $("faq-open").querySelector(".faq-text") : $("faq-typed")).focus();
      },
      (refusal) => this.console.say(refusal.sentence),
    );
  }

  key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape" && !$("faq-missing").hidden) {
      this.missing(false);
      $("faq-typed").focus();
    } else if (event.key === "Escape" && this.open) this.back();
    else if (event.key === "Escape" && $("faq-typed").value) this.clearTyped();
    else if (event.target !== $("faq-typed")) return;
    else if (event.key in moves) this.move(moves[event.key]);
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  clearTyped() {
    $("faq-typed").value = "";
    this.ask(0);
  }

  move(by) {
    this.at = Math.max(0, Math.min(this.found.length - 1, this.at + by));
    this.drawFound();
  }

  anywhere(event) {
    if (!event.altKey || event.ctrlKey) return;
    const does = { u: () => this.use(), w: () => this.wrong(), i: () => this.askWhat("not_found"), v: () => this.drafts?.ask($("faq-typed").value) }[event.key.toLowerCase()];
    if (!does) return;
    event.preventDefault();
    does();
  }
}

const day = (iso) => new Date(iso).toLocaleDateString("ja-JP", { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit" });

export function mount(console) {
  new Panel(console);
}
