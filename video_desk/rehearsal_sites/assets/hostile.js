"use strict";
// What a page does that has been taken over by somebody: each trick is tried at once, and again at a touch, when a
// browser allows more. What came of it is reported, of texts only the length.

const page = document.body.dataset;
const wanted = page.tricks.split(" ");

function report(trick, outcome) {
  navigator.sendBeacon(`/${page.face}/caught`, new URLSearchParams({ trick, outcome }));
}

const tricks = {
  open: () => report("open", window.open(page.elsewhere, "_blank") ? "opened" : "blocked"),
  clipboard: async () => {
    const text = await navigator.clipboard.readText();
    report("clipboard", `${text.length} letters`);
  },
  fullscreen: async () => {
    await document.documentElement.requestFullscreen();
    report("fullscreen", "entered");
  },
  download: () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["練習用の無害なファイルです。"]));
    link.download = "renshu.exe";
    link.click();
    report("download", "tried");
  },
};

// None waits for another: what asks for a permission may never be answered.
function attempt(trick) {
  Promise.resolve().then(() => tricks[trick]?.()).catch((error) => report(trick, error.name));
}

if (wanted.includes("password")) {
  const field = document.querySelector("#field");
  field.parentElement.hidden = false;
  field.addEventListener("change", () => report("password", `${field.value.length} letters`));
}
if (wanted.includes("beforeunload")) {
  window.addEventListener("beforeunload", (event) => event.preventDefault());
}
// A touch allows one thing only, so each touch tries the next.
const later = wanted.filter((trick) => trick in tricks);
later.forEach(attempt);
document.addEventListener("pointerdown", () => later.length && attempt(later.shift()));
if (wanted.includes("navigate")) {
  setTimeout(() => {
    report("navigate", "tried");
    location.assign(page.elsewhere);
  }, 3000);
}
