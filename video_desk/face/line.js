// How good the line is. On a poor one the picture goes first, so that the voice stays; when the voice breaks up too, the telephone
// and a code bring the same session on (IZ-14). What is done is said on both screens.
const LOOK_EVERY = 2000;
const LOOKS = 3;
const GOOD_LOOKS = 15;

// Shares of lost packets, and seconds there and back.
const POOR = { loss: 0.06, trip: 0.7 };
const BROKEN = { loss: 0.25, trip: 3 };
const GOOD = { loss: 0.01, trip: 0.4 };

const worse = (now, than) => now.loss > than.loss || now.trip > than.trip;

// What follows from the last looks: the tier that the line bears now.
export function tierOf(tier, looks) {
  const last = looks.slice(-LOOKS);
  if (last.length < LOOKS) return tier;
  if (last.every((look) => look.silent || worse(look, BROKEN))) return "telephone";
  if (tier === "video" && last.every((look) => worse(look, POOR))) return "audio";
  if (tier === "telephone" && last.every((look) => !look.silent && !worse(look, BROKEN))) return "audio";
  if (tier === "audio" && looks.length >= GOOD_LOOKS && looks.slice(-GOOD_LOOKS).every((look) => !look.silent && !worse(look, GOOD))) return "video";
  return tier;
}

export class Line {
  constructor(call, changed) {
    this.call = call;
    this.changed = changed;
    this.tier = "video";
    this.looks = [];
    this.last = null;
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
  }

  async look() {
    const counts = await this.call.counts();
    if (!counts) return;
    const before = this.last;
    this.last = counts;
    if (!before) return;
    const came = counts.received - before.received;
    const lost = Math.max(0, counts.lost - before.lost);
    const loss = Math.max(came + lost ? lost / (came + lost) : 0, counts.theirLoss);
    this.looks = [...this.looks, { loss, trip: counts.trip, silent: came === 0 }].slice(-GOOD_LOOKS);
    const tier = tierOf(this.tier, this.looks);
    if (tier === this.tier) return;
    this.tier = tier;
    this.looks = [];
    this.changed(tier);
  }

  stop() {
    clearInterval(this.timer);
  }
}
