// Passkeys and USB keys: making one, and proving one. What is signed is the centre's question; no secret leaves the key.
import { poster } from "./post.js";

const button = document.getElementById("passkey");
const said = document.getElementById("said");
const say = (sentence) => Object.assign(said, { textContent: sentence, hidden: false });
const post = poster("", button.dataset.csrf, say);
const { make, prove } = button.dataset;

button.addEventListener("click", async () => {
  said.hidden = true;
  const options = await post(make ?? prove);
  if (!options) return;
  try {
    const key = make
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const label = make ? { label: document.getElementById("key-label").value } : {};
    const answer = await post((make ?? prove).replace("/options", ""), { ...key.toJSON(), ...label });
    if (answer) location.assign(answer.to);
  } catch {
    // Whoever has waved it off, or whose key is not there, tries again or takes another way.
    say(button.dataset.sorry);
  }
});
