// The calendar: it opens at the first month with a free day, takes the first free day by itself and shows its times.
"use strict";

let binding = "plain";
let secondClick = "move";
let chosen = [];
let turn = 0;

const place = () => `counter=${$("counter").value}&people=${$("people").value}`;

async function openCalendar(ym) {
  const month = await call(`month?${place()}&ym=${ym || ""}`);
  chosen = [];
  $("hold").disabled = true;
  $("times").replaceChildren();
  $("day").textContent = "";
  if (!month.weeks) {
    $("calendar").textContent = "予約可能な日がありません。";
    return;
  }
  draw(month);
  const open = [...document.querySelectorAll(".grid .open")];
  if (!open.length) return;
  // Nobody waits for these times: whoever has clicked meanwhile has their own.
  const first = times(open[0], "&auto=1");
  if (binding === "late") await first;
  open.forEach((cell) => cell.addEventListener("click", () => times(cell, "")));
}

function draw(month) {
  const head = document.createElement("div");
  head.className = "head";
  for (const [ym, label] of [[month.former, "＜"], [null, month.title], [month.later, "＞"]]) {
    const part = document.createElement(ym === null ? "b" : "span");
    part.textContent = ym === "" ? "" : label;
    if (ym) {
      part.setAttribute("role", "button");
      part.setAttribute("aria-label", label === "＞" ? "次の月" : "前の月");
      part.addEventListener("click", () => openCalendar(ym));
    }
    head.append(part);
  }
  const grid = document.createElement("div");
  grid.className = "grid";
  for (const name of month.heads) grid.append(cellOf(name, "", "name"));
  for (const day of month.weeks.flat()) {
    const cell = day ? cellOf(Number(day.day.slice(6)), day.mark, day.free ? "open" : "") : cellOf("", "", "");
    if (day && day.free) cell.dataset.day = day.day;
    grid.append(cell);
  }
  $("calendar").replaceChildren(head, grid);
}

function cellOf(text, mark, name) {
  const cell = document.createElement("div");
  cell.className = name;
  cell.append(String(text));
  if (mark) {
    const sign = document.createElement("b");
    sign.textContent = mark;
    cell.append(document.createElement("br"), sign);
  }
  if (name === "open") cell.setAttribute("role", "button");
  return cell;
}

async function times(cell, auto) {
  const mine = ++turn;
  document.querySelectorAll(".grid .now").forEach((one) => one.classList.remove("now"));
  cell.classList.add("now");
  const day = cell.dataset.day;
  $("day").textContent = `${Number(day.slice(4, 6))}月${Number(day.slice(6))}日の空き状況`;
  const told = await call(`times?${place()}&day=${day}${auto}`);
  if (mine !== turn && binding !== "racing") return;
  chosen = [];
  $("hold").disabled = true;
  $("times").replaceChildren(...(told.times || []).map(timeButton));
}

function timeButton(time) {
  const button = document.createElement("button");
  const sign = document.createElement("i");
  button.type = "button";
  button.className = "time";
  button.disabled = !time.free;
  sign.textContent = time.mark;
  button.append(time.label, sign);
  button.addEventListener("click", () => {
    if (chosen.includes(time.slot)) {
      chosen = chosen.filter((slot) => slot !== time.slot);
      mark(button, sign, time.mark);
    } else {
      if (secondClick === "move") document.querySelectorAll(".time.on").forEach((one) => one.click());
      chosen.push(time.slot);
      mark(button, sign, "✔");
    }
    $("hold").disabled = !chosen.length;
  });
  return button;
}

function mark(button, sign, text) {
  button.classList.toggle("on", text === "✔");
  sign.textContent = text;
}
