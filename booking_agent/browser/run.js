// One intent under way: its progress in words, the slots that its visit sees, the read-back, the outcome.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, t } from "../../contact_center/web/browser/words.js";
import { Slots, dayWords } from "./slots.js";

const BEFORE = ["planned", "holding"];
export const WHATS = { book: t("予約"), find: t("確認"), change: t("変更"), cancel: t("取消") };
const FACTS = [["day", t("予約日")], ["time", t("時間")], ["counter", t("受取窓口")], ["people", t("人数")], ["name", t("氏名")], ["number", t("予約番号")], ["service", t("用件")]];

// What was not done, in the words of what was wanted: a reservation that was to be changed or cancelled still stands.
const NOT_DONE = {
  book: t("予約はされていません。"), change: t("変更はされていません。元の予約はそのままです。"),
  cancel: t("取り消されていません。予約はそのままです。"), find: t("予約は確かめられていません。"),
};

// What an operator can say aloud: why it was not done, and what to do.
const SENTENCES = {
  taken: [t("その枠は先に埋まりました。"), t("別の枠をお選びください。")],
  outside: [t("サイトの受付期間の外です。"), ""],
  already: [t("この方の予約がもうあります。"), t("変更するときは「変更」を選んでください。")],
  mismatch: [t("入力がサイトの登録と一致しません。"), t("番号と生年月日をもう一度お確かめください。")],
  refused: [t("サイトが入力を受け付けません。"), t("内容をお確かめください。")],
  busy: [t("サイトが混雑しています。"), t("少し待って、もう一度お試しください。")],
  stopped: [t("サイトが停止中です。"), t("再開してから、もう一度お試しください。")],
  ended: [t("サイトの制限時間が過ぎました。"), t("もう一度初めからお試しください。")],
  changed: [t("サイトの画面が変わっていて進めません。"), t("責任者にお知らせください。")],
  different: [t("サイトに出た内容が選んだ内容と違うため、止めました。"), ""],
  captcha: [t("サイトが画像認証を求めています。"), t("画面を見て人が操作してください。")],
  mail: [t("サイトからのメールが届きません。"), ""],
  given_up: [t("取りやめました。"), ""],
  ours: [t("同じ枠か同じ方の手続きが、別の席で進んでいます。"), ""],
  browser: [t("ブラウザーが止まりました。"), t("もう一度お試しください。")],
};
const IN_DOUBT = {
  book: t("予約されたかどうかを照会しています。もう一度申し込まないでください。"), change: t("変更されたかどうかを照会しています。もう一度申し込まないでください。"),
  cancel: t("取り消されたかどうかを照会しています。もう一度申し込まないでください。"),
};
const ASK_CITY = {
  book: t("もう一度申し込まず、予約されたかどうかを市に電話で確かめてください。"), change: t("もう一度申し込まず、変更されたかどうかを市に電話で確かめてください。"),
  cancel: t("もう一度申し込まず、取り消されたかどうかを市に電話で確かめてください。"),
};
const DONE = { book: t("予約できました。"), change: t("変更しました。"), cancel: t("取り消しました。"), find: t("予約が見つかりました。") };
const SETTLED = {
  book: [t("予約されていた"), t("予約されていなかった")], change: [t("変更されていた"), t("変更されていなかった")],
  cancel: [t("取り消されていた"), t("取り消されていなかった")],
};

export function stepWords({ state, step, waits, what, former }) {
  if (waits === "slot") return former ? t("元の予約は {former} です。新しい枠を選んでください。", { former: `${dayWords(former.day)} ${former.start}`.trim() }) : t("空きが出ました。枠を選んでください。");
  if (step === "slots" && state === "planned") return t("その日の時間を見ています。");
  if (waits === "yes") return t("サイトに出た内容を読み上げて、確かめてください。");
  if (waits === "code") return t("住民に届いたメールのコードを聞いてください。");
  if (waits === "person") return ASK_CITY[what];
  if (state === "proved") return DONE[what];
  if (state === "refused" || state === "failed") return NOT_DONE[what];
  if (state === "committing") return t("申し込んでいます。もう一度押さないでください。");
  if (state === "unknown" || step === "prove") return IN_DOUBT[what];
  if (step === "mail") return t("サイトからのメールを待っています。");
  if (step === "find") return t("サイトで予約を探しています。");
  if (step === "fill" || state === "holding") return t("選んだ枠で、サイトに入力しています。");
  if (step === "enter") return t("サイトを開いて、空きを見ています。");
  return t("ブラウザーを用意しています。");
}

// Sentences in a row; only some languages set blanks between them.
const joined = (...sentences) => sentences.filter(Boolean).join(document.documentElement.lang === "ja" ? "" : " ");

