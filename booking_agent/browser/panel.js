// The booking panel: what decides is asked first, then a slot is chosen, then two facts at a time are asked for; the site is worked
// beside, and its outcome finds the operator wherever they are.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, t } from "../../contact_center/web/browser/words.js";
import { poster } from "../../contact_center/web/browser/post.js";
import { Run, WHATS, stepWords } from "./run.js";
import { Slots, dayWords } from "./slots.js";

const $ = (id) => document.getElementById(id);
const OVER = ["proved", "refused", "failed"];
// Milliseconds after which a calendar that could not be looked at is asked for once more.
const LOOK_AGAIN = 8000;

class Panel {
  constructor(console) {
    this.console = console;
    this.sites = [];
    this.fields = {};
    this.order = [];
    this.contact = undefined;
    this.forget();
    this.closed = new Set();
    this.named = new Map();
    const post = poster("/booking/", console.place.querySelector(".booking").dataset.csrf, console.say);
    this.post = post;
    this.slots = new Slots($("bk-slots"), { post, onDay: (day) => this.look(day), onSlot: () => this.form() });
    this.run = new Run($("bk-run"), {
      post, say: console.say, note: console.note, close: () => this.close(), again: (id) => this.again(id),
      canMend: (id) => this.typed.id === id, mend: (id) => this.mend(id), ours: ({ contact }) => contact === this.console.contact?.id,
    });
    $("bk-site").addEventListener("change", () => this.fresh());
    $("bk-what").addEventListener("change", () => this.fresh());
    $("bk-repick").addEventListener("click", () => this.repick());
    $("bk-fresh").addEventListener("click", () => this.fresh());
    $("bk-look-again").addEventListener("click", () => this.refresh());
    setInterval(() => this.lookAgain(), LOOK_AGAIN);
    for (const id of ["bk-counter", "bk-people"]) $(id).addEventListener("change", () => this.changed());
    $("bk-questions-list").addEventListener("change", () => this.answered());
    $("bk-form").addEventListener("submit", (event) => this.begin(event));
    $("bk-open").addEventListener("click", ({ target }) => this.open(Number(target.closest("button")?.dataset.id)));
    addEventListener("keydown", (event) => this.key(event));
    console.on("board", () => this.follow());
    this.follow();
  }

  // -- following the board ---------------------------------------------------------------------------------------------

  follow() {
    const contact = this.console.contact?.id ?? null;
    if (contact !== this.contact) this.enter(contact);
    // What other seats do stands on the supervisor's own page of bookings.
    const leaves = Object.values(this.console.leaves("booking_agent")).filter(({ id, person }) => id && person === this.console.me);
    const open = leaves.filter(({ id, state, waits }) => !this.closed.has(id) && id !== this.run.id && (!OVER.includes(state) || waits));
    settle($("bk-open"), open.map((leaf) => {
      const row = element("li");
      row.dataset.key = String(leaf.id);
      const key = element("button", "", leaf.waits ? "strong" : "plain", row);
      key.dataset.id = leaf.id;
      const former = leaf.contact && leaf.contact !== contact ? t("（前の応対）") : "";
      key.textContent = [former, WHATS[leaf.what], leaf.day && dayWords(leaf.day), stepWords(leaf)].filter(Boolean).join(" ");
      return row;
    }));
    for (const leaf of leaves) this.name(leaf);
    const mine = this.run.id ? this.console.leaves("booking_agent")[this.run.id] : null;
    if (mine) this.run.follow(mine);
    this.console.calls(leaves.some(({ waits }) => waits));
    $("bk-former").hidden = !this.run.id || !contact || !mine?.contact || mine.contact === contact;
    this.elsewhere();
    const seen = Object.entries(this.console.leaves("booking_agent")).filter(([key]) => key.startsWith("slots-")).map(([, { site, at }]) => `${site} ${at}`).sort().at(-1);
    if (seen !== this.seen && !$("bk-plan").hidden) {
      this.seen = seen;
      if (this.site?.looks) this.refresh();
    }
  }

