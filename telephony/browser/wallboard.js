// The wallboard: six figures with their targets, and loud when it has not heard from the centre.
import { Board } from "./board.js";
import { Link } from "./link.js";
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { page, span, t } from "../../contact_center/web/browser/words.js";

const STALE_AFTER = 20;
const $ = (id) => document.getElementById(id);
const board = new Board();
const link = new Link(board, { watch: true });
let heard = performance.now();

function tiles() {
  const { lines, seats, callbacks, figures } = board.state;
  const all = Object.values(lines);
  const waiting = all.reduce((sum, line) => sum + line.waiting, 0);
  const since = all.map((line) => line.waiting_since).filter(Boolean).sort()[0];
  const longest = since ? board.since(since) : 0;
  const open = Object.values(seats).filter((seat) => seat.presence === "available").length;
  const busy = Object.values(seats).filter((seat) => ["ringing", "on_contact"].includes(seat.presence)).length;
  const must = callbacks.list.filter((row) => row.urgency === "must" && row.callable).length;
  const { answer_rate: rate, service_level: level } = figures.today;
  const percent = (part) => (part === null ? "–" : `${Math.round(part * 100)}%`);
  const judged = (part, target) => (part === null ? "" : part >= target ? "good" : "bad");
  const { targets } = page;
  return [
    ["waiting", t("待っている人"), t("{n}人", { n: waiting }), t("目標 0人"), waiting ? "bad" : "good"],
    ["longest", t("いちばん長い待ち"), span(longest), t("目標 {time}以内", { time: span(targets.longest_wait) }), longest > targets.longest_wait ? "bad" : "good"],
    ["rate", t("今日の応答率"), percent(rate), t("目標 {part}以上", { part: percent(targets.answer_rate) }), judged(rate, targets.answer_rate)],
    ["level", t("{n}秒以内の応答", { n: page.within }), percent(level), t("目標 {part}以上", { part: percent(targets.service_level) }), judged(level, targets.service_level)],
    ["seats", t("受付中の席"), t("{n}席", { n: open }), t("応対中 {n}席", { n: busy }), open ? "good" : "bad"],
    ["callbacks", t("折り返しが必要"), t("{n}件", { n: must }), t("目標 0件"), must ? "bad" : "good"],
  ];
}

function draw() {
  const silent = (performance.now() - heard) / 1000;
  $("stale").hidden = silent < STALE_AFTER;
  $("stale").textContent = t("表示が止まっています（{time}前の数字です）", { time: span(silent) });
  if (!board.state) return;
  settle($("board"), tiles().map(([id, name, value, target, state]) => {
    const tile = element("div");
    tile.dataset.key = id;
    tile.dataset.state = state;
    element("dt", name, "", tile);
    element("dd", value, "value", tile);
    element("dd", target, "target", tile);
    return tile;
  }));
}

link.on("board", () => {
  heard = performance.now();
  draw();
});
link.on("signed_out", () => location.assign("/sign-in"));
setInterval(draw, 1000);
