// The console: puts its parts together and draws them whenever the board or the phone has changed.
import { Board } from "./board.js";
import { Check } from "./check.js";
import { Calling, showKeys } from "./calling.js";
import { Card } from "./card.js";
import { Link } from "./link.js";
import { mountPanels } from "./panels.js";
import { Phone } from "./phone.js";
import { Sound } from "./sound.js";
import { awayWord, CallbackList, drawFigures, drawWaiting, LineLamps, presenceText, SeatList, supervisedText } from "./surroundings.js";
import { showMine } from "./second.js";
import { settle } from "../../contact_center/web/browser/settle.js";
import { page, span, t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const board = new Board();
const link = new Link(board);
const sound = new Sound();
const phone = new Phone(link, $("voice"));
let connected = false;
let held = null;
let leaving = false;
let withoutCard = null;
let notified = null;
let said = null;
let sitsDown = false;

function say(sentence) {
  said = sentence ? { sentence, until: Date.now() + 8000 } : null;
  drawNotice();
}

const card = new Card(link, board, say);
const calling = new Calling(board, link, phone, card, say);
new Check(board, phone, sound, say);
const callbacks = new CallbackList(board, link, say);
const seats = new SeatList(board, link, say);
const lamps = new LineLamps(board, link, say);

function drawNotice() {
  const notice = $("notice");
  let [text, kind] = ["", ""];
  if (!connected) [text, kind] = [phone.inCall ? t("接続が切れました。通話はそのまま続いています。自動でつなぎ直しています。") : t("接続が切れました。自動でつなぎ直しています。"), "bad"];
  else if (held === "held") text = t("別のタブで操作中です。");
  else if (held === "taken") text = t("別のタブに引き継がれました。");
  else if (leaving) text = t("サインインの時間が過ぎました。通話はそのまま続けられます。終わったらサインインし直してください。");
  else if (said && Date.now() < said.until) text = said.sentence;
  else if (board.seat && sound.isLocked) text = t("着信音がまだ鳴りません。画面のどこかを一度押してください。");
  else if (cardIsLate()) [text, kind] = [t("記録が遅れています。通話はそのままできます。応対票が出てからメモを書いてください。"), "bad"];
  else if (board.seat?.phone_ready && !phone.registered) [text, kind] = [t("電話につながっていません。自動でつなぎ直しています。"), "bad"];
  if (notice.dataset.text !== text) {
    notice.dataset.text = text;
    notice.dataset.kind = kind;
    notice.textContent = text;
    if (text && connected && held) {
      const take = document.createElement("button");
      take.textContent = t("こちらに引き継ぐ");
      take.id = "take-over";
      take.addEventListener("click", () => link.send("take_over").then(takenOver, (refusal) => {
        take.replaceWith(" " + refusal.sentence);
      }));
      notice.append(" ", take);
    }
    notice.hidden = !text;
  }
}

function takenOver() {
  held = null;
  phone.signedIn = null;
  card.shown = null;
  draw();
}

// Whether there has been a call for seconds without a card: the centre cannot write just now. Who supervises has none.
function cardIsLate() {
  const calling = ["ringing", "talking", "held"].includes(phone.state);
  if (!calling || board.contact || board.seat?.supervises) withoutCard = null;
  else withoutCard ??= Date.now();
  return withoutCard !== null && Date.now() - withoutCard > 3000;
}

function drawSeatKeys() {
  const seat = board.seat;
  for (const id of ["go-available", "go-away", "away-reason", "leave-seat"]) $(id).hidden = !seat;
  for (const id of ["seat", "phone-kind", "take-seat"]) $(id).hidden = Boolean(seat);
  $("my-seat").textContent = seat?.name ?? "";
  // The key that was pressed is gone; the next one is where the focus belongs.
  if (seat && sitsDown) $("go-available").focus();
  if (seat) sitsDown = false;
  const presence = $("presence");
  presence.dataset.state = seat?.presence ?? "signed_out";
  if (seat && ["ringing", "on_contact", "wrapping"].includes(seat.presence)) {
    $("go-available").setAttribute("aria-pressed", String(seat.next === "available"));
    $("go-away").setAttribute("aria-pressed", String(seat.next === "away"));
  } else for (const id of ["go-available", "go-away"]) $(id).removeAttribute("aria-pressed");
  presence.textContent = seat ? presenceText(seat) : t("未着席");
  if (!seat) {
    const free = Object.entries(board.state.seats).filter(([, one]) => !one.person);
    const select = $("seat");
    const wanted = select.value || localStorage.getItem("seat");
    settle(select, free.map(([id, one]) => new Option(one.name, id)));
    if (free.some(([id]) => id === wanted)) select.value = wanted;
    $("take-seat").disabled = !free.length;
  }
  $("no-contact-hint").textContent = seat?.supervises ? calling.sentence() : !seat ? t("席を選んで着席すると、電話を受けられます。")
    : seat.presence === "available" ? t("電話が入ると、ここに応対票が出ます。") : t("「受付中にする」を押すと、電話が入ります。");
}

function drawCall() {
  const seat = board.seat;
  const contact = board.contact;
  const mine = held === null;
  const ringing = phone.state === "ringing" && mine && contact?.state !== "dialling";
  document.body.dataset.phone = phone.state;
  document.body.dataset.ringing = ringing ? "yes" : "no";
  // With the first call, the check at the start of the day is past.
  if (ringing) $("check-list").hidden = true;
  if (ringing) sound.start();
  else sound.stop();
  const wasDisabled = $("answer").disabled;
  $("answer").disabled = !ringing;
  if (ringing && wasDisabled) $("answer").focus();
  if (ringing && contact && notified !== contact.id) {
    notified = contact.id;
    notify();
  }
  for (const id of ["card", "seat-keys"]) $(id).inert = !mine;
  calling.draw(mine);
  $("hold").disabled = $("mute").disabled = !(phone.inCall && mine);
  // A call of one's own can be given up from its first moment, also while this phone is still being connected to it.
  $("hang-up").disabled = !mine || ringing || !(phone.inCall || phone.state === "ringing");
  // Whoever only listens has nobody to put on hold.
  if (seat?.supervises) $("hold").disabled = true;
  $("hold").setAttribute("aria-pressed", String(phone.state === "held"));
  $("mute").setAttribute("aria-pressed", String(phone.muted));
  // The seat's news may come a moment before the contact's: a key pressed in between is not lost.
  const wrapping = (contact?.state === "wrapping" || seat?.presence === "wrapping") && contact?.person === board.me.id;
  $("extend").hidden = !(wrapping && mine && !seat?.extended);
  $("finish").disabled = !(wrapping && card.complete && mine);
  let text = "";
  const shared = calling.sentence();
  if (ringing) text = contact?.third ? t("{name}から相談の着信です。F4で出られます。", { name: calling.name(`seat:${contact.seat}`) }) : contact?.outgoing ? t("折り返しの順番です。F4で相手にかけます。") : t("着信中です。F4で出られます。");
  else if (shared) text = shared;
  else if (contact?.state === "dialling") text = t("呼び出しています");
  else if (phone.state === "talking") text = (phone.muted ? t("消音中 ") : t("通話中 ")) + span(board.since(contact?.answered_at));
  else if (phone.state === "held") text = t("保留中 ") + span(board.since(contact?.answered_at));
  else if (wrapping) {
    const left = -board.since(seat.wrap_until);
    if (left > 0) text = card.complete ? t("後処理 残り{time}", { time: span(left) }) : t("後処理 残り{time}。分類と対応結果を選んでください。", { time: span(left) });
    else text = t("後処理の時間を{time}過ぎました。分類と対応結果を選んで終えてください。", { time: span(-left) });
  } else if (seat) text = phone.registered ? t("電話の準備ができています。") : t("電話を準備しています。");
  $("call-state").textContent = text;
  $("supervised").hidden = !seat?.supervised;
  $("supervised").textContent = seat?.supervised ? supervisedText(seat.supervised) : "";
}

function notify() {
  if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
  const city = board.state.lines[board.contact?.line]?.city ?? "";
  const note = new Notification(t("着信です"), { body: city, tag: "ringing" });
  note.onclick = () => window.focus();
}

function draw() {
  if (!board.state) return;
  if (held === null) phone.follow(board.seatId, board.seat);
  drawSeatKeys();
  card.draw();
  lamps.draw();
  drawFigures(board);
  drawWaiting(board);
  seats.draw();
  callbacks.draw();
  drawCall();
  drawNotice();
}

// What comes in a burst is drawn together; what comes alone is drawn at once.
const BREATH = 50;
let drawn = 0;
let due = null;
function drawSoon() {
  const wait = drawn + BREATH - performance.now();
  if (document.hidden || wait <= 0) drawNow();
  else due ??= setTimeout(drawNow, wait);
}
function drawNow() {
  clearTimeout(due);
  due = null;
  draw();
  drawn = performance.now();
}

let mounted = false;
link.on("board", () => {
  if (!connected) {
    connected = true;
    card.keep();
  }
  if (!mounted) {
    // Not before the hub has greeted us: a panel may speak as soon as it is there.
    mounted = true;
    mountPanels(link, board, phone, say);
  }
  drawSoon();
});
link.on("lost", () => {
  connected = false;
  drawNotice();
});
link.on("signed_out", () => {
  leaving = true;
  leave();
});
// A conversation is not cut because a session is over.
function leave() {
  if (!leaving) return;
  drawNotice();
  if (phone.inCall) setTimeout(leave, 1000);
  else location.assign("/sign-in");
}
addEventListener("beforeunload", (event) => phone.inCall && event.preventDefault());
// A form of the header leaves the page, and with it the phone.
for (const form of document.querySelectorAll(".ends form")) {
  form.addEventListener("submit", (event) => {
    const busy = phone.inCall || phone.state === "ringing" || (form.id === "sign-out" && board.contact);
    if (!busy) return;
    event.preventDefault();
    say(form.id === "sign-out" ? t("応対が終わってからサインアウトしてください。") : t("通話が終わってから言語を切り替えてください。"));
  });
}
link.on("other_tab", ({ what }) => {
  held = what;
  if (what === "taken") {
    phone.device?.stop();
    phone.signedIn = null;
  }
  draw();
});
phone.changed = (sentence) => {
  if (sentence) say(sentence);
  if (board.state) {
    drawCall();
    drawNotice();
  }
};
setInterval(() => {
  if (!board.state) return;
  lamps.draw();
  seats.draw();
  drawWaiting(board);
  card.tick();
  drawCall();
  drawNotice();
  if (held === null && board.seat?.phone_ready) {
    phone.follow(board.seatId, board.seat);
    if (connected) {
      phone.isLost(board.seat.presence);
      phone.agree(board.seat.presence);
      phone.missesLeg(board.seat.presence, board.seat.contact);
    }
  }
}, 1000);

const asked = (type, fields) => link.send(type, fields).catch((refusal) => say(refusal.sentence));

$("take-seat").addEventListener("click", async () => {
  await sound.unlock();
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
  localStorage.setItem("seat", $("seat").value);
  sitsDown = true;
  if ($("phone-kind").value === "browser" && !(await microphone())) return;
  await asked("seat.take", { seat: $("seat").value, phone: $("phone-kind").value });
});
// Whether the browser lets us hear the agent; it asks the first time.
async function microphone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
    return true;
  } catch {
    say(t("マイクを使えません。ブラウザーのアドレス欄の左でマイクを許可し、つながっているか確かめてください。"));
    return false;
  }
}

