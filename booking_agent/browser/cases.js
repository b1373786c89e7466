// The supervisor's page of bookings: what is under way at any seat, and what waits for a person to find out.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { clockTime, t } from "../../contact_center/web/browser/words.js";
import { poster } from "../../contact_center/web/browser/post.js";
import { Run, WHATS, stepWords } from "./run.js";
import { dayWords } from "./slots.js";

const $ = (id) => document.getElementById(id);
const EVERY = 3000;

function say(sentence) {
  $("notice").textContent = sentence;
  $("notice").hidden = !sentence;
}

const post = poster("/booking/", $("cases").dataset.csrf, say);
const run = new Run($("bk-run"), { post, say, close: () => choose(null) });
let rows = [];

function choose(id) {
  run.open(id);
  $("bk-run").hidden = !id;
  if (id) run.follow(rows.find((one) => one.id === id));
}

async function look() {
  const said = await post("open", {});
  if (!said) return;
  rows = said.rows;
  // Whoever has waited longest for a person stands first.
  rows.sort((a, b) => (b.waits === "person") - (a.waits === "person") || a.id - b.id);
  settle($("cases"), rows.length ? rows.map((one) => {
    const row = element("li");
    row.dataset.key = String(one.id);
    element("strong", [one.city_name, WHATS[one.what]].join(" "), "", row);
    element("span", [one.day && dayWords(one.day), one.start, one.counter].filter(Boolean).join(" "), "", row);
    element("span", stepWords(one), one.waits === "person" ? "must" : "", row);
    element("span", t("{name}から", { name: one.person_name }), "quiet", row);
    if (one.handed_at) element("span", clockTime(one.handed_at), "quiet", row);
    element("button", t("開く"), one.waits === "person" ? "strong" : "", element("span", "", "keys", row)).dataset.id = one.id;
    return row;
  }) : [element("li", t("進行中の手続きも、確認を待つ手続きもありません。"), "quiet")]);
  const mine = rows.find(({ id }) => id === run.id);
  if (mine) run.follow(mine);
  // What has ended leaves the list; its last state is shown until it is closed.
  else if (run.id && run.told && !["proved", "refused", "failed"].includes(run.told.state)) run.follow({ ...run.told, changed_at: "" });
}

$("cases").addEventListener("click", ({ target }) => {
  const id = Number(target.closest("button")?.dataset.id);
  if (id) choose(id);
});
look();
setInterval(look, EVERY);
