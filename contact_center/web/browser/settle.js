// Draws what is new into what stands there: elements stay, so that a press that spans a redraw counts and focus is not lost.
const keyOf = (node) => node.dataset?.key ?? null;

const alike = (one, other) => one?.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function become(there, fresh) {
  if (there.nodeType === Node.TEXT_NODE) {
    if (there.data !== fresh.data) there.data = fresh.data;
    return;
  }
  for (const { name } of [...there.attributes]) if (!fresh.hasAttribute(name)) there.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (there.getAttribute(name) !== value) there.setAttribute(name, value);
  settle(there, [...fresh.childNodes]);
}

// Rows that have a `data-key` are known by it; the others by their place.
export function settle(place, fresh) {
  const wanted = new Set(fresh.map(keyOf));
  for (const node of [...place.childNodes]) if (!wanted.has(keyOf(node))) node.remove();
  fresh.forEach((node, n) => {
    const there = place.childNodes[n];
    if (alike(there, node)) become(there, node);
    else place.insertBefore(node, there ?? null);
  });
  while (place.childNodes.length > fresh.length) place.lastChild.remove();
}

export function element(name, text = "", className = "", parent = null) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  parent?.append(made);
  return made;
}
