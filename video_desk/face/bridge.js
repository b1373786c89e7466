// The face speaks with the bridge on the same machine only: it calls a function that the bridge has put into this page, and the
// bridge calls `kiosk.hear`. No port, no file, no network lies between them.
const listeners = new Map();

export const on = (name, listener) => listeners.set(name, listener);

export function tell(word, values = {}) {
  window.bridgeHears?.(JSON.stringify({ word, ...values }));
}

window.kiosk = {
  hear(word, values) {
    listeners.get(word)?.(values);
  },
};