  // The card names what was booked, not its number in our books.
  name(leaf) {
    const title = `${WHATS[leaf.what]} ${leaf.day ? dayWords(leaf.day) : ""}`.trim();
    if (this.named.get(leaf.id) === title) return;
    this.named.set(leaf.id, title);
    setTimeout(() => this.console.nameSource(`booking:${leaf.id}`, title));
  }

  // Somebody else is served, or nobody: nothing of the former caller stands beside the next one's card.
  async enter(contact) {
    this.contact = contact;
    this.forget();
    if (contact === null) {
      // Where nobody is served, what is under way stays in sight; a plan for a caller who has gone does not.
      $("bk-plan").hidden = true;
      $("bk-none").hidden = Boolean(this.run.id);
      $("bk-none").textContent = t("応対が始まると、その市の予約サイトが出ます。");
      return;
    }
    const city = this.console.contact.city;
    const mine = this.run.id ? this.console.leaves("booking_agent")[this.run.id] : null;
    if (this.run.id && mine?.contact !== contact) this.putAway(mine);
    const said = await this.post("sites", { city });
    if (!said || contact !== this.contact) return;
    this.sites = said.sites;
    this.fields = Object.fromEntries(said.fields.map((field) => [field.name, field]));
    this.order = said.fields.map(({ name }) => name);
    $("bk-none").hidden = this.sites.length > 0;
    $("bk-none").textContent = t("この市の予約サイトは登録されていません。担当課におつなぎください。");
    $("bk-plan").hidden = !this.sites.length || Boolean(this.run.id);
    settle($("bk-site"), this.sites.map(({ site, title }) => Object.assign(element("option", title), { value: site })));
    $("bk-site").hidden = this.sites.length < 2;
    // The next caller begins with nothing of what was chosen for the one before.
    $("bk-site").selectedIndex = 0;
    $("bk-what").value = "";
    this.fresh();
    // While it rings, every site of the city is looked at: whichever is chosen, its slots are at hand.
    for (const { site, looks } of this.sites) if (looks && site !== this.site.site) this.post("slots", { site, counter: "", people: 1, day: "" });
  }

  // What was typed is kept for the intent it was typed for, so that a slip can be mended without asking for all of it again.
  forget() {
    this.typed = { id: null, values: {} };
  }

  // What is under way goes on behind its line in the list; what is over is closed.
  putAway(leaf) {
    if (!leaf || OVER.includes(leaf.state)) this.closed.add(this.run.id);
    this.run.open(null);
    $("bk-run").hidden = true;
  }

  // A resident of another city is shown no slot, whatever was asked before.
  elsewhere() {
    const { category, further = [] } = this.console.contact ?? {};
    const elsewhere = category === "elsewhere" || further.includes("elsewhere");
    if (elsewhere === this.other) return;
    this.other = elsewhere;
    if (!$("bk-plan").hidden) this.answered();
  }

  get site() {
    return this.sites.find(({ site }) => site === $("bk-site").value) ?? this.sites[0];
  }

  get what() {
    return $("bk-what").value || "book";
  }

  // -- planning --------------------------------------------------------------------------------------------------------

  fresh() {
    const { site } = this;
    // The next of a family is asked anew: nothing of the former stands in their fields.
    this.forget();
    if (!site) return;
    const what = this.what;
    settle($("bk-what"), site.offers.map((name) => Object.assign(element("option", WHATS[name]), { value: name })));
    $("bk-what").value = site.offers.includes(what) ? what : site.offers[0] ?? "";
    $("bk-what").hidden = site.by !== "web";
    $("bk-instead").hidden = site.by === "web";
    $("bk-instead").textContent = site.instead;
    settle($("bk-questions-list"), this.questions.map((question, n) => this.question(question, n)));
    for (const radio of $("bk-questions-list").querySelectorAll("input")) radio.checked = false;
    $("bk-questions").hidden = site.by !== "web" || !this.questions.length;
    for (const [name, id] of [["counter", "bk-counter"], ["people", "bk-people"]]) {
      // A site that does not ask for it when a reservation is changed leaves it as it was.
      const asks = site.uses[this.what]?.includes(name) || (this.what === "book" && name === "counter");
      $(id).hidden = $(id).labels[0].hidden = !asks;
    }
    settle($("bk-counter"), site.counters.map((name) => Object.assign(element("option", name), { value: name })));
    settle($("bk-people"), Array.from({ length: site.most }, (_, n) => Object.assign(element("option", String(n + 1)), { value: n + 1 })));
    this.slots.clear();
    $("bk-fields").replaceChildren();
    this.answered();
    if (site.looks) this.look("");
  }

