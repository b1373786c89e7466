// Calls to the server, the spinner, the modal and the moves between the steps.
"use strict";

const words = JSON.parse(document.getElementById("words").textContent);
const say = (label) => words[label] || label;
const $ = (id) => document.getElementById(id);
const MOVE = 150;
let waiting = 0;

async function call(path, body) {
  waiting += 1;
  $("spinner").hidden = false;
  try {
    const answer = await fetch("/app/api/" + path, body && {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.status === 429) return { empty: true };
    const told = await answer.json();
    if (answer.ok) return told;
    if (told.modal) await modal(told.modal, ["OK"]);
    if (told.restart) location.reload();
    return { failed: told.message || "" };
  } catch (error) {
    await modal("通信エラーが発生しました。時間をおいて再度お試しください。", ["OK"]);
    return { failed: "" };
  } finally {
    waiting -= 1;
    $("spinner").hidden = waiting === 0;
  }
}

// Resolves with the place of the button that was pressed; the last one is the main one.
function modal(text, labels) {
  return new Promise((resolve) => {
    const bar = $("modal").querySelector(".bar");
    $("modal").querySelector("p").textContent = text;
    bar.replaceChildren(...labels.map((label, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = place === labels.length - 1 ? "main" : "sub";
      button.textContent = label;
      button.addEventListener("click", () => {
        $("shade").hidden = true;
        resolve(place);
      });
      return button;
    }));
    $("shade").hidden = false;
  });
}

// The old step fades out, then the new one slides in; nothing can be pressed sooner.
function go(id) {
  const former = document.querySelector(".step.shown");
  former.style.opacity = 0;
  return new Promise((resolve) => setTimeout(() => {
    former.classList.remove("shown");
    former.style.opacity = "";
    const next = $(id);
    next.style.display = "block";
    void next.offsetWidth;
    next.style.display = "";
    next.classList.add("shown");
    window.scrollTo({ top: 0, behavior: "smooth" });
    setTimeout(resolve, MOVE);
  }, MOVE));
}

function sum(id, told, more) {
  const rows = [["予約番号", told.number], ["受取窓口", told.counter], ["予約日", told.day], ["時間", told.time],
    ["予約人数", told.people && told.people + "人"], ...(more || [])];
  $(id).querySelector(".sum").replaceChildren(...rows.filter((row) => row[1]).map(([head, text]) => {
    const row = document.createElement("tr");
    row.append(document.createElement("th"), document.createElement("td"));
    row.firstChild.textContent = say(head);
    row.lastChild.textContent = text;
    return row;
  }));
}
