// Talking to the server: no cookie, no referrer, nothing stored.
const PATIENCE = 15000;

// `kind` names the string that tells the person what happened.
export class Failure extends Error {
  constructor(kind, seconds = 0) {
    super(kind);
    this.kind = kind;
    this.seconds = seconds;
  }
}

const request = async (address, options) => {
  let response;
  try {
    response = await fetch(address, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    });
    if (response.ok) return await response.json();
  } catch {
    throw new Failure(navigator.onLine ? "failed" : "offline");
  }
  if (response.status === 429) throw new Failure("busy", Number(response.headers.get("retry-after")) || 60);
  throw new Failure([400, 413, 422].includes(response.status) ? "refused" : "failed");
};

// A pasted half of a surrogate pair is not text; JSON readers refuse it.
const wellFormed = (text) => text.toWellFormed?.() ?? text;

const topicLists = new Map();

export class Client {
  constructor(base) {
    this.base = base;
  }

  // Once for all widgets of a page; again only if it failed.
  topics() {
    const address = new URL("api/topics", this.base).href;
    if (!topicLists.has(address)) {
      const list = request(address);
      topicLists.set(address, list);
      list.catch(() => topicLists.delete(address));
    }
    return topicLists.get(address);
  }

  async ask(question, region, confirm) {
    const reply = await request(new URL("api/ask", this.base).href, {
      method: "POST",
      cache: "no-store",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: wellFormed(question), region, confirm }),
    });
    if (reply?.schema !== 1) throw new Failure("failed");
    return reply;
  }
}
