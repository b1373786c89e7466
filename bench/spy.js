// Added to the console's page by the benchmarks: notes when what has come and was painted, in seconds since 1970.
// seen: the first time of each thing since it was last emptied. told: for each event of a contact, when its change was painted.
(() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const spy = { seen: {}, told: {} };
  window.spy = spy;
  const first = (what) => { spy.seen[what] ??= now(); };

  // A task that was posted from within a frame's callback runs after that frame was drawn.
  const painted = (then) => {
    const after = new MessageChannel();
    after.port1.onmessage = then;
    requestAnimationFrame(() => after.port2.postMessage(null));
  };

  const heard = (data) => {
    if (data.startsWith("INVITE ")) {
      first("phone");
      painted(() => first("phone_painted"));
    } else if (data.startsWith("{")) {
      const { type, last, event, state } = JSON.parse(data);
      if (type === "change" && event.startsWith("Contact")) painted(() => { spy.told[last] = now(); });
      if (Object.values(state?.seats ?? {}).some((seat) => seat.presence === "ringing")) first("browser");
    }
  };

  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", ({ data }) => heard(data));
    }
  };

  addEventListener("DOMContentLoaded", () => {
    const card = document.getElementById("contact");
    if (!card) return;
    new MutationObserver(() => {
      if (card.hidden || spy.seen.visible) return;
      first("visible");
      painted(() => first("painted"));
    }).observe(card, { attributes: true, attributeFilter: ["hidden"] });
  });
})();
