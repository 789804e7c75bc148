// What would change: a table, its variants, and what each of them waits for.

import { block, code, count, element, names, portion, sign } from "./dom.js";
import { plain } from "./states.js";

const kinds = /^(table|sequence|procedure|function|view|trigger|event):(.*)$/s;

/** An object as texts name it: `commerce.orders`, `view commerce.totals`. */
export function label(namespace, encoded) {
  const [, kind, name] = kinds.exec(encoded ?? "") ?? [null, "table", encoded];
  return kind === "table" ? `${namespace}.${name}` : `${kind} ${namespace}.${name}`;
}

export const short = (digest) => (digest ? digest.slice(0, 7) : "absent");

export const place = (location) => location && code(`${location.file}:${location.line}`);

const rows = (size) => `${size.rows.toLocaleString("en")} rows, ${bytes(size.bytes)}`;

function bytes(number) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; number >= 1000 && unit < units.length - 1; unit += 1) number /= 1000;
  return `${number >= 100 || unit === 0 ? Math.round(number) : number.toFixed(1)} ${units[unit]}`;
}

/** Lines of a difference: `-` and `+` by sign and colour, each with its place in git. */
export function difference(lines, meaning = () => "") {
  if (!lines.length) return null;
  const signs = { "-": "less", "+": "more" };
  return element("table", { class: "diff" },
    element("caption", { class: "unseen" }, "Lines with - are only before, with + only after"),
    element("tbody", {}, lines.map((line) =>
      element("tr", { class: signs[line.text[0]] },
        element("td", {}, code(line.text)), element("td", {}, meaning(line.text)),
        element("td", {}, place(line.location))))));
}

/** How dangerous a step is, and how the server carries it out. */
export function hazard(step) {
  const more = [
    step.algorithm,
    step.rebuildsTable && `rebuilds ${step.size ? rows(step.size) : "the table"}`,
    step.lock && `blocks writes: ${step.blocksWrites ? "yes" : "no"}`,
  ];
  return [sign(step.hazard, step.hazard), more.filter(Boolean).map((one) => ` · ${one}`)];
}

const causes = {
  liveChanged: "somebody altered it behind git's back",
  conflict: "git changed, and the live table was changed too",
  retired: "it was removed from git and may be dropped",
  pruned: "it was never in git",
};

function cause({ kind, commit, author, authors, rollback, location }) {
  const others = (authors ?? []).filter((one) => !author || !one.includes(author));
  const git = commit && [
    `git ${commit.slice(0, 7)}`, author && ` by ${author}`,
    others.length > 0 && `, also ${others.join(", ")}`,
  ];
  const words = rollback
    ? `rolled back by ${rollback.actor}: ${rollback.reason} (rollout ${rollback.rollout})`
    : kind === "git" ? git : causes[kind] ?? plain(kind);
  return words && element("p", {}, words, " ", place(location));
}

/** What rows were asked, and on which shards some are in the way. */
function probe(found) {
  if (!found) return null;
  const { sought, inTheWay, look, clear, notAnswered, notAsked } = found;
  return element("ul", {},
    sought && element("li", {}, `asked of the rows: ${sought}`),
    inTheWay.length > 0 && element("li", {},
      sign("bad", "rows are in the way on "), names(inTheWay),
      look && ["; see them: ", block(look)]),
    clear.length > 0 && element("li", {},
      sign("good", `no row is in the way on ${count(clear.length, "shard")}`)),
    notAnswered.map((one) =>
      element("li", {}, sign("warn", `not answered: ${one.reason} `), names(one.shards))),
    notAsked && element("li", {}, `rows are not asked: ${notAsked}`));
}

/** The exact effect of a step: lines, hazards, rows in the way, statements, shards. */
export function effect(step) {
  const findings = step.findings.filter((one) => one.hazard !== "safe" || one.remedy || one.probe);
  return [
    difference(step.differences),
    findings.length > 0 && element("ul", {}, findings.map((one) =>
      element("li", {}, sign(one.hazard, one.hazard), " ", code(one.rule), `: ${one.reason}`,
        one.remedy && `: ${one.remedy}`, probe(one.probe)))),
    (step.cause.rollback?.lost ?? []).map((line) =>
      element("p", {}, sign("warn", "does not come back: "), code(line))),
    step.size && element("p", {}, `largest: ${rows(step.size)} on `, code(step.size.shard)),
    step.statements.map((statement) => block(statement.sql)),
    step.suggestion && element("p", {}, `hint: ${step.suggestion}`),
    element("p", {}, `on ${count(step.shards.length, "shard")}: `, names(step.shards)),
  ];
}

