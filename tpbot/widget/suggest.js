// Suggestions while somebody types, found in the page: half-typed questions go nowhere.
const MOST = 5;

const wordsOf = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

export class Suggester {
  #topics = [];

  load(topics) {
    this.#topics = topics.map(({ question }) => ({ question, words: wordsOf(question) }));
  }

  // Questions in which at least half of the typed words begin a word; the longest match first.
  find(typed) {
    const wanted = wordsOf(typed);
    if (wanted.join("").length < 2) return [];
    const found = [];
    for (const { question, words } of this.#topics) {
      const matched = wanted.filter((start) => words.some((word) => word.startsWith(start)));
      const score = matched.join("").length;
      if (score > 1 && matched.length * 2 >= wanted.length) found.push({ question, score });
    }
    found.sort((a, b) => b.score - a.score || a.question.length - b.question.length);
    return found.slice(0, MOST).map(({ question }) => question);
  }
}
