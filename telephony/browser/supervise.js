// The supervisor's page: all that needs a supervisor, as it is now. It never holds a seat; a call rings at the console.
import { Board } from "./board.js";
import { Link } from "./link.js";
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { CallbackList, closingText, LineKeys, SeatList } from "./surroundings.js";
import { clockTime, fromTokyo, page, span, t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const board = new Board();
const link = new Link(board, { watch: true });
let said = null;

function say(sentence) {
  said = sentence ? { sentence, until: Date.now() + 8000 } : null;
  notice();
}

let connected = false;
function notice() {
  const text = !connected ? t("接続が切れました。自動でつなぎ直しています。") : said && Date.now() < said.until ? said.sentence : "";
  $("notice").hidden = !text;
  $("notice").dataset.kind = connected ? "" : "bad";
  if ($("notice").textContent !== text) $("notice").textContent = text;
}

const send = (type, fields) => link.send(type, fields).catch((refusal) => say(refusal.sentence));
const seats = new SeatList(board, link, say);
const callbacks = new CallbackList(board, link, say, { mayCall: false });
const keys = new LineKeys(board, link, say, () => drawLines());

// -- lines: closing, opening, announcements
function drawLines() {
  const may = board.me.rights.includes("supervise.close");
  settle($("lines"), Object.entries(board.state.lines).map(([id, line]) => {
    const row = element("li");
    row.dataset.key = id;
    element("strong", `${line.city} ${line.name}`, "", row);
    element("span", t("通話 {n}/{of}", { n: line.talking, of: line.capacity }), "", row);
    element("span", line.waiting ? t("待ち {n}人・最長 {time}", { n: line.waiting, time: span(board.since(line.waiting_since)) }) : t("待ち 0人"), line.waiting ? "must" : "", row);
    element("span", closingText(line), "quiet", row);
    if (may) {
      const place = element("span", "", "keys", row);
      keys.button(id, line, place);
      element("button", line.notice ? t("案内を変える") : t("案内を流す"), "", place).dataset.notice = id;
      if (line.notice) element("button", t("案内を止める"), "", place).dataset.withdraw = id;
    }
    if (line.notice) {
      const heard = line.notice.heard_since ? t("{time}から流れています", { time: clockTime(line.notice.heard_since) }) : t("まだ流れていません");
      element("p", `${line.notice.text}（${heard}・${t("{time}まで", { time: clockTime(line.notice.until) })}）`, "notice-text", row).lang = "ja";
    }
    return row;
  }));
}

$("lines").addEventListener("click", ({ target }) => {
  const { notice: write, withdraw } = target.closest("button")?.dataset ?? {};
  if (withdraw) send("notice.withdraw", { line: withdraw });
  if (!write) return;
  const line = board.state.lines[write];
  $("notice-form").hidden = false;
  $("notice-form").dataset.line = write;
  $("notice-title").textContent = t("{line}の臨時の案内", { line: `${line.city} ${line.name}` });
  $("notice-text").value = line.notice?.text ?? "";
  // An hour from now, in the centre's own time, as the field wants it.
  $("notice-until").value = new Date(board.now() + 3600_000).toLocaleString("sv-SE", { timeZone: "Asia/Tokyo" }).slice(0, 16).replace(" ", "T");
  $("notice-text").focus();
});
$("notice-cancel").addEventListener("click", () => ($("notice-form").hidden = true));
$("notice-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const until = fromTokyo($("notice-until").value);
  link.send("notice.say", { line: $("notice-form").dataset.line, text: $("notice-text").value, until }).then(
    () => ($("notice-form").hidden = true),
    (refusal) => say(refusal.sentence),
  );
});

// -- calls
function drawCalls() {
  const words = { arrived: t("案内中"), queued: t("待っています"), offered: t("着信中"), talking: t("通話中"), held: t("保留中"), transferring: t("取り次いでいます"), dialling: t("呼び出しています"), wrapping: t("後処理") };
  const rows = Object.values(board.state.contacts).sort((a, b) => a.arrived_at.localeCompare(b.arrived_at)).map((contact) => {
    const row = element("li");
    row.dataset.key = String(contact.id);
    element("strong", board.state.lines[contact.line]?.name ?? contact.line, "", row);
    element("span", words[contact.state] ?? contact.state, "", row);
    element("span", span(board.since(contact.answered_at ?? contact.arrived_at)), "quiet", row);
    element("span", contact.seat ? `${board.state.seats[contact.seat]?.name ?? ""} ${board.state.seats[contact.seat]?.person_name ?? ""}` : "", "quiet", row);
    if (contact.nuisance) element("span", t("迷惑電話"), "must", row);
    return row;
  });
  settle($("calls"), rows.length ? rows : [element("li", t("いまは応対がありません"), "quiet")]);
}

