// What the widget says. A page replaces any of it with the `strings` attribute or property.
export const STRINGS = {
  launcher: "Ask a question",
  heading: "Questions and answers",
  intro: "Ask in your own words, or choose a question.",
  privacy: "What you ask is not stored. Closing this page forgets it.",
  label: "Your question",
  ask: "Ask",
  close: "Close",
  clear: "Start again",
  conversation: "Conversation",
  suggestions: "Suggested questions",
  you: "You asked:",
  looking: "Looking for an answer …",
  doubt: "This is the closest match. It may not be what you asked.",
  draft: "Draft",
  didYouMean: "Did you mean",
  nearest: "Closest questions",
  related: "Related questions",
  evidence: "Evidence:",
  evidence_good: "good",
  evidence_limited: "limited",
  evidence_disputed: "disputed",
  evidence_none: "none found",
  sources: "Sources",
  newTab: "(opens in a new tab)",
  checked: "Checked",
  reviewedBy: "Reviewed by {name}",
  emergency: "Emergency: get help now",
  same_day: "Urgent: get help today",
  soon: "Get this checked soon",
  unclear: "One question first",
  call: "Call {number}",
  yes: "Yes",
  no: "No",
  notSure: "Not sure",
  safety: "Safety note:",
  safetyNote:
    "This is general information. It is not a diagnosis and cannot replace care. If you have urgent signs, get emergency care at once.",
  offline: "You seem to be offline, so your question could not be sent.",
  busy: "That is a lot of questions. Please wait {seconds} seconds and try again.",
  failed: "Sorry, the answer did not arrive.",
  refused: "Sorry, this question could not be read. Please ask it in fewer or other words.",
  retry: "Try again",
  fallback: "Get help another way",
};

export const fill = (text, name, value) => text.replace(`{${name}}`, () => value);

const RIGHT_TO_LEFT = ["ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"];

export const direction = (language) =>
  RIGHT_TO_LEFT.includes(language.toLowerCase().split("-")[0]) ? "rtl" : "ltr";
