// What our driver asks of a page, in every frame. It stands behind one symbol and changes nothing of the page.
(() => {
  const KEY = Symbol.for("madoguchi");
  if (window[KEY]) return;

  // -- settling: what was set going by an action has come to rest ---------------------------------------------------------
  let changed = performance.now();
  let leaving = 0;
  let depth = 0;
  const timers = new Map();
  const SHORT = 1000;
  const DEEPEST = 3;
  const [set, clear] = [window.setTimeout, window.clearTimeout];
  new MutationObserver(() => { changed = performance.now(); }).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  // What follows from a press may begin a moment later: a form that is sent by script leaves its page in a task of its own.
  for (const kind of ["click", "change", "keydown", "submit"]) addEventListener(kind, () => { changed = performance.now(); }, true);
  const submit = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () {
    changed = performance.now();
    return submit.call(this);
  };
  // A page that works in steps of short timers is not at rest between them; one that only ticks (a timer that sets itself again
  // and again) is.
  window.setTimeout = function (does, wait, ...given) {
    if (typeof does !== "function" || !(Number(wait || 0) <= SHORT) || depth >= DEEPEST) return set.call(this, does, wait, ...given);
    const mine = depth + 1;
    const id = set.call(this, (...words) => {
      timers.delete(id);
      const former = depth;
      depth = mine;
      try { does.apply(window, words); } finally { depth = former; changed = performance.now(); }
    }, wait, ...given);
    timers.set(id, true);
    return id;
  };
  window.clearTimeout = function (id) {
    timers.delete(id);
    return clear.call(this, id);
  };
  if (window.navigation) {
    navigation.addEventListener("navigate", (event) => {
      if (!event.hashChange && !event.downloadRequest && !event.destination.sameDocument) leaving = performance.now();
    });
  }
  const still = () => document.readyState === "complete" && !timers.size && !(leaving && performance.now() - leaving < 5000);
  // Milliseconds until nothing will have changed here for `span`, if nothing does.
  const unrest = (span) => (still() ? Math.max(0, changed + span - performance.now()) : span);

  // -- frames: this window and all below it that it may look into, so that one question is enough for all of them
  const reach = (from = window) => [from, ...Array.from({ length: from.frames.length }, (_, n) => {
    try { return from.frames[n][KEY] ? reach(from.frames[n]) : []; } catch { return []; }
  }).flat()];
  const everywhere = (what, given) => reach().map((one) => one[KEY][what](given));
  // Waits, but not longer than `most`, until nothing has changed for `span` in any of them; [how many they are, whether they rest].
  // Only this window's timers are used: a frame that leaves takes its own with it.
  const quiet = (span, most) => new Promise((resolve) => {
    const until = performance.now() + most;
    const look = () => {
      const all = reach();
      let left = span;
      // A frame may go in the very moment in which it is asked.
      try { left = Math.max(...all.map((one) => one[KEY].unrest(span))); } catch { left = span; }
      if (!left || performance.now() >= until) resolve([all.length, !left]);
      else set.call(window, look, Math.max(4, Math.min(left, 50)));
    };
    look();
  });

  // -- finding: by what a person reads ------------------------------------------------------------------------------------
  const MUST = /(必須|任意|\*|※|:)+$/;
  const norm = (text) => (text || "").normalize("NFKC").replace(/\s+/g, " ").trim();
  const bare = (text) => { let now = norm(text); for (let was = ""; was !== now;) { was = now; now = now.replace(MUST, "").trim(); } return now; };
  const shown = (one) => {
    if (!one.isConnected || !one.getClientRects().length) return false;
    return one.checkVisibility ? one.checkVisibility({ opacityProperty: false, visibilityProperty: true }) : true;
  };
  function* all(selector, root = document) {
    for (const one of root.querySelectorAll(selector)) yield one;
    for (const host of root.querySelectorAll("*")) if (host.shadowRoot) yield* all(selector, host.shadowRoot);
  }
  const text = (one) => {
    const said = one.innerText === undefined ? one.textContent : one.innerText;
    const pictures = [...one.querySelectorAll("img[alt], svg[aria-label]")].map((picture) => picture.getAttribute("alt") || picture.getAttribute("aria-label"));
    return norm([said, ...pictures].join(" "));
  };
  const named = (one) => {
    const by = one.getAttribute("aria-labelledby");
    if (by) return norm(by.split(/\s+/).map((id) => document.getElementById(id)?.innerText || "").join(" "));
    if (one.getAttribute("aria-label")) return norm(one.getAttribute("aria-label"));
    if (one.tagName === "INPUT") return norm(one.value || one.alt || one.title);
    return text(one) || norm(one.title);
  };
  const PRESS = "button, input[type=button], input[type=submit], input[type=reset], input[type=image], [role=button], [role=tab], [role=menuitem], [role=option], summary";
  const LINK = "a[href], area[href], [role=link], a[onclick]";
  const CONTROL = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]), select, textarea, [contenteditable=true], [role=combobox], [role=textbox]";
  const labels = (one) => {
    const said = [...(one.labels || [])].map((label) => {
      const copy = label.cloneNode(true);
      copy.querySelectorAll("input, select, textarea, option").forEach((part) => part.remove());
      return copy.textContent;
    });
    if (one.getAttribute("aria-label")) said.push(one.getAttribute("aria-label"));
    const by = one.getAttribute("aria-labelledby");
    if (by) said.push(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" "));
    return said.map(bare);
  };
  // The cells behind a heading cell, or the description behind a term.
  const beside = (head) => {
    if (head.tagName === "DT") { const dd = head.nextElementSibling; return dd && dd.tagName === "DD" ? [dd] : []; }
    const found = [];
    for (let next = head.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.tagName === "TH") break;
      found.push(next);
    }
    return found;
  };
  const own = (one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll("input, select, textarea, button").forEach((part) => part.remove());
    return copy.textContent;
  };
  const HEADS = "th, dt, td, label, .label, legend";
  const same = (said, wanted, part) => (part ? said.includes(wanted) : said === wanted);
  const ways = {
    field(wanted, part) {
      const controls = [...all(CONTROL)].filter(usable);
      let found = controls.filter((one) => labels(one).some((said) => same(said, wanted, part)));
      if (!found.length) found = controls.filter((one) => [one.title, one.placeholder].some((said) => said && same(bare(said), wanted, part)));
      if (!found.length) {
        for (const head of all(HEADS)) {
          if (!shown(head) || !same(bare(own(head)), wanted, part)) continue;
          for (const cell of beside(head)) found.push(...[...cell.querySelectorAll(CONTROL)].filter(usable), ...(cell.matches(CONTROL) && usable(cell) ? [cell] : []));
        }
      }
      return found;
    },
    press: (wanted, part) => outermost([...all(`${PRESS}, ${LINK}`)].filter((one) => shown(one) && same(named(one), wanted, part))),
    button: (wanted, part) => [...all(PRESS)].filter((one) => shown(one) && same(named(one), wanted, part)),
    link: (wanted, part) => [...all(LINK)].filter((one) => shown(one) && same(named(one), wanted, part)),
    name: (wanted) => [...all(`[name="${CSS.escape(wanted)}"]`)].filter(usable),
    css: (wanted) => [...all(wanted)].filter(usable),
    text(wanted, part) {
      const found = [];
      for (const one of all("body *")) {
        if (!["SCRIPT", "STYLE", "OPTION"].includes(one.tagName) && shown(one) && same(bare(one.innerText), wanted, part)) found.push(one);
      }
      return found.filter((one) => !found.some((other) => other !== one && one.contains(other)));
    },
  };
  // A tick or a radio button may be drawn by its label, and be invisible itself.
  const usable = (one) => shown(one) || (["checkbox", "radio"].includes(one.type) && [...(one.labels || [])].some(shown));
  const outermost = (found) => found.filter((one) => !found.some((other) => other !== one && other.contains(one)));
  const find = ({ kind, text: wanted, part, within }) => {
    const clean = kind === "css" || kind === "name" ? wanted : kind === "field" || kind === "text" ? bare(wanted) : norm(wanted);
    const found = [...new Set(ways[kind](clean, part))];
    if (!within) return found;
    const places = [...all(within)].filter(shown);
    return found.filter((one) => places.some((place) => place.contains(one)));
  };
  // What somebody who wrote the profile might have meant: the names of that kind that are there.
  const alternatives = (kind) => {
    const names = { field: () => [...all(CONTROL)].filter(usable).flatMap((one) => [...labels(one), one.title, one.placeholder]), text: () => [...all("h1, h2, h3, [role=heading], .title")].filter(shown).map((one) => text(one)) };
    const said = (names[kind] || (() => [...all(`${PRESS}, ${LINK}`)].filter(shown).map(named)))();
    return [...new Set(said.map(norm).filter((one) => one && one.length < 40))].slice(0, 12);
  };

  // -- reading ------------------------------------------------------------------------------------------------------------
  // Each heading with what stands beside it: tables, lists of terms, and pairs of elements in a line.
  const facts = () => {
    const pairs = [];
    for (const head of all("th, dt, td, .label, label, [class*=label]")) {
      if (!shown(head)) continue;
      const said = bare(own(head));
      if (!said || said.length > 30) continue;
      const field = head.tagName === "LABEL" && !["checkbox", "radio"].includes(head.control?.type) ? head.control : null;
      const cells = field ? [] : beside(head).filter(shown);
      const value = field ? norm(field.selectedOptions?.[0]?.text ?? field.value ?? "") : norm(cells.map((cell) => text(cell)).join(" "));
      if (value) pairs.push([said, value]);
    }
    return pairs;
  };
  const CLICKS = "a[href], a[onclick], button, input[type=button], input[type=submit], input[type=radio], [role=button], [onclick]";
  const DATED = ["data-date", "datetime", "data-day", "aria-label", "title", "data-value", "data-time"];
  const clickable = (one) => {
    const inside = [...one.querySelectorAll(CLICKS)].filter((part) => shown(part) || part.type === "radio");
    return one.matches(CLICKS) ? [one] : inside.length ? inside : getComputedStyle(one).cursor === "pointer" ? [one] : [];
  };
  const disabled = (one) => Boolean(one.disabled) || one.getAttribute("aria-disabled") === "true" || Boolean(one.closest("[aria-disabled=true], fieldset[disabled]"));
  const column = (cell) => {
    const row = cell.closest("tr");
    const table = cell.closest("table");
    if (!row || !table) return "";
    const at = (which) => { let place = 0; for (const one of which.parentElement.children) { if (one === which) return place; place += one.colSpan || 1; } return place; };
    const mine = at(cell);
    for (const other of table.rows) {
      if (other === row) continue;
      let place = 0;
      for (const one of other.cells) {
        if (place <= mine && mine < place + one.colSpan && (one.tagName === "TH" || other === table.rows[0])) return text(one);
        place += one.colSpan;
      }
    }
    return "";
  };
  const rowHead = (cell) => {
    const row = cell.closest("tr");
    const head = row && [...row.cells].find((one) => one.tagName === "TH") || row?.cells[0];
    return head && head !== cell ? text(head) : "";
  };
  const cells = ([selector, attribute]) => [...all(selector)].map((one, at) => {
    const parts = [one, ...one.querySelectorAll("*")];
    const keys = clickable(one);
    return {
      at, shown: shown(one), text: norm(one.innerText), keys: keys.length, disabled: disabled(one) || (keys.length > 0 && keys.every(disabled)),
      signs: [...parts.flatMap((part) => [...part.childNodes].filter((node) => node.nodeType === 3).map((node) => norm(node.data))), ...parts.map((part) => part.getAttribute("alt") || "")].filter(Boolean),
      classes: parts.flatMap((part) => [...part.classList]),
      dated: parts.flatMap((part) => DATED.map((name) => part.getAttribute(name))).filter(Boolean),
      column: column(one), row: rowHead(one), read: attribute ? parts.map((part) => part.getAttribute(attribute)).find(Boolean) || "" : "",
    };
  });
  const key = (selector, at, said) => {
    const one = [...all(selector)][at];
    if (!one || norm(one.innerText) !== said) return null;
    const keys = clickable(one).filter((part) => !disabled(part));
    return keys.length === 1 ? keys[0] : keys.length ? keys.find((part) => part !== one) || one : null;
  };
  const options = (one) => [...one.options].map((option) => ({ text: norm(option.text), disabled: option.disabled || !option.value && option.index === 0 }));
  const choices = (selector) => {
    const one = document.querySelector(selector);
    return one && one.tagName === "SELECT" ? options(one) : [];
  };
  const CAPTCHAS = "iframe[src*=recaptcha i][src*=bframe i], iframe[src*=recaptcha i][src*='size=normal' i], iframe[src*=hcaptcha i], iframe[src*='challenges.cloudflare' i], img[src*=captcha i], img[alt*=画像認証]";
  const captcha = () => [...all(CAPTCHAS)].some(shown);

  Object.defineProperty(window, KEY, { value: { quiet, unrest, everywhere, find, count: (given) => find(given).length, alternatives, facts, cells, key, options, choices, captcha, words: () => norm(document.body ? document.body.innerText : "") } });
})();
