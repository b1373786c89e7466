// The supervisor's page of the kiosks: looking at one from afar, beginning it anew, shutting it down until its counter opens.
import { page, t } from "../../contact_center/web/browser/words.js";
import { Relay } from "./relay.js";

const $ = (id) => document.getElementById(id);
const HOW = { good: "○", none: "－", fault: "×" };
let relay = null;

function say(sentence) {
  $("notice").textContent = sentence;
  $("notice").hidden = !sentence;
}

// One question to the hub, on a connection of its own; null where it is refused.
function ask(type, fields) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`wss://${location.host}/ws`);
    socket.onopen = () => socket.send(JSON.stringify({ type, ref: 1, ...fields }));
    socket.onmessage = ({ data }) => {
      const said = JSON.parse(data);
      if (said.ref !== 1) return;
      say(said.sentence ?? "");
      resolve(said.type === "done" ? (said.result ?? {}) : null);
      socket.close();
    };
    socket.onclose = () => resolve(null);
    socket.onerror = () => say(t("つながりません。つながり次第、もう一度押してください。"));
  });
}

function shut() {
  relay?.close();
  relay = null;
  $("diagnosis").hidden = true;
  $("diagnosis-picture").hidden = true;
  $("diagnosis-picture").removeAttribute("src");
}

async function look(counter, name) {
  shut();
  const told = await ask("desk.diagnose", { counter });
  if (!told) return;
  $("diagnosis").hidden = false;
  $("diagnosis-title").textContent = name;
  $("diagnosis-words").textContent = t("端末につないでいます。");
  relay = new Relay(told.ticket, {
    told: (news) => news.checks && ($("diagnosis-words").textContent = words(news)),
    picture: (data) => {
      const file = new FileReader();
      file.onload = () => Object.assign($("diagnosis-picture"), { src: file.result, hidden: false });
      file.readAsDataURL(new Blob([data], { type: "image/png" }));
    },
    gone: () => {
      $("diagnosis-words").textContent = t("端末との接続が終わりました（利用者が来たときも終わります）。");
      $("diagnosis-picture").hidden = true;
    },
  });
}

function words({ checks, system, seconds, screen }) {
  const parts = Object.entries(checks).map(([part, how]) => `${page.parts[part] ?? part} ${HOW[how]}`).join("　");
  return `${parts}　${system}　${screen.join("×")}　${t("動いている時間: {n}分", { n: Math.floor(seconds / 60) })}`;
}

$("counters").addEventListener("click", async ({ target }) => {
  const does = target.closest("button")?.dataset.do;
  const row = target.closest("[data-counter]");
  if (!does || !row) return;
  const { counter } = row.dataset;
  const name = row.closest("tr").querySelector("th").textContent;
  if (does === "look") {
    look(counter, name);
    return;
  }
  if (!confirm(does === "restart" ? t("{name}の端末を再起動しますか。", { name }) : t("{name}の端末を、次の受付まで終了しますか。", { name }))) return;
  shut();
  if (!(await ask("desk.power", { counter, do: does }))) return;
  say(does === "restart" ? t("端末に伝えました。") : t("端末に伝えました。次の受付までが短いときは、終了しません。"));
});
$("diagnosis-again").addEventListener("click", () => relay?.send({ do: "look" }));
$("diagnosis-shut").addEventListener("click", shut);