// -- questions
function stage(row) {
  if (row.told_at) return t("住民に連絡済み");
  if (row.answered_at) return t("回答あり・住民へ連絡待ち");
  return row.received_at ? t("受領済み・回答待ち") : t("受領待ち");
}

function drawEscalations() {
  const rows = board.state.escalations.list;
  $("escalation-count").textContent = rows.length ? t("{n}件", { n: rows.length }) : "";
  settle($("escalations"), rows.length ? rows.map((row) => {
    const place = element("li");
    place.dataset.key = String(row.id);
    const late = !row.answered_at && board.since(row.due_at) > 0;
    const office = page.departments.find((one) => one.id === row.office)?.name;
    element("span", t("応対{id}・{time}", { id: row.contact, time: clockTime(row.raised_at) }), "quiet", place);
    const city = Object.values(board.state.lines).find((line) => line.city_id === row.city)?.city ?? t("市");
    element("strong", [city, row.to === "city" ? office : t("責任者")].filter(Boolean).join(" "), "", place);
    if (row.kind === "complaint") element("span", t("苦情"), "must", place);
    element("span", late ? t("期限を{time}超過", { time: span(board.since(row.due_at)) }) : t("期限 {time}", { time: clockTime(row.due_at) }), late ? "must" : "quiet", place);
    element("span", row.owner ? t("{stage}（{name}）", { stage: stage(row), name: row.owner }) : stage(row), "", place);
    element("span", t("{name}から", { name: row.raised_by }), "quiet", place);
    const buttons = element("span", "", "keys", place);
    const all = [["show", t("内容と回答")], ...(row.received_at ? [] : [["receive", t("受領した")]]), ...(row.answered_at ? [["close", t("完了にする")]] : [])];
    for (const [does, text] of all) Object.assign(element("button", text, "", buttons).dataset, { does, escalation: row.id });
    return place;
  }) : [element("li", t("引き継ぎはありません"), "quiet")]);
}

$("escalations").addEventListener("click", async ({ target }) => {
  const { does, escalation } = target.closest("button")?.dataset ?? {};
  const id = Number(escalation);
  if (does === "receive" || does === "close") send(`escalation.${does}`, { escalation: id });
  if (does !== "show") return;
  try {
    const { question, answer, number } = await link.send("escalation.show", { escalation: id });
    $("answer-form").hidden = false;
    $("answer-form").dataset.escalation = id;
    $("answer-question").textContent = question;
    $("answer-number").textContent = number ? t("電話番号 {number}", { number }) : "";
    $("answer-text").value = answer;
    $("answer-text").readOnly = $("answer-keep").disabled = Boolean(answer);
    $("answer-text").focus();
  } catch (refusal) {
    say(refusal.sentence);
  }
});
$("answer-cancel").addEventListener("click", () => ($("answer-form").hidden = true));
$("answer-form").addEventListener("submit", (event) => {
  event.preventDefault();
  link.send("escalation.answer", { escalation: Number($("answer-form").dataset.escalation), text: $("answer-text").value }).then(
    () => ($("answer-form").hidden = true),
    (refusal) => say(refusal.sentence),
  );
});

// -- what a feature says needs a person: the leaves of its board that carry `attention`, each with the page where it is settled
function drawAttention() {
  const all = Object.entries(board.state).flatMap(([kind, leaves]) => Object.entries(leaves ?? {}).map(([id, leaf]) => [`${kind} ${id}`, leaf?.attention]));
  const rows = all.filter(([, attention]) => attention?.url);
  $("attention-place").hidden = !rows.length;
  settle($("attention"), rows.map(([key, { since, url }]) => {
    const row = element("li");
    row.dataset.key = key;
    // It is called what its page is called in the navigation.
    element("a", document.querySelector(`nav a[href="${url}"]`)?.textContent.trim() ?? url, "must", row).href = url;
    element("span", t("{time}から", { time: clockTime(since) }), "quiet", row);
    return row;
  }));
}

function draw() {
  if (!board.state) return;
  drawAttention();
  drawLines();
  seats.draw();
  drawCalls();
  drawEscalations();
  callbacks.draw();
  notice();
}

link.on("board", () => {
  connected = true;
  draw();
});
link.on("lost", () => {
  connected = false;
  notice();
});
link.on("signed_out", () => location.assign("/sign-in"));
setInterval(draw, 1000);
