import { TpbotHelp } from "./widget.js";

const NAME = "tpbot-help";
const script = document.currentScript;

if (script?.src) TpbotHelp.base = new URL(".", script.src).href;
if (!customElements.get(NAME)) customElements.define(NAME, TpbotHelp);

// The script's line alone is enough: its data- attributes become those of a widget, unless the page has one.
const insert = () => {
  const inline = script.dataset.mode === "inline";
  if (!inline && document.querySelector(NAME)) return;
  const widget = document.createElement(NAME);
  for (const { name, value } of script.attributes) {
    if (name.startsWith("data-")) widget.setAttribute(name.slice(5), value);
  }
  if (!widget.hasAttribute("api")) widget.setAttribute("api", TpbotHelp.base);
  if (inline) script.after(widget);
  else document.body.append(widget);
};

if (script) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", insert);
  else insert();
}
