// Added to the operator's console by the benchmark of the counter: when a picture moves, a key goes down, and what it brings is drawn.
(() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const counter = { key: 0, drawn: [], bytes: 0, video: 0 };
  window.counter = counter;
  counter.watchVideo = () => {
    counter.video = 0;
    document.getElementById("dk-video").requestVideoFrameCallback(() => { counter.video = now(); });
  };
  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", ({ data }) => { if (typeof data !== "string") counter.bytes += data.byteLength ?? data.size; });
    }
  };
  counter.watchKeys = () => {
    document.getElementById("dk-ime").addEventListener("keydown", () => { counter.key = now(); }, true);
    new MutationObserver(() => counter.drawn.push(now())).observe(document.getElementById("dk-canvas"), { attributeFilter: ["data-pictures"] });
  };
})();
