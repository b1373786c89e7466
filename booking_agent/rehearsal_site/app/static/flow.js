// From the consent to the number of the reservation, and what becomes of it afterwards.
"use strict";

let held = {};
let ends = 0;
let changing = null;
const WRITTEN = ["birthday", "name", "kana", "phone", "mail"];
const SHOWN = { birthday: "生年月日", name: "お名前", kana: "ふりがな", phone: "電話番号", mail: "メールアドレス" };

function written() {
  const fields = Object.fromEntries(WRITTEN.map((name) => [name, $(name).value]));
  return { ...fields, number: $("number1").value + $("number2").value };
}

function says(step, told) {
  $(step + "-message").textContent = told.failed || (told.empty ? "ただいま処理できません。" : "");
  return told.failed === undefined && !told.empty;
}

async function hold() {
  if (chosen.length > 1) {
    await modal("複数の時間が選択されています。1つだけ選択してください。", ["OK"]);
    return;
  }
  const told = await call("hold", { slot: chosen[0], counter: $("counter").value, people: $("people").value });
  if (!says("choose", told)) {
    await openCalendar();
    return;
  }
  held = told;
  ends = Date.now() + told.seconds * 1000;
  tick();
  if (changing) {
    sum("confirm", { ...held, number: changing.number });
    await go("confirm");
  } else {
    sum("form", held);
    await go("form");
  }
}

function tick() {
  const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
  const text = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  document.querySelectorAll(".left").forEach((one) => { one.textContent = text; });
}

async function register() {
  const question = changing ? "この内容に変更します。よろしいですか？" : "この内容で予約します。よろしいですか？";
  if (await modal(question, ["キャンセル", "OK"]) === 0) return;
  const told = changing ? await call("change", {}) : await call("book", written());
  if (says("confirm", told)) await finish(changing ? "予約を変更しました" : "予約が完了しました", told);
}

async function finish(title, told) {
  $("done-title").textContent = title;
  sum("done", told);
  changing = null;
  await go("done");
}

async function look() {
  const told = await call("find", { number: $("find-number").value, phone: $("find-phone").value });
  if (!says("find", told)) return;
  changing = told;
  sum("details", told);
  $("change").disabled = $("cancel").disabled = !told.changeable;
  $("details-message").textContent = told.changeable ? "" : "変更・取消の受付期間を過ぎています。";
  await go("details");
}

async function change() {
  $("counter").value = changing.place;
  $("people").value = changing.people;
  $("people").disabled = true;
  await go("choose");
  await openCalendar();
}

async function cancel() {
  if (await modal("予約を取り消します。元に戻すことはできません。よろしいですか？", ["いいえ", "はい"]) === 0) return;
  const told = await call("cancel", {});
  if (says("details", told)) await finish("予約を取り消しました", told);
}

async function release() {
  await call("release", {});
  await go("choose");
  await openCalendar();
}

async function tab(to) {
  changing = null;
  $("people").disabled = false;
  if (!$(to).classList.contains("shown")) await go(to);
}

async function check() {
  const { number, ...fields } = written();
  const missing = !number || WRITTEN.some((name) => name !== "mail" && !fields[name]);
  $("form-message").textContent = missing ? "必須項目を入力してください。" : "";
  if (missing) return;
  sum("confirm", held, [["製造番号", number], ...WRITTEN.map((name) => [SHOWN[name], fields[name]])]);
  await go("confirm");
}

// Nothing on the page reacts before the server has answered once.
window.addEventListener("load", async () => {
  ({ binding, secondClick } = await call("start"));
  $("agree").addEventListener("change", () => { $("agreed").disabled = !$("agree").checked; });
  $("agreed").addEventListener("click", async () => { await go("choose"); await openCalendar(); });
  for (const name of ["counter", "people"]) $(name).addEventListener("change", () => openCalendar());
  document.querySelectorAll(".release").forEach((one) => one.addEventListener("click", release));
  document.querySelectorAll(".tab").forEach((one) => one.addEventListener("click", () => tab(one.dataset.to)));
  const buttons = { hold, check, register, look, change, cancel };
  for (const [id, does] of Object.entries(buttons)) $(id).addEventListener("click", does);
  setInterval(tick, 1000);
  document.body.dataset.ready = "1";
});
