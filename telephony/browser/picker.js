// A list that is found in by typing: a name, its reading, or its letters. Arrows move, Enter takes, Escape leaves.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));

class Picker {
  constructor() {
    this.open = false;
    this.at = 0;
    $("picker-text").addEventListener("input", () => this.draw(0));
    $("picker").addEventListener("keydown", (event) => this.key(event));
    $("picker-list").addEventListener("click", ({ target }) => {
      const [row, key] = [target.closest("li"), target.closest("button")];
      if (row?.dataset.n) this.take(Number(row.dataset.n), Number(key?.dataset.action ?? 0));
    });
    $("picker-close").addEventListener("click", () => this.close());
  }

  // Items are {label, detail, words, off}; actions are {text, does(item)}, the first with Enter, the second with Shift+Enter.
  show({ title, items, actions, free }) {
    Object.assign(this, { items, actions, free, open: true, back: document.activeElement });
    $("picker").hidden = false;
    $("picker-title").textContent = title;
    $("picker-text").value = "";
    this.draw(0);
    $("picker-text").focus();
  }

  close() {
    this.open = false;
    $("picker").hidden = true;
    this.back?.focus?.();
  }

  get typed() {
    return $("picker-text").value.trim();
  }

  // While it is open, what it shows follows the board.
  renew(items) {
    if (!this.open) return;
    this.items = items;
    this.draw(this.at);
  }

  draw(at) {
    const typed = plain(this.typed);
    const words = (item) => [item.label, ...item.words].map(plain);
    this.found = this.items().filter((item) => !typed || words(item).some((word) => word.includes(typed)));
    // What begins so stands before what only has it somewhere.
    const begins = (item) => words(item).some((word) => word.startsWith(typed));
    if (typed) this.found = [...this.found.filter(begins), ...this.found.filter((item) => !begins(item))];
    if (this.free && this.typed) this.found = [...this.found, this.free(this.typed)].filter(Boolean);
    this.at = Math.max(0, Math.min(at, this.found.length - 1));
    const rows = this.found.map((item, n) => {
      const row = element("li");
      row.id = `picked-${n}`;
      row.dataset.n = n;
      row.role = "option";
      row.ariaSelected = String(n === this.at);
      row.ariaDisabled = String(Boolean(item.off));
      element("strong", item.label, "", row);
      element("span", item.off || item.detail, "quiet", row);
      for (const [index, action] of item.off ? [] : this.actions.entries()) {
        if (action.needs && !action.needs(item)) continue;
        const key = element("button", action.text, "plain", row);
        key.dataset.action = index;
        key.tabIndex = -1;
      }
      return row;
    });
    const none = this.free && !this.typed ? t("入力してください") : t("見つかりません");
    settle($("picker-list"), rows.length ? rows : [element("li", none, "quiet")]);
    $("picker-text").setAttribute("aria-activedescendant", rows.length ? `picked-${this.at}` : "");
    $(`picked-${this.at}`)?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
    if (event.key in moves) this.draw(this.at + moves[event.key]);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === $("picker-text")) this.take(this.at, event.shiftKey ? 1 : 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(n, index) {
    const [item, action] = [this.found[n], this.actions[index]];
    if (!item || item.off || !action || (action.needs && !action.needs(item))) return;
    if (!action.stays) this.close();
    action.does(item);
  }
}

export const picker = new Picker();