const holds = {
  approval: ["waits for approval", "warn"], denied: ["denied", "bad"],
  drift: ["left alone as drift", "warn"], window: ["waits for a window", "due"],
  "back-off": ["waits after a failure", "warn"], suspended: ["suspended", "warn"],
  "read-only": ["held, its server is read-only", "warn"], "at-work": ["being changed", "busy"],
  incomplete: ["waits for every shard", "warn"], refused: ["refused by policy", "bad"],
  environment: ["waits for an earlier environment", "due"], rows: ["rows are in the way", "bad"],
  behind: ["waits for another step", "due"],
};

/** What a hold is in words, and how bad, as a class of `sign`. */
export const holdWords = (kind) => holds[kind] ?? [`held (${kind})`, "warn"];

function hold(one, step) {
  const [words, weight] = holdWords(one.code);
  const isWhole = one.shards.length === step.shards.length;
  return element("div", {},
    element("p", {}, sign(weight, words), !isWhole && [" on ", names(one.shards)],
      `: ${one.reason}`),
    element("p", {}, one.code === "approval"
      ? element("a", { href: "#/approvals" }, "to the approval") : ["with ", code(one.command)]));
}

/** Steps of one table together: shards that differ have variants of the same change. */
function variants(steps) {
  const found = new Map();
  for (const step of steps) {
    const key = JSON.stringify([step.namespace, step.table, step.to]);
    found.set(key, [...(found.get(key) ?? []), step]);
  }
  return [...found.values()];
}

const shownVariants = 20;

function change(steps, plan) {
  const [first] = steps;
  return element("div", {},
    element("h3", {}, code(label(first.namespace, first.table)),
      first.members && ` with ${count(first.members.length - 1, "more table")}`,
      steps.length > 1 && element("small", {},
        ` ${steps.length} variants of the change, as its shards differ`)),
    steps.slice(0, shownVariants).map((step) => element("section", {},
      element("p", {}, hazard(step),
        ` · ${step.kind} · ${step.shards.length} of ${count(plan.shardCount, "shard")} · `,
        code(`${short(step.from)} → ${short(step.to)}`),
        step.engine !== "direct" && ` · engine ${step.engine}`),
      step.holds.map((one) => hold(one, step)), cause(step.cause), effect(step))),
    steps.length > shownVariants && element("p", {},
      `and ${count(steps.length - shownVariants, "more variant")}: see `, code("plumb plan")));
}

export function planView(context) {
  const { store } = context;
  const plan = store.get("plan");
  const fault = store.fault("plan");
  if (!plan) return element("p", {}, fault ?? "The plan is being read.");
  return element("div", {},
    element("h2", {}, plan.summary),
    element("p", {}, "plan ", code(short(plan.digest)), " · ", code(plan.revision.label),
      ` ${plan.revision.summary} · `, count(plan.shardCount, "shard")),
    fault && element("p", { class: "sign warn" }, `older than now: ${fault}`),
    plan.stale && element("p", { class: "sign warn" }, `stale: ${plan.stale}`),
    open(plan), portion(context, variants(plan.steps), (steps) => change(steps, plan)),
    notes(plan.notices));
}

/** Shards that could not be read for one reason are one thing. */
function unknown(all) {
  const found = new Map();
  for (const one of all) {
    const key = JSON.stringify([one.code, one.reason]);
    if (!found.has(key)) found.set(key, { ...one, shards: [] });
    found.get(key).shards.push(`${one.namespace}/${one.shard}`);
  }
  return [...found.values()].slice(0, 100);
}

/** Shards that could not be read, and tables that cannot be compared. */
export function open(report) {
  return [
    unknown(report.unknown).map(({ code: kind, reason, shards }) =>
      element("section", { class: "bad" }, element("p", {},
        sign("bad", `${count(shards.length, "shard")} unknown`), " ", names(shards),
        ` ${kind}: ${reason}`))),
    report.unsupported.map((one) => element("section", { class: "warn" }, element("p", {},
      sign("warn", "unsupported"), " ", code(label(one.namespace, one.table)),
      `: ${one.reason} · `, names(one.shards)))),
  ];
}

export const notes = (notices) =>
  notices.map((one) => element("p", {}, `note (${one.code}): ${one.message}`));
