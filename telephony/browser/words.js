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
  return minutes ? t("{m}分{s}秒", { m: minutes, s: String(whole % 60).padStart(2, "0") }) : t("{s}秒", { s: whole });
}

export function clockTime(iso) {
  return iso ? new Date(iso).toLocaleTimeString(page.language === "en" ? "en-GB" : "ja-JP", { hour: "2-digit", minute: "2-digit" }) : "";
}
