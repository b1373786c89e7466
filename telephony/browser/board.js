// The board as the hub tells it: a tree of kinds and ids whose leaves are only ever replaced.
export class Board {
  constructor() {
    this.last = null;
    this.state = null;
    this.ahead = 0;
  }

  take(message) {
    this.last = message.last;
    if (message.type === "snapshot") {
      this.state = message.state;
      this.ahead = new Date(message.state.now.at.iso) - Date.now();
      return;
    }
    for (const [kind, leaves] of Object.entries(message.state)) {
      for (const [id, leaf] of Object.entries(leaves)) {
        if (leaf === null) delete this.state[kind][id];
        else this.state[kind][id] = leaf;
      }
    }
  }

  // Now, on the server's clock: the page's own may be wrong.
  now() {
    return Date.now() + this.ahead;
  }

  since(iso) {
    return iso ? (this.now() - new Date(iso)) / 1000 : 0;
  }

  get me() {
    return this.state?.me.person;
  }

  get seatId() {
    return Object.keys(this.state?.seats ?? {}).find((id) => this.state.seats[id].person === this.me.id) ?? null;
  }

  get seat() {
    return this.state?.seats[this.seatId] ?? null;
  }

  get contact() {
    const id = this.seat?.contact;
    return id ? this.state.contacts[id] ?? null : null;
  }
}
