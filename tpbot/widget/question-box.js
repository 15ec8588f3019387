import { make } from "./dom.js";
import { Suggester } from "./suggest.js";

let boxes = 0;

// The field with its suggestions: a combobox, see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
export class QuestionBox {
  #suggester = new Suggester();
  #active = -1;
  #ask;
  #id = `tpbot-${++boxes}`;

  // `ask` gets the question when it is sent. The field has no `maxlength`: it would cut what is
  // pasted, and the end may matter most. The server refuses what is too long, and says so.
  constructor(strings, ask) {
    this.#ask = ask;
    this.list = make("ul", {
      id: `${this.#id}-list`,
      role: "listbox",
      class: "suggestions",
      part: "suggestions",
      "aria-label": strings.suggestions,
      hidden: true,
      pointerdown: (event) => event.preventDefault(),
    });
    this.input = make("input", {
      id: this.#id,
      type: "text",
      part: "input",
      role: "combobox",
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-autocomplete": "list",
      "aria-controls": `${this.#id}-list`,
      "aria-expanded": "false",
      input: () => this.#suggest(),
      keydown: (event) => this.#press(event),
      blur: () => this.#show([]),
    });
    this.element = make(
      "form",
      { part: "form", submit: (event) => this.#submit(event) },
      this.list,
      make("label", { for: this.#id }, strings.label),
      make(
        "div",
        { class: "row" },
        this.input,
        make("button", { type: "submit", class: "send", part: "button send" }, strings.ask),
      ),
    );
  }

  load(topics) {
    this.#suggester.load(topics);
  }

  #suggest() {
    this.#show(this.#suggester.find(this.input.value));
  }

  #show(questions) {
    this.list.replaceChildren(
      ...questions.map((question, position) =>
        make(
          "li",
          { id: `${this.#id}-${position}`, role: "option", "aria-selected": "false", click: () => this.#send(question) },
          question,
        ),
      ),
    );
    this.list.hidden = questions.length === 0;
    this.input.setAttribute("aria-expanded", String(questions.length > 0));
    this.#mark(-1);
  }

  #mark(position) {
    const options = [...this.list.children];
    this.#active = position;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === position)));
    if (position < 0) {
      this.input.removeAttribute("aria-activedescendant");
    } else {
      this.input.setAttribute("aria-activedescendant", options[position].id);
      options[position].scrollIntoView({ block: "nearest" });
    }
  }

  #press(event) {
    const count = this.list.children.length;
    if (event.isComposing) return;
    if (event.key === "Escape" && count) {
      event.stopPropagation();
      event.preventDefault();
      this.#show([]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!count) return this.#suggest();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: back in the field.
      this.#mark(((this.#active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#send(this.list.children[this.#active].textContent);
    }
  }

  #submit(event) {
    event.preventDefault();
    const question = this.input.value.trim();
    if (question) this.#send(question);
    else this.input.focus();
  }

  #send(question) {
    this.input.value = "";
    this.#show([]);
    this.#ask(question);
  }
}
