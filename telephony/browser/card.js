// The contact card: who calls for which city, the note from the first second, categories and outcome.
import { SecondTier } from "./second.js";
import { page, span, t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const KEPT_AFTER = 400;

// Why there is no number, as the carrier says.
const withheldWord = ({ withheld, channel }) => channel === "kiosk" ? t("端末から") : ({ anonymous: t("非通知"), payphone: t("公衆電話"), unavailable: t("番号表示圏外") })[withheld] ?? null;

export class Card {
  constructor(link, board, say) {
    this.link = link;
    this.board = board;
    this.say = say;
    this.shown = null;
    this.chosen = [];
    this.outcome = null;
    this.unsaved = false;
    this.second = new SecondTier(this, link, board, say);
    $("note").addEventListener("input", () => this.typed());
    addEventListener("beforeunload", (event) => this.unsaved && event.preventDefault());
  }

  chips(place, choices, kind, chosen) {
    const box = $(place).querySelector(".chips");
    box.replaceChildren();
    for (const { code, name } of choices) {
      const label = document.createElement("label");
      label.className = "chip";
      const input = document.createElement("input");
      input.type = kind;
      input.name = place;
      input.value = code;
      input.addEventListener("change", () => chosen(code, input.checked));
      const text = document.createElement("span");
      text.textContent = name;
      label.append(input, text);
      box.append(label);
    }
  }

  draw() {
    const contact = this.board.contact;
    $("no-contact").hidden = Boolean(contact);
    $("contact").hidden = !contact;
    if (!contact) {
      $("second").hidden = true;
      this.shown = null;
      return;
    }
    const line = this.board.state.lines[contact.line];
    const mine = contact.person === this.board.me.id;
    if (this.shown !== contact.id || mine !== this.mine) this.show(contact);
    this.mine = mine;
    for (const id of ["categories", "outcomes"]) $(id).disabled = !mine;
    $("contact-city").textContent = line?.city ?? contact.city;
    // Somebody who has kept their place is called now: the greeting for callers would be said into a ringing tone.
    const theirTurn = contact.outgoing && contact.state === "offered";
    $("contact-greeting").textContent = theirTurn ? t("折り返しをお待ちの方です。F4を押すと、この方にかかります。") : line?.greeting ?? "";
    $("contact-line").textContent = line?.name ?? contact.line;
    const words = { dialling: t("呼び出しています"), offered: t("着信しています"), talking: t("通話中"), held: t("保留中"), wrapping: t("後処理"), queued: t("つなぎ直しています"), transferring: t("取り次いでいます") };
    $("contact-state").textContent = (theirTurn ? t("折り返しの順番です") : words[contact.state] ?? "") + (contact.cut ? t("（途中で切れました。折り返しの一覧にあります）") : "");
    this.second.draw(contact);
    this.tick();
  }

  tick() {
    const contact = this.board.contact;
    if (!contact) return;
    const waited = contact.answered_at
      ? (new Date(contact.answered_at) - new Date(contact.arrived_at)) / 1000
      : this.board.since(contact.arrived_at);
    $("contact-wait").textContent = span(waited);
  }

  show(contact) {
    if (this.unsaved) this.say(t("前の応対のメモの終わりを保存できませんでした。"));
    this.shown = contact.id;
    this.chosen = [contact.category, ...contact.further].filter(Boolean);
    this.outcome = contact.outcome;
    this.unsaved = false;
    if (this.city !== contact.city) {
      // Each city has words of its own for its report.
      this.city = contact.city;
      const { category, outcome } = page.choices[contact.city] ?? { category: [], outcome: [] };
      this.chips("categories", category, "checkbox", (code, on) => this.category(code, on));
      this.chips("outcomes", outcome, "radio", (code) => this.result(code));
    }
    this.marks();
    this.second.show(contact);
    const note = $("note");
    note.value = "";
    // Until what was kept is here: whoever typed into an empty box would write over it.
    note.readOnly = true;
    $("note-state").textContent = "";
    $("contact-number").textContent = withheldWord(contact) ?? "…";
    this.ask(contact);
  }

  ask(contact) {
    if (this.shown !== contact.id) return;
    const note = $("note");
    this.link.send("card.ask", { contact: contact.id }).then(
      (card) => {
        if (this.shown !== contact.id) return;
        $("contact-number").textContent = card.number ?? withheldWord(contact) ?? t("消去済み");
        note.value = card.note;
        // Whoever is only asked about a contact reads it.
        note.readOnly = this.board.contact?.person !== this.board.me.id;
      },
      (refusal) => {
        this.say(refusal.sentence);
        setTimeout(() => this.ask(contact), 1500);
      },
    );
  }

  typed() {
    this.unsaved = true;
    $("note-state").textContent = t("未保存");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEPT_AFTER);
  }

  async keep() {
    clearTimeout(this.timer);
    const note = $("note");
    const [contact, text] = [this.shown, note.value];
    if (!this.unsaved || contact === null) return;
    try {
      const { masked } = await this.link.send("note.write", { contact, text });
      if (this.shown !== contact) return;
      if (note.value === text) {
        this.unsaved = false;
        $("note-state").textContent = t("保存しました");
        if (masked) {
          note.value = masked;
          $("note-state").textContent = t("12桁以上の番号は記録しません");
        }
      } else this.typed();
    } catch (refusal) {
      // The text stays on the page and is kept as soon as the hub is back.
      if (refusal.code !== "lost") this.say(refusal.sentence);
      this.timer = setTimeout(() => this.keep(), 1500);
    }
  }

  category(code, on) {
    this.chosen = on ? [...this.chosen, code].slice(0, 4) : this.chosen.filter((one) => one !== code);
    this.classify();
  }

  result(code) {
    this.outcome = code;
    this.classify();
  }

  classify() {
    this.marks();
    const [category = null, ...further] = this.chosen;
    if (category === null && this.outcome === null && this.shown === null) return;
    const fields = { contact: this.shown, category, further, outcome: this.outcome };
    this.link.send("contact.classify", fields).catch((refusal) => {
      this.say(refusal.sentence || t("接続が切れています。つながってから選び直してください。"));
      const contact = this.board.contact;
      if (contact?.id !== this.shown) return;
      // The marks say what is kept, not what was tried.
      this.chosen = [contact.category, ...contact.further].filter(Boolean);
      this.outcome = contact.outcome;
      this.marks();
    });
  }

  marks() {
    for (const input of $("categories").querySelectorAll("input")) {
      const rank = this.chosen.indexOf(input.value);
      input.checked = rank >= 0;
      input.nextElementSibling.dataset.rank = rank < 0 ? "" : rank === 0 ? t("主") : t("副{n}", { n: rank });
    }
    for (const input of $("outcomes").querySelectorAll("input")) input.checked = input.value === this.outcome;
  }

  // The resident is another city's: said by one key, and shown that city's number.
  elsewhere() {
    if (this.shown === null) return;
    const has = (place, code) => $(place).querySelector(`input[value=${code}]`) !== null;
    if (has("categories", "elsewhere")) this.chosen = ["elsewhere", ...this.chosen.filter((one) => one !== "elsewhere")].slice(0, 4);
    if (has("outcomes", "other_city")) this.outcome = "other_city";
    this.classify();
  }

  get complete() {
    return this.chosen.length > 0 && this.outcome !== null;
  }

  async finish() {
    await this.keep();
    await this.link.send("contact.close", { contact: this.shown }).catch((refusal) => this.say(refusal.sentence));
  }
}
