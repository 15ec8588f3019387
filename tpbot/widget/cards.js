import { callLink, link, renderBlocks, renderDate } from "./blocks.js";
import { button, make } from "./dom.js";
import { fill } from "./strings.js";

// What a reply looks like. `page` has: strings, language, topics (the server's list, or null), ask(question, confirm, shown).
export const replyCard = (reply, page, confirm) => {
  const { strings } = page;
  const urgent = reply.outcome === "urgent" || reply.outcome === "confirm";
  const urgency = urgent ? reply.triage.urgency : "none";
  return make(
    "article",
    { class: `card ${urgency}`, part: `card card-${reply.outcome}`, ...page.contentLanguage },
    urgent ? careParts(reply, page, confirm) : [],
    reply.message ? make("p", {}, reply.message) : null,
    choices(strings.didYouMean, reply.choices, page),
    reply.outcome === "no_answer" ? choices(strings.nearest, nearest(reply, page), page) : null,
    reply.answer ? answerParts(reply, page) : [],
    safety(reply.safety_note, strings),
  );
};

export const failureCard = (failure, page, retry) => {
  const { strings, topics, fallback } = page;
  return make(
    "article",
    { class: "card failure", part: "card card-failure" },
    make("p", {}, fill(strings[failure.kind], "seconds", String(failure.seconds))),
    topics?.contact ? make("p", {}, topics.contact) : null,
    fallback ? make("p", {}, make("a", { href: fallback, part: "link" }, strings.fallback)) : null,
    make("p", {}, button(strings.retry, retry)),
    safety(topics?.safety_note, strings),
  );
};

export const choices = (heading, topics, page, level = "h4") => {
  const items = topics.map(({ question }) => make("li", {}, button(question, () => page.ask(question))));
  return items.length ? [make(level, {}, heading), make("ul", { class: "choices" }, items)] : null;
};

export const safety = (note, strings) =>
  make("p", { class: "safety", part: "safety" }, make("strong", {}, strings.safety), " ", note || strings.safetyNote);

const nearest = ({ candidates }, { topics }) => {
  const found = candidates.filter(({ question }) => question);
  return (found.length ? found : (topics?.topics ?? [])).slice(0, 3);
};

const careParts = ({ question, outcome, triage }, page, confirm) => {
  const { strings } = page;
  const answer = (words, value) => {
    const flags = Object.fromEntries(triage.flags.slice(0, 1).map(({ id }) => [id, value]));
    return button(words, () => page.ask(question, { ...confirm, ...flags }, words), "check-answer");
  };
  return [
    make("h3", {}, strings[triage.urgency] ?? strings.soon),
    // The numbers stand before the reasons: on a small screen there is room for one of them.
    triage.contacts.length
      ? make(
          "ul",
          { class: "calls" },
          triage.contacts.map(({ label, number }) =>
            make("li", {}, callLink(number, [make("strong", {}, fill(strings.call, "number", number)), ` ${label}`])),
          ),
        )
      : null,
    triage.message ? make("p", {}, triage.message) : null,
    triage.question ? make("p", { class: "check" }, triage.question) : null,
    outcome === "confirm"
      ? make("p", { class: "row" }, answer(strings.yes, true), answer(strings.no, false), answer(strings.notSure, true))
      : null,
  ];
};

const answerParts = ({ answer, band }, page) => {
  const { strings } = page;
  return [
    band && band !== "high" ? make("p", { class: "doubt" }, strings.doubt) : null,
    answer.question ? make("h3", {}, answer.question) : null,
    renderBlocks(answer.blocks),
    grounds(answer, page),
    answer.sources.length
      ? [
          make("h4", {}, strings.sources),
          make("ul", { class: "sources" }, answer.sources.map(({ title, url }) => make("li", {}, link(title, url, strings)))),
        ]
      : [],
    choices(strings.related, answer.related, page) ?? [],
  ].flat();
};

// What the answer rests on: evidence, date, review.
const grounds = (answer, { strings, language, topics }) => {
  const facts = [];
  if (answer.evidence) {
    const level = strings[`evidence_${answer.evidence}`] ?? answer.evidence;
    facts.push(make("li", {}, `${strings.evidence} `, make("strong", {}, level)));
  }
  if (answer.checked) facts.push(make("li", {}, `${strings.checked} `, renderDate(answer.checked, language)));
  const review = answer.reviewed_by ? fill(strings.reviewedBy, "name", answer.reviewed_by) : topics?.not_reviewed;
  if (review) facts.push(make("li", {}, review));
  return facts.length ? make("ul", { class: "grounds", part: "grounds" }, facts) : null;
};
