import { hidden, make } from "./dom.js";

const TAGS = { paragraph: "p", list: "ul", numbered_list: "ol" };
const STYLES = { strong: "strong", emphasis: "em", code: "code" };

const nodeOf = ({ text, style }) => (STYLES[style] ? make(STYLES[style], {}, text) : text);

// The answer's text: the server has taken its Markdown apart already.
export const renderBlocks = (blocks) =>
  blocks.map(({ kind, items }) => {
    const lines = items.map((spans) => spans.map(nodeOf));
    return kind === "paragraph"
      ? make("p", {}, lines.flat())
      : make(TAGS[kind] ?? "ul", {}, lines.map((line) => make("li", {}, line)));
  });

// A link to a web page, or its words alone if the address is of another kind.
export const link = (text, address, strings) => {
  if (!/^https?:\/\//i.test(address ?? "")) return text;
  return make(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", part: "link" },
    text,
    " ",
    hidden(strings.newTab),
  );
};

// A telephone number as a link that calls it.
export const callLink = (number, words) => {
  const digits = number.replace(/[^0-9+*#]/g, "");
  if (!digits) return make("span", {}, words);
  return make("a", { href: `tel:${digits.replaceAll("#", "%23")}`, class: "call", part: "call" }, words);
};

export const renderDate = (date, language) => {
  let text = date;
  try {
    text = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date));
  } catch {
    // A language or a date that the browser does not know: as it was written.
  }
  return make("time", { datetime: date }, text);
};
