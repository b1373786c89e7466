// Sentences in the reader's language, and spans of time in words.
const page = JSON.parse(document.getElementById("page").textContent);
export { page };

export function t(sentence, values = {}) {
  const text = page.words[sentence] ?? sentence;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (hours) return t("{h}時間{m}分", { h: hours, m: String(minutes % 60).padStart(2, "0") });
  return minutes ? t("{m}分{s}秒", { m: minutes, s: String(whole % 60).padStart(2, "0") }) : t("{s}秒", { s: whole });
}

const inTokyo = (moment, parts) => new Date(moment).toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", ...parts });

// What a field for day and time holds is Japanese time, wherever the computer believes itself to be.
export const fromTokyo = (local) => (local ? `${local}:00+09:00` : null);

// The time of day, with the day where it is not today.
export function clockTime(iso) {
  if (!iso) return "";
  const day = { month: "numeric", day: "numeric" };
  const time = inTokyo(iso, { hour: "2-digit", minute: "2-digit" });
  return inTokyo(iso, day) === inTokyo(Date.now(), day) ? time : `${inTokyo(iso, day)} ${time}`;
}
