// The seat's phone. Browser and native phones look alike to the console: they say their state and obey a few words.
import JsSIP from "jssip";
import { impatient } from "../../contact_center/web/browser/ice.js";

const STUCK_AFTER = 12000;
const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 20 } };

class BrowserPhone {
  constructor(account, voice, tell, picture) {
    this.tell = tell;
    this.voice = voice;
    this.picture = picture;
    this.ice = account.ice;
    this.session = null;
    this.registered = false;
    this.held = false;
    const socket = new JsSIP.WebSocketInterface(`wss://${location.host}/sip`);
    this.agent = new JsSIP.UA({
      sockets: [socket], uri: `sip:${account.user}@${location.hostname}`, authorization_user: account.user,
      password: account.password, register_expires: 90, session_timers: false, user_agent: "Madoguchi console",
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 3,
    });
    this.agent.on("registered", () => this.now(true));
    this.agent.on("unregistered", () => this.now(false));
    this.agent.on("disconnected", () => {
      // A call that only rang died with the link: Asterisk offers it anew. Talk goes on without the link.
      if (this.session && !this.session.isEstablished()) this.drop();
      this.now(false);
    });
    this.agent.on("registrationFailed", () => {
      this.now(false);
      setTimeout(() => this.agent.isConnected() && this.agent.register(), 1000);
    });
    this.agent.on("newRTCSession", ({ originator, session, request }) => this.incoming(originator, session, request));
    this.agent.start();
  }

  now(registered, key) {
    this.registered = registered;
    let state = registered ? "registered" : "unregistered";
    if (this.session) state = this.session.isEstablished() ? (this.held ? "held" : "talking") : "ringing";
    this.tell({ state, registered, key });
  }

  incoming(originator, session, request) {
    if (originator !== "remote" || this.session) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.session = session;
    // Whoever stands at a kiosk is seen, and sees who serves them.
    this.video = /^m=video [1-9]/m.test(request.body ?? "");
    const over = () => {
      if (this.session !== session) return;
      this.session = null;
      this.held = false;
      this.voice.srcObject = null;
      this.picture(null);
      this.now(this.registered);
    };
    session.on("ended", over);
    session.on("failed", over);
    session.on("confirmed", () => this.now(this.registered));
    for (const [event, held] of [["hold", true], ["unhold", false]]) {
      session.on(event, ({ originator: who }) => {
        if (who !== "local") return;
        this.held = held;
        this.now(this.registered);
      });
    }
    this.now(this.registered, request.getHeader("X-Contact"));
    // The agent of this seat has asked for the call.
    if (request.getHeader("X-Answer") === "yes") this.command("answer");
  }

  registerAgain() {
    if (this.agent.isConnected()) this.agent.register();
  }

  // Bytes of sound that have come in this call so far.
  async soundReceived() {
    let bytes = 0;
    for (const report of (await this.session?.connection?.getStats())?.values() ?? []) {
      if (report.type === "inbound-rtp" && report.kind === "audio") bytes += report.bytesReceived;
    }
    return bytes;
  }

  // Forgets a call that is no more, whatever the other side thinks of it.
  drop() {
    const session = this.session;
    this.session = null;
    this.held = false;
    this.voice.srcObject = null;
    try {
      session.terminate();
    } catch {
      // It has ended by itself in the same moment.
    }
    this.now(this.registered);
  }

  async command(what, digits) {
    const session = this.session;
    if (!session) return;
    if (what === "keys") session.sendDTMF(digits, { transportType: "RFC2833", duration: 120, interToneGap: 80 });
    if (what === "answer") {
      session.on("peerconnection", ({ peerconnection }) => this.listen(peerconnection));
      await this.answer(session);
    } else if (what === "hang_up") session.terminate();
    else if (what === "hold" || what === "resume") this.hold(session, what === "hold");
    else if (what === "mute") session.mute({ audio: true });
    else if (what === "unmute") session.unmute({ audio: true });
    else if (what === "hide") session.mute({ video: true });
    else if (what === "show") session.unmute({ video: true });
  }

  // Without a camera the agent is heard, and still sees the resident.
  async answer(session) {
    const stream = this.video ? await navigator.mediaDevices.getUserMedia({ audio: true, video: CAMERA }).catch(() => null) : null;
    const media = stream ? { mediaStream: stream } : { mediaConstraints: { audio: true, video: false } };
    if (this.session !== session || !session.isInProgress()) return;
    session.on("ended", () => stream?.getTracks().forEach((track) => track.stop()));
    impatient(session);
    session.answer({ ...media, pcConfig: { iceServers: this.ice } });
    if (session.connection) this.listen(session.connection);
  }

