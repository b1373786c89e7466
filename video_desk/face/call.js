// The kiosk's call: sound and picture from the first INVITE, to its own counter and nowhere else.
import JsSIP from "jssip";
import { impatient } from "../../contact_center/web/browser/ice.js";

const MOST_BITS = 500_000;
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15, max: 20 } };

export class Call {
  constructor({ account, video }, places, tell) {
    this.account = account;
    this.camera = video;
    this.ice = null;
    this.places = places;
    this.tell = tell;
    this.session = null;
    this.stream = null;
    this.silent = false;
    this.shown = true;
    this.over = false;
    // Incoming sound is heard once an operator is there; before that, Asterisk plays music that nobody at a counter needs.
    this.open = false;
  }

  async media() {
    for (const wanted of [{ audio: true, video: PICTURE }, { audio: true, video: false }]) {
      try {
        return await this.ownCamera(await navigator.mediaDevices.getUserMedia(wanted));
      } catch {
        // Without a camera the counter goes on by voice.
        if (wanted.video) this.tell("camera");
      }
    }
    this.tell("failed");
    return null;
  }

  // The camera that the installer has named; its name is told once another one has been asked for.
  async ownCamera(stream) {
    const [track] = stream.getVideoTracks();
    if (!this.camera || !track || track.label.includes(this.camera)) return stream;
    const named = (await navigator.mediaDevices.enumerateDevices()).find(({ kind, label }) => kind === "videoinput" && label.includes(this.camera));
    if (named) {
      this.drop(stream, track);
      // Where another program holds it, the counter goes on by voice.
      const own = await this.look({ ...PICTURE, deviceId: { exact: named.deviceId } }).catch(() => null);
      if (own) stream.addTrack(own);
      else this.tell("camera");
    }
    return stream;
  }

  async look(video) {
    return (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks()[0];
  }

  drop(stream, track) {
    track.stop();
    stream.removeTrack(track);
  }

  // The photo is taken with the same camera where there is but one: meanwhile the operator sees the photo's guide.
  async lend(lent) {
    const stream = this.stream;
    const [track] = stream?.getVideoTracks() ?? [];
    if (lent && track) {
      this.lent = track.getSettings().deviceId;
      this.drop(stream, track);
    } else if (!lent && this.lent) {
      const back = await this.look({ ...PICTURE, deviceId: { exact: this.lent } }).catch(() => null);
      this.lent = null;
      if (!back) return this.tell("camera");
      if (this.over) return back.stop();
      back.enabled = this.shown;
      stream.addTrack(back);
      const senders = this.session?.connection?.getTransceivers().filter(({ receiver }) => receiver.track.kind === "video") ?? [];
      for (const { sender } of senders) await sender.replaceTrack(back);
    }
  }

  // From the resident's touch on, while the centre opens the session: sound, picture and the way there.
  prepare() {
    this.media().then((stream) => this.take(stream));
    const socket = new JsSIP.WebSocketInterface(`wss://${location.host}/sip/kiosk`);
    this.agent = new JsSIP.UA({
      sockets: [socket], uri: `sip:${this.account.user}@${location.hostname}`, authorization_user: this.account.user,
      password: this.account.password, register: false, session_timers: false, user_agent: "Madoguchi kiosk",
      connection_recovery_min_interval: 1, connection_recovery_max_interval: 3,
    });
    this.agent.on("connected", () => this.dial());
    this.agent.start();
  }

  take(stream) {
    this.stream = stream;
    if (this.over) return this.release();
    this.places.self.srcObject = stream;
    this.dial();
  }

  // The centre has opened the session.
  goes(ice) {
    this.ice = ice;
    this.dial();
  }

  dial() {
    if (this.session || this.over || !this.ice || !this.stream || !this.agent.isConnected()) return;
    this.session = this.agent.call(`sip:start@${location.hostname}`, {
      mediaStream: this.stream, pcConfig: { iceServers: this.ice }, rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: true },
    });
    const session = this.session;
    impatient(session);
    session.on("confirmed", () => this.limit(session));
    for (const end of ["ended", "failed"]) {
      session.on(end, () => {
        if (this.session !== session) return;
        this.session = null;
        this.tell("ended");
      });
    }
    session.connection.addEventListener("track", ({ track, streams }) => {
      const place = track.kind === "video" ? this.places.operator : this.places.voice;
      place.srcObject = streams[0] ?? new MediaStream([track]);
    });
    this.hear();
  }

  // A poor line is not filled to the brim by our own picture.
  async limit(session) {
    for (const sender of session.connection?.getSenders() ?? []) {
      if (sender.track?.kind !== "video") continue;
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings ?? []) encoding.maxBitrate = MOST_BITS;
      await sender.setParameters(parameters).catch(() => {});
    }
  }

  answered() {
    this.open = true;
    this.hear();
  }

  // While a secret is typed nothing is said and nothing is heard.
  secret(silent) {
    this.silent = silent;
    this.hear();
  }

  hear() {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.silent;
    this.places.voice.muted = this.silent || !this.open;
  }

  // One's own picture, which a poor line cannot bear.
  picture(shown) {
    this.shown = shown;
    if (!this.session) return;
    if (shown) this.session.unmute({ video: true });
    else this.session.mute({ video: true });
  }

  // Packets of sound that came and were lost, the share that the other side has lost, and seconds there and back.
  async counts() {
    const reports = [...((await this.session?.connection?.getStats())?.values() ?? [])];
    const sound = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
    if (!sound) return null;
    const theirs = reports.filter(({ type }) => type === "remote-inbound-rtp");
    return {
      received: sound.packetsReceived, lost: sound.packetsLost, theirLoss: Math.max(0, ...theirs.map(({ fractionLost }) => fractionLost ?? 0)),
      trip: Math.max(0, ...theirs.map(({ roundTripTime }) => roundTripTime ?? 0)),
    };
  }

  loudness(level) {
    this.places.voice.volume = level;
  }

  end() {
    this.over = true;
    const session = this.session;
    this.session = null;
    try {
      session?.terminate();
    } catch {
      // It ended in the same moment.
    }
    setTimeout(() => this.agent?.stop(), 500);
    this.release();
    for (const place of Object.values(this.places)) place.srcObject = null;
  }

  release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }
}
