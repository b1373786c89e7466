// Panels of other features: each brings a fragment and a script whose `mount(console)` is called once. Those of the main slot share
// it: one is shown, the others wait behind their tabs.
import { element } from "../../contact_center/web/browser/settle.js";
import { page } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const shared = page.panels.filter(({ slot }) => slot === "main");

function choose(panel) {
  if (panel.slot !== "main") return;
  for (const { id } of shared) {
    $(`panel-${id}`).hidden = id !== panel.id;
    $(`tab-${id}`)?.setAttribute("aria-selected", String(id === panel.id));
  }
}

function tabs() {
  if (shared.length < 2) return;
  const row = element("div", "", "tabs");
  row.role = "tablist";
  for (const panel of shared) {
    const tab = element("button", panel.title, "tab", row);
    tab.id = `tab-${panel.id}`;
    tab.role = "tab";
    tab.setAttribute("aria-controls", `panel-${panel.id}`);
    tab.setAttribute("aria-keyshortcuts", `Alt+${panel.hotkey.toUpperCase()}`);
    element("kbd", `Alt+${panel.hotkey.toUpperCase()}`, "", tab);
    tab.addEventListener("click", () => choose(panel));
  }
  $("slot-main").prepend(row);
}

function place(panel) {
  const made = document.createElement("section");
  made.id = `panel-${panel.id}`;
  made.setAttribute("aria-label", panel.title);
  made.tabIndex = -1;
  $(`slot-${panel.slot}`).append(made);
  if (panel.slot === "main") $("slot-main-empty").hidden = true;
  addEventListener("keydown", (event) => {
    if (event.altKey && event.key === panel.hotkey) {
      event.preventDefault();
      choose(panel);
      (made.querySelector("input:not([type=radio]), textarea, select, button") ?? made).focus();
    }
  });
  return made;
}

export async function mountPanels(link, board, phone, say) {
  tabs();
  const places = page.panels.map((panel) => [panel, place(panel)]);
  if (shared.length) choose(shared[0]);
  for (const [panel, made] of places) {
    try {
      const answer = await fetch(panel.url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      // The fragment is our own server's template; scripts in it would not run, and CSP forbids them anyway.
      made.innerHTML = await answer.text();
      const script = await import(panel.script);
      script.mount({
        place: made,
        get contact() { return board.contact; },
        get me() { return board.me.id; },
        // What a feature has added to the board, by id.
        leaves: (kind) => board.state?.[kind] ?? {},
        now: () => board.now(),
        on: (name, listener) => link.on(name, listener),
        send: (type, fields) => link.send(type, fields),
        // Says where the answer came from, such as an FAQ.
        link: (kind, id) => link.send("contact.link", { contact: board.contact?.id, source: `${kind}:${id}`, linked: true }),
        // Adds a line to the note of the contact that is being served.
        note: (text) => {
          const note = $("note");
          note.value = [note.value, text].filter(Boolean).join("\n");
          note.dispatchEvent(new Event("input", { bubbles: true }));
        },
        // What a source of an answer is called, such as an FAQ's question.
        nameSource: (source, name) => {
          page.sources = { ...page.sources, [source]: name };
          link.emit("board");
        },
        // Whether the agent is silent just now, and whether their picture is sent.
        get muted() { return phone.muted; },
        // While a secret is typed nothing is heard and nothing said, on whatever line.
        hush: (on) => phone.hush(on),
        camera: (on) => phone.command(on ? "show" : "hide"),
        // Whether something behind this panel's tab waits for the agent.
        calls: (waits) => $(`tab-${panel.id}`)?.toggleAttribute("data-calls", waits),
        // Brings this panel before the others of its slot.
        show: () => choose(panel),
        say,
      });
    } catch {
      made.textContent = panel.title;
      made.dataset.state = "failed";
    }
  }
}
