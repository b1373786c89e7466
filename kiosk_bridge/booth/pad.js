// Keys on the screen for a secret that has letters, or where the counter has no PIN pad. They stand in the resident's own page, are
// drawn only while a secret is typed, and so are in no picture; what is pressed goes straight into the field.
globalThis.kioskPad = (() => {
  const SETS = { digits: ["123", "456", "789", "←0✓"], letters: ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM←✓"] };
  let host = null;
  let field = null;

  // Only digits, where the field says so or has room for no more than a PIN of four.
  const onlyDigits = (one) => one.inputMode === "numeric" || one.type === "tel" || (one.maxLength > 0 && one.maxLength <= 4);

  function press(key) {
    if (!field?.isConnected) return;
    field.focus();
    if (key === "✓") field.blur();
    else if (key === "←") document.execCommand("delete");
    else document.execCommand("insertText", false, key);
  }

  function show(one) {
    hide();
    field = one;
    host = document.createElement("div");
    host.style.cssText = "all:initial;position:fixed;left:0;right:0;bottom:0;z-index:2147483647";
    const root = host.attachShadow({ mode: "closed" });
    const style = document.createElement("style");
    style.textContent = `
      div { display: grid; gap: 8px; justify-content: center; padding: 12px; background: #f2f2f2; border-top: 3px solid #0017c1 }
      p { display: flex; gap: 8px; margin: 0; justify-content: center }
      button { font: 700 28px sans-serif; min-width: 72px; min-height: 72px; border: 2px solid #0017c1; border-radius: 12px; background: #fff; color: #1a1a1a }
      button:active { background: #b3cdfb } .done { background: #0017c1; color: #fff; min-width: 120px }`;
    const place = document.createElement("div");
    for (const row of SETS[onlyDigits(one) ? "digits" : "letters"]) {
      const line = document.createElement("p");
      for (const key of row) {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = key;
        if (key === "✓") made.className = "done";
        // The focus stays in the field: only there is what is typed a secret.
        made.addEventListener("pointerdown", (event) => event.preventDefault());
        made.addEventListener("mousedown", (event) => event.preventDefault());
        made.addEventListener("click", () => press(key));
        line.append(made);
      }
      place.append(line);
    }
    root.append(style, place);
    document.documentElement.append(host);
    // A field that the keys would cover comes up.
    one.scrollIntoView({ block: "center" });
  }

  function hide() {
    host?.remove();
    host = field = null;
  }

  return {
    follow(one) {
      if (one === field) return;
      if (one) show(one);
      else hide();
    },
  };
})();
