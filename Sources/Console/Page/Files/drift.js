// What differs between git, the record and the live shards, and what was recorded last of it.

import { at, query } from "./api.js";
import { code, count, element, names, portion, sign, time } from "./dom.js";
import { difference, label, notes, open, place, short } from "./plan.js";
import { plain, weight, word } from "./states.js";

// Of how many findings the last recorded change is asked by itself.
const asked = 20;

const reads = {
  "live-to-git": "live → git", "git-to-live": "git → live",
  "recorded-to-live": "recorded → live",
};

/** Which of git, the record and the shard have a line. */
function meaning(finding) {
  const conflict = finding.reads === "recorded-to-live"
    ? { "-": "recorded, missing live", "+": "live, not recorded" }
    : { "-": "in git, missing live", "+": "live, not in git" };
  const words = {
    conflict,
    drifted: {
      "-": "in git and recorded, missing live", "+": "live only, neither in git nor recorded",
    },
    pending: { "-": "live, no longer in git", "+": "in git, not live yet" },
    retired: { "-": "live, no longer in git" },
  }[finding.status] ?? {};
  return (line) => (finding.rollback ? "" : words[line[0]] ?? "");
}

/** Who changed a table last, as the ledger has it. */
function blame(store, finding) {
  const [shard] = finding.shards;
  const where = finding.shards.length > 1 ? [" on ", code(shard)] : "";
  const { found, fault } = store.ask(at(store.environment, "changes")
    + query({ shard: `${finding.namespace}/${shard}`, table: finding.table, limit: 5 }));
  if (fault) {
    return element("p", {}, sign("warn", "the last recorded change is not known"), `: ${fault}`);
  }
  if (!found) return element("p", {}, "The last recorded change is being looked up.");
  const last = found.rows.find((row) => row.state === "completed");
  if (!last) {
    return element("p", {}, "No rollout that is still recorded changed it", where,
      finding.recorded ? "; it is recorded as it was found." : ".");
  }
  return element("p", {}, "Last recorded change", where, ": ",
    element("a", { href: `#/rollouts/${encodeURIComponent(last.rollout)}` },
      `rollout ${last.rollout}`),
    ` by ${last.by}`, last.ended && [", ", time(last.ended)],
    last.revision && [", git ", code(last.revision.slice(0, 7))],
    last.approval && [", approved as ", code(last.approval.slice(0, 12))]);
}

/** A word as a shell takes it, whatever is in it. */
const shellWord = (text) =>
  /^[\w.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function advice(store, { status, namespace, shards, differences, location }) {
  switch (status) {
    case "drifted": {
      const few = shards.length <= 4 ? shards : [];
      const command = [
        "plumb reconcile --heal --environment", shellWord(store.environment), "--namespace",
        shellWord(namespace), ...few.flatMap((shard) => ["--shard", shellWord(shard)]),
      ];
      return element("p", {}, "put back: ", code(command.join(" ")), " · keep: say the same in ",
        place(differences.find((line) => line.location)?.location ?? location)
          ?? "the schema repository");
    }
    case "conflict": case "retired": case "pending":
      return element("p", {}, element("a", { href: "#/plan" }, "what would be done: the plan"));
    default: return null;
  }
}

/** One table that is the same on some shards; the first ones are asked after by themselves. */
export function finding(store, one, number, total) {
  return element("section", { class: weight(one.status) },
    element("h3", {}, code(label(one.namespace, one.table)), " ",
      sign(weight(one.status), word(one.status)),
      element("small", {}, ` ${one.shards.length} of ${count(total, "shard")}`,
        one.differences.length > 0 && ` · ${reads[one.reads] ?? plain(one.reads)}`)),
    one.rollback && element("p", {},
      sign("warn", `rolled back by ${one.rollback.actor}: ${one.rollback.reason}`)),
    difference(one.differences, meaning(one)),
    element("p", {}, "git ", code(short(one.desired)), ", recorded ", code(short(one.recorded)),
      ", live ", code(short(one.observed))),
    number < asked && one.shards.length > 0 && blame(store, one),
    element("p", {}, "shards: ", names(one.shards)), advice(store, one));
}

const order = ["conflict", "drifted", "unknown", "pending", "retired", "unmanaged"];

export function driftView(context) {
  const { store } = context;
  const drift = store.get("drift");
  const fault = store.fault("drift");
  if (!drift) return element("p", {}, fault ?? "The shards are being read.");
  const all = [...drift.findings, ...drift.unmanaged]
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return element("div", {},
    element("h2", {}, drift.summary),
    element("p", {}, "against ", code(drift.revision.label), ", ",
      drift.recordedAt ? ["recorded ", time(drift.recordedAt)] : "never recorded"),
    fault && element("p", { class: "sign warn" }, `older than now: ${fault}`),
    drift.stale && element("p", { class: "sign warn" }, `stale: ${drift.stale}`),
    open(drift),
    portion(context, all, (one, number) => finding(store, one, number, drift.shardCount)),
    notes(drift.notices));
}
