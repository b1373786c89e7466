// Panels of other features: each brings a fragment and a script whose `mount(console)` is called once.
import { page } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);

export async function mountPanels(link, board, say) {
  for (const panel of page.panels) {
    const place = document.createElement("section");
    place.id = `panel-${panel.id}`;
    place.setAttribute("aria-label", panel.title);
    place.tabIndex = -1;
    $(`slot-${panel.slot}`).append(place);
    if (panel.slot === "main") $("slot-main-empty").hidden = true;
    addEventListener("keydown", (event) => {
      if (event.altKey && event.key === panel.hotkey) {
        event.preventDefault();
        (place.querySelector("input, textarea, select, button") ?? place).focus();
      }
    });
    try {
      const answer = await fetch(panel.url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      // The fragment is our own server's template; scripts in it would not run, and CSP forbids them anyway.
      place.innerHTML = await answer.text();
      const script = await import(panel.script);
      script.mount({
        place,
        get contact() { return board.contact; },
        get me() { return board.me.id; },
        // What a feature has added to the board, by id.
        leaves: (kind) => board.state?.[kind] ?? {},
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
        say,
      });
    } catch {
      place.textContent = panel.title;
      place.dataset.state = "failed";
    }
  }
}
