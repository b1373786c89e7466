// What a call does while its browser looks for ways through firewalls.
const MOST_WAIT = 2000;

// A relay server that does not answer holds up no call: after a moment it goes out with the ways that are known by then.
export function impatient(session) {
  let last = null;
  session.on("icecandidate", ({ ready }) => {
    if (ready === last) return;
    last = ready;
    setTimeout(ready, MOST_WAIT);
  });
}
