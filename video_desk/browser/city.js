// The city's page: whom the counter asks about, applications whose outcome comes later. Who they are is shown to whoever asks for it.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { poster } from "../../contact_center/web/browser/post.js";
import { page, t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const EVERY = 4000;
const LONG = 10;
const title = document.title;
const ANSWERS = { asked: t("市の回答待ち"), answered: t("申請書IDが届きました。電話してください"), unknown: t("市では見つかりません。電話してください") };
let open = null;
let shown = {};

function say(sentence) {
  $("notice").textContent = sentence;
  $("notice").hidden = !sentence;
}

const post = poster("/desk/", $("asks").dataset.csrf, say);

const minutes = (at) => Math.max(0, Math.floor((Date.now() - Date.parse(at)) / 60000));

function drawAsks(asks) {
  // Whoever looks at another page sees that somebody waits.
  document.title = asks.length ? `(${asks.length}) ${title}` : title;
  settle($("asks"), asks.length ? asks.map(({ id, city, at }) => {
    const row = element("li");
    row.dataset.key = String(id);
    element("strong", city, "", row).lang = "ja";
    element("span", t("{n}分お待ちです", { n: minutes(at) }), minutes(at) >= LONG ? "must" : "", row);
    if (page.answers) element("button", t("開く"), "strong", element("span", "", "keys", row)).dataset.id = id;
    return row;
  }) : [element("li", t("照会はありません。"), "quiet")]);
  if (open !== null && !asks.some(({ id }) => id === open)) shut();
}

function shut() {
  open = null;
  $("answer").hidden = true;
  for (const name of ["name", "address", "birth"]) $(`ask-${name}`).textContent = "";
  $("digits").value = "";
}

async function show(id) {
  const who = await post("city/ask/show", { id });
  if (!who) return;
  open = id;
  for (const name of ["name", "address", "birth"]) $(`ask-${name}`).textContent = who[name];
  $("answer").hidden = false;
  $("digits").focus();
}

async function answer(digits) {
  if (open === null || !(await post("city/ask/answer", { id: open, digits }))) return;
  say("");
  shut();
  look();
}

function drawFollowUps(rows) {
  settle($("follow-ups"), rows.map((one) => {
    const row = element("tr");
    row.dataset.key = String(one.id);
    const dates = [one.defect_on, one.explained_on, one.reapplied_on].map((day) => day || "－").join(" / ");
    // Who has gone home without the digits is told by telephone once the city has found them.
    const state = ANSWERS[one.answer] ?? page.states[one.state];
    for (const text of [one.day, one.city, one.procedure, state, page.reasons[one.reason] ?? "", dates, one.until]) element("td", text, "", row);
    const does = element("td", "", "", row);
    if (shown[one.id]) element("span", shown[one.id], "who", does);
    if (!["accepted", "given_up"].includes(one.state)) {
      const keys = element("span", "", "keys", does);
      if (!shown[one.id]) Object.assign(element("button", t("連絡先を見る"), "", keys).dataset, { id: one.id, show: "yes" });
      if (page.moves) {
        for (const state of page.next[one.state]) {
          const reasons = state === "defect" ? Object.entries(page.reasons) : [["", ""]];
          for (const [reason, words] of reasons) {
            const text = reason ? `${page.states.defect}: ${words}` : page.states[state];
            Object.assign(element("button", text, "", keys).dataset, { id: one.id, state, reason });
          }
        }
      }
    }
    return row;
  }));
}

$("follow-ups").addEventListener("click", async ({ target }) => {
  const { id, show: asked, state, reason } = target.closest("button")?.dataset ?? {};
  if (!id) return;
  if (asked) {
    const who = await post("follow-up/show", { id: Number(id) });
    if (who) shown[id] = `${who.name} ${who.phone} ${who.digits}`.trim();
  } else if (await post("follow-up/move", { id: Number(id), state, reason })) delete shown[id];
  look();
});
$("asks").addEventListener("click", ({ target }) => {
  const id = Number(target.closest("button")?.dataset.id);
  if (id) show(id);
});
$("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("digits").value.trim()) answer($("digits").value);
  else say(t("申請書ID（23けた）を入れるか、「見つかりません」を押してください。"));
});
$("unknown").addEventListener("click", () => answer(""));
$("shut").addEventListener("click", shut);

async function look() {
  const said = await post("city/lists");
  if (!said) return;
  drawAsks(said.asks);
  drawFollowUps(said.follow_ups);
}

look();
setInterval(look, EVERY);
