// The hub's WebSocket: says hello with the last event seen, answers by number, own heartbeat, comes back by itself.
const BEAT = 8000;
const DEAD = 15000;

const LEAVES_WITHIN = 1000;

// The name of this tab, the same after a reload. A tab that was duplicated brings the name of the other, which still holds its
// lock, and needs one of its own.
async function ownTab() {
  const known = sessionStorage.getItem("tab");
  if (known && (await holds(known))) return known;
  const fresh = crypto.randomUUID();
  sessionStorage.setItem("tab", fresh);
  await holds(fresh);
  return fresh;
}

// Takes a tab's name for as long as this page lives; a page that is being left gives it back within a moment.
function holds(name) {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(LEAVES_WITHIN);
    const taken = navigator.locks.request(`tab ${name}`, { signal }, () => new Promise(() => resolve(true)));
    taken.catch(() => resolve(false));
  });
}

export class Link {
  // A page that only watches never holds the seat of its person.
  constructor(board, { watch = false } = {}) {
    this.board = board;
    this.watch = watch;
    this.listeners = {};
    this.waiting = new Map();
    this.ref = 0;
    this.pause = 250;
    ownTab().then((tab) => {
      this.tab = tab;
      this.open();
    });
    setInterval(() => this.beat(), BEAT);
    addEventListener("online", () => this.again(0));
  }

  on(name, listener) {
    (this.listeners[name] ??= []).push(listener);
  }

  emit(name, value) {
    for (const listener of this.listeners[name] ?? []) listener(value);
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const socket = new WebSocket(`wss://${location.host}/ws`);
    this.socket = socket;
    this.greeted = false;
    socket.onopen = () => {
      this.heard = performance.now();
      socket.send(JSON.stringify({ type: "hello", last: this.board.last, tab: this.tab, watch: this.watch }));
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.take(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      for (const { reject } of this.waiting.values()) reject({ code: "lost", sentence: "" });
      this.waiting.clear();
      if (event.code === 4401) {
        this.emit("signed_out");
        return;
      }
      this.emit("lost");
      this.again(this.pause);
      this.pause = Math.min(this.pause * 1.6, 1500);
    };
  }

  again(pause) {
    if (!this.socket || this.socket.readyState <= WebSocket.OPEN && pause === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause);
  }

  beat() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heard > DEAD) {
      // A dead socket looks alive for minutes.
      const socket = this.socket;
      socket.onclose({ code: 4408 });
      socket.onclose = null;
      socket.close();
      return;
    }
    this.socket.send(JSON.stringify({ type: "beat", n: ++this.ref }));
  }

  take(message) {
    this.heard = performance.now();
    if (message.type === "snapshot" || message.type === "change") {
      this.pause = 250;
      this.greeted = true;
      this.board.take(message);
      this.emit("board", message);
    } else if (message.type === "done" || message.type === "refused") {
      const waiter = this.waiting.get(message.ref);
      this.waiting.delete(message.ref);
      if (message.type === "done") waiter?.resolve(message.result);
      else waiter?.reject(message);
    } else {
      this.emit(message.type, message);
    }
  }

  // Sends a message and answers with its result; a refusal carries a sentence for the person.
  send(type, fields = {}) {
    return new Promise((resolve, reject) => {
      // Before the hub has greeted us, it does not know whether this tab holds the seat.
      if (this.socket?.readyState !== WebSocket.OPEN || !this.greeted) {
        reject({ code: "lost", sentence: "" });
        return;
      }
      const ref = ++this.ref;
      this.waiting.set(ref, { resolve, reject });
      this.socket.send(JSON.stringify({ type, ref, ...fields }));
    });
  }
}
