// The panel of the remote counter: the resident's picture and browser, the procedure's steps, the kiosk's devices.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";
import { Afterwards } from "./afterwards.js";
import { Captions } from "./captions.js";
import { Devices } from "./devices.js";
import { People } from "./people.js";
import { Relay } from "./relay.js";
import { Screen, VEILS } from "./screen.js";

const $ = (id) => document.getElementById(id);
const TALKING = ["talking", "held"];
const AGAIN_AFTER = 1500;
const POOR = { video: t("回線が戻りました。映像でお話しできます。"), audio: t("回線が混んでいます。映像を止め、声だけで続けています。"), telephone: t("声も届きにくくなっています。利用者の画面に電話番号と6けたの番号を出しました。電話がかかってきたら、番号を入れて続けてください。") };
const ASKED = { licence: t("マイナ免許証か、利用者に尋ねています。"), keep: t("連絡先を預かってよいか、利用者に尋ねています。"), interpreter: t("通訳の字幕を使うか、利用者に尋ねています。"), control: t("操作してよいか、利用者に尋ねています。"), yes: t("利用者の「はい」を待っています。"), same: t("名義が同じか、利用者に尋ねています。"), end: t("終わるかどうか、利用者に尋ねています。") };

class Panel {
  constructor(console) {
    this.console = console;
    const data = JSON.parse(console.place.querySelector(".desk-data").textContent);
    Object.assign(this, data);
    this.relay = null;
    this.session = null;
    this.state = {};
    this.screen = new Screen((act) => this.relay?.send(act));
    this.devices = new Devices($("dk-devices"), { send: (act) => this.relay?.send(act), words: this.words });
    this.people = new People(this);
    this.captions = new Captions(this);
    this.afterwards = new Afterwards($("dk-ends"), this);
    $("dk-facts").addEventListener("change", ({ target }) => this.ask("desk.fact", { session: this.session, fact: target.value, holds: target.checked }));
    $("dk-picture-large").addEventListener("click", () => $("dk-picture").requestFullscreen());
    $("dk-picture-close").addEventListener("click", () => this.showPicture(null));
    $("dk-keys").addEventListener("click", ({ target }) => this.press(target.closest("button")?.dataset.does));
    $("dk-steps").addEventListener("change", ({ target }) => this.tick(target));
    $("dk-say-form").addEventListener("submit", (event) => this.write(event));
    $("dk-same").addEventListener("submit", (event) => this.askSame(event));
    $("dk-whole").addEventListener("click", () => document.querySelector(".dk-screen").requestFullscreen());
    $("dk-box").addEventListener("submit", (event) => this.reply(event, true));
    $("dk-box-no").addEventListener("click", (event) => this.reply(event, false));
    $("dk-date").addEventListener("submit", (event) => this.choseDate(event));
    $("dk-address").addEventListener("click", () => {
      $("dk-address-form").hidden = false;
      $("dk-url").focus();
    });
    $("dk-address-form").addEventListener("submit", (event) => this.goTo(event));
    $("dk-code-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask("desk.code", { contact: this.console.contact.id, code: $("dk-code").value });
      $("dk-code").value = "";
    });
    console.on("board", () => this.follow());
    console.on("picture", (stream) => ($("dk-video").srcObject = stream));
    this.follow();
  }

  ask(type, fields) {
    return this.console.send(type, fields).catch((refusal) => {
      if (refusal.sentence) this.console.say(refusal.sentence);
      return null;
    });
  }

  // -- following the board ---------------------------------------------------------------------------------------------

  follow() {
    const { contact } = this.console;
    const ours = contact?.channel === "kiosk";
    const leaves = Object.values(this.console.leaves("video_desk")).filter((leaf) => contact && leaf.contact === contact.id);
    this.leaves = leaves.sort((one, other) => one.id - other.id);
    const leaf = leaves.at(-1);
    $("dk-none").hidden = Boolean(leaf);
    // Whoever phones from beside a kiosk reads its code out, and goes on there.
    $("dk-code-form").hidden = Boolean(leaf) || !TALKING.includes(contact?.state);
    $("dk-session").hidden = !leaf;
    // The resident's browser takes the room as long as they are talked with and its panel is in front; what comes after needs the card.
    document.body.dataset.desk = leaf && !leaf.over && TALKING.includes(contact.state) && !this.console.place.hidden ? "open" : "";
    this.console.calls(ours && contact.state === "offered");
    if (!leaf) {
      this.leave();
      return;
    }
    this.leaf = leaf;
    const talks = TALKING.includes(contact.state) && !leaf.over;
    if (leaf.id !== this.session) {
      this.leave();
      this.session = leaf.id;
    }
    // Whoever calls once more in the same session is brought forward once more.
    const served = `${leaf.id} ${contact.id}`;
    if (talks && this.shownFor !== served) {
      this.shownFor = served;
      this.console.show();
    }
    if (talks && !this.relay && !this.opening) this.open(contact.id);
    if (!talks) this.close();
    this.draw();
  }

  async open(contact) {
    this.opening = true;
    const told = await this.ask("desk.open", { contact });
    this.opening = false;
    if (!told || told.session !== this.session) {
      this.later(contact);
      return;
    }
    this.relay = new Relay(told.ticket, { picture: (data) => this.screen.draw(data), told: (news) => this.told(news), gone: () => this.gone(contact) });
  }

  // What breaks off is asked for anew as long as the resident is served here.
  gone(contact) {
    this.relay = null;
    this.screen.controls(false);
    // What stood there last may have been a former resident's.
    this.screen.clear();
    this.screen.veil(VEILS.gone());
    this.later(contact);
  }

  later(contact) {
    setTimeout(() => {
      const { id, state } = this.console.contact ?? {};
      if (id === contact && TALKING.includes(state) && !this.relay && !this.opening && !this.leaf?.over) this.open(contact);
    }, AGAIN_AFTER);
  }

  close() {
    this.relay?.close();
    this.relay = null;
    this.console.hush(false);
    this.screen.controls(false);
    this.screen.clear();
    $("dk-place").hidden = true;
  }

  leave() {
    if (this.session === null) return;
    this.close();
    Object.assign(this, { session: null, state: {} });
    this.devices.clear();
    this.people.clear();
    this.captions.follow(false);
    this.showPicture(null);
  }

  // -- what the kiosk tells ----------------------------------------------------------------------------------------------

  told(news) {
    Object.assign(this.state, news);
    // The kiosk mutes its own call; whoever goes on by telephone is muted here.
    if ("secret" in news) this.console.hush(Boolean(news.secret));
    if ("refused" in news) this.console.say(news.refused);
    if ("blocked" in news) this.console.say(t("このメニューにないサイト（{host}）には進めません。", { host: news.blocked }));
    if ("crashed" in news) this.console.say(t("利用者のブラウザーが止まりました。はじめのページからやり直しています。"));
    if ("file_wanted" in news) this.console.say(t("ページが写真などのファイルを求めています。「写真」から入れてください。"));
    if ("answered" in news) this.answered(news.answered);
    if ("wrote" in news) this.captions.add(news.wrote);
    if ("picture" in news) this.showPicture(news.picture);
    if ("line" in news) this.bears(news.line);
    if ("checked" in news) this.checked(news.checked);
    this.draw();
  }

  answered({ which, yes }) {
    if (which === "same" && !yes) this.console.say(t("利用者は「ちがいます」を押しました。登録しないでください。"));
    if (which === "licence") this.console.say(yes ? t("マイナ免許証です。先に、免許情報の引き継ぎが要ります。期限が切れたあとや、なくしたあとは引き継げません。") : t("マイナ免許証ではありません。"));
    if (which === "keep" && !yes) this.console.say(t("利用者は、連絡先を預けないことを選びました。"));
    if (which === "interpreter" && !yes) this.console.say(t("利用者は、通訳の字幕を使いません。"));
  }

  checked({ what, good }) {
    if (good) return;
    this.console.say(what === "id" ? t("ページに23けたの申請書IDがありません。") : t("まだログインしたままです。ログアウトしてください。"));
  }

  // What the line bears is said on both screens; one's own picture goes with theirs.
  bears(tier) {
    this.console.camera(tier === "video");
    if (POOR[tier]) this.console.say(POOR[tier]);
  }

  // A paper, or what the resident has written by finger: shown, and kept nowhere.
  showPicture(picture) {
    if (!picture && document.fullscreenElement === $("dk-picture")) document.exitFullscreen();
    $("dk-picture").hidden = !picture;
    const image = $("dk-picture").querySelector("img");
    if (!picture) image.removeAttribute("src");
    else image.src = `data:image/${picture.of === "drawn" ? "png" : "jpeg"};base64,${picture.data}`;
  }

  get procedure() {
    return this.leaf && this.procedures[this.leaf.procedure];
  }

  // -- drawing -----------------------------------------------------------------------------------------------------------

  draw() {
    const { leaf, state, procedure } = this;
    if (!leaf || !procedure) return;
    $("dk-title").textContent = `${this.counters[leaf.counter] ?? ""} ${procedure.title}（${this.languages[leaf.language]}）`;
    const control = $("dk-control");
    control.dataset.who = state.control ? "us" : "resident";
    control.textContent = leaf.over ? this.overWords(leaf) : state.control ? t("あなたが操作しています。利用者が触れると、すぐに利用者に戻ります。") : t("利用者が操作しています。");
    const names = state.asked === "same" && state.names ? `（${state.names.join(" ／ ")}）` : "";
    $("dk-news").textContent = leaf.over ? "" : (ASKED[state.asked] ?? "") + names;
    for (const id of ["dk-video", "dk-say-form"]) $(id).hidden = leaf.over;
    const keys = [];
    if (!leaf.over && this.relay?.ready) {
      if (procedure.opens && !state.open) keys.push(["show", t("ブラウザーを開く"), "strong"]);
      if (state.open && !state.control) keys.push(["ask_control", t("操作を頼む"), "strong"]);
      if (state.control) keys.push(["give_back", t("操作を返す"), ""]);
      keys.push(["ask_yes", t("「はい」を頼む"), ""], ["ask_end", t("終わるか尋ねる"), ""]);
      const waits = new Set(procedure.steps.filter(({ id }) => !leaf.steps.includes(id)).flatMap(({ touch, guard }) => [touch, guard]));
      if (waits.has("same")) keys.push(["ask_same", t("名義を確かめてもらう"), ""]);
      if (waits.has("answered")) keys.push(["ask_licence", t("マイナ免許証か尋ねる"), ""]);
      if (waits.has("application_id") && state.open) keys.push(["check_id", t("申請書IDを確かめる"), ""]);
      if (waits.has("logged_out") && state.open) keys.push(["check_signed_out", t("ログアウトを確かめる"), ""]);
      if (procedure.site === "application" && !leaf.facts.includes("keep")) keys.push(["ask_keep", t("連絡先を預かってよいか尋ねる"), ""]);
      if (this.interprets && !leaf.interpreter) keys.push(["ask_interpreter", t("通訳・字幕を勧める"), ""]);
    }
    settle($("dk-keys"), keys.map(([does, title, kind]) => {
      const made = element("button", title, kind);
      made.type = "button";
      Object.assign(made.dataset, { does, key: does });
      return made;
    }));
    $("dk-place").hidden = !state.open || leaf.over;
    $("dk-page").textContent = state.page ?? "";
    if (this.relay?.ready) this.screen.veil(state.secret ? VEILS.secret() : "");
    if (this.screen.control !== Boolean(state.control)) this.screen.controls(Boolean(state.control));
    this.devices.draw(state, procedure, Boolean(this.relay?.ready) && !leaf.over);
    this.drawSteps(leaf, procedure);
    this.drawBox(state);
    this.people.draw(leaf);
    this.afterwards.draw(this.leaves);
    this.captions.follow(leaf.interpreter && !leaf.over && Boolean(this.relay));
  }

  overWords({ how, wiped }) {
    const ended = { resident: t("利用者が終えました。"), absent: t("利用者が立ち去りました。"), lost: t("端末の手続きが途切れました。"), staff: t("手続きを終えました。") }[how] ?? "";
    if (!wiped && how === "lost") return `${ended} ${t("消えたかどうかは、端末とつながったときに分かります。")}`;
    if (!wiped) return `${ended} ${t("端末の情報を消しています。")}`;
    return wiped.complete ? `${ended} ${t("端末の情報はすべて消えました（{seconds}秒）。", { seconds: wiped.seconds })}` : `${ended} ${t("端末に消し残りがあります。責任者にお知らせください。")}`;
  }

  drawSteps(leaf, procedure) {
    const facts = new Set(leaf.facts);
    $("dk-facts").hidden = leaf.over || !procedure.steps.some(({ unless }) => unless);
    for (const box of $("dk-facts").querySelectorAll("input")) box.checked = facts.has(box.value);
    const steps = procedure.steps.filter(({ unless }) => !unless || !facts.has(unless));
    const next = steps.find(({ id }) => !leaf.steps.includes(id))?.id;
    settle($("dk-steps"), steps.map(({ id, say, touch, guard }) => {
      const row = element("li");
      row.dataset.key = id;
      if (id === next) row.dataset.next = "yes";
      const label = element("label", "", "", row);
      const box = element("input", "", "", label);
      Object.assign(box, { type: "checkbox", checked: leaf.steps.includes(id), disabled: Boolean(touch || guard) });
      box.dataset.step = id;
      element("span", say, "", label).lang = "ja";
      return row;
    }));
    for (const box of $("dk-steps").querySelectorAll("input")) box.checked = leaf.steps.includes(box.dataset.step);
  }

  drawBox({ box, date }) {
    const shown = $("dk-box");
    if (shown.hidden && box) {
      $("dk-box-text").textContent = box.message;
      $("dk-box-input").hidden = box.kind !== "prompt";
      $("dk-box-input").value = box.default ?? "";
      $("dk-box-no").hidden = box.kind === "alert";
    }
    const came = shown.hidden && box;
    shown.hidden = !box;
    if (came) shown.querySelector("button").focus();
    const chooser = $("dk-date");
    if (date && chooser.hidden) Object.assign($("dk-date-input"), { type: date.type, min: date.min, max: date.max, value: "" });
    chooser.hidden = !date || !this.state.control;
  }

  // -- what the operator does --------------------------------------------------------------------------------------------

  press(does) {
    if (!does) return;
    if (does === "ask_same") {
      $("dk-same").hidden = false;
      $("dk-same-left").focus();
    }
    else if (does.startsWith("check_")) this.relay?.send({ do: "check", what: does.slice(6) });
    else if (does.startsWith("ask_") && does !== "ask_control") this.relay?.send({ do: "ask_touch", which: does.slice(4) });
    else this.relay?.send({ do: does });
  }

  // Before an account is registered both screens show both names, and the resident touches that they are the same.
  askSame(event) {
    event.preventDefault();
    this.relay?.send({ do: "ask_touch", which: "same", left: $("dk-same-left").value, right: $("dk-same-right").value });
    event.target.reset();
    event.target.hidden = true;
  }

  tick(box) {
    this.ask("desk.step", { session: this.session, step: box.dataset.step, done: box.checked });
  }

  write(event) {
    event.preventDefault();
    const text = $("dk-say").value.trim();
    if (!text) return;
    // With the interpreter it stands in the captions, translated; without it, as it is.
    if (this.captions.wanted) this.captions.write(text);
    else this.relay?.send({ do: "say", text });
    $("dk-say").value = "";
  }

  goTo(event) {
    event.preventDefault();
    this.relay?.send({ do: "address", url: $("dk-url").value.trim() });
    $("dk-url").value = "";
    $("dk-address-form").hidden = true;
  }

  reply(event, accept) {
    event.preventDefault();
    this.relay?.send({ do: "reply", accept, text: $("dk-box-input").value });
    this.state.box = null;
    this.draw();
    this.screen.controls(Boolean(this.state.control));
  }

  choseDate(event) {
    event.preventDefault();
    this.relay?.send({ do: "write", value: $("dk-date-input").value });
    this.state.date = null;
    this.draw();
  }
}

export const mount = (console) => new Panel(console);
