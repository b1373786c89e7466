// What is written down of a resident who is served, each for one purpose: the city's answer, and whom to tell of a defect.
import { t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const LONG = 10 * 60 * 1000;

export class People {
  constructor(panel) {
    this.panel = panel;
    this.mail = "";
    for (const [form, does] of [["dk-ask", this.ask], ["dk-follow", this.follow]]) {
      $(form).addEventListener("submit", (event) => {
        event.preventDefault();
        does.call(this, new FormData(event.target), event.target);
      });
    }
    $("dk-digits").addEventListener("click", () => this.digits());
    $("dk-mailed").addEventListener("click", () => this.mailed());
    setInterval(() => this.panel.leaf && this.draw(this.panel.leaf), 1000);
  }

  clear() {
    this.mail = "";
    for (const form of ["dk-ask", "dk-follow"]) $(form).reset();
  }

  async say(type, fields) {
    return this.panel.ask(type, { session: this.panel.session, ...fields });
  }

  async ask(data, form) {
    if (await this.say("desk.ask", Object.fromEntries(data))) form.reset();
  }

  async follow(data, form) {
    const told = await this.say("desk.follow", Object.fromEntries(data));
    if (!told) return;
    form.reset();
    this.mail = told.mail;
    this.draw(this.panel.leaf);
  }

  // The digits go straight into the field that has the focus; they stay on no screen of ours.
  async digits() {
    const told = await this.say("desk.digits", {});
    if (told) this.panel.relay?.send({ do: "text", text: told.digits });
  }

  async mailed() {
    const told = await this.say("desk.mail", {});
    if (!told) return;
    this.mail = told.mail;
    if (told.url) this.panel.relay?.send({ do: "address", url: told.url });
    else this.panel.console.say(t("まだメールが届いていません。少し待って、もう一度押してください。"));
  }

  draw(leaf) {
    const { steps } = this.panel.procedure ?? { steps: [] };
    const live = !leaf.over && Boolean(this.panel.relay?.ready);
    const asks = steps.some(({ guard }) => guard === "asked_city");
    $("dk-ask").hidden = !(asks && live && !leaf.ask);
    $("dk-asked").hidden = !leaf.ask;
    if (leaf.ask) $("dk-asked-words").textContent = this.asked(leaf.ask);
    $("dk-digits").hidden = !(live && leaf.ask?.state === "answered" && this.panel.state.control);
    const kept = leaf.facts.includes("keep");
    const site = this.panel.procedure?.site === "application";
    $("dk-follow").hidden = !(live && site && kept && !leaf.follow_up);
    $("dk-mail").hidden = !leaf.follow_up || leaf.over;
    $("dk-mail-address").textContent = this.mail;
    $("dk-mailed").hidden = !live;
  }

  asked({ state, at }) {
    if (state === "answered") return t("市から申請書IDが届きました。番号の欄に触れてから「入れる」を押してください。");
    if (state === "unknown") return t("市では見つかりませんでした。お名前・ご住所・生年月日を確かめるか、市の窓口をご案内ください。");
    const waited = Date.now() - Date.parse(at);
    const minutes = Math.floor(waited / 60000);
    if (waited > LONG) return t("市の回答を{n}分待っています。市に電話で確かめてください。", { n: minutes });
    return t("市の回答を待っています（{n}分）。", { n: minutes });
  }
}
