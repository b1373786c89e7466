// A draft of an answer: its sentences come as they are checked, each with the article it rests on.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);

export class DraftPart {
  constructor(panel, console) {
    this.panel = panel;
    this.console = console;
    this.turn = 0;
    this.lines = [];
    $("faq-ask-draft").addEventListener("click", () => this.ask($("faq-typed").value));
    $("faq-draft-close").addEventListener("click", () => this.close());
    $("faq-draft-keep").addEventListener("click", () => this.keep());
    $("faq-draft-lines").addEventListener("click", ({ target }) => {
      const code = target.closest("button")?.dataset.code;
      const n = this.panel.found.findIndex((one) => one.code === code);
      if (n >= 0) this.panel.read(n);
    });
    console.on("faq.draft_begun", (said) => this.mine(said) && this.begun(said));
    console.on("faq.draft_sentence", (said) => this.mine(said) && this.add(said));
    console.on("faq.draft_ended", (said) => this.mine(said) && this.ended(said));
  }

  // What belongs to a draft that was asked for before is thrown away.
  mine({ turn }) {
    return turn === this.turn;
  }

  ask(typed) {
    if (!typed.trim()) {
      this.console.say(t("下書きは、言葉を入れてから作れます。"));
      return;
    }
    this.turn += 1;
    this.lines = [];
    $("faq-draft").hidden = false;
    $("faq-draft-sent").textContent = "";
    this.state(t("下書きを作っています。上の検索結果はそのまま使えます。"));
    this.draw();
    $("faq-draft").scrollIntoView({ block: "nearest" });
    this.console.send("faq.draft", { turn: this.turn, city: this.panel.city, typed, contact: this.console.contact?.id ?? null }).catch((refusal) => this.state(refusal.sentence));
  }

  begun({ sent, endpoint }) {
    $("faq-draft-sent").textContent = !sent ? t("FAQに近い記事がないので、何も送っていません。") : t("送った言葉:「{sent}」 送り先: {endpoint}", { sent, endpoint });
  }

  add(line) {
    this.lines.push(line);
    this.draw();
    $("faq-draft").scrollIntoView({ block: "nearest" });
  }

  ended({ kept, dropped, given_up: why }) {
    const left = dropped ? t("FAQで確かめられない言い方の{n}文を除きました。", { n: dropped }) : "";
    const cut = { slow: t("時間がかかりすぎたので、途中で止めました。"), provider: t("下書きの接続先が応えません。") }[why] ?? "";
    const nothing = kept || why ? "" : t("FAQに根拠がありません。担当課か責任者につないでください。");
    this.state([nothing, cut, left].filter(Boolean).join(" "));
    $("faq-draft").scrollIntoView({ block: "nearest" });
  }

  state(text) {
    $("faq-draft-state").textContent = text;
  }

  draw() {
    settle($("faq-draft-lines"), this.lines.map((line, n) => {
      const row = element("li");
      row.dataset.key = String(n);
      element("span", line.text, "", row);
      if (line.verbatim) element("small", t("記事の文のまま"), "quiet", row);
      const found = this.panel.found.find((one) => one.code === line.code);
      const key = element("button", found?.question ?? line.code, "plain source", row);
      key.dataset.code = line.code;
      key.title = line.quote;
      return row;
    }));
    $("faq-draft-keep").disabled = !(this.lines.length && this.panel.mine);
  }

  keep() {
    this.console.note(this.lines.map((line) => line.text).join("\n"));
    this.console.say(t("下書きの文をメモに加えました。"));
  }

  close() {
    this.turn += 1;
    $("faq-draft").hidden = true;
  }
}
