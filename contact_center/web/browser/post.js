// Requests of pages. What is typed of a person travels in the body of a request, never in an address.
import { t } from "./words.js";

export const poster = (prefix, csrf, say) => async (path, asked = {}) => {
  try {
    const answer = await fetch(`${prefix}${path}`, {
      method: "POST", credentials: "same-origin", body: JSON.stringify(asked),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
    });
    const said = await answer.json();
    if (answer.ok) return said;
    say(said.sentence);
  } catch {
    say(t("つながりません。つながり次第、もう一度押してください。"));
  }
  return null;
};
