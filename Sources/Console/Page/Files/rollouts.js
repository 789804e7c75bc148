// Rollouts: which there are, and how far one is, with what went wrong first on top.

import { rolloutActions } from "./actions.js";
import { at, query } from "./api.js";
import { code, count, distance, element, names, shape, sign, table, time } from "./dom.js";
import { label, short } from "./plan.js";
import { plain, weightOfWork } from "./states.js";

const ended = ["completed", "failed", "cancelled", "superseded"];
const shownTroubles = 50;
const shownActive = 100;

/** The state of a rollout, an operation or a finalizer. */
const workSign = (state, words = plain(state ?? "undetermined")) =>
  sign(weightOfWork(state), words);

/** The shard and the table of an operation. */
export const operation = (one) =>
  [code(`${one.namespace}/${one.shard}`), " ", code(label(one.namespace, one.table))];

export const rolloutAddress = (id) => `#/rollouts/${encodeURIComponent(id)}`;

const link = (id, ...words) => element("a", { href: rolloutAddress(id) }, ...words);

/** How far operations are, as a bar and in words. */
export function bar(counts) {
  const order = ["completed", "failed", "unreadable", "missing", "failed_retryable"];
  const rank = (state) => (order.includes(state) ? order.indexOf(state) : order.length);
  const all = Object.entries(counts).filter(([, number]) => number > 0)
    .sort(([a], [b]) => rank(a) - rank(b));
  const total = all.reduce((sum, [, number]) => sum + number, 0);
  if (!total) return null;
  let x = 0;
  const parts = all.map(([state, number]) => {
    const width = (100 * number) / total;
    x += width;
    return shape("rect", {
      class: weightOfWork(state), x: x - width, y: 0, width, height: 1,
      opacity: ended.includes(state) ? 1 : 0.4,
    });
  });
  return element("div", {},
    element("div", { class: "bar", "aria-hidden": "true" },
      shape("svg", { viewBox: "0 0 100 1", preserveAspectRatio: "none" }, parts)),
    element("p", {}, all.map(([state, number], place) => [
      place > 0 && " · ", workSign(state, `${number.toLocaleString("en")} ${plain(state)}`),
    ])));
}

/** Until when it waits by itself, and for what. */
export function due({ due: what }) {
  if (!what) return null;
  const words = what.baking ? `wave ${what.baking} of ${what.waves} bakes; the next one opens `
    : what.retrying ? `${what.retrying} is tried again ` : "it goes on ";
  return [words, time(what.at)];
}

function waves({ waves: all }) {
  if (!all?.length) return null;
  return table("The waves", ["wave", "operations", "then bakes for"], all.map((wave, place) => [
    String(place + 1), bar(wave.counts),
    wave.bakeSeconds > 0 && distance(wave.bakeSeconds).replace("in ", ""),
  ]));
}

function troubles(all) {
  const rank = (one) => (one.state === "failed" ? 0 : 1);
  const sorted = [...all].sort((a, b) => rank(a) - rank(b));
  return [
    sorted.slice(0, shownTroubles).map((one) =>
      element("p", {}, workSign(one.state), " ", operation(one), `: ${one.message}`)),
    all.length > shownTroubles && element("p", {},
      `and ${count(all.length - shownTroubles, "more operation")}: see each operation`),
  ];
}

/** How far one rollout is; the same in the list and on its own. */
function progress(rollout) {
  const { message, state, takenBack, active = [], groups = [], finalizers = [] } = rollout;
  const waits = due(rollout);
  const kind = weightOfWork(state) === "good" ? "quiet" : "bad";
  return [
    message && element("p", {}, sign(kind, message)),
    troubles(rollout.troubles ?? []), waits && element("p", {}, sign("due", waits)),
    takenBack && element("p", {}, takenBack), bar(rollout.counts ?? {}),
    finalizers.map((one) => element("p", {},
      workSign(one.state, `finalizer of ${one.namespace} ${plain(one.state)}`),
      one.message && `: ${one.message}`, one.nextAt && [", tried again ", time(one.nextAt)])),
    active.length > 0 && element("ul", { "aria-label": "Under way" },
      active.slice(0, shownActive).map((one) => element("li", {},
        workSign(one.state), " ", operation(one), one.message && ` ${one.message}`,
        one.since && [" · since ", time(one.since)]))),
    waves(rollout),
    groups.length > 0 && table("Shards by what is done and how far it is",
      ["table", "from → to", "state", "shards"], groups.map((one) => [
        code(label(one.namespace, one.table)), code(`${short(one.from)} → ${short(one.to)}`),
        workSign(one.state), [`${one.shards.length}: `, names(one.shards, 6)],
      ])),
  ];
}

