// The operator's side of the relay: pictures come, acts go. It opens with a ticket that is good once, and never comes back by itself.
export class Relay {
  constructor(ticket, { picture, told, gone }) {
    this.socket = new WebSocket(`wss://${location.host}/ws`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.socket.send(JSON.stringify({ type: "relay", ticket }));
    this.socket.onmessage = ({ data }) => {
      if (typeof data === "string") told(JSON.parse(data));
      else picture(data);
    };
    this.socket.onclose = ({ code }) => gone(code);
  }

  send(act) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(act));
  }

  close() {
    this.socket.onclose = () => {};
    this.socket.close();
  }
}
