import { choices, failureCard, replyCard, safety } from "./cards.js";
import { Failure } from "./client.js";
import { hidden, make } from "./dom.js";
import { direction } from "./strings.js";

const EXAMPLES = 4;
const SLOW = 600;
const MARGIN = 8;

// Questions and replies in order, kept in these nodes and nowhere else.
export class Conversation {
  topics = null;
  #client;
  #settings;
  #emit;

  // `settings()` gives region, fallback and language; `emit(name, detail)` tells the page.
  constructor(strings, client, settings, emit) {
    this.strings = strings;
    this.#client = client;
    this.#settings = settings;
    this.#emit = emit;
    this.intro = make("div", { class: "intro", part: "intro" });
    this.log = make("div", { class: "log", part: "log", role: "log", "aria-label": strings.conversation });
    this.status = make("p", { class: "status", role: "status" });
    this.element = make(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": strings.conversation },
      this.intro,
      this.log,
    );
    this.#greet();
  }

  get language() {
    return this.#settings().language;
  }

  // Replies are in the corpus' language, whatever that of the buttons is.
  get contentLanguage() {
    const language = this.topics?.language;
    return language ? { lang: language, dir: direction(language) } : {};
  }

  get fallback() {
    return this.#settings().fallback;
  }

  // Fetches what can be asked. Resolves to it, or to null when it did not come.
  async load() {
    if (this.topics) return this.topics;
    try {
      this.topics = await this.#client.topics();
      this.#greet();
    } catch (failure) {
      this.#add(failureCard(failure, this, () => this.load()));
      this.#emit("error", { kind: failure.kind });
    }
    return this.topics;
  }

  // `confirm` answers check questions about this same question; `shown` is what the person chose to say.
  async ask(question, confirm = {}, shown = question) {
    this.#emit("ask", {}, { question });
    const asked = make("p", { class: "question", part: "question" }, hidden(`${this.strings.you} `), shown);
    this.#add(asked);
    const slow = setTimeout(() => (this.status.textContent = this.strings.looking), SLOW);
    try {
      const reply = await this.#client.ask(question, this.#settings().region, confirm);
      this.#add(replyCard(reply, this, confirm), asked);
      this.#emit("reply", { outcome: reply.outcome, band: reply.band }, { reply });
    } catch (failure) {
      const known = failure instanceof Failure ? failure : new Failure("failed");
      this.#add(failureCard(known, this, () => this.ask(question, confirm, shown)), asked);
      this.#emit("error", { kind: known.kind });
    } finally {
      clearTimeout(slow);
      this.status.textContent = "";
    }
  }

  clear() {
    this.log.replaceChildren();
    this.element.scrollTop = 0;
  }

  #greet() {
    const { strings, topics } = this;
    this.intro.replaceChildren(
      ...[
        topics?.description ? make("p", this.contentLanguage, topics.description) : null,
        make("p", {}, strings.intro),
        ...(choices(strings.suggestions, (topics?.topics ?? []).slice(0, EXAMPLES), this, "h3") ?? []),
        make("p", { class: "safety" }, strings.privacy),
        safety(topics?.safety_note, strings),
      ].filter(Boolean),
    );
  }

  // Whole and once, so that a screen reader reads it once. `top` is what then stands at the top.
  #add(node, top = node) {
    this.log.append(node);
    this.element.scrollTop = top.offsetTop - MARGIN;
  }
}
