// What the card offers beyond the note: where the answer came from, earlier contacts, handing on to the supervisor or the city.
import { picker } from "./picker.js";
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, fromTokyo, page, t } from "../../contact_center/web/browser/words.js";

// A contact that is over: its direction, category and outcome.
function inWords({ city, category, outcome, outgoing, unserved }) {
  const choices = page.choices[city] ?? { category: [], outcome: [] };
  const name = (list, code) => list.find((one) => one.code === code)?.name ?? "";
  return [outgoing ? t("こちらから") : "", name(choices.category, category), name(choices.outcome, outcome), unserved ? t("応答できず") : ""].filter(Boolean).join("　");
}

// What one has served today, to look up which contact it was.
export async function showMine(board, link, say) {
  try {
    const { contacts } = await link.send("contact.mine");
    const items = contacts.map((one) => ({ label: clockTime(one.at), detail: `${board.state.lines[one.line]?.name ?? one.line}　${inWords(one)}`, words: [inWords(one)] }));
    picker.show({ title: t("今日の自分の応対（{n}件）", { n: items.length }), items: () => items, actions: [] });
  } catch (refusal) {
    say(refusal.sentence);
  }
}

const $ = (id) => document.getElementById(id);

export class SecondTier {
  constructor(card, link, board, say) {
    Object.assign(this, { card, link, board, say });
    $("source").addEventListener("click", () => this.pickOffice());
    $("earlier").addEventListener("click", () => this.earlier());
    $("hand-on").addEventListener("click", () => this.open());
    $("hand-on-cancel").addEventListener("click", () => this.close());
    $("hand-on-form").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    });
    $("hand-on-form").addEventListener("submit", (event) => this.handOn(event));
    $("sources").addEventListener("click", ({ target }) => {
      const source = target.closest("button")?.dataset.source;
      if (source) this.link_(source, false);
    });
  }

  get offices() {
    return page.departments.filter((one) => one.city === this.board.contact?.city);
  }

  show(contact) {
    this.close();
    this.tell(contact);
    $("earlier-list").hidden = true;
    const all = [["supervisor", t("責任者")], ["city", t("市（課は市で決める）")], ...this.offices.map((one) => [`city:${one.id}`, t("市・{office}", { office: one.name })])];
    $("hand-on-to").replaceChildren(...all.map(([value, text]) => new Option(text, value)));
  }

  // In a call that tells an answer, both question and answer are at hand.
  async tell(contact) {
    $("to-tell").hidden = true;
    if (!contact.escalation) return;
    try {
      const { question, answer } = await this.link.send("escalation.show", { escalation: contact.escalation });
      if (this.card.shown !== contact.id) return;
      $("to-tell").hidden = false;
      $("to-tell-question").textContent = question;
      $("to-tell-answer").textContent = answer;
    } catch (refusal) {
      this.say(refusal.sentence);
    }
  }

  draw(contact) {
    // Whoever is only asked about a contact reads it.
    $("second").hidden = contact.person !== this.board.me.id;
    const names = contact.sources.map((source) => {
      const [kind, id] = source.split(":");
      const name = kind === "department" ? page.departments.find((one) => one.id === id)?.name ?? id : page.sources?.[source] ?? `${kind.toUpperCase()} ${id}`;
      const button = element("button", `${name} ×`, "source");
      button.dataset.source = button.dataset.key = source;
      button.ariaLabel = t("{name}を外す", { name });
      return button;
    });
    settle($("sources"), names);
  }

  link_(source, linked) {
    this.link.send("contact.link", { contact: this.card.shown, source, linked }).catch((refusal) => this.say(refusal.sentence));
  }

  pickOffice() {
    if (this.card.shown === null) return;
    picker.show({
      title: t("案内した課（名前・読みの一部を入力）"),
      items: () => this.offices.map((one) => ({ label: one.name, detail: one.phone, words: [one.id, ...one.words, one.phone], id: one.id })),
      actions: [{ text: t("案内した（Enter）"), does: ({ id }) => this.link_(`department:${id}`, true) }],
    });
  }

  open() {
    if (this.card.shown === null) return;
    $("hand-on-form").hidden = false;
    $("hand-on-to").focus();
  }

  close() {
    $("hand-on-form").hidden = true;
    $("hand-on-form").reset();
  }

  handOn(event) {
    event.preventDefault();
    const [to, office = ""] = $("hand-on-to").value.split(":");
    const kind = $("hand-on-complaint").checked ? "complaint" : "question";
    this.link.send("escalation.raise", { contact: this.card.shown, to, office, kind, text: $("hand-on-text").value, due: fromTokyo($("hand-on-due").value) }).then(
      ({ due }) => {
        this.close();
        this.say(t("引き継ぎました。回答の期限は{due}です。回答があると、折り返しの一覧に出ます。", { due: clockTime(due) }));
      },
      (refusal) => this.say(refusal.sentence || t("接続が切れています。つながってから送り直してください。")),
    );
  }

  async earlier() {
    const contact = this.card.shown;
    if (contact === null) return;
    try {
      const { contacts } = await this.link.send("contact.earlier", { contact });
      if (this.card.shown !== contact) return;
      const rows = contacts.map((one) => element("li", `${clockTime(one.at)}　${inWords(one)}`));
      $("earlier-list").replaceChildren(...(rows.length ? rows : [element("li", t("この番号からの応対は、ほかにありません。"))]));
      $("earlier-list").hidden = false;
    } catch (refusal) {
      this.say(refusal.sentence);
    }
  }
}
