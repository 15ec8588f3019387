// Building nodes. Text only ever becomes a text node, so nothing in it can act as markup.
const SVG = "http://www.w3.org/2000/svg";

export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
};

// A drawing of one line, for the eye only.
export const icon = (path) => {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]]) {
    svg.setAttribute(name, value);
  }
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

export const hidden = (text) => make("span", { class: "hidden" }, text);

export const button = (text, click, name = "choice") =>
  make("button", { type: "button", class: name, part: `button ${name}`, click }, text);
