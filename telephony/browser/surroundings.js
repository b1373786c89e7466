// What stands around the card: line lamps, the day's figures, callbacks, seats.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, span, t } from "../../contact_center/web/browser/words.js";

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

// Whether a line is open, in words.
export function closingText(line) {
  const closed = line.closed_in_force ? t("臨時休止中（{time}から）", { time: clockTime(line.closed_in_force) }) : t("臨時休止（まだ効いていません）");
  return line.closed_by_hand ? closed : line.open ? t("受付時間内") : t("時間外");
}

// Closing a line is one key, pressed twice: the first press asks, and forgets after a few seconds.
export class LineKeys {
  constructor(board, link, say, draw) {
    this.asking = { line: null, until: 0 };
    $("lines").addEventListener("click", ({ target }) => {
      const id = target.closest("button")?.dataset.line;
      if (!id) return;
      const closed = board.state.lines[id].closed_by_hand;
      if (closed || this.isAsked(id)) {
        this.asking.line = null;
        link.send(closed ? "line.reopen" : "line.close", { line: id }).catch((refusal) => say(refusal.sentence));
      } else Object.assign(this.asking, { line: id, until: Date.now() + 5000 });
      draw();
    });
  }

  isAsked(id) {
    return this.asking.line === id && Date.now() < this.asking.until;
  }

  button(id, line, place) {
    const text = line.closed_by_hand ? t("再開") : this.isAsked(id) ? t("本当に休止する") : t("休止");
    const button = element("button", text, "close", place);
    button.dataset.line = id;
    button.ariaLabel = `${line.name} ${text}`;
  }
}

export class LineLamps {
  constructor(board, link, say) {
    this.board = board;
    this.keys = new LineKeys(board, link, say, () => this.draw());
  }

  row(id, line) {
    const row = element("li", "", "line");
    row.dataset.key = id;
    row.dataset.waiting = line.waiting ? "yes" : "no";
    element("strong", `${line.city} ${line.name}`, "", row);
    element("span", "●".repeat(line.talking) + "○".repeat(Math.max(0, line.capacity - line.talking)), "lamps", row).ariaHidden = "true";
    element("span", t("通話 {n}/{of}", { n: line.talking, of: line.capacity }), "talk", row);
    element("span", t("待ち {n}人", { n: line.waiting }), "waiting", row);
    if (line.waiting_since) element("span", t("最長 {time}", { time: span(this.board.since(line.waiting_since)) }), "waiting longest", row);
    element("span", closingText(line), line.open && !line.closed_by_hand ? "quiet usual" : "quiet", row);
    if (this.board.me.rights.includes("supervise.close")) this.keys.button(id, line, row);
    return row;
  }

  draw() {
    const lines = Object.entries(this.board.state.lines);
    $("lines").classList.toggle("many", lines.length > 2);
    settle($("lines"), lines.map(([id, line]) => this.row(id, line)));
  }
}

export function drawFigures(board) {
  const today = board.state.figures.today;
  const rate = (part) => (part === null ? "–" : `${Math.round(part * 100)}%`);
  const time = (seconds) => (seconds === null ? "–" : span(seconds));
  const rows = [
    ["arrived", t("着信"), today.arrived], ["answered", t("応答"), today.answered], ["rate", t("応答率"), rate(today.answer_rate)],
    ["abandoned", t("放棄"), today.abandoned], ["overflowed", t("溢れ"), today.overflowed], ["out_of_hours", t("時間外"), today.out_of_hours],
    ["wait", t("平均待ち"), time(today.mean_wait)], ["talk", t("平均通話"), time(today.mean_talk)], ["wrap", t("平均後処理"), time(today.mean_wrap)],
    ["closed", t("記録済み"), today.closed],
  ];
  settle($("figures"), rows.flatMap(([id, name, value]) => {
    const figure = element("dd", String(value));
    figure.dataset.figure = id;
    return [element("dt", name), figure];
  }));
}

// Who hears a seat's conversation, in words; the agent always sees it.
export const supervisedText = ({ name, how }) => ({ listen: t("{name}が聞いています", { name }), whisper: t("{name}がささやいています", { name }), join: t("{name}が加わっています", { name }) })[how];

// Who waits, longest first: the next call is known before it rings.
export function drawWaiting(board) {
  const waiting = Object.values(board.state.contacts).filter((one) => ["queued", "offered"].includes(one.state)).sort((a, b) => a.arrived_at.localeCompare(b.arrived_at));
  $("waiting-part").hidden = !waiting.length;
  settle($("waiting"), waiting.slice(0, 8).map((one) => {
    const row = element("li");
    row.dataset.key = String(one.id);
    const line = board.state.lines[one.line];
    element("span", `${line?.city ?? ""} ${line?.name ?? one.line}`, "", row);
    element("span", span(board.since(one.arrived_at)), "quiet", row);
    return row;
  }));
}

