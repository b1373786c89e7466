// Runs in a world of its own in every document of the booth, before the page's own scripts, and watches where the resident may
// type. It knows elements; values it compares and never tells. What it reports is "secret now" or "not", and when that ended.
//
// Closed unless classified: whatever has the focus is a secret until it is known to be none. What was secret once stays it, so
// that a "show password" button changes nothing.
(function start() {
  // A frame's first, empty document may hand its window on to the one that is loaded, without this script being run anew: whoever
  // asks looks whether it is still the same, and begins again where it is not.
  if (globalThis.kiosk?.of === document) return globalThis.kiosk;
  const HINTS = /pass(word|code|phrase)?|\bpwd|\bpin\b|pin(code|number|_|-|$)|secret|暗証|パスワード|パスコード|合言葉|個人番号|マイナンバー(?!カード|ポータル)|認証コード/i;
  const AUTOCOMPLETE = /password|one-time-code|^cc-/;
  // What takes no text.
  const NO_TEXT = new Set(["button", "submit", "reset", "checkbox", "radio", "range", "color", "file", "image", "hidden"]);
  const NO_FIELD = new Set(["select", "button", "a", "summary", "area", "video", "audio", "details", "label", "option", "iframe", "frame"]);
  const DATES = new Set(["date", "time", "month", "week", "datetime-local"]);
  const OPAQUE = new Set(["CANVAS", "OBJECT", "EMBED", "FENCEDFRAME"]);
  // What a browser hands to another program.
  const OTHERS = /^(?!(https?|about|blob|data|javascript):)[a-z][a-z0-9+.-]*:/i;
  // Values as long as these are looked for in the page's text too: shorter ones would be found in any date.
  const LONG = 6;
  const sticky = new Set();
  // The document, and every shadow root that is known.
  const roots = new Set();
  const known = new WeakSet();
  // Shadow roots that pages keep to themselves, by host; the bridge hands them in.
  const closed = new WeakMap();
  let [extra, pad] = globalThis.kiosk?.told ?? ["", null];
  let secret = false;
  // When the last secret ended, on the document's own clock.
  let ended = globalThis.kiosk ? performance.now() : -1e12;
  let asked = null;
  // The field whose picker no picture shows: the console has a panel of its own for it.
  let dated = null;

  const inside = (host) => host && (host.shadowRoot ?? closed.get(host));

  // The element that has the focus, through all shadow roots.
  const deep = () => {
    let active = document.activeElement;
    for (let root = inside(active); root; root = inside(active)) {
      watch(root);
      if (!root.activeElement) break;
      active = root.activeElement;
    }
    return active;
  };

  const words = (field) => {
    const said = [field.name, field.id, field.placeholder, field.title, field.getAttribute("aria-label")];
    for (const id of (field.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean)) {
      said.push(field.getRootNode().getElementById?.(id)?.textContent);
    }
    for (const label of field.labels ?? []) said.push(label.textContent);
    return said.filter(Boolean).join(" ").slice(0, 2000);
  };

  const masked = (field) => field.type === "password" || (getComputedStyle(field).webkitTextSecurity ?? "none") !== "none";

  const isField = (element) => {
    const name = element?.localName;
    return name === "textarea" || Boolean(element?.isContentEditable) || (name === "input" && !NO_TEXT.has(element.type));
  };

  // What the focus of an element is: "secret", "opaque" (nobody knows what is inside), or "" where it is none.
  const classify = (element) => {
    if (!element || element === document.body || element === document.documentElement) return "";
    if (OPAQUE.has(element.tagName)) return known.has(element) ? "" : "opaque";
    const name = element.localName;
    if (isField(element)) {
      const told = sticky.has(element) || masked(element) || AUTOCOMPLETE.test(element.autocomplete ?? "");
      return told || HINTS.test(words(element)) || (extra && element.matches(extra)) ? "secret" : "";
    }
    if (name === "input" || NO_FIELD.has(name) || known.has(element)) return "";
    // Something with a shadow root that is known: nothing inside it has the focus.
    if (inside(element)) return "";
    // It may hide a shadow root from us: the bridge looks, and hands it in or says that there is none.
    return "opaque";
  };

  const value = (field) => field.value ?? field.textContent ?? "";

  // Whether something that was typed as a secret stands in the clear: in its own field, in one that has taken its place, or in the text.
  const inTheClear = () => {
    const values = new Set();
    for (const field of sticky) {
      const typed = value(field);
      if (typed === "") continue;
      if (field.isConnected && !masked(field) && field.getClientRects().length) return true;
      if (typed.length >= 4) values.add(typed);
    }
    if (!values.size) return false;
    for (const root of roots) {
      for (const field of root.querySelectorAll("input, textarea")) {
        if (!sticky.has(field) && values.has(field.value) && !masked(field) && field.getClientRects().length) return true;
      }
      const text = (root === document ? document.body : root)?.textContent ?? "";
      for (const one of values) if (one.length >= LONG && text.includes(one)) return true;
    }
    return false;
  };

  const look = () => {
    const active = deep();
    const kind = classify(active);
    if (kind === "secret") sticky.add(active);
    if (pad) globalThis.kioskPad.follow(kind === "secret" && isField(active) ? active : null, pad);
    const now = kind !== "" || inTheClear();
    if (now !== secret) {
      secret = now;
      if (!now) ended = performance.now();
      kioskSays(JSON.stringify({ secret }));
    }
    if (kind === "opaque" && asked !== active) kioskSays(JSON.stringify({ opaque: true }));
    asked = kind === "opaque" ? active : null;
    const date = kind === "" && active?.localName === "input" && DATES.has(active.type) && !active.readOnly && !active.disabled ? active : null;
    if (date !== dated) {
      dated = date;
      kioskSays(JSON.stringify({ date: date && { type: date.type, min: date.min, max: date.max } }));
    }
    return secret;
  };

  // Lists open within the page instead of in a window that no picture shows.
  const lists = new CSSStyleSheet();
  lists.replaceSync("select:not([multiple], [size]), select::picker(select) { appearance: base-select !important; }");
  const dress = () => {
    if (!document.adoptedStyleSheets.includes(lists)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, lists];
  };

  // Where the focus goes to is known after the event that it leaves by.
  const soon = () => {
    look();
    queueMicrotask(look);
    setTimeout(look);
  };
  const observer = new MutationObserver(look);
  const OBSERVED = { subtree: true, childList: true, attributes: true, attributeFilter: ["type", "class", "style", "autocomplete", "hidden"] };
  const watch = (root) => {
    if (roots.has(root)) return;
    roots.add(root);
    for (const kind of ["focusin", "focusout", "input", "change", "click"]) root.addEventListener(kind, soon, { capture: true, passive: true });
    observer.observe(root, OBSERVED);
  };

  // Somebody touches the page: the bridge knows which touches are the operator's.
  // On the window, and before any listener of the page's own: none of them can keep it from us. A window that is handed on has them.
  for (const kind of globalThis.kiosk ? [] : ["pointerdown", "keydown", "wheel"]) {
    addEventListener(kind, (event) => event.isTrusted && kioskSays(JSON.stringify({ touched: kind })), { capture: true, passive: true });
  }

  // Nothing comes between a resident and the page: no other program is started, the whole screen and the pointer stay ours.
  if (!globalThis.kiosk) {
    globalThis.navigation?.addEventListener("navigate", (event) => OTHERS.test(event.destination.url) && event.preventDefault());
  }
  document.addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one.localName === "a" || one.localName === "area");
    if (link && OTHERS.test(link.href)) event.preventDefault();
  }, { capture: true });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement && document.exitFullscreen());
  document.addEventListener("pointerlockchange", () => document.pointerLockElement && document.exitPointerLock());

  globalThis.kiosk = {
    of: document,
    told: [extra, pad],
    start,
    // Sworn for a picture that was taken before this question: for how many milliseconds nothing has been secret; -1: something is.
    swear: () => {
      dress();
      return look() ? -1 : performance.now() - ended;
    },
    // Whether what is typed would go into a field: a caret stays in a field that has lost the focus, and the browser would write there.
    typable: () => isField(deep()) && classify(deep()) === "",
    // What was chosen in the console's panel, as if it had been chosen here.
    write: (text) => {
      if (!dated?.isConnected) return;
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(dated, text);
      for (const kind of ["input", "change"]) dated.dispatchEvent(new Event(kind, { bubbles: true, composed: true }));
    },
    // The root that a host keeps to itself, or null where it has none.
    adopt: (host, root) => {
      if (root) closed.set(host, root);
      else known.add(host);
      look();
    },
    // What the menu says of secrets: a selector of further fields, and the words of the keys on the screen where they are wanted.
    secrets: (selector, keys) => {
      [extra, pad] = [selector, keys];
      globalThis.kiosk.told = [selector, keys];
      look();
    },
    active: deep,
  };
  watch(document);
  document.addEventListener("DOMContentLoaded", look);
  dress();
  look();
  return globalThis.kiosk;
})();