export class Run {
  constructor(place, { post, say, note, close, again, canMend = () => false, mend, ours = () => true }) {
    Object.assign(this, { place, post, say, note, close, again, canMend, mend, ours });
    this.id = null;
    this.drawn = "";
    setInterval(() => this.tick(), 1000);
    place.addEventListener("click", ({ target }) => {
      const does = target.closest("button")?.dataset.does;
      if (does) this[does]();
    });
    place.addEventListener("submit", (event) => {
      event.preventDefault();
      this[event.target.dataset.does](new FormData(event.target));
    });
  }

  open(id) {
    this.id = id;
    this.drawn = "";
    this.told = null;
    this.slots = null;
    this.place.replaceChildren();
  }

  // The board says that something has changed; what is personal is fetched anew.
  async follow(leaf) {
    const mark = `${leaf.changed_at} ${leaf.state} ${leaf.waits} ${leaf.step}`;
    if (mark === this.drawn) return;
    this.drawn = mark;
    const told = await this.post(`intents/${this.id}`, {});
    if (!told || told.id !== this.id) return;
    this.told = told;
    this.draw();
  }

  draw() {
    const one = this.told;
    const parts = [element("p", `${WHATS[one.what]}: ${stepWords(one)}`, "bk-step")];
    const slot = [one.counter, one.day && dayWords(one.day), one.start && [one.start, one.end].filter(Boolean).join(" - ")].filter(Boolean).join(" ");
    // Of what was not chosen here, the counter alone says nothing.
    if (one.day && one.step !== "slots") parts.push(element("p", slot, "bk-slot"));
    if (one.hold_until && BEFORE.includes(one.state)) parts.push(element("p", "", "bk-hold"));
    if (one.waits === "yes" || one.state === "proved") parts.push(this.shown(one));
    if (one.state === "proved") parts.push(...this.outcome(one));
    if (one.state === "refused" || one.state === "failed" || one.waits === "person") parts.push(...this.trouble(one));
    if (one.waits === "code") parts.push(this.asked());
    // While the times of a day are fetched, the days stay where they are, and so does whoever writes there.
    const choosing = one.calendar && one.step === "slots" && one.state === "planned";
    if (choosing) parts.push(this.choose(one));
    else this.slots = null;
    parts.push(this.keys(one));
    settle(this.place, parts.map((part, n) => Object.assign(part, part.dataset.key ? {} : { id: "" }) && part));
    // Whoever is writing elsewhere is not drawn away: the next Enter there would be the yes.
    const free = document.activeElement === document.body || this.place.parentElement.contains(document.activeElement);
    if (free) this.place.querySelector({ yes: "[data-does=yes]", code: ".bk-code input" }[one.waits] ?? "#none")?.focus();
    this.tick();
  }