export class SeatList {
  constructor(board, link, say) {
    this.board = board;
    $("seats").addEventListener("click", ({ target }) => {
      const seat = target.closest("button")?.dataset.release;
      if (seat) link.send("seat.release", { seat }).catch((refusal) => say(refusal.sentence));
      const { supervise, how } = target.closest("button")?.dataset ?? {};
      if (supervise) link.send("supervise.begin", { seat: supervise, how }).catch((refusal) => say(refusal.sentence));
    });
  }

  draw() {
    const mayRelease = this.board.me.rights.includes("contact.correct");
    const rights = this.board.me.rights;
    const ways = [["listen", t("聞く"), "supervise.listen"], ["whisper", t("ささやく"), "supervise.join"], ["join", t("加わる"), "supervise.join"]];
    settle($("seats"), Object.entries(this.board.state.seats).map(([id, seat]) => {
      const row = element("li");
      row.dataset.key = id;
      element("span", `${seat.name} ${seat.person_name}`, "", row);
      const overdue = seat.presence === "wrapping" && this.board.since(seat.wrap_until) > 0;
      element("span", overdue ? t("後処理 {time}超過", { time: span(this.board.since(seat.wrap_until)) }) : presenceText(seat), overdue ? "must" : "quiet", row);
      if (seat.hand) element("span", seat.hand === "nuisance" ? t("迷惑電話") : t("手を挙げています"), "must", row);
      if (seat.supervised) element("span", supervisedText(seat.supervised), "supervised", row);
      if (seat.presence === "on_contact" && seat.contact && seat.person !== this.board.me.id) {
        const keys = element("span", "", "keys", row);
        for (const [how, text, right] of ways) {
          if (!rights.includes(right)) continue;
          const key = element("button", text, "", keys);
          Object.assign(key.dataset, { supervise: id, how });
          key.ariaLabel = `${seat.name} ${text}`;
          key.setAttribute("aria-pressed", String(seat.supervised?.how === how));
        }
      }
      if (mayRelease && overdue) element("button", t("席を解放"), "release", row).dataset.release = id;
      return row;
    }));
  }
}

export class CallbackList {
  constructor(board, link, say, { mayCall = true } = {}) {
    this.board = board;
    this.link = link;
    this.say = say;
    this.mayCall = mayCall;
    this.numbers = new Map();
    $("callbacks").addEventListener("click", ({ target }) => {
      const { does, callback } = target.closest("button")?.dataset ?? {};
      if (does === "call") this.call(Number(callback));
      else if (does === "number") this.number(Number(callback));
      else if (does === "settle") this.settle(Number(callback));
      else if (does) this.tried(Number(callback), does === "reached");
    });
  }

  draw() {
    const rows = this.board.state.callbacks.list;
    $("callback-count").textContent = rows.length ? t("{n}件", { n: rows.length }) : "";
    settle($("callbacks"), rows.length ? rows.map((row) => this.row(row)) : [element("li", t("折り返し待ちはありません"), "quiet")]);
  }

  row(row) {
    const how = { callback_asked: t("折返し希望"), interrupted: t("途中で切断"), overflowed: t("つながらず"), abandoned: t("待ちきれず"), to_tell: t("回答を伝える") };
    const place = element("li");
    place.dataset.key = String(row.id);
    const first = element("p", "", "", place);
    element("span", row.urgency === "must" ? t("要 ") : t("任意 "), row.urgency === "must" ? "must" : "quiet", first);
    first.append(`${how[row.how]} ${clockTime(row.asked_at)}`);
    const line = this.board.state.lines[row.line];
    const waited = row.waited >= 1 ? t("・{time}待ち", { time: span(row.waited) }) : "";
    element("p", `${line?.city ?? ""} ${line?.name ?? row.line}${waited}`, "quiet", place);
    element("p", this.numbers.get(row.id) ?? "", "number", place);
    const keys = element("p", "", "keys", place);
    const texts = { call: t("かける"), number: t("番号を見る"), reached: t("つながった"), "no-answer": t("不通 {n}", { n: row.attempts || "" }) };
    // Whoever was called by other means says how it went.
    if (!this.numbers.has(row.id)) delete texts.reached;
    if (!this.numbers.has(row.id) && !row.attempts) delete texts["no-answer"];
    if (this.numbers.has(row.id)) delete texts.number;
    if (!this.mayCall) delete texts.call;
    if (!row.callable) {
      for (const does of Object.keys(texts)) delete texts[does];
      texts.settle = t("番号なし・確認した");
    }
    for (const [does, text] of Object.entries(texts)) Object.assign(element("button", text, "", keys).dataset, { does, callback: row.id });
    return place;
  }

  call(callback) {
    this.link.send("callback.call", { callback }).catch((refusal) => this.say(refusal.sentence));
  }

  async number(callback) {
    try {
      const { number } = await this.link.send("callback.number", { callback });
      this.numbers.set(callback, number ?? t("非通知のため番号がありません"));
      this.draw();
    } catch (refusal) {
      this.say(refusal.sentence);
    }
  }

  settle(callback) {
    this.link.send("callback.settle", { callback }).catch((refusal) => this.say(refusal.sentence));
  }

  tried(callback, reached) {
    this.link.send("callback.tried", { callback, reached }).catch((refusal) => this.say(refusal.sentence));
  }
}
