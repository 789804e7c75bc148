// What is asked of the daemon: with the token in a header, so that no other page can ask in its
// name, and the token kept for this tab alone.

const kept = "plumb-token";

/** Where the API is: beside the page's files, so that a proxy may have both below any path. */
export const base = new URL("../api/v1", import.meta.url).pathname;

export const token = {
  get: () => sessionStorage.getItem(kept),
  set: (secret) => sessionStorage.setItem(kept, secret),
  forget: () => sessionStorage.removeItem(kept),
};

/** The daemon answered, and said no: what, and what to do about it. */
export class Refused extends Error {
  constructor(status, summary, remedy) {
    super(summary);
    this.status = status;
    this.remedy = remedy;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {}

/**
 * Asks for a path below `/api/v1`; what is posted is an object.
 *
 * Returns the document, and its text for comparing; throws `Refused` or `Unreachable`.
 */
export async function ask(path, body = null, seconds = 60) {
  const headers = { Accept: "application/json", Authorization: `Bearer ${token.get() ?? ""}` };
  if (body) headers["Content-Type"] = "application/json";
  let response, text;
  try {
    response = await fetch(base + path, {
      method: body ? "POST" : "GET", headers, body: body ? JSON.stringify(body) : undefined,
      cache: "no-store", credentials: "omit", redirect: "error",
      signal: AbortSignal.timeout(seconds * 1000),
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(
      error.name === "TimeoutError" ? `no answer within ${seconds} seconds` : "no connection");
  }
  let found = null;
  try { found = JSON.parse(text); } catch { /* what a proxy answers need not be ours */ }
  if (!response.ok) {
    const summary = String(found?.summary ?? `the answer was ${response.status}`);
    const remedy = found?.remedy ?? null;
    // Most summaries of a daemon end with it already.
    throw new Refused(response.status, summary, summary.includes(remedy) ? null : remedy);
  }
  if (found === null || typeof found !== "object") {
    throw new Refused(response.status, "the answer is no document of a plumb daemon",
      "see which server answers at this address");
  }
  return { found, text };
}

/** A path of an environment, below the API's; each part is one name, whatever is in it. */
export function at(environment, ...parts) {
  return ["/environments", environment, ...parts]
    .map((part, place) => (place ? encodeURIComponent(part) : part)).join("/");
}

/** The query of a path; what is empty or null is left out. */
export function query(values) {
  const some = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  const text = new URLSearchParams(some).toString();
  return text ? `?${text}` : "";
}
