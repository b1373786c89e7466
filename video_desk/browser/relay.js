// The operator's side of the relay: pictures come, acts go. It opens with a ticket that is good once, and never comes back by itself.
const HEARD_WITHIN = 6000;

export class Relay {
  constructor(ticket, { picture, told, gone }) {
    // A kiosk says at once how it stands; one that says nothing has not heard of the ticket.
    const silent = setTimeout(() => this.socket.close(), HEARD_WITHIN);
    // What is said before the kiosk is there, too, is heard by nobody.
    this.ready = false;
    this.socket = new WebSocket(`wss://${location.host}/ws`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.send({ type: "relay", ticket });
    this.socket.onmessage = ({ data }) => {
      clearTimeout(silent);
      this.ready = true;
      if (typeof data === "string") told(JSON.parse(data));
      else picture(data);
    };
    this.socket.onclose = ({ code }) => {
      clearTimeout(silent);
      gone(code);
    };
  }

  send(act) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(act));
  }

  close() {
    this.socket.onclose = () => {};
    this.socket.close();
  }
}
