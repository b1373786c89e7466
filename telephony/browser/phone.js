// The seat's phone. Browser and native phones look alike to the console: they say their state and obey five words.
import JsSIP from "jssip";

class BrowserPhone {
  constructor(account, voice, tell) {
    this.tell = tell;
    this.voice = voice;
    this.session = null;
    const socket = new JsSIP.WebSocketInterface(`wss://${location.host}/sip`);
    this.agent = new JsSIP.UA({
      sockets: [socket], uri: `sip:${account.user}@${location.hostname}`, authorization_user: account.user,
      password: account.password, register_expires: 90, session_timers: false, user_agent: "Madoguchi console",
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 3,
    });
    this.agent.on("registered", () => tell({ state: this.session ? "talking" : "registered" }));
    this.agent.on("unregistered", () => tell({ state: "unregistered" }));
    this.agent.on("disconnected", () => tell({ state: "unregistered" }));
    this.agent.on("registrationFailed", () => {
      tell({ state: "unregistered" });
      setTimeout(() => this.agent.isConnected() && this.agent.register(), 1000);
    });
    this.agent.on("newRTCSession", ({ originator, session, request }) => this.incoming(originator, session, request));
    this.agent.start();
  }

  incoming(originator, session, request) {
    if (originator !== "remote" || this.session) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.session = session;
    const over = () => {
      this.session = null;
      this.voice.srcObject = null;
      this.tell({ state: "idle" });
    };
    session.on("ended", over);
    session.on("failed", over);
    session.on("confirmed", () => this.tell({ state: "talking" }));
    session.on("hold", ({ originator: who }) => who === "local" && this.tell({ state: "held" }));
    session.on("unhold", ({ originator: who }) => who === "local" && this.tell({ state: "talking" }));
    this.tell({ state: "ringing", key: request.getHeader("X-Contact") });
  }

  async command(what) {
    const session = this.session;
    if (!session) return;
    if (what === "answer") {
      session.on("peerconnection", ({ peerconnection }) => this.listen(peerconnection));
      session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
      if (session.connection) this.listen(session.connection);
    } else if (what === "hang_up") session.terminate();
    else if (what === "hold") session.hold();
    else if (what === "resume") session.unhold();
    else if (what === "mute") session.mute({ audio: true });
    else if (what === "unmute") session.unmute({ audio: true });
  }

  listen(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      if (track.kind === "audio") this.voice.srcObject = streams[0] ?? new MediaStream([track]);
    });
  }

  stop() {
    this.agent.stop();
  }
}

class NativePhone {
  constructor(link, tell) {
    this.link = link;
    this.tell = tell;
    this.session = null;
    tell({ state: "registering" });
  }

  report(message) {
    this.session = ["ringing", "talking", "held"].includes(message.state) ? message.contact : null;
    this.tell({ state: message.state, key: message.contact });
  }

  command(what) {
    return this.link.send("phone.command", { do: what });
  }

  stop() {}
}

export class Phone {
  constructor(link, voice) {
    this.link = link;
    this.voice = voice;
    this.state = "none";
    this.key = null;
    this.muted = false;
    this.changed = () => {};
    this.device = null;
    this.signedIn = null;
    link.on("phone.report", (message) => this.device?.report?.(message));
  }

  // Follows the seat: a phone for each sign-in, none when nobody sits there.
  async follow(seatId, seat) {
    const wanted = seat?.phone_ready ? `${seatId} ${seat.phone}` : null;
    if (wanted === this.signedIn) return;
    this.signedIn = wanted;
    this.device?.stop();
    this.device = null;
    this.tell({ state: "none" });
    if (!wanted) return;
    try {
      const account = await this.link.send("phone.ask");
      if (this.signedIn !== wanted) return;
      const tell = (report) => this.tell(report);
      this.device = account.native ? new NativePhone(this.link, tell) : new BrowserPhone(account, this.voice, tell);
    } catch (refusal) {
      this.signedIn = null;
      if (refusal.sentence) this.changed(refusal.sentence);
    }
  }

  tell({ state, key }) {
    this.state = state;
    if (key !== undefined) this.key = key;
    if (state === "idle" || state === "ringing") this.muted = false;
    this.changed();
  }

  get inCall() {
    return this.state === "talking" || this.state === "held";
  }

  command(what) {
    if (what === "mute" || what === "unmute") {
      this.muted = what === "mute";
      this.changed();
    }
    return this.device?.command(what);
  }
}