const heading = (rollout) => element("small", {}, " ", workSign(rollout.state),
  rollout.takenBack && sign("warn", " taken back"),
  rollout.endedAt ? [" · ended ", time(rollout.endedAt)]
    : rollout.startedAt && [" · began ", time(rollout.startedAt)]);

export function rolloutView(context, id) {
  const { store } = context;
  const { found, fault } = store.ask(at(store.environment, "rollouts", id));
  const back = element("p", {}, element("a", { href: "#/rollouts" }, "All rollouts"));
  if (!found) {
    return element("div", {}, back, element("p", {}, fault ?? "The rollout is being read."));
  }
  return element("div", {}, back,
    element("h2", {}, `Rollout ${found.rollout}`, heading(found)),
    found.plan && element("p", {}, "plan ", code(short(found.plan))),
    rolloutActions(context, found), progress(found), operations(context, id));
}

/** Each operation, with why it waits, page by page; asked for once somebody opens it. */
function operations({ store, memo, redraw }, id) {
  const whole = element("details", {
    "data-key": "operations", open: memo.isOpen,
    ontoggle: () => {
      if (whole.open === Boolean(memo.isOpen)) return;
      memo.isOpen = whole.open;
      redraw();
    },
  }, element("summary", {}, "Each operation"));
  if (!memo.isOpen) return whole;
  // Where the pages begin that were turned to.
  const pages = (memo.pages ??= [""]);
  const { found, fault } = store.ask(at(store.environment, "rollouts", id, "operations")
    + query({ limit: 200, after: pages.at(-1) }));
  if (!found) {
    whole.append(element("p", {}, fault ?? "The operations are being read."));
    return whole;
  }
  const turn = (word, change) => element("button", {
    type: "button", "data-key": word, onclick: () => { change(); redraw(); },
  }, word);
  const heads = ["wave", "operation", "state", "began", "ended", "why"];
  whole.append(
    table("Operations in the order of their waves", heads, found.rows.map((one) => [
      one.wave, operation(one), workSign(one.state), one.started && time(one.started),
      one.ended && time(one.ended),
      [one.message, one.nextAttempt && [" · again ", time(one.nextAttempt)],
        Number(one.attempts) > 0 && ` · ${count(Number(one.attempts), "failed attempt")}`],
    ])),
    element("div", { class: "actions" },
      pages.length > 1 && turn("Before", () => pages.pop()),
      found.next && turn("Next", () => pages.push(found.next))));
  return whole;
}

export function rolloutsView(context) {
  const { store } = context;
  const rollouts = store.get("rollouts");
  if (!rollouts) return element("p", {}, store.fault("rollouts") ?? "The rollouts are being read.");
  const status = store.get("status");
  const open = (status ? [status, ...(status.others ?? [])] : [])
    .filter((one) => one.rollout && !one.endedAt);
  const heads = ["rollout", "state", "operations", "began", "ended", "by", "first error"];
  // The list has what was recorded last; whether somebody stopped one is known above.
  const state = (row) => open.find((one) => one.rollout === row.rollout)?.state ?? row.state;
  return element("div", {},
    open.map((one) => element("section", { class: weightOfWork(one.state) },
      element("h2", {}, link(one.rollout, `Rollout ${one.rollout}`), heading(one)),
      rolloutActions(context, one), progress(one))),
    element("h2", {}, rollouts.summary),
    table("Rollouts, the open ones first", heads, rollouts.rows.map((one) => [
      link(one.rollout, one.rollout), workSign(state(one)), one.operations,
      one.started && time(one.started), one.ended && time(one.ended), one.by, one.message,
    ])));
}