  // How long the site still keeps the slot.
  tick() {
    const place = this.place.querySelector(".bk-hold");
    if (!place || !this.told?.hold_until) return;
    const left = Math.max(0, Math.round((Date.parse(this.told.hold_until) - Date.now()) / 1000));
    place.textContent = t("枠は{time}まで確保（残り{left}）", {
      time: clockTime(this.told.hold_until), left: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`,
    });
    place.classList.toggle("must", left < 120);
  }

  shown(one) {
    const table = element("dl", "", "bk-shown");
    table.lang = "ja";
    for (const [name, title] of FACTS) {
      const text = name === "number" ? one.number || one.shown.number : one.shown[name];
      if (!text || (name === "time" && text === one.shown.day)) continue;
      element("dt", title, "", table);
      element("dd", text, name === "number" ? "bk-number" : "", table);
    }
    return table;
  }

  // The code that was mailed to the resident, as they read it out.
  asked() {
    const form = element("form", "", "bk-code");
    form.dataset.does = "code";
    form.dataset.key = "code";
    const label = element("label", t("メールのコード"), "", form);
    const input = element("input", "", "", form);
    Object.assign(input, { name: "code", id: "bk-code", maxLength: 20, required: true, autocomplete: "off" });
    label.htmlFor = input.id;
    element("button", t("コードを入れる"), "strong", form);
    return form;
  }

  outcome(one) {
    const parts = [];
    if (one.proof === "already" || !one.number) {
      const where = one.mail ? t("番号は市にお確かめください。") : t("番号は住民あてのメールに届きます。");
      if (one.what === "book" && !one.number) parts.push(element("p", joined(t("予約は登録されていますが、番号は確かめられませんでした。"), where), "bk-stop"));
    }
    if (one.bring.length && one.what !== "cancel") {
      parts.push(element("p", t("当日お持ちいただくもの"), "bk-title"));
      const list = element("ul", "", "bk-bring");
      list.lang = "ja";
      for (const thing of one.bring) element("li", thing, "", list);
      parts.push(list);
    }
    return parts;
  }

  trouble(one) {
    const [why = "", todo = ""] = SENTENCES[one.reason] ?? [];
    const words = one.waits === "person" ? joined(t("サイトの答えを確かめられませんでした。"), ASK_CITY[one.what]) : joined(why, NOT_DONE[one.what], todo);
    // What the operator has stopped is no alarm.
    const parts = [element("p", words, one.reason === "given_up" ? "quiet" : "bk-stop")];
    parts[0].role = "alert";
    if (one.known.length) parts.push(this.known(one));
    const { step, expected, seen } = one.trouble;
    if (step || expected || seen) {
      const more = element("details");
      element("summary", t("責任者に伝えること"), "", more);
      element("p", t("手順: {step}／期待: {expected}／画面: {seen}", { step: step || "-", expected: expected || "-", seen: seen || "-" }), "", more).lang = "ja";
      if (one.picture) {
        const link = element("a", t("画面の写し（値は塗りつぶし）"), "", more);
        link.href = `/booking/intents/${one.id}/picture.png`;
        link.target = "_blank";
      }
      parts.push(more);
    }
    if (one.hold_until && one.state !== "proved" && one.reason !== "taken") parts.push(element("p", t("サイトでは{time}まで枠が確保されたままかもしれません。", { time: clockTime(one.hold_until) }), "quiet"));
    if (one.waits === "person") {
      const form = element("form", "", "bk-settle");
      form.dataset.does = "settle";
      const label = element("label", t("市に確かめた予約番号"), "", form);
      const input = element("input", "", "", form);
      input.name = "number";
      input.id = "bk-settle-number";
      label.htmlFor = input.id;
      element("button", SETTLED[one.what][0], "", form).value = "yes";
      const no = element("button", SETTLED[one.what][1], "", form);
      no.type = "button";
      no.dataset.does = "notBooked";
      parts.push(form);
    }
    return parts;
  }

  // All that whoever telephones the city has to say.
  known(one) {
    const table = element("dl", "", "bk-shown bk-known");
    table.lang = "ja";
    for (const [title, text] of one.known) {
      element("dt", title, "", table);
      element("dd", text, "", table);
    }
    return table;
  }

  keys(one) {
    const keys = element("p", "", "keys");
    const key = (does, title, name = "") => {
      const made = element("button", title, name, keys);
      made.type = "button";
      made.dataset.does = does;
    };
    if (one.waits === "yes") {
      key("yes", { cancel: t("はい、取り消します") }[one.what] ?? t("はい、この内容で申し込みます"), "strong");
      const yes = keys.lastElementChild;
      yes.setAttribute("aria-keyshortcuts", "Alt+Enter");
      element("kbd", "Alt+Enter", "", yes);
      key("no", t("いいえ、やめます"));
    } else if (["planned", "holding"].includes(one.state)) key("stop", t("取りやめる"), "plain");
    if (one.state === "proved" && this.note && this.ours(one)) key("keep", t("メモに残す"), "strong");
    if ((one.state === "refused" || one.state === "failed") && this.again) {
      // What the site does not accept is not sent a second time as it is.
      if (["mismatch", "refused"].includes(one.reason) && this.canMend(one.id)) key("edit", t("入力を直す"), "strong");
      else key("more", t("同じ内容でもう一度"), "strong");
    }
    if (["proved", "refused", "failed"].includes(one.state) || (one.waits === "person" && this.again)) key("shut", t("閉じる"), "plain");
    return keys;
  }

  // Where a slot is chosen of those that this visit sees.
  choose(one) {
    if (!this.slots) {
      const place = element("div", "", "bk-slots");
      place.id = `bk-slots-${one.id}`;
      place.dataset.key = "slots";
      this.slots = new Slots(place, {
        post: this.post, onDay: (day) => this.told.calendar.times[day] || this.tell("day", { day }), onSlot: (slot) => this.tell("choose", slot),
      });
    }
    this.slots.show(one.calendar, one.reason === "taken" ? t("その枠は先に埋まりました。別の枠をお選びください。") : "");
    return this.slots.place;
  }

  tell(kind, data = {}) {
    return this.post(`intents/${this.id}/say`, { kind, ...data });
  }

  yes() {
    this.place.querySelectorAll("button").forEach((key) => (key.disabled = true));
    this.tell("yes");
  }

  no() {
    this.tell("no");
  }

  stop() {
    this.tell("stop");
  }

  code(data) {
    this.tell("code", { code: data.get("code") });
  }

  settle(data) {
    this.post(`intents/${this.id}/settle`, { booked: true, number: data.get("number") });
  }

  notBooked() {
    this.post(`intents/${this.id}/settle`, { booked: false, number: "" });
  }

  keep() {
    const { what, day, start, counter, number } = this.told;
    const text = [WHATS[what], day && dayWords(day), start, counter, number && t("予約番号 {number}", { number })].filter(Boolean).join(" ");
    this.note(text);
    this.say(t("応対のメモに残しました。"));
  }

  edit() {
    this.mend(this.id);
  }

  more() {
    this.again(this.id);
  }

  shut() {
    this.close();
  }
}
