// What stands around the card: line lamps, the day's figures, callbacks, seats.
import { clockTime, span, t } from "./words.js";

const $ = (id) => document.getElementById(id);

const presenceWords = () => ({
  signed_out: t("空席"), available: t("受付中"), ringing: t("着信中"), on_contact: t("応対中"), wrapping: t("後処理"), away: t("離席"), lost: t("電話が切れています"),
});

const awayWords = () => ({
  break: t("休憩"), lunch: t("昼休み"), training: t("研修"), meeting: t("打合せ"), paperwork: t("事務処理"), absent: t("席外し"), no_answer: t("応答なし"),
});

export const awayWord = (reason) => awayWords()[reason] ?? reason;

// A seat's presence with the reason, where it has one.
export const presenceText = (seat) => presenceWords()[seat.presence] + (seat.presence === "away" && seat.reason ? t("（{reason}）", { reason: awayWord(seat.reason) }) : "");

function item(parent, text, name = "span", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  parent.append(made);
  return made;
}

// Closing a line is one key, pressed twice: the first press asks, and forgets after a few seconds.
const asking = { line: null, until: 0 };

function closeKey(row, id, line, link, say, redraw) {
  const asked = asking.line === id && Date.now() < asking.until;
  const text = line.closed_by_hand ? t("再開") : asked ? t("本当に休止する") : t("休止");
  const button = item(row, text, "button", "close");
  button.dataset.key = `close-${id}`;
  button.setAttribute("aria-label", `${line.name} ${text}`);
  button.addEventListener("click", () => {
    if (line.closed_by_hand || asked) {
      asking.line = null;
      link.send(line.closed_by_hand ? "line.reopen" : "line.close", { line: id }).catch((refusal) => say(refusal.sentence));
    } else Object.assign(asking, { line: id, until: Date.now() + 5000 });
    redraw();
  });
}

export function drawLines(board, link, say) {
  const list = $("lines");
  const focused = document.activeElement?.dataset?.key;
  const mayClose = board.me.rights.includes("supervise.close");
  list.replaceChildren();
  for (const [id, line] of Object.entries(board.state.lines)) {
    const row = item(list, "", "li", "line");
    row.dataset.waiting = line.waiting ? "yes" : "no";
    item(row, `${line.city} ${line.name}`, "strong");
    const lamps = item(row, "●".repeat(line.talking) + "○".repeat(Math.max(0, line.capacity - line.talking)), "span", "lamps");
    lamps.setAttribute("aria-hidden", "true");
    item(row, t("通話 {n}/{of}", { n: line.talking, of: line.capacity }));
    const waiting = line.waiting_since ? t("待ち {n}人・最長 {time}", { n: line.waiting, time: span(board.since(line.waiting_since)) }) : t("待ち 0人");
    item(row, waiting, "span", "waiting");
    const closed = line.closed_in_force ? t("臨時休止中（{time}から）", { time: clockTime(line.closed_in_force) }) : t("臨時休止（まだ効いていません）");
    item(row, line.closed_by_hand ? closed : line.open ? t("受付時間内") : t("時間外"), "span", "quiet");
    if (mayClose) closeKey(row, id, line, link, say, () => drawLines(board, link, say));
  }
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
}

export function drawFigures(board) {
  const today = board.state.figures.today;
  const list = $("figures");
  list.replaceChildren();
  const rate = (part) => (part === null ? "–" : `${Math.round(part * 100)}%`);
  const time = (seconds) => (seconds === null ? "–" : span(seconds));
  const rows = [
    ["arrived", t("着信"), today.arrived], ["answered", t("応答"), today.answered], ["rate", t("応答率"), rate(today.answer_rate)],
    ["abandoned", t("放棄"), today.abandoned], ["overflowed", t("溢れ"), today.overflowed], ["out_of_hours", t("時間外"), today.out_of_hours],
    ["wait", t("平均待ち"), time(today.mean_wait)], ["talk", t("平均通話"), time(today.mean_talk)], ["wrap", t("平均後処理"), time(today.mean_wrap)],
    ["closed", t("記録済み"), today.closed],
  ];
  for (const [id, name, value] of rows) {
    item(list, name, "dt");
    item(list, String(value), "dd").dataset.figure = id;
  }
}

export function drawSeats(board) {
  const list = $("seats");
  list.replaceChildren();
  for (const seat of Object.values(board.state.seats)) {
    const row = item(list, "", "li");
    item(row, `${seat.name} ${seat.person_name}`);
    item(row, presenceText(seat), "span", "quiet");
  }
}

export class CallbackList {
  constructor(link, say) {
    this.link = link;
    this.say = say;
    this.numbers = new Map();
  }

  draw(board) {
    const rows = board.state.callbacks.list;
    $("callback-count").textContent = rows.length ? t("{n}件", { n: rows.length }) : "";
    const list = $("callbacks");
    const focused = document.activeElement?.dataset?.key;
    list.replaceChildren();
    if (!rows.length) item(list, t("折り返し待ちはありません"), "li", "quiet");
    const how = { callback_asked: t("折返し希望"), interrupted: t("途中で切断"), overflowed: t("つながらず"), abandoned: t("待ちきれず") };
    for (const row of rows) {
      const place = item(list, "", "li");
      const first = item(place, "", "p");
      item(first, row.urgency === "must" ? t("要 ") : t("任意 "), "span", row.urgency === "must" ? "must" : "quiet");
      item(first, `${how[row.how]} ${clockTime(row.asked_at)} ${board.state.lines[row.line]?.name ?? row.line}`);
      item(place, this.numbers.get(row.id) ?? "", "p", "number");
      const keys = item(place, "", "p", "keys");
      this.key(keys, row, "number", t("番号を見る"), () => this.number(row.id, board));
      this.key(keys, row, "reached", t("つながった"), () => this.tried(row.id, true));
      this.key(keys, row, "no-answer", t("不通 {n}", { n: row.attempts || "" }), () => this.tried(row.id, false));
    }
    if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  key(parent, row, what, text, act) {
    const button = item(parent, text, "button");
    button.dataset.key = `${row.id}-${what}`;
    button.addEventListener("click", act);
  }

  async number(callback, board) {
    try {
      const { number } = await this.link.send("callback.number", { callback });
      this.numbers.set(callback, number ?? t("非通知のため番号がありません"));
      this.draw(board);
    } catch (refusal) {
      this.say(refusal.sentence);
    }
  }

  tried(callback, reached) {
    this.link.send("callback.tried", { callback, reached }).catch((refusal) => this.say(refusal.sentence));
  }
}
