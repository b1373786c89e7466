"use strict";
// The card software's widget: it waits for a card, shows the field of a PIN and answers whoever asked. It stands in its own
// page (as a frame or a window of another origin) or, where the rules say so, in the portal's page itself.

// `answer` is called with what the portal has to know: {state, code}.
function cardWidget(root, ticket, answer, inWindow) {
  let shown = null;
  let over = false;

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function say(state) {
    const bad = !["waiting", "ready", "right"].includes(state.state);
    return element("p", { className: bad ? "words bad" : "words", role: "status", textContent: state.words });
  }

  // Where the field goes: straight into the page, or behind a shadow root, open or closed.
  function place(entry) {
    const host = element("div", {});
    root.append(host);
    if (!entry.startsWith("shadow_")) return host;
    const shadow = host.attachShadow({ mode: entry === "shadow_open" ? "open" : "closed" });
    shadow.append(element("link", { rel: "stylesheet", href: "/assets/sites.css" }));
    const inside = element("div", { className: "reader" });
    shadow.append(inside);
    return inside;
  }

  function field(state) {
    const kind = root.dataset.kind;
    const pin = element("input", { type: "password", name: "pin", autocomplete: "off", maxLength: kind === "user" ? 4 : 16 });
    pin.setAttribute("aria-label", "暗証番号");
    if (kind === "user") pin.inputMode = "numeric";
    const toggle = element("button", { type: "button", className: "plain small", textContent: "表示する" });
    toggle.onclick = () => {
      pin.type = pin.type === "password" ? "text" : "password";
      toggle.textContent = pin.type === "password" ? "表示する" : "表示しない";
    };
    const form = element("form", { autocomplete: "off" },
      element("div", { className: "pin" }, pin, toggle), element("button", { textContent: "OK" }));
    form.onsubmit = async (event) => {
      event.preventDefault();
      const body = new URLSearchParams({ ticket, pin: pin.value });
      pin.value = "";
      await show(() => fetch("/client/verify", { method: "POST", body }));
    };
    place(state.entry).append(form);
    // A window of its own has nothing else to type in.
    if (own && inWindow) pin.focus();
  }

  function draw(state) {
    root.replaceChildren(say(state));
    if (state.state === "waiting") root.append(element("div", { className: "slot" }));
    const typing = ["ready", "wrong", "malformed"].includes(state.state);
    if (typing && state.entry === "popup" && !inWindow) {
      // A window opens only by a touch, so the frame asks for one.
      const open = element("button", { type: "button", textContent: "暗証番号の入力画面を開く" });
      open.onclick = () => window.open(`/client/?ticket=${ticket}&to=frame`, "card", "popup,width=560,height=460");
      root.append(open);
    } else if (typing) {
      field(state);
    }
  }

  // What is shown already is not drawn anew: somebody may be typing in it, and every drawing is a picture to be sent.
  function same(state) {
    if (shown === null || shown.entry !== state.entry) return false;
    const typing = ["ready", "wrong", "malformed"].includes(shown.state);
    return (typing && state.state === "ready") || (shown.state === state.state && shown.words === state.words);
  }

  async function show(ask) {
    let state;
    try {
      state = await (await ask()).json();
    } catch {
      state = { state: "ended", words: "カード読み取りソフトと通信できません。" };
    }
    if (over) return;
    if (!same(state)) {
      shown = state;
      draw(state);
    }
    if (state.state === "right" || state.state === "locked") {
      over = true;
      answer({ state: state.state, code: state.code });
    }
  }

  async function watch() {
    await show(() => fetch(`/client/state?ticket=${ticket}`));
    if (!over) setTimeout(watch, 300);
  }
  watch();
  return { end: () => { over = true; } };
}

// The page of the card software: its answer goes to the page around it, or to the page that opened its window.
const own = document.querySelector("[data-card]");
if (own) {
  const other = window.opener || window.parent;
  const tell = (message) => {
    other.postMessage({ card: message }, own.dataset.to);
    if (window.opener) window.close();
  };
  const widget = cardWidget(own, own.dataset.ticket, tell, window.opener !== null);
  window.addEventListener("message", (event) => {
    // What a window of ours says that this frame has opened is handed on.
    if (event.origin !== location.origin || !event.data?.card || window.opener) return;
    widget.end();
    tell(event.data.card);
  });
}