$("leave-seat").addEventListener("click", () => asked("seat.leave"));
$("go-available").addEventListener("click", () => asked("seat.presence", { presence: "available" }));
$("go-away").addEventListener("click", () => asked("seat.presence", { presence: "away", reason: $("away-reason").value }));
$("away-reason").replaceChildren(...page.away.map((reason) => new Option(awayWord(reason), reason)));
$("answer").addEventListener("click", () => {
  phone.command("answer");
  $("note").focus();
});
$("hang-up").addEventListener("click", () => (calling.asking ? calling.send("call.drop") : phone.command("hang_up")));
$("hold").addEventListener("click", () => phone.command(phone.state === "held" ? "resume" : "hold"));
$("mute").addEventListener("click", () => phone.command(phone.muted ? "unmute" : "mute"));
$("extend").addEventListener("click", () => asked("wrap_up.extend"));
$("finish").addEventListener("click", () => card.finish());
$("mine").addEventListener("click", () => showMine(board, link, say));

const keys = {
  F4: "answer", F6: "transfer", F8: "hang-up", F9: "hold", F10: "mute", "Alt+g": "hand-over", "Alt+j": "join", "Alt+b": "drop",
  "Alt+k": "keypad", "Alt+d": "dial", "Alt+h": "hand", "Alt+m": "nuisance", "Alt+t": "neighbours", "Alt+l": "leave-supervision",
  "Alt+s": "check", "Alt+r": "mine", "Alt+a": "source", "Alt+q": "hand-on", "Alt+p": "earlier", "Alt+e": "extend", "Alt+1": "go-available", "Alt+2": "go-away", "Control+Enter": "finish",
};
addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const name = (event.ctrlKey ? "Control+" : "") + (event.altKey ? "Alt+" : "") + key;
  if (keys[name]) {
    event.preventDefault();
    $(keys[name]).click();
  } else if (name === "F1" || (key === "?" && !event.target.matches("input, textarea, select"))) {
    event.preventDefault();
    showKeys();
  } else if (name === "Alt+n") {
    event.preventDefault();
    $("note").focus();
  } else if (name === "Alt+c" || name === "Alt+o") {
    event.preventDefault();
    const place = $(name === "Alt+c" ? "categories" : "outcomes");
    (place.querySelector("input:checked") ?? place.querySelector("input"))?.focus();
  }
});

$("ring-volume").value = sound.choice.volume;
$("ring-volume").addEventListener("change", (event) => sound.keep({ volume: Number(event.target.value) }));
$("ring-device").addEventListener("change", (event) => sound.keep({ device: event.target.value }));
$("ring-try").addEventListener("click", () => sound.unlock().then(() => sound.once()));
async function devices() {
  const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const speakers = found.filter((device) => device.kind === "audiooutput" && device.deviceId !== "default");
  $("ring-device").replaceChildren(new Option(t("いつもの機器"), ""), ...speakers.map((one, n) => new Option(one.label || t("機器{n}", { n: n + 1 }), one.deviceId)));
  $("ring-device").value = sound.choice.device;
}
document.querySelector(".sound").addEventListener("toggle", devices);

