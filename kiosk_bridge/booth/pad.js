// Keys on the screen for a secret that has letters, or where the counter has no PIN pad. They stand in the resident's own page, are
// drawn only while a secret is typed, and so are in no picture; what is pressed goes straight into the field.
globalThis.kioskPad = (() => {
  const SETS = { digits: ["123", "456", "789", "0"], flat: ["12345", "67890"], letters: ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"] };
  // Pixels: 20 mm on the kiosk's screen, and what a finger still meets; what stands beside the rows of keys.
  const [KEY, LEAST, GAP, BESIDE] = [72, 40, 8, 63];
  let host = null;
  let field = null;
  let count = null;
  let words = {};

  // Only digits, where the field says so or has room for no more than a PIN of four.
  const onlyDigits = (one) => one.inputMode === "numeric" || one.type === "tel" || (one.maxLength > 0 && one.maxLength <= 4);

  function press(key) {
    if (!field?.isConnected) return;
    field.focus();
    if (key === "delete") document.execCommand("delete");
    else if (key === "enter") field.blur();
    else if (key === "stop") {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.blur();
    } else document.execCommand("insertText", false, key);
    tally();
  }

  // How many have been typed: the field itself may lie beneath the keys. It is drawn, like the keys, in no picture.
  function tally() {
    if (count && field) count.textContent = "●".repeat(field.value.length) || "○";
  }

  // What stands in a low frame is seen whole: digits lie flat in it, and keys are as high as there is room for.
  const needs = (rows) => BESIDE + (rows.length + 1) * (KEY + GAP);

  function chosen(one) {
    if (!onlyDigits(one)) return SETS.letters;
    return innerHeight < needs(SETS.digits) ? SETS.flat : SETS.digits;
  }

  function show(one) {
    hide();
    field = one;
    const set = chosen(one);
    const key = Math.max(LEAST, Math.min(KEY, Math.floor((innerHeight - BESIDE) / (set.length + 1)) - GAP));
    host = document.createElement("div");
    host.style.cssText = "all:initial;position:fixed;left:0;right:0;bottom:0;z-index:2147483647";
    const root = host.attachShadow({ mode: "closed" });
    const style = document.createElement("style");
    style.textContent = `
      div { display: grid; gap: 8px; justify-content: center; padding: 12px; background: #f2f2f2; border-top: 3px solid #0017c1 }
      p { display: flex; gap: 8px; margin: 0; justify-content: center }
      button { font: 700 28px sans-serif; min-width: ${Math.min(KEY, Math.floor(innerWidth / 10) - GAP)}px; min-height: ${key}px; border: 2px solid #0017c1; border-radius: 12px; background: #fff; color: #1a1a1a }
      button { padding: 0 .5em } .count { font: 700 28px/1 sans-serif; text-align: center; letter-spacing: .2em; min-height: 1em; display: block }
      button:active { background: #b3cdfb } .enter { background: #0017c1; color: #fff } .stop { border-color: #767676 }`;
    const place = document.createElement("div");
    count = document.createElement("p");
    count.className = "count";
    place.append(count);
    const rows = set.map((row) => [...row].map((key) => [key, key]));
    rows.push(["stop", "delete", "enter"].map((key) => [key, words[key] ?? key]));
    for (const row of rows) {
      const line = document.createElement("p");
      for (const [key, label] of row) {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = label;
        if (label !== key) made.className = key;
        // The focus stays in the field: only there is what is typed a secret.
        made.addEventListener("pointerdown", (event) => event.preventDefault());
        made.addEventListener("mousedown", (event) => event.preventDefault());
        made.addEventListener("click", () => press(key));
        line.append(made);
      }
      place.append(line);
    }
    one.addEventListener("input", tally);
    tally();
    root.append(style, place);
    document.documentElement.append(host);
    // A field that the keys would cover comes up.
    one.scrollIntoView({ block: "center" });
  }

  function hide() {
    field?.removeEventListener("input", tally);
    host?.remove();
    host = field = count = null;
  }

  return {
    // The field whose secret is typed, null: none; and what the keys say.
    follow(one, told) {
      words = told;
      if (one === field) return;
      if (one) show(one);
      else hide();
    },
  };
})();
