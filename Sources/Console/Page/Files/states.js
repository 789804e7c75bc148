// The states of shards and operations: their order, words and shapes, as `plumb status` has them.

import { element, shape } from "./dom.js";

/** The states of shards, the worst first. */
export const states = [
  "unknown", "setAside", "conflict", "drifted", "suspended", "changing", "pending", "retired",
  "unmanaged", "inSync",
];

const words = {
  unknown: "unknown", setAside: "set aside", conflict: "in conflict", drifted: "drifted",
  suspended: "suspended", changing: "changing", pending: "pending", retired: "left git",
  unmanaged: "unmanaged", inSync: "in sync",
};

export const word = (state) => words[state] ?? state;

/** How bad a state is, as a class of `sign`. */
export const weight = (state) =>
  ["unknown", "setAside", "conflict"].includes(state) ? "bad"
    : ["drifted", "suspended"].includes(state) ? "warn"
      : state === "changing" ? "busy" : state === "inSync" ? "good" : "due";

/**
 * The outline of a cell as a path: each state has a shape of its own, so that nobody has to tell
 * colours apart. `x` and `y` are its upper left corner, `d` its width.
 */
export function outline(state, x, y, d) {
  const at = (...points) => {
    const text = points.map(([a, b]) => `${round(x + a * d)} ${round(y + b * d)}`);
    return `M${text.join("L")}Z`;
  };
  const box = (a, b, c, e) => at([a, b], [c, b], [c, e], [a, e]);
  switch (state) {
    case "unknown":
      return at([0, .2], [.2, 0], [.5, .3], [.8, 0], [1, .2], [.7, .5], [1, .8], [.8, 1], [.5, .7],
        [.2, 1], [0, .8], [.3, .5]);
    case "setAside": return box(0, 0, 1, 1) + box(.3, .3, .7, .7);
    case "conflict": return at([.5, 0], [1, .5], [.5, 1], [0, .5]);
    case "drifted": return at([.5, 0], [1, 1], [0, 1]);
    case "suspended": return box(.1, 0, .4, 1) + box(.6, 0, .9, 1);
    case "changing": return at([.1, 0], [1, .5], [.1, 1]);
    case "pending":
      return at([.3, 0], [.7, 0], [1, .3], [1, .7], [.7, 1], [.3, 1], [0, .7], [0, .3])
        + box(.35, .35, .65, .65);
    case "retired": return box(0, .35, 1, .65);
    case "unmanaged": return box(.35, 0, .65, 1) + box(0, .35, .35, .65) + box(.65, .35, 1, .65);
    default: return box(.12, .12, .88, .88);
  }
}

const round = (number) => Math.round(number * 10) / 10;

/** What the shapes mean, and how many shards have each. */
export function legend(counts) {
  return element("ul", { class: "legend", "aria-label": "States of shards" },
    states.filter((state) => counts[state]).map((state) =>
      element("li", {},
        shape("svg", { width: 12, height: 12, class: state, "aria-hidden": "true" },
          shape("path", { d: outline(state, 0.5, 0.5, 11) })),
        `${counts[state].toLocaleString("en")} ${word(state)}`)));
}

export function countStates(shards) {
  const counts = {};
  for (const shard of shards) counts[shard.state] = (counts[shard.state] ?? 0) + 1;
  return counts;
}

/** The states of a group in words, the worst first: `1 drifted, 15 in sync`. */
export function countWords(counts) {
  return states.filter((state) => counts[state])
    .map((state) => `${counts[state].toLocaleString("en")} ${word(state)}`).join(", ");
}

/** A word of the API for people: `running_degraded`, `failedRetryable`. */
export function plain(label) {
  return String(label).replaceAll("_", " ").replace(/[A-Z]/g, (one) => ` ${one.toLowerCase()}`);
}

/** How bad the state of a rollout or an operation is, as a class of `sign`. */
export function weightOfWork(state) {
  switch (state?.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)) {
    case "completed": return "good";
    case "failed": case "halting": case "running_degraded": case "unreadable": case "missing":
    case "unknown": case undefined: return "bad";
    case "stopped": case "paused": case "failed_retryable": case "superseded": case "cancelled":
    case "skipped":
      return "warn";
    case "pending": case "waiting_for_cutover": return "due";
    default: return "busy";
  }
}
