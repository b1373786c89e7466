// What was searched for during one contact. Words typed key by key are one search; what found nothing of use teaches the editors.
const SOON = 90_000;

export class Tried {
  constructor() {
    this.searches = [];
  }

  note(typed, codes) {
    const [words, last] = [typed.trim(), this.searches.at(-1)];
    if (!words || last?.words.startsWith(words)) return;
    if (last && words.startsWith(last.words)) this.searches.pop();
    this.searches.push({ words, codes, at: Date.now() });
  }

  // The search just before the one that found this article, if it did not: what was looked for earlier was about something else.
  inVain(code) {
    const found = this.searches.at(-1);
    const before = this.searches.at(-2);
    if (!found?.codes.includes(code) || !before || before.codes.includes(code) || found.at - before.at > SOON) return [];
    return [before.words];
  }
}
