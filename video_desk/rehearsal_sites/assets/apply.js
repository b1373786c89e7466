"use strict";
// A photo is shown before it is sent, and a page whose time is over leaves by itself.

const chosen = document.querySelector("input[type=file][name=photo]");
if (chosen) {
  const preview = document.querySelector("#preview");
  chosen.addEventListener("change", () => {
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.hidden = chosen.files.length === 0;
    if (chosen.files.length) preview.src = URL.createObjectURL(chosen.files[0]);
  });
}

const { idle } = document.body.dataset;
if (idle) setTimeout(() => location.assign("/apply/timeout"), idle * 1000);
