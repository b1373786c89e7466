// What is said of each resident of a conversation once they have gone: how it ended, and their line on the city's list.
// Members of a family come one after the other: the former one's end can still be said while the next is served.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

export class Afterwards {
  constructor(place, panel) {
    Object.assign(this, { place, panel });
    place.addEventListener("change", ({ target }) => {
      if (target.matches("select")) panel.ask("desk.outcome", { session: this.of(target), outcome: target.value });
    });
    place.addEventListener("submit", (event) => {
      event.preventDefault();
      this.list(event.target);
    });
  }

  of(node) {
    return Number(node.closest("li").dataset.key);
  }

  async list(form) {
    const name = form.elements.name.value;
    if (await this.panel.ask("desk.helped", { session: this.of(form), name })) form.reset();
  }

  draw(leaves) {
    settle(this.place, leaves.map((leaf, n) => this.row(leaf, leaves.length > 1 ? n + 1 : 0)));
    for (const leaf of leaves) {
      const chosen = this.place.querySelector(`li[data-key="${leaf.id}"] select`);
      if (document.activeElement !== chosen) chosen.value = leaf.outcome;
    }
  }

  row(leaf, nth) {
    const { title, outcomes } = this.panel.procedures[leaf.procedure];
    const row = element("li");
    row.dataset.key = leaf.id;
    if (nth) element("p", `${t("{n}人目", { n: nth })} ${title}`, "", row);
    const label = element("label", `${t("手続きの結果")} `, "", element("p", "", "keys", row));
    const chosen = element("select", "", "", label);
    for (const [code, name] of [["", t("選んでください")], ...outcomes]) element("option", name, "", chosen).value = code;
    if (leaf.listed) {
      element("p", t("名簿に載せました。"), "quiet dk-listed", row);
      return row;
    }
    const form = element("form", "", "keys", row);
    const named = element("label", `${t("支援した方のお名前（市への名簿）")} `, "", form);
    const input = element("input", "", "", named);
    Object.assign(input, { name: "name", maxLength: 60, autocomplete: "off", required: true });
    element("button", t("名簿に載せる"), "", form);
    return row;
  }
}
