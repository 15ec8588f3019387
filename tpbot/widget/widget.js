import { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import { icon, make } from "./dom.js";
import { QuestionBox } from "./question-box.js";
import { direction, STRINGS } from "./strings.js";

const SMALL = "(max-width: 480px), (max-height: 480px)";
const CROSS = "M6 6l12 12M18 6L6 18";
const BUBBLE = "M4 5h16v11H11l-5 4v-4H4z";

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

// <tpbot-help>: a button that opens a panel, or with mode="inline" the panel itself in the page.
export class TpbotHelp extends HTMLElement {
  static observedAttributes = ["api", "color-scheme", "dir", "heading", "lang", "mode", "position", "strings"];
  static base = document.baseURI;

  #shadow = this.attachShadow({ mode: "open" });
  #strings = {};
  #built = false;
  #small = matchMedia(SMALL);
  #conversation;
  #box;
  #panel;
  #launcher;
  #watch;

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    if (Object.hasOwn(this, "strings")) {
      // Set before this class was there: hand it to the setter.
      const early = this.strings;
      delete this.strings;
      this.strings = early;
    }
    if (!this.#built) this.#build();
  }

  disconnectedCallback() {
    this.#watch?.abort();
  }

  attributeChangedCallback() {
    if (this.#built) this.#build();
  }

  // Words instead of the usual ones; the attribute holds the same as JSON.
  get strings() {
    let given = {};
    try {
      given = JSON.parse(this.getAttribute("strings") ?? "{}");
    } catch {
      console.warn("tpbot-help: the attribute `strings` is not JSON; the usual words are shown.");
    }
    return { ...STRINGS, ...given, ...this.#strings };
  }

  set strings(words) {
    this.#strings = words;
    if (this.#built) this.#build();
  }

  get isOpen() {
    return this.#inline || this.#panel?.open === true;
  }

  open() {
    if (this.isOpen) return;
    this.#show();
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#emit("open", {});
    this.#load();
  }

  close() {
    if (!this.#inline) this.#panel.close();
  }

  // Asks as if the person had typed it.
  async ask(question) {
    this.open();
    await this.#conversation.ask(question);
  }

  get #inline() {
    return this.getAttribute("mode") === "inline";
  }

  get #language() {
    return this.getAttribute("lang") || document.documentElement.lang || "en";
  }

  #build() {
    const strings = this.strings;
    const inline = this.#inline;
    const client = new Client(this.getAttribute("api") || TpbotHelp.base);
    this.#built = true;
    this.#watch?.abort();
    this.#conversation = new Conversation(
      strings,
      client,
      () => ({
        region: this.getAttribute("region")?.toUpperCase() || null,
        fallback: this.getAttribute("fallback"),
        language: this.#language,
      }),
      (name, detail, text) => this.#emit(name, detail, text),
    );
    this.#box = new QuestionBox(strings, (question) => this.#conversation.ask(question));
    this.#panel = make(
      inline ? "section" : "dialog",
      {
        class: "panel",
        part: "panel",
        id: "panel",
        "aria-labelledby": "heading",
        close: () => this.#closed(),
        keydown: (event) => {
          if (event.key === "Escape") this.close();
        },
      },
      make(
        "header",
        { part: "header" },
        make("h2", { id: "heading", tabindex: "-1" }, this.getAttribute("heading") || strings.heading),
        this.#tool(strings.clear, "M5 12a7 7 0 1 0 2-5L5 9m0-5v5h5", () => this.#clear()),
        inline ? null : this.#tool(strings.close, CROSS, () => this.close()),
      ),
      this.#conversation.element,
      this.#conversation.status,
      this.#box.element,
    );
    this.#launcher = make(
      "button",
      {
        type: "button",
        class: "launcher",
        part: "launcher",
        "aria-expanded": "false",
        "aria-controls": "panel",
        "aria-haspopup": "dialog",
        click: () => (this.isOpen ? this.close() : this.open()),
      },
      icon(BUBBLE),
      strings.launcher,
    );
    const root = make(
      "div",
      {
        class: `root ${inline ? "inline" : "floating"}`,
        part: "root",
        lang: this.#language,
        dir: this.#direction(),
        "data-scheme": this.getAttribute("color-scheme"),
        "data-position": this.getAttribute("position"),
      },
      inline ? null : this.#launcher,
      this.#panel,
    );
    this.#shadow.replaceChildren(root);
    if (inline) this.#load();
  }

  #direction() {
    if (this.hasAttribute("lang")) return this.getAttribute("dir") || direction(this.#language);
    return getComputedStyle(this).direction;
  }

  #tool(name, path, click) {
    return make("button", { type: "button", class: "tool", part: "button tool", "aria-label": name, title: name, click }, icon(path));
  }

  async #load() {
    const { topics } = (await this.#conversation.load()) ?? {};
    if (topics) this.#box.load(topics);
  }

  #clear() {
    this.#conversation.clear();
    this.#box.input.focus();
  }

  // On a small screen the panel covers the page, so it is modal there; elsewhere the page stays in use.
  #show() {
    const small = this.#small.matches;
    if (small) this.#panel.showModal();
    else this.#panel.show();
    // Not the field on a phone: its keyboard would hide what there is to read.
    (small ? this.#shadow.getElementById("heading") : this.#box.input).focus();
    this.#watch?.abort();
    this.#watch = new AbortController();
    const { signal } = this.#watch;
    this.#small.addEventListener("change", () => this.#reopen(), { signal });
    for (const name of ["resize", "scroll"]) {
      visualViewport?.addEventListener(name, () => this.#fit(), { signal });
    }
    this.#fit();
  }

  // Modal or not can only change while the dialog is closed.
  #reopen() {
    const active = this.#shadow.activeElement;
    this.#panel.close();
    this.#show();
    active?.focus();
  }

  // Above the phone's keyboard, which takes room from the visual viewport alone.
  #fit() {
    const { style } = this.#panel;
    const small = this.#small.matches && visualViewport;
    style.height = small ? `${visualViewport.height}px` : "";
    style.top = small ? `${visualViewport.offsetTop}px` : "";
  }

  #closed() {
    if (this.#panel.open) return; // opened again at once, in another size
    this.#watch?.abort();
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.focus();
    this.#emit("close", {});
  }

  // `text` holds what the person asked and was told: only for a page that wants it.
  #emit(name, detail, text = {}) {
    const told = this.hasAttribute("event-text") ? { ...detail, ...text } : detail;
    this.dispatchEvent(new CustomEvent(`tpbot-${name}`, { bubbles: true, composed: true, detail: told }));
  }
}