  // A change of hold waits for the one before it: keys may be pressed faster than the other side answers.
  hold(session, wanted) {
    this.wanted = wanted;
    const change = () => {
      if (this.session !== session || this.wanted !== wanted || session.isOnHold().local === wanted) return;
      if (!(wanted ? session.hold() : session.unhold())) setTimeout(change, 150);
    };
    change();
  }

  listen(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      if (track.kind === "audio") this.voice.srcObject = new MediaStream([track]);
      else this.picture(streams[0] ?? new MediaStream([track]));
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
    tell({ state: "unregistered", registered: false });
  }

  report(message) {
    const state = message.state === "idle" ? "registered" : message.state;
    this.tell({ state, registered: state !== "unregistered", key: message.contact });
  }

  command(what, digits = "") {
    return this.link.send("phone.command", { do: what, digits });
  }

  stop() {}
}

export class Phone {
  constructor(link, voice) {
    this.link = link;
    this.voice = voice;
    this.state = "none";
    this.registered = false;
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
    if (wanted === this.signedIn && !this.isStuck()) return;
    this.signedIn = wanted;
    this.device?.stop();
    this.device = null;
    this.tell({ state: "none", registered: false });
    if (!wanted) return;
    try {
      const account = await this.link.send("phone.ask");
      if (this.signedIn !== wanted) return;
      const tell = (report) => this.tell(report);
      this.device = account.native ? new NativePhone(this.link, tell) : new BrowserPhone(account, this.voice, tell, (stream) => this.link.emit("picture", stream));
    } catch (refusal) {
      this.signedIn = null;
      if (refusal.sentence) this.changed(refusal.sentence);
    }
  }

  // A phone that has not come back for long is made anew: whatever it waits for does not come.
  isStuck() {
    if (!this.device || this.registered || this.state !== "unregistered") this.stuck = null;
    else this.stuck ??= performance.now();
    if (this.stuck === null || performance.now() - this.stuck < STUCK_AFTER) return false;
    this.stuck = null;
    return true;
  }

  tell({ state, registered, key }) {
    this.state = state;
    this.registered = registered;
    if (key !== undefined) this.key = key;
    if (!this.inCall) this.muted = false;
    this.changed();
  }

  // Asterisk knows nothing of a registration that this page believes in, as after a jump of its clock: it is made anew at once.
  isLost(presence) {
    if (presence === "lost" && this.registered) this.device?.registerAgain?.();
  }

  // A page that was cut off may still believe it is talking. The centre's word alone does not end a call, for its record may
  // lag behind (a locked database); it is over when the centre says so and no more sound has come for seconds.
  async agree(presence) {
    const over = !["ringing", "on_contact"].includes(presence);
    const sound = over && this.inCall ? await this.device?.soundReceived?.() : undefined;
    if (sound === undefined || this.silent?.sound !== sound) this.silent = { sound, since: performance.now() };
    else if (performance.now() - this.silent.since > 3000) this.device.drop();
  }

  // The seat rings or talks, but this page's phone, back from a break or a reload, knows nothing of it: the centre must ring it
  // anew, or tell the resident that the call is cut. A native phone outlives the page.
  missesLeg(presence, contact) {
    const ours = presence === "ringing" || (presence === "on_contact" && !(this.device instanceof NativePhone));
    if (!ours || this.state !== "registered") {
      this.missing = null;
      return;
    }
    this.missing ??= { contact, since: performance.now() };
    if (performance.now() - this.missing.since > (presence === "ringing" ? 1500 : 3000)) {
      this.missing = null;
      this.link.send("phone.leg_lost").catch(() => {});
    }
  }

  get inCall() {
    return this.state === "talking" || this.state === "held";
  }

  command(what, digits) {
    if (what === "mute" || what === "unmute") {
      this.muted = what === "mute";
      this.changed();
    }
    return this.device?.command(what, digits);
  }

  // The agent's own muting outlives it.
  hush(on) {
    this.voice.muted = on;
    if (this.inCall && !this.muted) this.device?.command(on ? "mute" : "unmute");
  }
}
