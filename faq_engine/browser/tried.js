// What was searched for during one contact. Words typed key by key are one search; what found nothing of use teaches the editors.
export class Tried {
  constructor() {
    this.searches = [];
  }

  note(typed, codes) {
    const [words, last] = [typed.trim(), this.searches.at(-1)];
    if (!words || last?.words.startsWith(words)) return;
    if (last && words.startsWith(last.words)) this.searches.pop();
    this.searches.push({ words, codes });
  }

  // The last searches that did not find this article.
  inVain(code) {
    return this.searches.filter(({ codes }) => !codes.includes(code)).map(({ words }) => words).slice(-5);
  }
}