  // What decides before a booking; before a change, what has to be brought.
  get questions() {
    const all = this.site?.questions ?? [];
    return { book: all, change: all.filter(({ yes, no }) => yes.bring.length || no.bring.length) }[this.what] ?? [];
  }

  question({ ask }, n) {
    const row = element("div", "", "bk-question");
    row.dataset.key = String(n);
    element("span", ask, "", row).lang = "ja";
    for (const [value, title] of [["yes", t("はい")], ["no", t("いいえ")]]) {
      const label = element("label", "", "", row);
      const input = element("input", "", "", label);
      input.type = "radio";
      input.name = `bk-q${n}`;
      input.value = value;
      label.append(` ${title}`);
    }
    return row;
  }

  // What follows from the answers: a stop, what to bring, further fields.
  answers() {
    const given = { stop: this.other ? t("他市の方です。この市の予約はできません。お住まいの市の番号をご案内ください。") : "", bring: [...(this.site?.bring ?? [])], flags: [], whole: true };
    for (const [n, question] of this.questions.entries()) {
      const answer = $("bk-questions-list").querySelector(`input[name=bk-q${n}]:checked`)?.value;
      if (!answer) given.whole = false;
      const follows = question[answer];
      if (!follows) continue;
      if (this.what === "book") given.stop ||= follows.stop;
      given.bring.push(...follows.bring);
      if (follows.set) given.flags.push(follows.set);
    }
    return given;
  }

  answered() {
    const { site } = this;
    const { stop, whole } = this.answers();
    $("bk-stop").hidden = !stop;
    $("bk-stop").textContent = stop;
    // Nobody is shown a slot before it is certain that they may book.
    const goes = site?.by === "web" && whole && !stop;
    $("bk-choose").hidden = !goes || !["book", "change"].includes(this.what);
    $("bk-where").hidden = $("bk-counter").hidden && $("bk-people").hidden;
    $("bk-slots").hidden = !site?.looks || this.what !== "book";
    this.form();
  }

  repick() {
    this.slots.chosen = null;
    $("bk-questions").hidden = !this.site.questions.length;
    this.slots.draw();
    this.answered();
  }

  changed() {
    this.slots.clear();
    if (this.site.looks) this.look("");
    this.form();
  }

  look(day) {
    this.wanted = day;
    return this.refresh();
  }

  async refresh() {
    const { site } = this;
    if (!site) return;
    const asked = { site: site.site, counter: $("bk-counter").value, people: Number($("bk-people").value || 1), day: this.wanted || "" };
    const calendar = await this.post("slots", asked);
    // What was not answered at all is asked for again, too.
    if (!calendar) this.due = true;
    if (!calendar || calendar.counter !== ($("bk-counter").value || calendar.counter)) return;
    this.due = calendar.reason !== "" || (this.wanted && !calendar.times[this.wanted]);
    $("bk-look-again").hidden = !calendar.reason;
    const old = { busy: t("サイトが混雑しています。空きがないとは限りません。"), spared: t("サイトへの問い合わせを少し控えています。まもなく見直します。"), stopped: t("サイトが停止中です。"), changed: t("サイトの画面が変わっています。責任者にお知らせください。") }[calendar.reason];
    const seen = calendar.seen_at ? t("{time}に見た空きです。", { time: clockTime(calendar.seen_at) }) : t("サイトの空きを見ています。");
    this.slots.show(calendar, [old, calendar.reason && !calendar.seen_at ? "" : seen].filter(Boolean).join(" "));
  }

  // What could not be looked at, or not yet, is asked for again by itself.
  lookAgain() {
    if (this.due && !$("bk-plan").hidden && !$("bk-choose").hidden && this.site?.looks) this.refresh();
  }

