// What somebody should know, the worst first.

import { waiting } from "./approvals.js";
import { code, count, names, time } from "./dom.js";
import { holdWords, label } from "./plan.js";
import { bar, due, operation, rolloutAddress } from "./rollouts.js";
import { plain, weight, weightOfWork, word } from "./states.js";

const order = ["bad", "warn", "busy", "due", "good", "quiet"];

// Of how many different reasons shards are listed; the picture has all.
const shownReasons = 50;

/** Each with its kind, a class of `sign`, with words, and where it leads or null. */
export function problems(store) {
  const found = [];
  const add = (kind, href, ...words) => found.push({ kind, href, words });
  const [status, plan] = [store.get("status"), store.get("plan")];
  loop(store, add);
  for (const one of status ? [status, ...(status.others ?? [])] : []) rollout(one, add);
  shards(store.get("fleet"), add);
  if (status) recorded(status, add);
  if (plan) planned(plan, add);
  const windows = store.get("windows");
  if (windows?.exit) add("due", null, windows.summary);
  return found.map((one, place) => ({ one, place }))
    .sort((a, b) => order.indexOf(a.one.kind) - order.indexOf(b.one.kind) || a.place - b.place)
    .map(({ one }) => one);
}

/** How the loop of the environment is, and whether what the page has is new. */
function loop(store, add) {
  const own = store.environments.find((one) => one.environment === store.environment);
  if (own?.fault) add("bad", null, "The last pass could not be made: ", own.fault);
  if (own?.standingBy) add("quiet", null, "This daemon stands by: ", own.standingBy);
  for (const name of ["status", "fleet", "plan", "drift"]) {
    const fault = store.fault(name);
    if (fault) add("warn", null, `what the page shows of the ${name} may be old: ${fault}`);
  }
}

function rollout(one, add) {
  const kind = weightOfWork(one.state);
  if (!one.rollout || (one.endedAt && kind !== "bad")) return;
  const first = (one.troubles ?? []).find((trouble) => trouble.state === "failed");
  const why = first ? [operation(first), `: ${first.message}`] : one.message;
  const waits = due(one);
  add(kind === "good" ? "busy" : kind, rolloutAddress(one.rollout),
    `Rollout ${one.rollout} ${plain(one.state ?? "undetermined")}`, why && [": ", why],
    waits && [" · ", waits], bar(one.counts ?? {}));
}

/** Shards in a bad state, those with one reason together. */
function shards(fleet, add) {
  const groups = new Map();
  for (const shard of fleet?.shards ?? []) {
    if (!["bad", "warn"].includes(weight(shard.state))) continue;
    const key = JSON.stringify([shard.state, shard.reason]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(shard);
  }
  for (const all of [...groups.values()].slice(0, shownReasons)) {
    const [{ state, reason }] = all;
    const href = ["drifted", "conflict"].includes(state) ? "#/drift" : null;
    add(weight(state), href, `${count(all.length, "shard")} ${word(state)}`,
      reason && `: ${reason}`, " · ", names(all.map((one) => `${one.namespace}/${one.name}`), 5));
  }
}

/** What the ledger has to say beside the newest rollout. */
function recorded(status, add) {
  for (const line of status.unread ?? []) add("bad", null, line);
  for (const one of (status.failures ?? []).slice(0, shownReasons)) {
    add("bad", "#/rollouts", operation(one), ` failed ${count(one.failures, "time")}, tried again `,
      time(one.nextAt), one.message && `: ${one.message}`);
  }
  for (const one of status.suspensions ?? []) {
    const subject = [one.namespace, one.shard].filter(Boolean).join("/");
    add("warn", null, code(subject), ` is suspended by ${one.actor}: ${one.reason}`,
      one.until && [", until ", time(one.until)]);
  }
  for (const one of status.rollbacks ?? []) {
    add("warn", rolloutAddress(one.rollout),
      `rollout ${one.rollout} was taken back by ${one.actor}: ${one.reason}`);
  }
}

/** What holds steps of the plan; drift and suspended shards are said already. */
function planned(plan, add) {
  if (plan.stale) add("warn", "#/plan", "The copy of the schema repository is old: ", plan.stale);
  const steps = waiting(plan);
  if (steps.length) {
    add("warn", "#/approvals", `${count(steps.length, "step")} waiting for approval: `,
      names([...new Set(steps.map((step) => label(step.namespace, step.table)))], 5));
  }
  const held = new Map();
  for (const step of plan.steps) {
    for (const hold of step.holds) {
      if (["approval", "drift", "suspended"].includes(hold.code)) continue;
      if (!held.has(hold.code)) held.set(hold.code, { steps: new Set(), reason: hold.reason });
      held.get(hold.code).steps.add(step);
    }
  }
  for (const [kind, { steps: some, reason }] of held) {
    const [words, weightOfHold] = holdWords(kind);
    add(weightOfHold, "#/plan", `${count(some.size, "step")} ${words}: ${reason}`);
  }
}