  form() {
    const { site } = this;
    const { stop, whole, flags } = this.answers();
    const needsSlot = site?.looks && this.what === "book";
    const goes = site?.by === "web" && whole && !stop && (!needsSlot || this.slots.chosen);
    // Once a slot is chosen, what led to it gives way to what is to be asked.
    const picked = goes && needsSlot ? this.slots.chosen : null;
    $("bk-picked").hidden = !picked;
    $("bk-choose").hidden ||= Boolean(picked);
    $("bk-questions").hidden ||= Boolean(picked);
    if (picked) $("bk-picked").querySelector("strong").textContent = `${$("bk-counter").value} ${dayWords(picked.day)} ${picked.start}`;
    const appears = goes && $("bk-form").hidden;
    $("bk-form").hidden = !goes;
    if (!goes) return;
    const names = new Set(site.asks[this.what]);
    for (const flag of [...flags, ...(Number($("bk-people").value) > 1 ? ["many"] : [])]) for (const name of site.asks_if[flag]?.[this.what] ?? []) names.add(name);
    settle($("bk-fields"), this.pairs(this.order.filter((name) => names.has(name))).map((pair) => this.pair(pair)));
    if (appears) $("bk-fields").querySelector("input")?.focus();
    $("bk-begin").textContent = this.what === "book" && !site.looks ? t("サイトで空きを見る") : t("サイトに入力する");
  }

  // What is asked for in one breath stays together: two facts at a time.
  pairs(asked) {
    const groups = [];
    for (const name of asked) {
      const last = groups.at(-1);
      if (last && last.length < 2 && this.fields[last[0]].say === this.fields[name].say) last.push(name);
      else groups.push([name]);
    }
    const pairs = [];
    for (const group of groups) {
      const last = pairs.at(-1);
      if (last?.length === 1 && group.length === 1) last.push(...group);
      else pairs.push([...group]);
    }
    return pairs;
  }

  // Two facts at a time, with the words to ask for them.
  pair(names) {
    const row = element("div", "", "bk-pair");
    row.dataset.key = names.join(" ");
    element("p", [...new Set(names.map((name) => this.fields[name].say))].join(" "), "bk-say", row);
    for (const name of names) {
      const label = element("label", this.fields[name].title, "", row);
      const input = element("input", "", "", label);
      input.name = name;
      input.maxLength = 80;
      input.value = this.typed.values[name] ?? "";
      input.required = !["mail", "remark"].includes(name);
      input.autocomplete = "off";
      input.spellcheck = false;
    }
    return row;
  }

  async begin(event) {
    event.preventDefault();
    const { flags, bring } = this.answers();
    const values = Object.fromEntries(new FormData($("bk-form")));
    $("bk-begin").disabled = true;
    const row = await this.post("intents", {
      site: this.site.site, what: this.what, contact: this.console.contact?.id ?? null, flags, bring,
      people: Number($("bk-people").value || 1), counter: $("bk-counter").value,
      values, ...(this.slots.chosen ?? {}),
    });
    $("bk-begin").disabled = false;
    if (!row) return;
    this.typed = { id: row.id, values };
    $("bk-fields").replaceChildren();
    this.open(row.id);
  }

  async again(id) {
    const row = await this.post(`intents/${id}/again`, {});
    if (!row) return;
    this.closed.add(id);
    this.open(row.id);
  }

  // The site does not accept what was typed: it is mended where it was typed.
  mend(id) {
    this.closed.add(id);
    this.run.open(null);
    $("bk-run").hidden = true;
    $("bk-plan").hidden = false;
    $("bk-fields").replaceChildren();
    this.form();
    $("bk-fields").querySelector("input")?.focus();
    this.follow();
  }

  // -- what is under way -----------------------------------------------------------------------------------------------

  open(id) {
    if (!id) return;
    this.run.open(id);
    $("bk-plan").hidden = true;
    $("bk-none").hidden = true;
    $("bk-run").hidden = false;
    this.follow();
  }

  close() {
    this.putAway(this.console.leaves("booking_agent")[this.run.id]);
    this.enter(this.console.contact?.id ?? null);
    this.follow();
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.key !== "Enter" || $("panel-booking").hidden) return;
    const key = $("bk-run").querySelector("button[data-does=yes]:not(:disabled)");
    if (!key) return;
    event.preventDefault();
    key.click();
  }
}

export const mount = (console) => new Panel(console);
